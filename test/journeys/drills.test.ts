import { afterAll, expect, test } from 'bun:test'
import { createWorkplaces, run } from '../../src/cli/command-line.fixture.ts'
import { DRILL_FAULT_KINDS } from '../../src/exchange/drill.ts'
import {
  isObject,
  parseJson,
  readBoolean,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'

const places = createWorkplaces()
afterAll(places.close)

const EXAMPLE = await Bun.file(new URL('../../examples/drills.yaml', import.meta.url)).text()
/** Few requests show the same. */
const SMALL = EXAMPLE.replaceAll('    route: support\n', '    route: support\n    requests: 2\n')
/** Of the machine's time: a suite leaves little of it for each. */
const LONGEST_MS = 30_000
const environment = { ANTHROPIC_API_KEY: 'sk-1', OPENAI_API_KEY: 'sk-2' }

async function drillAll(config: string) {
  const { exitCode, out, err } = await run(places.workplace(config), ['drill', 'run', '--all', '--json'], {
    environment,
  })
  const reports = parseJson(out)
  if (!Array.isArray(reports)) throw new Error(err)
  return { exitCode, reports: reports.filter(isObject) }
}

const passedOf = (reports: readonly JsonObject[]) =>
  Object.fromEntries(reports.map((one) => [readString(one, 'drill'), readBoolean(one, 'passed')]))

test(
  'every kind of fault is rehearsed over the example, whose fallback holds',
  async () => {
    for (const kind of DRILL_FAULT_KINDS) expect(EXAMPLE).toContain(`kind: ${kind},`)
    const { exitCode, reports } = await drillAll(SMALL)
    expect(reports.filter((one) => readBoolean(one, 'passed') !== true)).toEqual([])
    expect(exitCode).toBe(0)
    const [outage] = reports
    expect(readObjects(outage ?? {}, 'routes')).toMatchObject([
      { route: 'support', requests: 2, answered: 2, served_by: { 'openai/gpt-4.1': 2 } },
    ])
  },
  LONGEST_MS,
)

test(
  'and breaks where the fallback is missing, or a bound is too tight',
  async () => {
    const broken = SMALL.replace(/^ +fallback: .*\n/m, '')
      .replace('tokens_per_second: 2', 'tokens_per_second: 0.2')
      .replace('status: 402', 'status: 200')
    const { exitCode, reports } = await drillAll(broken)
    expect(exitCode).toBe(6)
    const { store, ...others } = passedOf(reports)
    expect(Object.values(others)).toEqual(Object.keys(others).map(() => false))
    // A store that is down is no matter of routes.
    expect(store).toBe(true)
    const told = reports.flatMap((one) => readObjects(one, 'routes').map(({ broken: words }) => words))
    expect(told[0]).toEqual(['success 0%, expected >=99.5% (2 × connect-failed)'])
  },
  LONGEST_MS,
)

test(
  'whom a rule refuses counts neither as answered nor as failed, unless that is everybody',
  async () => {
    const config = (when: string) => `
providers: { openai: env:OPENAI_API_KEY, anthropic: env:ANTHROPIC_API_KEY }
routes:
  support:
    steps:
      - { name: long, when: ${when}, refuse: Send it to batch. }
      - { name: rest, targets: [anthropic/claude-sonnet-4-6], fallback: { to: [openai/gpt-4.1] } }
drills:
  outage:
    route: support
    requests: 6
    faults: [{ provider: anthropic, kind: outage, for: 60s }]
    expect: { success: ">=100%", status: 200 }
`
    const { exitCode, reports } = await drillAll(config('request.input_tokens > 1000'))
    expect(exitCode).toBe(0)
    expect(readObjects(reports[0] ?? {}, 'routes')).toMatchObject([
      { requests: 4, refused_by_rule: 2, answered: 4, broken: [] },
    ])
    const all = await drillAll(config('request.input_tokens > 0'))
    expect(all.exitCode).toBe(6)
    expect(readObjects(all.reports[0] ?? {}, 'routes')).toMatchObject([
      { requests: 0, refused_by_rule: 6, broken: ['every request is refused by a rule of the route'] },
    ])
  },
  LONGEST_MS,
)
