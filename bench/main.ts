import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Running, System } from './process.ts'
import { renderFigures, renderRatios } from './report.ts'
import { overRounds } from './rounds.ts'
import { SCENARIOS, type Figures, type Scenario } from './scenarios.ts'
import { direct, gatehouse, nginx, portkey, startUpstream } from './systems.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    systems: { type: 'string' },
    json: { type: 'string', default: join(import.meta.dir, 'results/latest.json') },
  },
})
const scale = values.quick ? 0.2 : 1
const rounds = values.quick ? 1 : 3
const groups = values.only?.split(',')
const wanted = values.systems?.split(',')
const scenarios = SCENARIOS.filter(({ group }) => groups === undefined || groups.includes(group))
const systems: readonly System[] = [direct, nginx, portkey, gatehouse].filter(
  ({ name }) => wanted === undefined || wanted.includes(name),
)

/** Scenario and system → its figures of each round. */
const measured = new Map<string, Map<string, Figures[]>>(scenarios.map(({ name }) => [name, new Map()]))
const upstream = await startUpstream()
const running: [string, Running][] = []

/** All systems in one scenario, one after the other, so that what the machine's other tenants do meets them alike. */
async function measure(scenario: Scenario): Promise<void> {
  for (const [name, system] of running) {
    if (scenario.translated && system.messagesUrl === undefined) continue
    if (scenario.group === 'memory' && system.pids.length === 0) continue
    process.stderr.write(`${scenario.name}: ${name}\n`)
    const figures = await scenario.run(system, scale)
    const bySystem = measured.get(scenario.name)
    bySystem?.set(name, [...(bySystem.get(name) ?? []), figures])
  }
}

try {
  for (const system of systems) {
    const started = await system.start(upstream.port)
    if (started !== undefined) running.push([system.name, started])
  }
  // Memory is that of systems which nobody has called yet, so it is measured once, first.
  for (const scenario of scenarios.filter(({ group }) => group === 'memory')) await measure(scenario)
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`round ${round} of ${rounds}\n`)
    for (const scenario of scenarios.filter(({ group }) => group !== 'memory')) await measure(scenario)
  }
} finally {
  for (const [, system] of running) await system.stop()
  await upstream.stop()
}

const results = new Map(
  [...measured].map(([scenario, bySystem]) => [
    scenario,
    new Map([...bySystem].map(([system, figures]) => [system, overRounds(figures)])),
  ]),
)
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Bun ${Bun.version}\n`)
console.log(`${renderFigures(results)}\n`)
console.log(renderRatios(results))
mkdirSync(dirname(values.json), { recursive: true })
const plain = Object.fromEntries([...results].map(([name, bySystem]) => [name, Object.fromEntries(bySystem)]))
writeFileSync(values.json, `${JSON.stringify({ bun: Bun.version, results: plain }, null, 2)}\n`)
