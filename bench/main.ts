import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Running, System } from './process.ts'
import { renderFigures, renderRatios } from './report.ts'
import { SCENARIOS, type Figures } from './scenarios.ts'
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
const groups = values.only?.split(',')
const wanted = values.systems?.split(',')
const scenarios = SCENARIOS.filter(({ group }) => groups === undefined || groups.includes(group))
const systems: readonly System[] = [direct, nginx, portkey, gatehouse].filter(
  ({ name }) => wanted === undefined || wanted.includes(name),
)

const results = new Map<string, Map<string, Figures>>(scenarios.map(({ name }) => [name, new Map()]))
const upstream = await startUpstream()

async function measure(system: System, running: Running): Promise<void> {
  for (const scenario of scenarios) {
    if (scenario.translated && running.messagesUrl === undefined) continue
    if (scenario.group === 'memory' && running.pids.length === 0) continue
    process.stderr.write(`${system.name}: ${scenario.name}\n`)
    results.get(scenario.name)?.set(system.name, await scenario.run(running, scale))
  }
}

try {
  for (const system of systems) {
    const running = await system.start(upstream.port)
    if (running === undefined) continue
    try {
      await measure(system, running)
    } finally {
      await running.stop()
    }
  }
} finally {
  await upstream.stop()
}

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Bun ${Bun.version}\n`)
console.log(`${renderFigures(results)}\n`)
console.log(renderRatios(results))
mkdirSync(dirname(values.json), { recursive: true })
const plain = Object.fromEntries([...results].map(([name, bySystem]) => [name, Object.fromEntries(bySystem)]))
writeFileSync(values.json, `${JSON.stringify({ bun: Bun.version, results: plain }, null, 2)}\n`)
