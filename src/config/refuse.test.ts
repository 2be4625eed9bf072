import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { compileText, problemsOf } from './compile.fixture.ts'
import { describePlan } from './describe-plan.ts'

const WORDS = 'Prompts over 200,000 tokens go to batch; ask #platform.'
const REFUSING = `
routes:
  support:
    targets: [sim/a]
    fallback: { to: [sim/b] }
    shadow: { to: sim/a, share: 1% }
    steps:
      - { name: huge, when: request.input_tokens > 200000, refuse: "${WORDS}" }
      - { name: tools, when: request.has_tools }
      - { name: rest, refuse: Bring tools. }
    examples:
      - { step: huge, facts: { request: { input_tokens: 200001 } } }
      - { step: rest, facts: { request: { input_tokens: 2 } } }
`

describe('a step that refuses', () => {
  test('asks nobody, inherits nothing, and the route is what its other steps are', () => {
    const { plan, problems } = compileText(REFUSING)
    expect(problems).toEqual([])
    const route = plan?.resolveRoute('support')
    expect(route?.steps?.map(({ name, route: { refuses } }) => [name, refuses])).toEqual([
      ['huge', WORDS],
      ['tools', undefined],
      ['rest', 'Bring tools.'],
    ])
    expect(route?.steps?.[0]?.route).toMatchObject({ targets: [], fallback: [] })
    expect(route?.steps?.[0]?.route).not.toHaveProperty('shadow')
    expect(route).not.toHaveProperty('refuses')
    expect(route?.targets.map(({ target }) => target.id)).toEqual(['sim/a'])
    expect(route?.fallback.map(({ target }) => target.id)).toEqual(['sim/b'])
    expect(plan?.models.map(({ id }) => id)).toContain('support')
  })

  test('stands in the description of the plan', () => {
    const { plan } = compileText(REFUSING)
    expect(plan && describePlan(plan)).toMatchObject({
      routes: {
        support: {
          steps: [
            { name: 'huge', refuse: WORDS },
            { name: 'tools', targets: ['sim/a'] },
            { name: 'rest', refuse: 'Bring tools.' },
          ],
        },
      },
    })
  })

  test.each([
    [
      '[{ name: a, when: request.has_tools, refuse: No., targets: [sim/a], strategy: cheapest }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].targets: means nothing in a step that refuses', 'steps[0].strategy: means nothing'],
    ],
    [
      '[{ name: a, when: request.has_tools, refuse: No. }, { name: b, refuse: No. }]',
      ['routes.a.steps: every step refuses, so nobody is ever asked'],
    ],
    [
      '[{ name: a, when: request.has_tools, refuse: "" }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].refuse: expected a sentence of at most 500 characters'],
    ],
    [
      `[{ name: a, when: request.has_tools, refuse: "${'x'.repeat(LIMITS.refusalCharacters + 1)}" }, { name: b, targets: [sim/a] }]`,
      ['routes.a.steps[0].refuse: expected a sentence of at most 500 characters'],
    ],
    [
      '[{ name: a, when: request.has_tools, refuse: "a\\u0007b" }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].refuse: expected a sentence of at most 500 characters'],
    ],
    [
      '[{ name: a, when: request.has_tools, refuse: "Ask ${HOME}." }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].refuse: what clients are told is not filled in with ${…}'],
    ],
    [
      '[{ name: a, when: request.has_tools, refuse: "Ask $${HOME} or ${HOME}." }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].refuse: what clients are told is not filled in with ${…}'],
    ],
    [
      '[{ name: a, when: request.has_tools, refues: No. }, { name: b, targets: [sim/a] }]',
      ['routes.a.steps[0].refues: unknown key', 'Did you mean "refuse"?'],
    ],
  ])('%s', (steps, words) => {
    const problems = problemsOf(`routes: { a: { steps: ${steps} } }`, {
      environment: { HOME: 'secret-home' },
    })
    for (const word of words) expect(problems).toContain(word)
    expect(problems).not.toContain('secret-home')
  })
})
