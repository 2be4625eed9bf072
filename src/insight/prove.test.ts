import { describe, expect, test } from 'bun:test'
import { compileText } from '../config/compile.fixture.ts'
import type { Plan } from '../gateway/plan.ts'
import { callersOf } from './callers.ts'
import { find, HEAD, HOLDS, planOf, PROOFS, verdicts, write } from '../../test/proven.ts'
import { prove, type CounterExample } from './prove.ts'
import { takeStep } from '../routing/take-step.ts'
import { waysOf } from './ways-of.ts'

const KINDS = ['timeout', 'rate-limit', 'server-error', 'refused', 'context-overflow', 'bad-output']

test('what holds is found to hold', () => {
  expect(verdicts(write())).toEqual(HOLDS)
})

describe('every planted violation is found, with a request that indeed violates', () => {
  const elsewhere = ['us/a', 'dark/a', 'us/b', 'us/any']
  const planted: readonly (readonly [what: string, gaps: Readonly<Record<string, string>>])[] = [
    ...elsewhere.map((id) => [`${id} beside the others`, { regulated: `eu/a, ${id}` }] as const),
    ...elsewhere.map((id) => [`${id} before the others`, { regulated: `${id}, eu/a` }] as const),
    ...elsewhere.map((id) => [`${id} as a fallback of the route`, { routeFallback: id }] as const),
    ...elsewhere.map(
      (id) => [`${id} as a fallback of the step`, { regulatedMore: `, fallback: { to: [${id}] }` }] as const,
    ),
    ...elsewhere.map(
      (id) =>
        [
          `${id} after an overflow`,
          { regulatedMore: `, fallback: { after: { context-overflow: [${id}] } }` },
        ] as const,
    ),
    ...elsewhere.map(
      (id) =>
        [
          `${id} in an arm`,
          {
            regulatedMore: `, split: { by: user, arms: { usual: 90%, other: { share: 10%, targets: [${id}] } } }`,
          },
        ] as const,
    ),
    ...elsewhere.map(
      (id) => [`${id} in a canary`, { regulatedMore: `, canary: { share: 5%, targets: [${id}] }` }] as const,
    ),
    ...KINDS.map(
      (kind) =>
        [`us/a after ${kind}`, { regulatedMore: `, fallback: { after: { ${kind}: [us/a] } }` }] as const,
    ),
    ...['race: 2', 'hedge: 1s'].map(
      (pace) =>
        [`us/a beside the others: ${pace}`, { regulated: 'eu/a, us/a', regulatedMore: `, ${pace}` }] as const,
    ),
    [
      'an alias of somebody elsewhere',
      { regulated: 'eu/a, afar', proofs: `models: { afar: us/a }\n${PROOFS}` },
    ],
    ...[
      "'eu' in request.tags && request.input_tokens < 5000",
      "'eu' in request.tags && !request.has_tools",
      "'eu' in request.tags && !('test' in request.tags)",
      "'eu' in request.tags && request.session != 'lost'",
      "'eu' in request.tags && now.hour < 22",
      "'EU' in request.tags",
      "request.tags == ['eu']",
      "'eu' in request.tags && key.project != 'staff'",
      "'eu' in request.tags && headers['x-zone'] != 'us'",
      "request.customer.startsWith('eu')",
    ].map((when) => [`a condition that is too narrow: ${when}`, { when }] as const),
  ]
  expect(planted.length).toBeGreaterThan(30)

  test.each(planted)('%s', (_what, gaps) => {
    const plan = planOf(write(gaps))
    const finding = prove(plan, callersOf(plan)).find(({ proof }) => proof === 'eu-stays')
    expect(finding?.verdict).toBe('fails')
    if (finding?.verdict === 'fails') expectToViolate(plan, finding.counterExample)
  })

  /** Goes the way of the request by itself: it is one of the proof, and the target is on its way, and not in the EU. */
  function expectToViolate(plan: Plan, { model, facts, step, via = '', target }: CounterExample): void {
    const route = plan.resolveRoute(model)
    const tags = facts['request.tags'] ?? []
    expect(tags).toContain('eu')
    const read = (name: string) =>
      facts[name] ??
      (/tokens|hour/.test(name) ? 0 : /has_/.test(name) ? false : name.startsWith('headers') ? undefined : '')
    const callers = callersOf(plan).map(({ owners }) => owners.project ?? '')
    const taken = callers.map(
      (project) =>
        takeStep(route?.steps ?? [], { read: (name) => (name === 'key.project' ? project : read(name)) })
          .taken,
    )
    const way = taken.find((one) => one?.name === step)
    const led = waysOf(way?.route ?? { ...(route as NonNullable<typeof route>) }).find(
      (one) => one.via === via,
    )?.route
    const reached = [...(led?.targets ?? []), ...(led?.fallback ?? [])].find(
      (one) => one.target.id === target,
    )
    expect(reached).toBeDefined()
    expect(reached?.target.region ?? 'unknown').not.toMatch(/^eu/)
  }
})

test('whom a key may ask bears on it, and so does every other name that leads to a target', () => {
  expect(verdicts(write({ cheap: ', us/b' }))[1]).toBe('interns-stay-cheap fails')
  const anything = write().replace('models: [cheap]', 'models: ["*"]')
  const [, finding] = find(anything)
  expect(finding).toMatchObject({ verdict: 'fails', counterExample: { key: 'any-other-key of interns' } })
})

test('a route that hangs on one provider is found', () => {
  expect(verdicts(write({ default: 'us/a, us/b', routeFallback: 'us/any' })).at(-1)).toBe(
    'no-single-provider fails',
  )
  const [finding] = find(write({ proofs: 'proofs: { all: { survives: target } }' }))
  expect(finding).toMatchObject({
    verdict: 'fails',
    counterExample: { model: 'cheap', because: 'nobody is left to ask without the target eu/a@eu-central-1' },
  })
})

test('what cannot be tried to its end is not claimed', () => {
  const pattern = `proofs: { p: { when: "request.customer.matches('^eu-[0-9]+$')", only: { region: eu } } }`
  expect(find(write({ proofs: pattern }))).toMatchObject([{ verdict: 'undecided' }])
})

test('a proof of a route or a provider that there is not, or of nothing, is refused', () => {
  const problems = (proofs: string) =>
    compileText(write({ proofs })).problems.map(({ path, message }) => `${path}: ${message}`)
  expect(problems('proofs: { p: { routes: [suport], survives: provider } }')).toEqual([
    'proofs.p.routes[0]: there is no route suport',
  ])
  expect(problems('proofs: { p: { never: { providers: [uss] } } }')).toEqual([
    'proofs.p.never.providers[0]: there is no provider uss',
  ])
  expect(problems('proofs: { p: { when: "true" } }')[0]).toContain('one of only, never and survives')
  expect(problems(`proofs: { p: { when: "request.tgas == []", only: { region: eu } } }`)[0]).toContain(
    'there is no fact request.tgas',
  )
})

test('a step that refuses reaches nobody, and nobody can be lost there', () => {
  const text = `
routes:
  support:
    targets: [sim/a, sim/b]
    steps:
      - { name: huge, when: request.input_tokens > 200000, refuse: Send it to batch. }
      - { name: rest }
proofs:
  survives: { routes: [support], survives: target }
  huge-stays: { when: request.input_tokens > 200000, routes: [support], never: { providers: [sim] } }
  others-too: { routes: [support], never: { providers: [sim] } }
`
  expect(verdicts(text)).toEqual(['survives holds', 'huge-stays holds', 'others-too fails'])
})

test('whatever constraints can ask for can be proven', () => {
  const text = (retention: string) => `
providers:
  kept: { type: openai-compatible, base_url: "https://kept.example/v1", retention: ${retention}, data_policy: no-training }
routes: { support: [kept/a] }
proofs: { nothing-stays: { routes: [support], only: { retention: zero, data_policy: no-training } } }
`
  expect(verdicts(text('zero'))).toEqual(['nothing-stays holds'])
  expect(verdicts(text('30d'))).toEqual(['nothing-stays fails'])
})

describe('routes that take requests of any name', () => {
  const matched = (match: string, proof: string) => `${HEAD}
routes:
  cheap: [eu/a]
  eu-only: { targets: [eu/a, eu2/a] }
  premium: { match: ${match}, targets: [us/a] }
proofs: { p: ${proof} }
`

  test('are found behind names that lead elsewhere, and behind names that there are not', () => {
    const [byKey] = find(matched(`"key.project == 'staff'"`, `{ routes: [eu-only], only: { region: eu } }`))
    expect(byKey).toMatchObject({ verdict: 'fails', counterExample: { target: 'us/a@us-east-1' } })
    const [byName] = find(
      matched(
        '{ models: ["gpt-4*"] }',
        `{ never: { targets: [us/a@us-east-1] }, when: "request.model == 'gpt-4'" }`,
      ),
    )
    expect(byName).toMatchObject({ verdict: 'fails', counterExample: { model: 'gpt-4' } })
  })

  test('take nothing from a proof that they do not touch', () => {
    const tagged = `"'us' in request.tags"`
    const holds = `{ when: "!('us' in request.tags)", routes: [eu-only], only: { region: eu } }`
    expect(verdicts(matched(tagged, holds))).toEqual(['p holds'])
    const fails = `{ when: "'us' in request.tags", routes: [eu-only], only: { region: eu } }`
    expect(verdicts(matched(tagged, fails))).toEqual(['p fails'])
    const other = `{ when: request.operation == 'chat', routes: [eu-only], only: { region: eu } }`
    expect(verdicts(matched('{ endpoints: [embed] }', other))).toEqual(['p holds'])
    expect(verdicts(matched('{ endpoints: [chat] }', other))).toEqual(['p fails'])
  })

  test('hide routes whose requests they take', () => {
    const proof = `{ never: { targets: [us/a@us-east-1] }, routes: [premium] }`
    expect(verdicts(matched('"true"', proof))).toEqual(['p fails'])
    const hidden = matched('"true"', `{ only: { providers: [us] } }`)
    expect(verdicts(hidden)).toEqual(['p holds'])
    expect(verdicts(matched('{ keys: [nobody] }', `{ only: { providers: [us] } }`))).toEqual(['p fails'])
  })

  test('are not claimed to be known where names are matched by a pattern', () => {
    const pattern = matched(`"request.model.matches('^gpt')"`, `{ never: { providers: [us] } }`)
    expect(verdicts(pattern)).toEqual(['p undecided'])
  })
})

describe('what guardrails want of targets', () => {
  const file = (guardrail: string): string => `
providers:
  eu: { type: sim, base_url: "http://127.0.0.1:1/v1", key: env:K, region: eu }
  us: { type: sim, base_url: "http://127.0.0.1:2/v1", key: env:K, region: us }
routes: { support: { targets: [us/smart], fallback: { to: [eu/smart] } } }
${guardrail}
proofs:
  stays: { when: "'sensitive' in guard.flags", routes: [support], only: { region: eu } }
`
  const found = (text: string) => {
    const { plan } = compileText(text, { environment: { K: 'secret' } })
    return plan && prove(plan, callersOf(plan)).map(({ verdict }) => verdict)
  }

  test.each([
    ['guardrails: { sensitive: { detect: [personal], action: restrict, only: { region: eu } } }', ['holds']],
    ['guardrails: { sensitive: { detect: [personal], action: flag } }', ['fails']],
    [
      'guardrails: { sensitive: { detect: [personal], action: restrict, only: { region: eu }, mode: shadow } }',
      ['fails'],
    ],
    [
      'guardrails: { sensitive: { detect: [personal], action: restrict, only: { region: eu }, routes: ["other*"] } }',
      ['fails'],
    ],
  ] as const)('holds of every request in which they have found something: %s', (guardrail, verdict) => {
    expect(found(file(guardrail))).toEqual([...verdict])
  })

  const eu = 'action: restrict, only: { region: eu } }'
  test.each([
    [
      'who says that it is sensitive is told what it is',
      `sensitive: { rubric: { model: us/judge, rubric: x }, ${eu}`,
      'fails',
    ],
    ['inside it may be told', `sensitive: { rubric: { model: eu/judge, rubric: x }, ${eu}`, 'holds'],
    [
      'a looker has said so before',
      `sensitive: { detect: [personal], ${eu}\n  toxic: { rubric: { model: us/judge, rubric: y }, action: block }`,
      'holds',
    ],
    [
      'a check has said so before to those that only tell',
      `sensitive: { rubric: { model: eu/judge, rubric: x }, ${eu}\n  toxic: { rubric: { model: us/judge, rubric: y }, action: flag }`,
      'holds',
    ],
    [
      'and not to those that judge beside it',
      `sensitive: { rubric: { model: eu/judge, rubric: x }, ${eu}\n  toxic: { rubric: { model: us/judge, rubric: y }, action: restrict, only: { region: eu } }`,
      'fails',
    ],
    [
      'of another route',
      `sensitive: { detect: [personal], ${eu}\n  toxic: { rubric: { model: us/judge, rubric: y }, action: restrict, only: { region: eu }, routes: ["other*"] }`,
      'holds',
    ],
  ] as const)(
    'checks are told of a request before others say where it may go: %s',
    (_what, rules, verdict) => {
      expect(found(file(`guardrails:\n  ${rules}`))).toEqual([verdict])
    },
  )
})
