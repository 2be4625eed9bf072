import { describe, expect, test } from 'bun:test'
import type { AgainTerms } from '../../exchange/again.ts'
import { Failure } from '../../exchange/failure.ts'
import { FAILURES, isFailureCode, failureRow, type FailureCode } from '../../exchange/failure-table.ts'
import { sampleRoute } from '../../routing/samples.fixture.ts'
import { judge, type FailedAttempt } from './judge.ts'

const route = sampleRoute([])

function caseOf(
  code: FailureCode,
  changes: Partial<FailedAttempt> = {},
  retryAfterMs?: number,
): FailedAttempt {
  return {
    failure: new Failure(code, retryAfterMs === undefined ? {} : { retryAfterMs }),
    repeat: 'until-first-event',
    route,
    attemptsLeft: 2,
    remainingMs: 60_000,
    noFallback: false,
    refreshed: false,
    retries: 0,
    rests: false,
    otherCredential: true,
    targetsLeft: 1,
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
    else if (row.sameTarget === 'after-pause') expect(action).toBe('retry-after')
    else if (row.failOver === 'credential') expect(action).toBe('next-credential')
    else if (row.failOver === 'target') expect(action).toBe('next-target')
    else expect(action).toBe('stop')
  })

  test.each(codes)('%s waits for the same target only where its row allows it', (code) => {
    const { action } = judge(caseOf(code, { otherCredential: false }, 1_500))
    expect(action === 'retry-after').toBe(['after-wait', 'after-pause'].includes(failureRow(code).sameTarget))
  })

  test.each(codes)('%s is asked again once where nobody else is left, if its row says so', (code) => {
    const question = { targetsLeft: 0, otherCredential: false, refreshed: true }
    const { sameTarget } = failureRow(code)
    const mayRetry = sameTarget === 'once' || sameTarget === 'after-pause'
    const twice = { ...route, retries: 2 }
    expect(judge(caseOf(code, { ...question, route: twice })).action).toBe(mayRetry ? 'retry-after' : 'stop')
    const again = judge(caseOf(code, { ...question, route: twice, retries: 1 })).action
    expect(again).toBe(sameTarget === 'after-pause' ? 'retry-after' : 'stop')
  })

  test.each(codes)(
    '%s is asked again where the route says so, and leads nowhere where it says that',
    (code) => {
      const settled = { otherCredential: false, refreshed: true }
      const retried = { ...route, again: { alsoRetry: [code] } }
      expect(judge(caseOf(code, { ...settled, route: retried })).action).toBe('retry-after')
      const kept = { ...route, again: { neverFailOver: [code] } }
      expect(judge(caseOf(code, { ...settled, route: kept, retries: 1 })).action).toBe('stop')
      const led = { ...route, leads: new Map([[code, route]]) }
      expect(judge(caseOf(code, { ...settled, route: led, retries: 1 })).action).toBe('next-target')
    },
  )

  test.each(codes)('%s leads nowhere when the client wants no fallback', (code) => {
    const question = { noFallback: true, otherCredential: false, refreshed: true, retries: 1 }
    const { action } = judge(caseOf(code, question))
    expect(action).toBe('stop')
  })

  test.each(codes)('%s leads nowhere at the deadline', (code) => {
    expect(judge(caseOf(code, { remainingMs: 0 }, 1)).action).toBe('stop')
  })

  test.each(codes)('%s leads elsewhere when the route says so', (code) => {
    const wider = { ...route, alsoFailOver: [code] }
    const question = { route: wider, otherCredential: false, refreshed: true, retries: 1 }
    const { action } = judge(caseOf(code, question))
    expect(action).toBe('next-target')
  })
})

describe('waiting', () => {
  const limited = (changes: Partial<FailedAttempt>, retryAfterMs: number) =>
    judge(caseOf('provider-rate-limited', { otherCredential: false, ...changes }, retryAfterMs))

  test('two seconds are waited for, more lead to the next target', () => {
    expect(limited({}, 2_000)).toEqual({ action: 'retry-after', waitMs: 2_000, spreadMs: 200 })
    expect(limited({}, 2_001).action).toBe('next-target')
    expect(limited({}, 86_400_000).action).toBe('next-target')
  })

  test('only once per target and only within the deadline', () => {
    expect(limited({ retries: 1 }, 100).action).toBe('next-target')
    expect(limited({ remainingMs: 100 }, 100).action).toBe('next-target')
  })

  test('is allowed without fallback, since the target stays the same', () => {
    expect(limited({ noFallback: true }, 100).action).toBe('retry-after')
  })
})

describe('asking a target again that failed for a moment', () => {
  const failed = (changes: Partial<FailedAttempt> = {}, retryAfterMs?: number) =>
    judge(caseOf('provider-error', changes, retryAfterMs))

  test('after a pause where it named no wait, after the wait where that is short', () => {
    expect(failed()).toEqual({ action: 'retry-after', waitMs: 200, spreadMs: 200 })
    expect(failed({}, 1_000)).toEqual({ action: 'retry-after', waitMs: 1_000, spreadMs: 200 })
    expect(failed({}, 30_000).action).toBe('next-target')
  })

  test('as often as the route says', () => {
    const never = { ...route, retries: 0 }
    const twice = { ...route, retries: 2 }
    expect(failed({ route: never }).action).toBe('next-target')
    expect(failed({ route: never }, 100).action).toBe('next-target')
    expect(failed({ route: twice, retries: 1, targetsLeft: 0 }).action).toBe('retry-after')
    expect(failed({ route: twice, retries: 2 }).action).toBe('next-target')
  })

  test('not while it rests, and not when there is no time for it', () => {
    expect(failed({ rests: true }).action).toBe('next-target')
    expect(failed({ remainingMs: 200 }).action).toBe('next-target')
  })

  test('never in place of a target that was not asked yet', () => {
    expect(failed({ attemptsLeft: 2, targetsLeft: 2 }).action).toBe('next-target')
    expect(failed({ attemptsLeft: 1, targetsLeft: 1 }).action).toBe('next-target')
    expect(failed({ attemptsLeft: 1, targetsLeft: 0 }).action).toBe('retry-after')
    expect(failed({ attemptsLeft: 2, targetsLeft: 2, noFallback: true }).action).toBe('retry-after')
  })
})

describe('the pauses of a route', () => {
  const backoff = { fromMs: 100, toMs: 1_000 }
  const pauseOf = (changes: Partial<FailedAttempt>, again: AgainTerms, retryAfterMs?: number) =>
    judge(caseOf('provider-error', { route: { ...route, retries: 3, again }, ...changes }, retryAfterMs))

  test('are random up to the first one, doubled with every try, up to the longest', () => {
    expect(pauseOf({}, { backoff })).toEqual({ action: 'retry-after', waitMs: 0, spreadMs: 100 })
    expect(pauseOf({ retries: 2 }, { backoff })).toMatchObject({ spreadMs: 400 })
    const often = { ...route, retries: 9, again: { backoff } }
    expect(pauseOf({ retries: 8, route: often }, {})).toMatchObject({ spreadMs: 1_000 })
  })

  test('are the longest that a provider may name', () => {
    expect(pauseOf({}, { backoff }, 1_000)).toMatchObject({ waitMs: 1_000 })
    expect(pauseOf({}, { backoff }, 1_001).action).toBe('next-target')
    expect(pauseOf({}, { backoff: { fromMs: 100, toMs: 5_000 } }, 5_000)).toMatchObject({ waitMs: 5_000 })
  })

  test('take the place of what a provider names where the route says so, after a limit too', () => {
    expect(pauseOf({}, { ownPauses: true }, 60_000)).toMatchObject({ waitMs: 200 })
    const limited = { ...route, again: { ownPauses: true, backoff } }
    const question = caseOf('provider-rate-limited', { route: limited, otherCredential: false }, 60_000)
    expect(judge(question)).toMatchObject({ waitMs: 0, spreadMs: 100 })
  })
})

describe('attempts', () => {
  test('that the purse has no more of are asked for all the same: it says so where a decision is read', () => {
    expect(judge(caseOf('provider-error', { attemptsLeft: 0 })).action).toBe('next-target')
    expect(judge(caseOf('provider-error', { attemptsLeft: 0, targetsLeft: 0 })).action).toBe('retry-after')
  })

  test('are asked for once on a fresh connection', () => {
    expect(judge(caseOf('stale-connection', { attemptsLeft: 0 })).action).toBe('retry-fresh')
    expect(judge(caseOf('stale-connection', { refreshed: true })).action).toBe('next-target')
  })

  test('end with the last target', () => {
    expect(judge(caseOf('connect-failed', { targetsLeft: 0 })).action).toBe('stop')
  })
})

describe('what is created by being sent', () => {
  const actionAfter = (code: FailureCode) => judge(caseOf(code, { repeat: 'before-sending' })).action

  test.each(['connect-failed', 'circuit-open', 'provider-rate-limited', 'provider-auth'] as const)(
    'is sent again after %s, because no provider has begun with it',
    (code) => {
      expect(actionAfter(code)).toBe(judge(caseOf(code)).action)
      expect(actionAfter(code)).not.toBe('stop')
    },
  )

  test.each(['provider-error', 'first-byte-timeout', 'connection-reset', 'stale-connection'] as const)(
    'is not sent again after %s, which tells nothing of what the provider did',
    (code) => {
      expect(judge(caseOf(code)).action).not.toBe('stop')
      expect(actionAfter(code)).toBe('stop')
    },
  )
})
