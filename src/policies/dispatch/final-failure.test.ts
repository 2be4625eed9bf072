import { describe, expect, test } from 'bun:test'
import type { FilterReason } from '../../exchange/filter-reasons.ts'
import { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import { explainEmpty, finalFailure } from './final-failure.ts'

const fail = (code: FailureCode, retryAfterMs?: number): Failure =>
  new Failure(code, retryAfterMs === undefined ? {} : { retryAfterMs })

describe('what the client sees when everything failed', () => {
  test.each([
    ['one failure as it is', ['provider-rejected'], 'provider-rejected'],
    ['429 when all were limited', ['provider-rate-limited', 'provider-quota'], 'provider-rate-limited'],
    [
      'the last 5xx otherwise',
      ['provider-rate-limited', 'connect-failed', 'provider-error', 'context-overflow'],
      'provider-error',
    ],
    [
      'the first 4xx that is not a limit',
      ['provider-rate-limited', 'context-overflow', 'provider-too-large'],
      'context-overflow',
    ],
    [
      'what stopped it, when that was not a provider',
      ['provider-error', 'deadline-exceeded'],
      'deadline-exceeded',
    ],
    [
      'the provider’s failure rather than what its fallback cannot be asked for',
      ['provider-overloaded', 'lossy-translation'],
      'provider-overloaded',
    ],
    ['a real failure rather than a resting circuit', ['provider-error', 'circuit-open'], 'provider-error'],
    ['the resting circuit when there was nothing else', ['circuit-open', 'circuit-open'], 'circuit-open'],
  ] as const)('%s', (_name, codes, expected) => {
    expect(finalFailure(codes.map((code) => fail(code))).code).toBe(expected)
  })

  test('the shortest wait of several limits', () => {
    const chosen = finalFailure([
      fail('provider-rate-limited', 9_000),
      fail('provider-rate-limited', 3_000),
      fail('provider-rate-limited'),
    ])
    expect(chosen.details.retryAfterMs).toBe(3_000)
  })
})

describe('why there is no candidate', () => {
  const explain = (...reasons: FilterReason[]): FailureCode =>
    explainEmpty(
      {
        candidates: [],
        filter: { step: 'filter', targets: reasons.map((reason) => ({ target: 't', reason })) },
      },
      'chat',
    ).code

  test.each([
    [['key-forbids'], 'model-not-allowed'],
    [['unpriced', 'key-forbids'], 'unpriced-model'],
    [['lacks-tools', 'lacks-vision'], 'unsupported-feature'],
    [['lacks-operation'], 'unsupported-feature'],
    [['lacks-operation', 'other-model'], 'unsupported-feature'],
    [['lacks-tools', 'credentials-exhausted'], 'no-candidate'],
    [['credentials-exhausted'], 'no-candidate'],
    [['outside-only'], 'outside-only'],
    [['outside-only', 'lacks-tools', 'unpriced', 'key-forbids'], 'outside-only'],
    [['outside-only', 'credentials-exhausted'], 'no-candidate'],
    [['outside-only', 'circuit-open'], 'no-candidate'],
    [[], 'no-candidate'],
  ] as const)('%p: %s', (reasons, expected) => {
    expect(explain(...reasons)).toBe(expected)
  })

  test('who is left out by what a route or a key wants is told, one by one', () => {
    const targets = [
      { target: 'far/a', reason: 'outside-only', detail: 'key ci wants region eu' },
      { target: 'near/b', reason: 'lacks-vision' },
    ] as const
    const failure = explainEmpty({ candidates: [], filter: { step: 'filter', targets } }, 'chat')
    expect(failure.status).toBe(403)
    expect(failure.message).toBe(
      'Nobody who may be asked can answer this request. far/a: key ci wants region eu; near/b: takes no images.',
    )
  })

  test('missing credentials are named, for nothing is gained by trying again', () => {
    const targets = [{ target: 't', reason: 'credentials-exhausted' }] as const
    expect(explainEmpty({ candidates: [], filter: { step: 'filter', targets } }, 'chat').message).toContain(
      'have no credential',
    )
  })

  test('limited credentials are a 429 with the wait', () => {
    const failure = explainEmpty({ candidates: [], retryAfterMs: 4_000 }, 'chat')
    expect(failure.status).toBe(429)
    expect(failure.details.retryAfterMs).toBe(4_000)
  })
})
