import { describe, expect, test } from 'bun:test'
import { readLimits } from '../scripts/limits-reference.ts'
import { REFERENCE_FILES } from '../scripts/reference-files.ts'
import { configJsonSchema } from '../src/config/schema-names.ts'
import {
  FOR_THIS_FAILURE,
  KEPT_TOGETHER,
  LARGER_CONTEXT,
  LAST_RESORT,
  PREFERRED,
} from '../src/exchange/decision.ts'
import { DECISION_STEPS } from '../src/exchange/decision-steps.ts'
import { FILTER_REASONS } from '../src/exchange/filter-reasons.ts'
import { KEY_HEADER, OWN_HEADERS, OWN_PREFIX } from '../src/exchange/own-headers.ts'
import { CONTRACTS } from '../src/guardrails/hooks/all.ts'
import { GUARDRAIL_KINDS } from '../src/guardrails/kinds/all.ts'
import { OPTION_NAMES } from '../src/exchange/request-options.ts'
import type { Capabilities } from '../src/exchange/target.ts'
import type { UsageBasis } from '../src/exchange/attempt-result.ts'
import type { UsageAnomaly } from '../src/exchange/usage.ts'
import { modelRow } from '../src/server/models.ts'
import { STRATEGIES } from '../src/routing/strategies/all.ts'
import { isObject, readObject, readObjects, type Json } from '../src/kit/json.ts'

/** The words that stand in code marks. */
const words = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)

const read = (path: string): Promise<string> => Bun.file(new URL(`../${path}`, import.meta.url)).text()

/** The compiler keeps this complete: a new word that is missing here does not compile. */
const BASES: Record<UsageBasis, true> = {
  reported: true,
  'reported-partial': true,
  counted: true,
  timed: true,
  'crash-estimate': true,
  none: true,
}

const ANOMALIES: Record<UsageAnomaly, true> = {
  'input-beyond-request': true,
  'output-beyond-answer': true,
  'no-input': true,
  'no-output': true,
  'report-shrank': true,
  'cache-beyond-input': true,
  'parts-mismatch': true,
  'not-a-count': true,
}

/** Likewise: where the config file says a fact of a model; nothing where it cannot. */
const FACTS: Record<keyof Capabilities, string | undefined> = {
  operations: 'operations',
  contextTokens: 'context',
  maxInputTokens: 'max_input',
  maxOutputTokens: 'max_output',
  defaultOutputTokens: 'default_output',
  cachedFromTokens: 'cached_from',
  quality: 'quality',
  tools: 'tools',
  vision: 'vision',
  documents: 'documents',
  audioInput: 'audio',
  audioOutput: 'speech',
  jsonSchema: 'json_schema',
  sampling: 'sampling',
  prefill: 'prefill',
  reasoning: 'reasoning',
  efforts: 'efforts',
  effortBesideTools: 'effort_beside_tools',
  midSystemTurns: undefined,
  retiresOn: 'retires',
  retiresAtEarliest: undefined,
  successor: 'successor',
}

describe('lists in the documentation equal the code (law 15)', () => {
  test.each(REFERENCE_FILES)('$path is what `npm run docs` writes', async ({ path, text }) => {
    expect(await read(path)).toBe(text())
  })

  test('docs/guardrails.md tells every kind, in the order of the list', async () => {
    const [, table = ''] = (await read('docs/guardrails.md')).split('| kind | looks for |')
    const rows = (table.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)
    expect([...rows].map(([, name]) => name)).toEqual(GUARDRAIL_KINDS.map(({ name }) => name))
  })

  test('docs/guard-webhooks.md tells every contract, in the order of the list', async () => {
    const rows = (await read('docs/guard-webhooks.md')).matchAll(/^\| `(\w+)` \|/gm)
    expect([...rows].map(([, name]) => name)).toEqual(CONTRACTS.map(({ type }) => type))
  })

  test('docs/models.md names every fact, as the file and as the list of models say it', async () => {
    const rows = (await read('docs/models.md')).matchAll(/^\| (`.*?) \|.*\| (.*?) ?\|$/gm)
    const [inFile, shown]: [string[], string[]] = [[], []]
    for (const [, names = '', members = ''] of rows) {
      inFile.push(...words(names))
      shown.push(...words(members))
    }
    const reference = (await read('docs/config.md')).matchAll(/`models\.<name>\.(\w+)`/g)
    expect(inFile.toSorted()).toEqual([...reference].map(([, name = '']) => name).toSorted())
    expect(Object.values(FACTS).filter((name) => name !== undefined && !inFile.includes(name))).toEqual([])
    const facts = {
      contextTokens: 2,
      maxOutputTokens: 1,
      vision: true,
      reasoning: 'effort',
      retiresOn: '2027-07-24',
    } as const
    const plain = Object.keys(modelRow({ id: 'm', ownedBy: 'x' }, new Map()))
    const members = Object.keys(modelRow({ id: 'm', ownedBy: 'x', facts }, new Map()))
    expect(shown.toSorted()).toEqual(members.filter((name) => !plain.includes(name)).toSorted())
  })

  test('docs/request-options.md names every option, in the body and as a header, and every header that is none', async () => {
    const page = await read('docs/request-options.md')
    const rows = [...page.matchAll(/^\| `(\w+)` \| `([\w-]+)` \|/gm)].map(([, name, header]) => [
      name,
      header,
    ])
    const names = Object.values(OPTION_NAMES)
    expect(rows).toEqual(names.map((name) => [name, OWN_PREFIX + name.replaceAll('_', '-')]))
    const named = new Set([...page.matchAll(/`(x-gatehouse-[\w-]+\w)`/g)].map(([, header = '']) => header))
    const options = new Set(rows.map(([, header]) => header))
    expect([...named].filter((header) => !options.has(header)).toSorted()).toEqual(
      [KEY_HEADER, ...Object.values(OWN_HEADERS)].toSorted(),
    )
  })

  test('docs/limits.md names only metrics that there are', async () => {
    const files = [...new Bun.Glob('src/**/*.ts').scanSync()]
    const source = (await Promise.all(files.map((file) => Bun.file(file).text()))).join('\n')
    const named = readLimits().flatMap(({ metric }) => metric ?? [])
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((metric) => !source.includes(`'${metric}'`))).toEqual([])
  })

  test('docs/decision-record.md explains every step, and every reason for one, once, in its own words, and no other', async () => {
    const page = await read('docs/decision-record.md')
    const steps = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \|$/gm)].map(([, step = '', meaning]) => [
      step,
      meaning,
    ])
    expect(steps).toEqual(Object.entries(DECISION_STEPS).map(([step, { meaning }]) => [step, meaning]))
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| (\w+) \| (\S.*) \|$/gm)]
    const listed = rows.map(([, reason = '', step, sentence]) => [reason, step, sentence])
    const known = [
      ...STRATEGIES.map(({ reason }) => [reason.code, 'rank', reason.sentence]),
      [KEPT_TOGETHER, 'rank', expect.any(String)],
      [PREFERRED, 'rank', expect.any(String)],
      [LAST_RESORT, 'rank', expect.any(String)],
      [LARGER_CONTEXT, 'rank', expect.any(String)],
      [FOR_THIS_FAILURE, 'rank', expect.any(String)],
      ...Object.entries(FILTER_REASONS).map(([reason, sentence]) => [reason, 'filter', sentence]),
    ]
    expect(listed).toEqual(known)
  })

  test('docs/keeping.md names metrics that there are', async () => {
    const sources = [...new Bun.Glob('src/**/*.ts').scanSync()].filter((file) => !file.endsWith('.test.ts'))
    const code = (await Promise.all(sources.map(read))).join('')
    const named = [...(await read('docs/keeping.md')).matchAll(/gatehouse_\w+/g)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !code.includes(`'${name}'`))).toEqual([])
  })
})

test('docs/accounting.md explains every basis and every anomaly, once, and no other', async () => {
  const rows = [...(await read('docs/accounting.md')).matchAll(/^\| `([\w-]+)` \| \S.*\|$/gm)]
  const listed = rows.map(([, word = '']) => word)
  expect(listed.toSorted()).toEqual([...Object.keys(BASES), ...Object.keys(ANOMALIES)].toSorted())
})

test('every decision has a number of its own, which its title repeats', async () => {
  const names = [...new Bun.Glob('*.md').scanSync(new URL('../docs/decisions', import.meta.url).pathname)]
  const numbers = names.map((name) => Number(name.slice(0, 4)))
  expect(new Set(numbers).size).toBe(names.length)
  for (const [index, name] of names.entries())
    expect(await read(`docs/decisions/${name}`)).toStartWith(`# ${numbers[index]}. `)
})

test('every key of the file has a description', () => {
  const bare: string[] = []
  const visit = (node: Json | undefined, path: string): void => {
    if (!isObject(node)) return
    for (const [key, child] of Object.entries(readObject(node, 'properties') ?? {})) {
      if (isObject(child) && child['description'] === undefined) bare.push(`${path}.${key}`)
      visit(child, `${path}.${key}`)
    }
    visit(node['items'], `${path}[]`)
    visit(node['additionalProperties'], `${path}.*`)
    for (const branch of readObjects(node, 'anyOf')) visit(branch, path)
  }
  visit(configJsonSchema(), '')
  expect(bare).toEqual([])
})
