import { afterAll, describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { isObject, readObjects, type Json } from '../src/kit/json.ts'
import { metricFacts } from '../src/telemetry/metrics.ts'
import { metricNames } from '../src/telemetry/registry.ts'
import { openHouse, type House } from './journeys/open-house.ts'

const RULES = 'deploy/prometheus/gatehouse.rules.yaml'
const DASHBOARD = 'deploy/grafana/gatehouse.json'

/** Labels that Prometheus itself adds. */
const SCRAPED = ['instance', 'job', 'le']

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

/** Every text under a name, however deep it stands. */
function textsUnder(name: string, value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsUnder(name, item))
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === name && typeof member === 'string' ? [member] : textsUnder(name, member ?? null),
  )
}

/** The metrics that an expression asks for, each with the labels that it is narrowed by. */
function metricsIn(expression: string): { name: string; labels: string[] }[] {
  return [...expression.matchAll(/\b((?:gatehouse|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', filter = '']) => ({
      name,
      labels: [...filter.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  )
}

/** What is not in the table. */
function strangersIn(expression: string): string[] {
  const known = new Map<string, readonly string[]>(
    metricNames().flatMap((name): [string, readonly string[]][] => {
      const { kind, labels } = metricFacts(name)
      const ends = kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
      return ends.map((end) => [name + end, labels])
    }),
  )
  const asked = metricsIn(expression)
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  )
  const all = asked.flatMap(({ name }) => known.get(name) ?? [])
  return [
    ...asked.filter(({ name }) => !known.has(name)).map(({ name }) => name),
    ...asked.flatMap(({ name, labels }) => labels.filter((label) => !known.get(name)?.includes(label))),
    ...grouped.filter((label) => !SCRAPED.includes(label) && !all.includes(label)),
  ]
}

/** What promtool says of what it is given; undefined where it is not installed (Debian: `prometheus`). */
function promtool(args: readonly string[], stdin = ''): string | undefined {
  const program = Bun.which('promtool')
  if (program === null) {
    console.log(`skipped: promtool ${args.join(' ')} (install the Debian package prometheus)`)
    return undefined
  }
  const { exitCode, stdout, stderr } = Bun.spawnSync([program, ...args], { stdin: Buffer.from(stdin) })
  return exitCode === 0 && stderr.length === 0 ? '' : stdout.toString() + stderr.toString()
}

describe('what is deployed beside the gateway', () => {
  const rules: Json = parse(read(RULES))
  const dashboard: Json = JSON.parse(read(DASHBOARD))

  test('a metric or a label that is not in the table is noticed', () => {
    expect(strangersIn('sum by (rout) (rate(gatehouse_requests_totl{status="5xx"}[5m]))')).toEqual([
      'gatehouse_requests_totl',
      'status',
      'rout',
    ])
  })

  test.each([
    [RULES, textsUnder('expr', rules)],
    [DASHBOARD, textsUnder('expr', dashboard)],
    [DASHBOARD, textsUnder('query', dashboard).filter((query) => query.startsWith('label_values'))],
  ])('every expression of %s asks for metrics and labels of the table', (_file, expressions) => {
    expect(expressions.length).toBeGreaterThan(1)
    for (const expression of expressions)
      expect([expression, strangersIn(expression)]).toEqual([expression, []])
  })

  test('promtool takes the rules', () => {
    expect(promtool(['check', 'rules', new URL(`../${RULES}`, import.meta.url).pathname]) ?? '').toBe('')
  })

  test('panels have titles of their own', () => {
    const panels = isObject(dashboard) ? readObjects(dashboard, 'panels') : []
    expect(panels.length).toBeGreaterThan(10)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })
})

describe('the metrics of a gateway', () => {
  let house: House | undefined
  afterAll(() => house?.close())

  test('pass promtool after requests of several kinds', async () => {
    house = await openHouse()
    for (const [model, stream] of [
      ['first/smart', true],
      ['first/smart', false],
      ['nowhere', false],
    ] as const)
      await ask(house, chat(model, stream))
    const text = await (await house.gateway.askAdmin('/metrics')).text()
    expect(text).toContain('gatehouse_requests_total{route="first/smart"')
    expect(promtool(['check', 'metrics'], text) ?? '').toBe('')
  })
})

async function ask(house: House, body: Json): Promise<string> {
  const response = await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return await response.text()
}

function chat(model: string, stream: boolean): Json {
  return { model, stream, messages: [{ role: 'user', content: 'Good morning' }] }
}
