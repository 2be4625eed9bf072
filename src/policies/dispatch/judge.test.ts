import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { FAILURES, isFailureCode, failureRow, type FailureCode } from '../../exchange/failure-table.ts'
import { sampleRoute } from '../../routing/samples.fixture.ts'
import { judge, type Case } from './judge.ts'

const route = sampleRoute([])

function caseOf(code: FailureCode, changes: Partial<Case> = {}, retryAfterMs?: number): Case {
  return {
    failure: new Failure(code, retryAfterMs === undefined ? {} : { retryAfterMs }),
    route,
    attempts: 1,
    remainingMs: 60_000,
    noFallback: false,
    refreshed: false,
    waited: false,
    otherCredential: true,
    otherTarget: true,
    ...changes,
  }
}

const codes: FailureCode[] = []
for (const code in FAILURES) if (isFailureCode(code)) codes.push(code)

describe('every row of the table', () => {
  test.each(codes)('%s is followed by what its row says', (code) => {
    const row = failureRow(code)
    const { action } = judge(caseOf(code))
    if (row.sameTarget === 'fresh') expect(action).toBe('retry-fresh')
    else if (row.failOver === 'credential') expect(action).toBe('next-credential')
    else if (row.failOver === 'target') expect(action).toBe('next-target')
    else expect(action).toBe('stop')
  })

  test.each(codes)('%s waits for the same target only where its row allows it', (code) => {
    const { action } = judge(caseOf(code, { otherCredential: false }, 1_500))
    expect(action === 'retry-after').toBe(failureRow(code).sameTarget === 'after-wait')
  })

  test.each(codes)('%s leads nowhere when the client wants no fallback', (code) => {
    const { action } = judge(caseOf(code, { noFallback: true, otherCredential: false, refreshed: true }))
    expect(action).toBe('stop')
  })

  test.each(codes)('%s leads nowhere at the deadline', (code) => {
    expect(judge(caseOf(code, { remainingMs: 0 }, 1)).action).toBe('stop')
  })

  test.each(codes)('%s leads elsewhere when the route says so', (code) => {
    const wider = { ...route, alsoFailOver: [code] }
    const { action } = judge(caseOf(code, { route: wider, otherCredential: false, refreshed: true }))
    expect(action).toBe('next-target')
  })
})

describe('waiting', () => {
  const limited = (changes: Partial<Case>, retryAfterMs: number) =>
    judge(caseOf('provider-rate-limited', { otherCredential: false, ...changes }, retryAfterMs))

  test('two seconds are waited for, more lead to the next target', () => {
    expect(limited({}, 2_000)).toEqual({ action: 'retry-after', waitMs: 2_000 })
    expect(limited({}, 2_001).action).toBe('next-target')
    expect(limited({}, 86_400_000).action).toBe('next-target')
  })

  test('only once per target and only within the deadline', () => {
    expect(limited({ waited: true }, 100).action).toBe('next-target')
    expect(limited({ remainingMs: 100 }, 100).action).toBe('next-target')
  })

  test('is allowed without fallback, since the target stays the same', () => {
    expect(limited({ noFallback: true }, 100).action).toBe('retry-after')
  })
})

describe('attempts', () => {
  test('end at the maximum of the route, a fresh connection excepted', () => {
    expect(judge(caseOf('provider-error', { attempts: 3 })).action).toBe('stop')
    expect(judge(caseOf('stale-connection', { attempts: 3 })).action).toBe('retry-fresh')
    expect(judge(caseOf('stale-connection', { refreshed: true })).action).toBe('next-target')
  })

  test('end at the maximum of the house, whatever the route says', () => {
    const generous = { ...route, maxAttempts: 1_000 }
    expect(judge(caseOf('provider-error', { route: generous, attempts: 10 })).action).toBe('stop')
  })

  test('end with the last target', () => {
    expect(judge(caseOf('provider-error', { otherTarget: false })).action).toBe('stop')
  })
})
