import { expect, test } from 'bun:test'
import { cohere } from '../../dialects/cohere/cohere.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { VendorError } from '../vendor-error.ts'
import { simulatedCohere } from './simulated-cohere.ts'

/** What the dialect makes of the vendor's error. */
function readBack(error: VendorError) {
  return cohere.decodeFailure({
    status: error.status,
    headers: new Headers(error.details.headers),
    body: new TextEncoder().encode(JSON.stringify(simulatedCohere.errorBody(error, 'req_1'))),
    nowMs: 0,
  })
}

const ERRORS: readonly (readonly [VendorError, FailureCode])[] = [
  [simulatedCohere.statusError(400), 'provider-rejected'],
  [simulatedCohere.modelMissing('x'), 'provider-model-missing'],
  [simulatedCohere.unauthorised(true), 'provider-auth'],
  [simulatedCohere.statusError(403), 'provider-forbidden'],
  [simulatedCohere.statusError(429), 'provider-rate-limited'],
  [simulatedCohere.statusError(500), 'provider-error'],
  [simulatedCohere.statusError(503), 'provider-overloaded'],
  [simulatedCohere.quotaSpent(), 'provider-quota'],
]

test.each([...ERRORS])('an error of Cohere is the failure that it means: %p', (error, code) => {
  expect(readBack(error).code).toBe(code)
})

test('an overflow is told with its limit, a wait with its length', () => {
  const overflow = simulatedCohere.contextOverflow({ inputTokens: 900, outputTokens: 0, limitTokens: 800 })
  expect(readBack(overflow)).toMatchObject({
    code: 'context-overflow',
    details: { overflow: { limitTokens: 800 } },
  })
  expect(readBack(simulatedCohere.statusError(429, 7)).details.retryAfterMs).toBe(7_000)
})
