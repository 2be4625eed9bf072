import { describe, expect, test } from 'bun:test'
import { mintKey } from '../exchange/virtual-key.ts'
import type { Plan } from '../gateway/plan.ts'
import { createSeededRandom } from '../kit/random.ts'
import { askedBeside } from './asked-beside.ts'
import { callersOf } from './callers.ts'
import { prove, type CounterExample } from './prove.ts'
import { find, HOLDS, planOf, verdicts, write } from '../../test/proven.ts'
import { waysOf } from './ways-of.ts'

/*
 * Whoever judges an answer, or is asked the same beside it, is reached as well, by whatever leads on from there.
 */

/** Ways by which a route that is asked on behalf of a request leads elsewhere. */
const LEADS_BESIDE = [
  ['the targets', 'targets: [eu/a, us/a]'],
  ['the fallback', 'targets: [eu/a], fallback: { to: [dark/a] }'],
  ['what follows a failure', 'targets: [eu/a], fallback: { after: { server-error: [us/a] } }'],
  ['an arm', 'targets: [eu/a], split: { arms: { usual: 90, other: { share: 10, targets: [us/a] } } }'],
  ['a canary', 'targets: [eu/a], canary: { share: 5%, targets: [us/a] }'],
  [
    'a step for long questions',
    'steps: [{ name: long, when: request.input_tokens > 900, targets: [us/a] }, { name: rest, targets: [eu/a] }]',
  ],
  [
    'a step for what the house asks',
    `steps: [{ name: own, when: "request.purpose != ''", targets: [us/a] }, { name: rest, targets: [eu/a] }]`,
  ],
] as const

const ELSEWHERE = ['us/a', 'dark/a', 'us/b', 'us/any']

const JUDGED = ', escalate: { verify: [empty], judge: { route: beside } }'
const SHADOWED = ', shadow: { to: beside }'

/** A route `beside`, for which there is a gap behind another one. */
const withBeside = (route: string): string => `] }
  beside: { ${route} }
  unused: { targets: [eu/a`

describe('every planted violation is found, with a request that indeed violates', () => {
  const planted: readonly (readonly [what: string, gaps: Readonly<Record<string, string>>])[] = [
    ...ELSEWHERE.flatMap((id) => [
      [
        `${id} as a judge`,
        { regulatedMore: `, escalate: { verify: [empty], judge: { route: ${id} } }` },
      ] as const,
      [`${id} as a shadow`, { regulatedMore: `, shadow: { to: ${id} }` }] as const,
    ]),
    ...LEADS_BESIDE.flatMap(([what, route]) => [
      [`${what} of a judge`, { regulatedMore: JUDGED, cheap: withBeside(route) }] as const,
      [`${what} of a shadow`, { regulatedMore: SHADOWED, cheap: withBeside(route) }] as const,
    ]),
  ]

  test.each(planted)('%s', (_what, gaps) => {
    const plan = planOf(write(gaps))
    const finding = prove(plan, callersOf(plan)).find(({ proof }) => proof === 'eu-stays')
    expect(finding?.verdict).toBe('fails')
    if (finding?.verdict === 'fails') expectBeside(plan, finding.counterExample)
  })

  /** The request is one of the proof, and whom it names is led to from a step of whoever is asked beside it, and not in the EU. */
  function expectBeside(plan: Plan, { facts, via = '', target }: CounterExample): void {
    expect(facts['request.tags'] ?? []).toContain('eu')
    const [, model = '', rest = ''] = /^(?:judge|shadow) (\S+) ?(.*)/.exec(via) ?? []
    const asked = plan.resolveRoute(model)
    const taken = asked?.steps?.map(({ route }) => route) ?? (asked === undefined ? [] : [asked])
    const reached = taken
      .flatMap(waysOf)
      .filter((way) => way.via === rest)
      .flatMap(({ route }) => [...route.targets, ...route.fallback])
      .find((one) => one.target.id === target)
    expect(reached).toBeDefined()
    expect(reached?.target.region ?? 'unknown').not.toMatch(/^eu/)
    if (plan.resolveRoute(model)?.steps?.some(({ name }) => name === 'long') === true)
      expect(facts['request.input_tokens']).toBeGreaterThan(900)
  }
})

test('what a judge or a shadow is asked by is not what the client is asked by', () => {
  const beside = (when: string) => ({
    regulatedMore: JUDGED + SHADOWED,
    cheap: withBeside(
      `steps: [{ name: own, when: "${when}", targets: [us/a] }, { name: rest, targets: [eu/a] }]`,
    ),
  })
  for (const never of ["'eu' in request.tags", "headers['x-zone'] == 'us'", "request.session == 'eu'"])
    expect(verdicts(write(beside(never)))).toEqual(HOLDS)
})

test('a key that may not use a model has nobody judge by it, but has a shadow there', () => {
  const key = mintKey({ environment: 'test', random: createSeededRandom(1), hmac: () => '' }).text.reveal()
  const ofApp = (regulatedMore: string) => {
    const keys = 'keys: [{ name: app, value: "env:APP", models: [support] }]'
    const plan = planOf(write({ regulatedMore, keys }), { APP: key })
    const callers = callersOf(plan).filter(({ keyName }) => keyName === 'app')
    expect(callers).toHaveLength(1)
    return prove(plan, callers)[0]
  }
  expect(ofApp(', escalate: { verify: [empty], judge: { route: us/a } }')?.verdict).toBe('holds')
  expect(ofApp(', shadow: { to: us/a }')).toMatchObject({
    verdict: 'fails',
    counterExample: { key: 'app', via: 'shadow us/a', target: 'us/a@us-east-1' },
  })
})

test('whom a shadow asks is reached as well', () => {
  const shadowed = write({ regulatedMore: ', shadow: { to: us/a, share: 1% }' })
  const [finding] = find(shadowed)
  expect(finding).toMatchObject({
    verdict: 'fails',
    counterExample: { step: 'regulated', via: 'shadow us/a' },
  })
})

test('whoever makes vectors of questions is asked as the caller, and who judges similar answers as the house', () => {
  const plan = planOf(
    write({ regulatedMore: ', cache: { semantic: { embeddings: us/bge-m3, judge: eu/a } }' }),
  )
  const taken = plan.resolveRoute('support')?.steps?.[0]?.route
  const [caller] = callersOf(plan)
  if (taken === undefined || caller === undefined) throw new Error('the route has no step')
  const beside = askedBeside(taken, caller, plan)
  expect(beside.map(({ purpose, model }) => `${purpose} ${model}`)).toEqual(['embed us/bge-m3', 'judge eu/a'])
  expect(beside[0]?.caller).toBe(caller)
  expect(beside[1]?.caller.owners).toEqual({})
})
