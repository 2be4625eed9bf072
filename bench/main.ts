import { mkdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { whyNot } from './calls.ts'
import { stayOnLoadCore, type Running, type System } from './process.ts'
import { renderFigures, renderGoals } from './report.ts'
import { parseAndStringify, SCENARIOS, type Scenario } from './scenarios.ts'
import { gatehouse, gatehouseBefore, gatehouseWith, isExtra } from './systems/gatehouse.ts'
import { portkey } from './systems/portkey.ts'
import { startUpstream } from './systems/upstream.ts'
import { bare, direct, nginx } from './systems/yardsticks.ts'
import { interleave, Results } from './windows.ts'
import { wrkBinary } from './wrk.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    systems: { type: 'string' },
    against: { type: 'string' },
    with: { type: 'string', default: '' },
    json: { type: 'string', default: join(import.meta.dir, 'results/latest.json') },
  },
})
const scale = values.quick ? 0.2 : 1
const groups = values.only?.split(',')
const wanted = values.systems?.split(',')
const scenarios = SCENARIOS.filter(
  ({ group, name }) => groups?.some((one) => one === group || one === name) ?? true,
)
const before = values.against === undefined ? [] : [gatehouseBefore(resolve(values.against))]
const extras = values.with.split(',').filter(isExtra)
const systems: readonly System[] = [
  ...[direct, nginx, bare, portkey, ...before, gatehouse].filter(
    ({ name }) => wanted?.includes(name) ?? true,
  ),
  ...extras.map(gatehouseWith),
]

const results = new Results()
const running: [string, Running][] = []
/** System and warm-up, of those that were. */
const warm = new Set<string>()

/** The systems that answer a scenario as they should, brought to their steady state. */
async function ready({ name: scenario, call, warmUp }: Scenario): Promise<[string, Running][]> {
  const fit: [string, Running][] = []
  for (const [name, system] of running) {
    const asked = call?.(system)
    if (call === undefined ? system.pids.length === 0 : asked === undefined) continue
    const reason = asked === undefined ? undefined : await whyNot(asked)
    if (reason !== undefined) {
      console.log(`${scenario}: ${name} is left out, it answers ${reason}`)
      continue
    }
    fit.push([name, system])
    if (asked === undefined || warmUp === undefined || warm.has(`${name} ${warmUp.name}`)) continue
    process.stderr.write(`${scenario}: ${name} warms up\n`)
    await warmUp.run(asked, scale)
    warm.add(`${name} ${warmUp.name}`)
  }
  return fit
}

async function measure(scenario: Scenario): Promise<void> {
  const fit = await ready(scenario)
  const windows = values.quick ? Math.min(3, scenario.windows) : scenario.windows
  process.stderr.write(`${scenario.name}: ${windows} windows of each system\n`)
  const measured = await interleave({
    systems: fit,
    windows,
    measure: (system) => scenario.measure(system, scenario.call?.(system) ?? NOTHING, scale),
  })
  results.scenarios.set(scenario.name, measured)
}

const NOTHING = { url: '', headers: {}, body: '' }

stayOnLoadCore()
const upstream = await startUpstream()
try {
  for (const system of systems) {
    const started = await system.start(upstream.port)
    if (started !== undefined) running.push([system.name, started])
  }
  for (const scenario of scenarios) await measure(scenario)
} finally {
  for (const [, system] of running) await system.stop()
  await upstream.stop()
}
if (results.scenarios.has('embeddings'))
  results.scenarios.set(
    'parse and stringify',
    new Map([['this process', Array.from({ length: 8 }, parseAndStringify)]]),
  )

const generator = wrkBinary === undefined ? 'the generator in Bun: wrk is not installed' : 'wrk'
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Bun ${Bun.version}`)
console.log(
  `saturated by ${generator}; median [quartiles] of windows${values.quick ? '; QUICK: compilation is measured too' : ''}\n`,
)
console.log(`${renderFigures(results)}\n`)
console.log(renderGoals(results))
mkdirSync(dirname(values.json), { recursive: true })
results.write(values.json, { bun: Bun.version, generator, quick: values.quick })
