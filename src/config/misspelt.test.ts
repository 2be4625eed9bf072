import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { parse } from 'yaml'
import { isArray, isObject, type Json } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { isKeyNotYet, isValueNotYet } from './not-yet.ts'
import { formatPath, type PathStep } from './problems.ts'
import { describeIssues } from './schema-issues.ts'
import { configSchema } from './schema.ts'
import { configJsonSchema, validKeys } from './schema-names.ts'

const ROOT = new URL('../../', import.meta.url)
const schema = configJsonSchema()

/** Every place of a key that the format knows, in a parsed file. */
function* placesOf(value: Json | undefined, path: readonly PathStep[] = []): Iterable<readonly PathStep[]> {
  if (isArray(value)) for (const [index, item] of value.entries()) yield* placesOf(item, [...path, index])
  if (!isObject(value)) return
  const known = new Set(validKeys(schema, path))
  for (const [key, item] of Object.entries(value)) {
    if (known.has(key)) yield [...path, key]
    yield* placesOf(item, [...path, key])
  }
}

/** The key with its last two letters in the wrong order, or one too many where they are the same. */
function misspell(key: string): string {
  const [beforeLast = '', last = ''] = key.slice(-2)
  return key.length < 3 || beforeLast === last ? `${key}${last}x` : `${key.slice(0, -2)}${last}${beforeLast}`
}

/** The file with a key at a place called something else. */
function renamed(value: Json | undefined, [step, ...rest]: readonly PathStep[], to: string): Json {
  if (isArray(value)) return value.map((item, index) => (index === step ? renamed(item, rest, to) : item))
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key !== step) return [key, item ?? null]
      return rest.length === 0 ? [to, item ?? null] : [key, renamed(item, rest, to)]
    }),
  )
}

interface Sample {
  readonly name: string
  readonly value: Json
}

async function read(pattern: string, texts: (file: string) => readonly string[]): Promise<readonly Sample[]> {
  const files = [...new Glob(pattern).scanSync(ROOT.pathname)].toSorted()
  const found = files.map(async (name) => {
    const file = await Bun.file(new URL(name, ROOT)).text()
    return texts(file).map((text): Sample => ({ name, value: parse(text) }))
  })
  return (await Promise.all(found)).flat()
}

const samples = [
  ...(await read('examples/*.yaml', (file) => [file])),
  ...(await read('docs/*.md', (page) =>
    [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text),
  )),
  {
    name: 'what neither shows',
    value: parse(`
routes:
  a:
    targets: [sim/a]
    split: { by: user, salt: s, arms: { one: { share: 50%, targets: [sim/b] }, two: 50 } }
    affinity: { by: [session], bound: none, ttl: 5m }
    escalate: { verify: [{ repetition: { share: 0.5 } }] }
  b: { targets: [sim/a], hedge: { after: p95, min: 1s }, fallback: { after: { context-overflow: [sim/b] } } }
  c: { targets: [{ model: sim/a, weight: 1 }], race: { of: 2 }, canary: { share: 5, targets: [sim/b], guard: { cost: 5% } } }
models: { sim/a: { concurrent: { max: 3 } } }
`),
  },
]

const seen = new Set<string>()

/** Each key of a map once: under names that anybody chooses they are the same. */
function isNew(path: readonly PathStep[]): boolean {
  const known = path.map((step, index) =>
    validKeys(schema, path.slice(0, index)).includes(String(step)) ? step : '*',
  )
  const place = known.join('.')
  return !seen.has(place) && seen.add(place).size > 0
}

/** What is wrong with a parsed file; its schema is made once, which takes longer than all else. */
function problemsAt(value: Json) {
  const { error } = configSchema.safeParse(value)
  const drafts = describeIssues(error?.issues ?? [], { value, schema, isKeyNotYet, isValueNotYet })
  return drafts.map(({ path, ...rest }) => ({ ...rest, path: formatPath(path) }))
}

describe('every key of the examples and the pages, misspelt,', () => {
  test.each(samples.map((sample) => [sample.name, sample] as const))(
    'is named with the nearest: %s',
    (_name, { value }) => {
      const wrong: string[] = []
      for (const path of placesOf(value)) {
        if (!isNew(path)) continue
        const key = String(path.at(-1))
        const to = misspell(key)
        const at = formatPath([...path.slice(0, -1), to])
        const problems = problemsAt(renamed(value, path, to))
        const found = problems.find((one) => one.path === at && one.message === 'unknown key')
        const [nearest] = nearestNames(to, validKeys(schema, path.slice(0, -1)), 1)
        const isNamed =
          nearest === undefined ? found?.hint?.includes(key) : found?.hint === `Did you mean "${nearest}"?`
        if (isNamed !== true) wrong.push(`${at}: ${JSON.stringify(problems.slice(0, 2))}`)
      }
      expect(wrong).toEqual([])
    },
  )

  test('they are most of all that there are', () => {
    expect(seen.size).toBeGreaterThan(150)
  })
})

const problemsOf = (text: string) =>
  problemsAt(parse(text)).map(({ path, message, hint = '' }) => `${path}: ${message}. ${hint}`)

describe('what follows from a misspelt key is not said beside it', () => {
  test.each([
    [
      'routes: { a: { targets: [{ modl: sim/a }] } }',
      'routes.a.targets[0].modl: unknown key. Did you mean "model"?',
    ],
    [
      'routes: { a: { targets: [sim/a], only: { regions: eu } } }',
      'routes.a.only.regions: unknown key. Did you mean "region"?',
    ],
    [
      'routes: { a: { targets: [sim/a], strategy: { cheapst: {} } } }',
      'routes.a.strategy.cheapst: unknown key. Did you mean "cheapest"?',
    ],
    ['proofs: { p: { onyl: { region: eu } } }', 'proofs.p.onyl: unknown key. Did you mean "only"?'],
  ])('%s', (text, told) => {
    expect(problemsOf(text)).toEqual([told])
  })

  test('what does not follow is', () => {
    expect(problemsOf('routes: { a: { targets: [sim/a, sim/b], race: { acept: any } } }')).toEqual([
      'routes.a.race.of: missing; expected a whole number from 2 to 10. ',
      expect.stringContaining('routes.a.race.acept: unknown key. Did you mean "accept"?'),
    ])
  })
})

describe('a misspelt word is named with the nearest, in a union too', () => {
  test.each([
    ['affinity: { by: [sesion] }', 'routes.a.affinity.by[0]', 'Did you mean "session"?'],
    ['affinity: nonee', 'routes.a.affinity', 'Did you mean "none"?'],
    ['split: { by: usr, arms: { one: 50, two: 50 } }', 'routes.a.split.by', 'Did you mean "user"?'],
    ['escalate: { verify: [schma] }', 'routes.a.escalate.verify[0]', 'Did you mean "schema"?'],
  ])('%s', (member, path, hint) => {
    const [problem] = problemsAt(parse(`routes: { a: { strategy: weighted, targets: [sim/a], ${member} } }`))
    expect({ path: problem?.path, hint: problem?.hint }).toEqual({ path, hint })
  })
})
