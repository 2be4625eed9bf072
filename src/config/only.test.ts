import { describe, expect, test } from 'bun:test'
import { unfulfilled } from '../exchange/constraint.ts'
import { makeKeyText } from '../../test/journeys/open-house.ts'
import { compileText, problemsOf } from './compile.fixture.ts'
import type { KeyRecord } from '../store/store.ts'

const PROVIDERS = `
providers:
  near: { type: sim, region: eu-central-1, retention: zero, data_policy: no-training, tags: [gold, iso], settings: { port: '1' } }
  far: { type: sim, region: us-east-1, retention: 30d, data_policy: training, tags: [gold], settings: { port: '1' } }
  silent: { type: sim, settings: { port: '1' } }
`

/** A key that wants nothing. */
const keyRecord = (id: string): KeyRecord => ({
  id,
  name: id,
  secretHmac: '',
  allowedOptions: [],
  limits: {},
  budgets: [],
  createdAtMs: 0,
})

/** Who may be asked by a route that wants this. */
function allowed(only: string): string {
  const { plan } = compileText(`${PROVIDERS}
routes: { a: { targets: [near/a, far/a, silent/a], only: ${only} } }`)
  const route = plan?.resolveRoute('a')
  const left = route?.targets.filter(({ target }) => unfulfilled(route.only, target) === undefined)
  return left?.map(({ target }) => target.provider).join(' ') ?? 'refused'
}

describe('only', () => {
  test.each([
    ['{ region: eu }', 'near'],
    ['{ region: eu-central-1 }', 'near'],
    ['{ region: [eu, us] }', 'near far'],
    ['{ region: e }', 'refused'],
    ['{ retention: zero }', 'near'],
    ['{ retention: 30d }', 'near far'],
    ['{ retention: 29d }', 'near'],
    ['{ data_policy: no-training }', 'near'],
    ['{ providers: [far, silent] }', 'far silent'],
    ['{ tags: [gold] }', 'near far'],
    ['{ tags: [gold, iso] }', 'near'],
    ['{ tags: [gold], region: us }', 'far'],
  ])('%s leaves %s; what nobody has said is not fulfilled', (only, left) => {
    expect(allowed(only)).toBe(left)
  })

  test('a step holds to what it wants and to what its route wants', () => {
    const { plan } = compileText(`${PROVIDERS}
routes:
  a:
    only: { tags: [gold] }
    targets: [near/a, far/a]
    steps:
      - { name: eu, when: request.stream, only: { region: eu } }
      - { name: rest }`)
    const told = plan
      ?.resolveRoute('a')
      ?.steps?.map(({ route }) => route.only?.map(({ by, text }) => `${by}: ${text}`))
    expect(told).toEqual([['route a: tag gold', 'step eu: region eu'], ['route a: tag gold']])
  })

  test('a key holds to what it wants and to what its project wants, whoever has declared it', () => {
    const key = makeKeyText()
    const { plan } = compileText(
      `${PROVIDERS}
projects: { shop: { only: { tags: [gold] } } }
keys: [{ name: ci, value: env:KEY, project: shop, only: { region: eu } }]`,
      { environment: { KEY: key } },
    )
    const declared = plan?.declaredKeys[0]
    const tell = (key: Pick<KeyRecord, 'name' | 'only'>, project: string) =>
      plan
        ?.constraintsOf?.({ ...declared, project, ...key } as KeyRecord)
        ?.map(({ by, text }) => `${by}: ${text}`)
    const made = { name: 'made', only: { region: ['us'] } }
    expect(tell({ name: 'ci' }, 'shop')).toEqual(['project shop: tag gold', 'key ci: region eu'])
    expect(tell(made, 'shop')).toEqual(['project shop: tag gold', 'key made: region us'])
    expect(tell(made, 'other')).toEqual(['key made: region us'])
    expect(plan?.constraintsOf?.(keyRecord('k'))).toBeUndefined()
  })

  test.each<[string, string[]]>([
    [
      'routes: { a: { targets: [far/a, silent/b], only: { region: eu } } }',
      [
        'error: routes.a.only: no target fulfils what is wanted here',
        'far/a@us-east-1: route a wants region eu; silent/b: route a wants region eu.',
      ],
    ],
    [
      'routes: { a: { targets: [near/a, far/a], only: { region: eu } } }',
      ['warning: routes.a.only: far/a@us-east-1 will never be asked'],
    ],
    [
      'routes: { a: { targets: [near/a], fallback: { to: [far/a] }, only: { region: eu } } }',
      ['warning: routes.a.only: far/a@us-east-1 will never be asked'],
    ],
    [
      'routes: { a: { targets: [far/a], steps: [{ name: b, only: { region: eu } }] } }',
      ['error: routes.a.steps[0].only: no target fulfils what is wanted here'],
    ],
    [
      'routes: { a: { only: { region: eu }, steps: [{ name: b, targets: [far/a] }] } }',
      ['error: routes.a.only: no target fulfils what is wanted here'],
    ],
    [
      'routes: { a: { targets: [near/a], only: { providers: [neer] } } }',
      ['routes.a.only.providers[0]: there is no provider neer', 'Did you mean "near"?'],
    ],
    [
      'routes: { a: { targets: [near/a], only: { regon: eu } } }',
      ['routes.a.only.regon: unknown key', 'Did you mean "region"?'],
    ],
    ['routes: { a: { targets: [near/a], only: {} } }', ['routes.a.only: expected at least one constraint']],
    [
      'routes: { a: { targets: [near/a], only: { retention: some } } }',
      ['routes.a.only.retention: expected zero, or a time such as 30d'],
    ],
    [
      'routes: { a: { targets: [near/a], only: { data_policy: training } } }',
      ['routes.a.only.data_policy: expected no-training'],
    ],
    [
      'projects: { shop: { only: { region: mars } } }',
      ['projects.shop.only: no provider fulfils what is wanted here', 'It wants region mars.'],
    ],
    [
      'projects: { shop: { only: { providers: [fra] } } }',
      ['projects.shop.only.providers[0]: there is no provider fra', 'Did you mean "far"?'],
    ],
  ])('%s is told', (text, words) => {
    const problems = problemsOf(PROVIDERS + text)
    for (const word of words) expect(problems).toContain(word)
  })
})
