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
      [
        'routes.a.steps[0].when: the condition is wrong: request.model is a text and cannot be compared (==) with 5, which is a whole number',
      ],
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

  test.each<[string, string | undefined]>([
    ["'eu' in request.tags && request.stream", 'narrow'],
    ['request.input_tokens < 1000', 'narrow'],
    ['request.input_tokens <= 1999 && request.has_tools', 'narrow'],
    ['500 > request.input_tokens', 'narrow'],
    ['request.input_tokens == 7', 'narrow'],
    ["key.name in ['a'] || 'eu' in request.tags", 'narrow'],
    ["key.name == 'b'", 'narrow'],
    ['request.input_tokens < 2001', undefined],
    ['request.input_tokens <= 2000', undefined],
    ['request.input_tokens != 5', undefined],
    ["key.name in ['a', 'c']", undefined],
    ["'us' in request.tags", undefined],
    ["!('eu' in request.tags)", undefined],
    ["request.stream || 'eu' in request.tags", undefined],
  ])('a step whose condition is %p is reached: %p', (when, shadow) => {
    const first = `"'eu' in request.tags || request.input_tokens < 2000 || key.name in ['a', 'b']"`
    const steps = `[{ name: narrow, when: ${first} }, { name: b, when: ${JSON.stringify(when)} }, { name: c }]`
    const problems = problemsOf(`routes: { a: { targets: [sim/a], steps: ${steps} } }`)
    if (shadow === undefined) expect(problems).toBe('')
    else
      expect(problems).toContain(
        `routes.a.steps[1].when: the step is never reached: whenever its condition holds, so does that of ${shadow}`,
      )
  })

  test.each([
    ['1 < 2', 'the condition always holds'],
    ["'a' == 'b'", 'the condition never holds'],
  ])('a condition that no request changes is refused: %s', (when, words) => {
    const steps = `[{ name: a, when: "${when}" }, { name: b }]`
    expect(problemsOf(`routes: { a: { targets: [sim/a], steps: ${steps} } }`)).toContain(words)
  })
})

describe('examples of a route', () => {
  const route = (examples: string): string => `
routes:
  support:
    targets: [sim/a]
    steps:
      - { name: gold, when: "'x-tier' in headers && headers['x-tier'] == 'gold'" }
      - { name: small, when: request.input_tokens < 2000 && !request.has_tools }
      - { name: default }
    examples: ${examples}`

  test.each([
    '{ step: gold, facts: { headers: { x-tier: gold } } }',
    '{ step: small, facts: { request: { input_tokens: 12, tags: [a] }, key: { name: ci } } }',
    '{ step: default, facts: { request: { input_tokens: 12, has_tools: true }, headers: { x-tier: iron } } }',
    '{ step: small, facts: {} }',
    '{ step: default, facts: { request.input_tokens: 2000 } }',
  ])('%s holds', (example) => {
    expect(problemsOf(route(`[${example}]`))).toBe('')
  })

  test.each<[string, string[]]>([
    [
      '{ step: small, facts: { request: { input_tokens: 2000 } } }',
      [
        'routes.support.examples[0]: the step default takes this request, not small',
        'request.input_tokens is 2000, request.has_tools is false',
      ],
    ],
    [
      '{ step: default, facts: {} }',
      ['the step small takes this request, not default', 'The condition of small holds'],
    ],
    ['{ step: smal, facts: {} }', ['examples[0].step: there is no step smal', 'Did you mean "small"?']],
    [
      '{ step: small, facts: { request: { input_token: 1 } } }',
      ['there is no fact request.input_token', 'Did you mean "request.input_tokens"?'],
    ],
    [
      '{ step: small, facts: { request: { input_tokens: many } } }',
      ['request.input_tokens is of the type int'],
    ],
    ['{ step: small, facts: { request: { tags: eu } } }', ['request.tags is of the type list<string>']],
  ])('%s does not', (example, words) => {
    const problems = problemsOf(route(`[${example}]`))
    for (const word of words) expect(problems).toContain(word)
  })
})
