import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const fileOf = (members: string, targets = '[sim/smart, sim/echo]') =>
  `providers: { sim: }\nroutes: { a: { targets: ${targets}, ${members} } }`
const paceOf = (members: string) => compileText(fileOf(members)).plan?.resolveRoute('a')?.pace

describe('a route that races', () => {
  test('says in short how many, or at length what wins and what it may cost', () => {
    expect(paceOf('race: 2')).toEqual({ kind: 'race', of: 2, accept: 'first-token' })
    expect(
      paceOf(
        'race: { of: 3, accept: whole, max_extra_starts: 50%, max_extra_cost: 12.5%, cost_ceiling: 0.05 }',
      ),
    ).toEqual({
      kind: 'race',
      of: 3,
      accept: 'whole',
      extraStarts: 0.5,
      extraCost: 0.125,
      ceilingNanoUsd: 50_000_000n,
    })
  })
})

describe('a route that hedges', () => {
  test.each([
    ['hedge: p95', { share: 0.95, leastMs: 300 }],
    ['hedge: p99.5', { share: 0.995, leastMs: 300 }],
    ['hedge: 800ms', { ms: 800 }],
    ['hedge: { after: 1.5s, min: 1s }', { ms: 1_500 }],
    ['hedge: { after: p90, min: 1s }', { share: 0.9, leastMs: 1_000 }],
  ])('%s', (members, after) => {
    expect(paceOf(members)).toEqual({ kind: 'hedge', after, extraStarts: 0.05, extraCost: 0.1 })
  })

  test('says how many it may begin', () => {
    expect(paceOf('hedge: { after: p95, max_extra_starts: 2%, max_extra_cost: 3% }')).toMatchObject({
      extraStarts: 0.02,
      extraCost: 0.03,
    })
  })

  test('has one attempt follow another where it says nothing', () => {
    expect(paceOf('strict: false')).toBeUndefined()
  })
})

test('a step goes by its route where it says nothing, and by nothing of it where it says something', () => {
  const text = `
providers: { sim: }
routes:
  a:
    targets: [sim/smart, sim/echo]
    hedge: p95
    steps:
      - { name: raced, when: 'request.has_tools', race: 2 }
      - { name: alone, when: 'request.stream', hedge: none }
      - { name: rest }`
  const steps = compileText(text).plan?.resolveRoute('a')?.steps ?? []
  expect(steps.map(({ name, route }) => [name, route.pace?.kind])).toEqual([
    ['raced', 'race'],
    ['alone', undefined],
    ['rest', 'hedge'],
  ])
})

test.each([
  ['race: 1', 'expected a whole number from 2 to 10, found 1'],
  ['race: two', 'expected a whole number from 2 to 10, or none, found "two"'],
  ['race: { of: 2, accept: fastest }', 'routes.a.race.accept: expected first-token or whole'],
  ['race: { of: 2, acept: whole }', 'Did you mean "accept"?'],
  ['hedge: p20', 'expected a duration such as 800ms, or a share of answers such as p95, from p50 to p99.9'],
  ['hedge: 0ms', 'expected a duration such as 800ms'],
  ['hedge: { min: 1s }', 'routes.a.hedge.after: missing; expected a duration such as 800ms'],
  ['hedge: { after: p95, max_extra_starts: 5 }', 'max_extra_starts: expected a share such as 5%'],
  ['hedge: { after: p95, max_extra_cost: 2000% }', 'expected a share such as 5%, found "2000%"'],
  ['hedge: p95, race: 2', 'routes.a.hedge: a route that races has nothing to hedge'],
])('%s is refused', (members, message) => {
  expect(problemsOf(fileOf(members))).toContain(message)
})

describe('a pace that can never be kept is warned of', () => {
  test.each([
    ['race: 3', 'warning: routes.a.race: 3 targets are to be asked at once, and 2 would be slow apart'],
    [
      'hedge: p95, fallback: { attempts: 1 }',
      'warning: routes.a.hedge: 2 attempts are more than the 1 that the route may make',
    ],
  ])('%s', (members, message) => {
    expect(problemsOf(fileOf(members))).toContain(message)
  })

  test('where its targets are at one address, unless their entries say that they are apart', () => {
    const file = (domain: string): string => `
providers:
  east: { type: openai, key: env:KEY }
  west: { type: openai, key: env:KEY${domain} }
routes: { a: { targets: [east/gpt-4.1, west/gpt-4.1], race: 2 } }`
    const environment = { KEY: 'sk-1' }
    expect(problemsOf(file(''), { environment })).toContain('2 targets are to be asked at once, and 1 would')
    expect(problemsOf(file(', incident_domain: west'), { environment })).toBe('')
  })
})

test('how a provider charges for what is hung up on is known of its type, and the file has the last word', () => {
  const text = `
providers:
  openai: { key: env:KEY }
  other: { type: openai, key: env:KEY, cancelled: bills-whole }
  own: { base_url: 'http://127.0.0.1:9/v1', dialects: [openai-chat] }
routes: { a: [openai/m, other/m, own/m] }`
  const route = compileText(text, { environment: { KEY: 'sk-1' } }).plan?.resolveRoute('a')
  expect(route?.targets.map(({ target }) => target.cancelled)).toEqual([
    'bills-generated',
    'bills-whole',
    undefined,
  ])
})
