import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { compileText, problemsOf } from './compile.fixture.ts'
import { describePlan } from './describe-plan.ts'

describe('match', () => {
  test('is one condition, in the order of the file; a plan without any has none', () => {
    const { plan, problems } = compileText(`
projects: { growth: {} }
routes:
  plain: [sim/a]
  small:
    match: { models: [o3, "gpt-4*", "gpt-5*"], endpoints: [chat], dialects: [openai-responses], projects: [growth], tags: [eu, pii], when: "key.name != 'x'" }
    targets: [sim/a]
  names: { match: { models: [o3-mini] }, targets: [sim/b] }
  text: { match: "client.name == 'codex'", targets: [sim/c] }
`)
    expect(problems).toEqual([])
    expect(plan && describePlan(plan)['matches']).toEqual([
      {
        route: 'small',
        when: `(request.model in ["o3"] || request.model.startsWith("gpt-4") || request.model.startsWith("gpt-5")) && request.operation in ["chat"] && request.dialect in ["openai-responses"] && key.project in ["growth"] && "eu" in request.tags && "pii" in request.tags && (key.name != 'x')`,
      },
      { route: 'names', when: 'request.model in ["o3-mini"]' },
      { route: 'text', when: "client.name == 'codex'" },
    ])
    expect(compileText('routes: { a: [sim/a] }').plan).not.toHaveProperty('matches')
  })

  test('names that lead to a route for certain are listed, with the facts of who answers them', () => {
    const { plan, problems } = compileText(`
models: { sim/a: { context: 1000 }, sim/b: { context: 2000 } }
routes:
  old: [sim/a]
  renamed: { match: { models: [gone, sim/a, "gpt-*"] }, targets: [sim/b] }
  some: { match: { models: [for-some], keys: [ci] }, targets: [sim/b] }
`)
    expect(problems).toEqual([])
    const listed = new Map(plan?.models.map((model) => [model.id, model.facts?.contextTokens]))
    expect(listed.get('gone')).toBe(2_000)
    expect(listed.get('sim/a')).toBe(2_000)
    expect(listed.get('old')).toBe(1_000)
    expect(listed.has('for-some')).toBe(false)
    expect(plan?.models.filter(({ id }) => id === 'gone')).toHaveLength(1)
  })

  test.each<readonly [routes: string, ...words: string[]]>([
    [
      'a: { match: "request.modle == \'x\'", targets: [sim/a] }',
      'routes.a.match: the condition is wrong',
      'Did you mean "request.model"?',
    ],
    [
      'a: { match: { modls: [x] }, targets: [sim/a] }',
      'routes.a.match.modls: unknown key',
      'Did you mean "models"?',
    ],
    ['a: { match: { app: helpdesk }, targets: [sim/a] }', 'routes.a.match.app: `app` is not supported yet'],
    [
      'a: { match: { endpoints: [chatt] }, targets: [sim/a] }',
      'routes.a.match.endpoints[0]: expected',
      'Did you mean "chat"?',
    ],
    [
      'a: { match: { dialects: [openai-response] }, targets: [sim/a] }',
      'routes.a.match.dialects[0]: there is no dialect openai-response',
      'Did you mean "openai-responses"?',
    ],
    [
      'a: { match: { projects: [grwth] }, targets: [sim/a] }',
      'routes.a.match.projects[0]: there is no project grwth',
      'Did you mean "growth"?',
    ],
    [
      'a: { match: { models: ["*x"] }, targets: [sim/a] }',
      'routes.a.match.models[0]: expected a model name, or a pattern',
    ],
    ['a: { match: {}, targets: [sim/a] }', 'routes.a.match: expected at least one of models'],
    ['a: { match: "1 == 2", targets: [sim/a] }', 'routes.a.match: the condition never holds'],
    [
      '"gpt-*": { match: { models: [x] }, targets: ["sim/*"] }',
      'a route whose name ends with * takes the rest of the name',
    ],
    [
      'a: { match: request.input_tokens > 9, targets: [sim/a] }',
      'request.input_tokens is not known before there is a route',
      'Ask for it in a step',
    ],
    [
      'a: { match: "request.text.lines > 9 && request.has_tools", targets: [sim/a] }',
      'request.text.lines is not known before there is a route',
    ],
    [
      'a: { match: "budget.used_percent > 9", targets: [sim/a] }',
      'budget.used_percent is not known before there is a route',
    ],
    [
      'a: { match: { keys: [ci, cd] }, targets: [sim/a] }, b: { match: "key.name == \'ci\'", targets: [sim/b] }',
      'routes.b.match: the match is never reached: whenever it holds, so does that of a',
    ],
    [
      'a: { match: "true", targets: [sim/a] }, b: { match: { keys: [ci] }, targets: [sim/b] }',
      'routes.b.match: the match is never reached: whenever it holds, so does that of a',
    ],
    [
      'a: { match: { models: ["b*"] }, targets: [sim/a] }, b2: [sim/b]',
      'warning: routes.a.match: takes all requests for b2',
    ],
    ['b: { steps: [{ name: x, match: "true", targets: [sim/a] }] }', 'routes.b.steps[0].match: unknown key'],
  ])('%s', (routes, ...words) => {
    const problems = problemsOf(`projects: { growth: {} }\nroutes: { ${routes} }`)
    for (const word of words) expect(problems).toContain(word)
  })

  test('no more routes than can be asked for each request', () => {
    const routes = Array.from(
      { length: LIMITS.routeMatches + 1 },
      (_, index) => `  r${index}: { match: { models: [m${index}] }, targets: [sim/a] }`,
    )
    expect(problemsOf(`routes:\n${routes.join('\n')}`)).toContain('at most 100 routes may have a match')
  })
})
