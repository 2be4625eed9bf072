import { describe, expect, test } from 'bun:test'
import { compileText, problemsOf } from './compile.fixture.ts'

const targetOf = (provider: string, rest = '') =>
  compileText(`providers: { sim: ${provider} }\nroutes: { a: [sim/smart] }\n${rest}`).plan?.resolveRoute('a')
    ?.targets[0]?.target

describe('when the models of a provider are left alone', () => {
  test('is as for everybody where its entry says nothing', () => {
    expect(targetOf('{}')?.circuit).toBeUndefined()
  })

  test('may be said as a share of the last calls', () => {
    expect(targetOf('{ breaker: { errors: 40%, of_last: 10, open: 30s, half_open: 2 } }')?.circuit).toEqual({
      faults: 4,
      faultShare: 0.4,
      leastCalls: 10,
      firstRestMs: 30_000,
      longestRestMs: 30_000,
      probes: 2,
    })
  })

  test('may be said as faults in a row, and takes the rest from health', () => {
    const circuit = targetOf(
      '{ breaker: { errors: 3 } }',
      'health: { faults: 9, first_rest: 1s, longest_rest: 4s }',
    )?.circuit
    expect(circuit).toMatchObject({ faults: 3, firstRestMs: 1_000, longestRestMs: 4_000, probes: 1 })
  })
})

describe('how much is asked at a time', () => {
  test('is bounded for a provider, for a model, or for both', () => {
    const target = targetOf(
      '{ concurrent: 20 }',
      'models: { sim/smart: { concurrent: { max: 5, adaptive: true, queue: { max: 10, wait: 2s } } } }',
    )
    expect(target?.caps).toEqual([
      { name: 'sim/smart', limit: 5, adapts: true, queue: { max: 10, waitMs: 2_000 } },
      { name: 'sim', limit: 20, adapts: false },
    ])
    expect(targetOf('{}')?.caps).toBeUndefined()
  })
})

test.each([
  ['{ breaker: { errors: 0% } }', 'a share such as 50%, or a whole number of faults in a row'],
  ['{ breaker: { errors: 1 } }', 'a share such as 50%, or a whole number of faults in a row'],
  ['{ breaker: { of_lsat: 20 } }', 'Did you mean "of_last"?'],
  ['{ breaker: { half_open: 9 } }', 'a whole number from 1 to 8'],
  ['{ concurrent: 0 }', 'a whole number from 1 to 100000'],
  ['{ concurrent: { max: 5, queue: { max: 5 } } }', 'providers.sim.concurrent.queue.wait: missing'],
  ['{ concurrent: { max: 5, queue: { max: 5, wait: 6m } } }', 'at most 5m'],
])('refuses %s', (provider, message) => {
  expect(problemsOf(`providers: { sim: ${provider} }\nroutes: { a: [sim/smart] }`)).toContain(message)
})
