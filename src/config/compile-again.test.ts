import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const routeOf = (fallback: string) =>
  compileText(
    `providers: { sim: }\nroutes: { a: { targets: [sim/smart, sim/echo], fallback: ${fallback} } }`,
  ).plan?.resolveRoute('a')

describe('the purse of a route', () => {
  test('holds attempts, time and money', () => {
    const route = routeOf('{ budget: { attempts: 4, time: 25s, cost: 3x } }')
    expect(route).toMatchObject({ maxAttempts: 4, deadlineMs: 25_000, again: { cost: { times: 3 } } })
  })

  test.each([
    ['1.5x', { times: 1.5 }],
    ['$0.05', { nanoUsd: 50_000_000n }],
    ['0.05', { nanoUsd: 50_000_000n }],
  ])('takes a cost of %s', (text, cost) => {
    expect(routeOf(`{ budget: { cost: ${text} } }`)?.again).toEqual({ cost })
  })

  test('need not be written as one: attempts and time may stand beside it', () => {
    const route = routeOf('{ attempts: 2, time: 5s, budget: { cost: 2x } }')
    expect(route).toMatchObject({ maxAttempts: 2, deadlineMs: 5_000, again: { cost: { times: 2 } } })
  })

  test.each([
    [
      '{ attempts: 2, budget: { attempts: 3 } }',
      'routes.a.fallback.attempts: stands in fallback.budget.attempts as well',
    ],
    ['{ time: 2s, budget: { time: 3s } }', 'routes.a.fallback.time: stands in fallback.budget.time as well'],
    ['{ budget: { cost: 3 times } }', 'expected a multiple of what the first attempt may cost, such as 3x'],
    ['{ budget: { cost: 0.5x } }', 'such as 3x, or an amount of US dollars such as $0.05, found "0.5x"'],
    ['{ budget: { cost: -1 } }', 'such as 3x, or an amount of US dollars such as $0.05, found -1'],
    ['{ budget: { costs: 3x } }', 'Did you mean "cost"?'],
  ])('refuses %s', (fallback, message) => {
    const text = `providers: { sim: }\nroutes: { a: { targets: [sim/smart], fallback: ${fallback} } }`
    expect(problemsOf(text)).toContain(message)
  })
})
