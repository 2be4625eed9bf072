import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const routeWith = (members: string) =>
  compileText(
    `providers: { sim: }\nroutes: { a: { targets: [sim/smart, sim/echo], ${members} } }`,
  ).plan?.resolveRoute('a')

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

describe('what a route says of single kinds of failures', () => {
  test('a kind means all of its failures, and a name one', () => {
    const route = routeOf('{ errors: [refused, stale-seal], never: [timeout] }')
    expect(route?.alsoFailOver).toEqual(['content-refused', 'stale-seal'])
    expect(route?.again?.neverFailOver).toContain('first-byte-timeout')
  })

  test('models for a kind are a route of their own for each of its failures', () => {
    const leads = routeOf('{ after: { refused: [sim/tools], context-overflow: [sim/long] } }')?.leads
    expect([...(leads?.keys() ?? [])]).toEqual(['content-refused', 'context-overflow'])
    const refused = leads?.get('content-refused')
    expect(refused?.targets.map(({ target }) => target.id)).toEqual(['sim/tools'])
    expect(refused?.ranking.reason).toBe('for-this-failure')
  })

  test.each([
    ['resume', { instructs: true }],
    ["{ mark: ' […] ' }", { instructs: true, mark: ' […] ' }],
    ['{ instruct: false }', { instructs: false }],
  ])('an answer that breaks off is gone on with: %s', (written, continues) => {
    expect(routeOf(`{ mid_stream: ${written} }`)?.again).toEqual({ continues })
  })

  test.each([
    ['reusme', 'routes.a.fallback.mid_stream: expected resume, fail, or an object, found "reusme"'],
    ["{ mark: '' }", 'a text of 1 to 200 characters'],
    ['{ marks: x }', 'Did you mean "mark"?'],
  ])('but not by %s', (written, message) => {
    const text = `providers: { sim: }\nroutes: { a: { targets: [sim/smart], fallback: { mid_stream: ${written} } } }`
    expect(problemsOf(text)).toContain(message)
  })

  test('or ends with its failure, which is as if nothing was said', () => {
    expect(routeOf('{ mid_stream: fail }')?.again).toBeUndefined()
  })

  test('a route that says nothing has none of it', () => {
    expect(routeOf('{}')?.again).toBeUndefined()
  })

  test('the same target is asked again as retry says', () => {
    const route = routeWith(
      'retry: { attempts: 2, backoff: 200ms..2s, respect_retry_after: false, errors: [bad-output] }',
    )
    expect(route?.retries).toBe(2)
    expect(route?.again).toEqual({
      alsoRetry: ['malformed-response', 'empty-response', 'answer-rejected'],
      backoff: { fromMs: 200, toMs: 2_000 },
      ownPauses: true,
    })
    expect(routeWith('retry: { backoff: 1s }')?.again?.backoff).toEqual({ fromMs: 1_000, toMs: 1_000 })
  })

  test.each([
    ['fallback: { errors: [rate_limit] }', 'Did you mean "rate-limit"?'],
    ['fallback: { never: [time-out] }', 'Did you mean "timeout"?'],
    ['fallback: { after: { refusal: [sim/echo] } }', 'Did you mean "refused"?'],
    ['fallback: { after: { refused: [smi/echo] } }', 'routes.a.fallback.after.refused[0]'],
    ['fallback: { after: { refused: [] } }', 'at least one model'],
    [
      'fallback: { errors: [refused], never: [content-refused] }',
      'routes.a.fallback.never[0]: content-refused both leads',
    ],
    [
      'fallback: { retries: 1 }, retry: { attempts: 1 }',
      'routes.a.fallback.retries: stands in retry.attempts as well',
    ],
    ['retry: { backoff: 2s..1s }', 'a first pause above 0 and no longer than the longest'],
    ['retry: { backoff: 1s..2m }', 'pauses of at most 1m'],
    ['retry: { backoff: soon }', 'such as 200ms..2s'],
    ['retry: { errors: [bad_output] }', 'Did you mean "bad-output"?'],
  ])('refuses %s', (members, message) => {
    const text = `providers: { sim: }\nroutes: { a: { targets: [sim/smart], ${members} } }`
    expect(problemsOf(text)).toContain(message)
  })
})
