import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const STEPS = `
routes:
  support:
    strategy: weighted
    fallback: { to: [sim/last], attempts: 7, time: 40s }
    strict: true
    steps:
      - name: regulated
        when: "'pii' in request.tags"
        strategy: ordered
        targets: [sim/eu]
        fallback: { to: [], time: 90s }
      - name: small
        when: request.input_tokens < 2000
        targets: [{ model: sim/small, weight: 3 }, sim/other]
      - name: default
        targets: [sim/small, sim/large]
        strict: false
`

describe('steps of a route', () => {
  test('each is a whole route, which inherits what it does not say', () => {
    const route = compileText(STEPS).plan?.resolveRoute('support')
    const told = route?.steps?.map(({ name, when, route: step }) => ({
      name,
      when: when?.source,
      step: step.step,
      strategy: step.ranking.strategy,
      targets: step.targets.map(({ target, weight }) => `${target.id} ${weight}`),
      fallback: step.fallback.map(({ target }) => target.id),
      attempts: step.maxAttempts,
      deadline: step.deadlineMs,
      strict: step.strict,
    }))
    expect(told).toEqual([
      {
        name: 'regulated',
        when: "'pii' in request.tags",
        step: 'regulated',
        strategy: 'ordered',
        targets: ['sim/eu 1'],
        fallback: [],
        attempts: 3,
        deadline: 90_000,
        strict: true,
      },
      {
        name: 'small',
        when: 'request.input_tokens < 2000',
        step: 'small',
        strategy: 'weighted',
        targets: ['sim/small 3', 'sim/other 1'],
        fallback: ['sim/last'],
        attempts: 7,
        deadline: 40_000,
        strict: true,
      },
      {
        name: 'default',
        when: undefined,
        step: 'default',
        strategy: 'weighted',
        targets: ['sim/small 1', 'sim/large 1'],
        fallback: ['sim/last'],
        attempts: 7,
        deadline: 40_000,
        strict: false,
      },
    ])
  })

  test('the route itself holds what they may do between them', () => {
    const route = compileText(STEPS).plan?.resolveRoute('support')
    expect(route?.targets.map(({ target }) => target.id)).toEqual([
      'sim/eu',
      'sim/small',
      'sim/other',
      'sim/large',
    ])
    expect(route?.fallback.map(({ target }) => target.id)).toEqual(['sim/last'])
    expect(route).toMatchObject({ name: 'support', deadlineMs: 90_000, maxAttempts: 7 })
  })

  test.each<[string, string[]]>([
    [
      '[{ name: a, targets: [sim/a], when: "request.input_token < 5" }, { name: b, targets: [sim/b] }]',
      [
        'routes.a.steps[0].when: the condition is wrong: there is no fact request.input_token, found request.input_token < 5',
        'Did you mean "request.input_tokens"?',
      ],
    ],
    [
      '[{ name: a, targets: [sim/a], when: "request.model == 5" }, { name: b, targets: [sim/b] }]',
      ['routes.a.steps[0].when: the condition is wrong: no such overload: string == int'],
    ],
    [
      '[{ name: a, targets: [sim/a], when: request.stream }]',
      ['routes.a.steps[0].when: the last step must have no condition'],
    ],
    [
      '[{ name: a, targets: [sim/a] }, { name: b, targets: [sim/b] }]',
      ['routes.a.steps[0]: the steps behind a are never reached'],
    ],
    [
      '[{ name: a, targets: [sim/a], when: request.stream }, { name: a, targets: [sim/b] }]',
      ['routes.a.steps[1].name: two steps are called a'],
    ],
    ['[{ name: a }]', ['routes.a.steps[0]: missing targets']],
    [
      '[{ name: a, targets: [smi/a] }]',
      ['routes.a.steps[0].targets[0]: there is no provider smi', 'Did you mean "sim/a"?'],
    ],
    [
      '[{ name: a, targets: [sim/a], wen: request.stream }]',
      ['routes.a.steps[0].wen: unknown key', 'Did you mean "when"?'],
    ],
    ['[]', ['routes.a.steps: expected at least one step']],
  ])('%s is refused', (steps, words) => {
    const problems = problemsOf(`routes: { a: { steps: ${steps} } }`)
    for (const word of words) expect(problems).toContain(word)
  })

  test('a route that names neither targets nor steps leads nowhere', () => {
    expect(problemsOf('routes: { a: { strict: true } }')).toContain('routes.a: the route leads nowhere')
  })
})
