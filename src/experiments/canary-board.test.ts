import { describe, expect, test } from 'bun:test'
import type { CanaryTerms } from '../exchange/split.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { createTestSettings, openTestCanaries } from './canaries.fixture.ts'
import { orderCanary, readCanaries, type CanaryBoard } from './canary-board.ts'
import type { ArmOutcome } from './guard-watch.ts'

const MINUTE_MS = 60_000

const TERMS: CanaryTerms<unknown> = {
  id: 'support',
  salt: 'support',
  by: 'user',
  fingerprint: 'abc',
  route: undefined,
  ramp: [100, 500, 2_500, 5_000, 10_000],
  everyMs: 10 * MINUTE_MS,
  guard: { errorRate: 0.02, ttftP95: 0.3, cost: 0.2, minRequests: 50 },
  onBreach: 'rollback',
}

async function createWorld(terms: CanaryTerms<unknown> = TERMS) {
  const clock = createManualClock()
  const settings = createTestSettings()
  const board = await openTestCanaries(clock, settings)
  const share = (): number => board.shareOf(terms)
  return { clock, settings, board, share, terms }
}

const GOOD: ArmOutcome = { isError: false, firstEventMs: 400, costUsd: 0.01 }
const BAD: ArmOutcome = { isError: true }

/** Requests on both arms, the rest being well. */
function serve(
  board: CanaryBoard,
  count: number,
  outcome: (index: number) => ArmOutcome,
  terms = TERMS,
): void {
  for (let index = 0; index < count; index += 1) {
    board.record(terms, 'rest', GOOD)
    board.record(terms, 'canary', outcome(index))
  }
}

describe('a canary', () => {
  test('that does no worse goes up its ramp, a step at a time, and then takes everything', async () => {
    const { board, clock, share } = await createWorld()
    const seen = [share()]
    for (let step = 0; step < 5; step += 1) {
      serve(board, 60, () => GOOD)
      expect(share()).toBe(seen.at(-1) ?? 0)
      clock.advance(10 * MINUTE_MS)
      serve(board, 1, () => GOOD)
      seen.push(share())
    }
    expect(seen).toEqual([100, 500, 2_500, 5_000, 10_000, 10_000])
    expect(board.report(TERMS).state.status).toBe('complete')
  })

  test('that nobody asks goes no further, however much time passes', async () => {
    const { board, clock, share } = await createWorld()
    serve(board, 49, () => GOOD)
    clock.advance(24 * 60 * MINUTE_MS)
    board.record(TERMS, 'rest', GOOD)
    expect(share()).toBe(100)
  })

  test('that fails is rolled back, and its verdict has the numbers', async () => {
    const { board, share } = await createWorld()
    serve(board, 50, (index) => (index % 3 === 0 ? BAD : GOOD))
    expect(share()).toBe(0)
    const { state } = board.report(TERMS)
    expect(state.status).toBe('rolled-back')
    expect(state.verdict).toMatch(/^error_rate 3\d\.\d % against 0\.0 %/)
    serve(board, 100, () => GOOD)
    expect(share()).toBe(0)
  })

  test('that fails a little is caught by the evidence, and may be held in place of being rolled back', async () => {
    const terms = { ...TERMS, onBreach: 'hold' } as const
    const { board, share } = await createWorld(terms)
    serve(board, 2_000, (index) => (index % 24 === 0 ? BAD : GOOD), terms)
    expect(share()).toBe(100)
    expect(board.report(terms).state).toMatchObject({
      status: 'held',
      verdict: expect.stringContaining('error_rate'),
    })
  })

  test.each([
    ['ttft_p95', { ...GOOD, firstEventMs: 900 }],
    ['cost', { ...GOOD, costUsd: 0.02 }],
  ])('that is worse in %s is rolled back', async (metric, outcome) => {
    const { board, share } = await createWorld()
    serve(board, 300, () => outcome)
    expect(share()).toBe(0)
    expect(board.report(TERMS).state.verdict).toContain(metric)
  })

  test('that is no worse is rolled back in error at most once in a hundred', async () => {
    let falseAlarms = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = createSeededRandom(seed)
      const { board } = await createWorld()
      const draw = (): ArmOutcome =>
        random.next() < 0.01
          ? BAD
          : { isError: false, firstEventMs: 300 + random.next() * 300, costUsd: 0.001 + random.next() * 0.02 }
      for (let index = 0; index < 400; index += 1) {
        board.record(TERMS, 'rest', draw())
        board.record(TERMS, 'canary', draw())
      }
      if (board.report(TERMS).state.status !== 'ramping') falseAlarms += 1
    }
    expect(falseAlarms).toBeLessThanOrEqual(1)
  })

  test('stays where it was over a restart, and begins anew when the file means another one', async () => {
    const { board, clock, settings } = await createWorld()
    serve(board, 50, () => GOOD)
    clock.advance(10 * MINUTE_MS)
    serve(board, 1, () => GOOD)
    await board.close()
    const later = await openTestCanaries(clock, settings)
    expect(later.shareOf(TERMS)).toBe(500)
    expect(await readCanaries({ settings, clock }, [TERMS])).toMatchObject([{ id: 'support', share: 5 }])
    expect(later.shareOf({ ...TERMS, fingerprint: 'other' })).toBe(100)
  })

  test('obeys an order that was left in the store, once', async () => {
    const { board, clock, settings, share } = await createWorld()
    share()
    const order = async (action: 'rollback' | 'resume' | 'hold'): Promise<void> => {
      clock.advance(10)
      await orderCanary({ settings, clock }, 'support', action)
      clock.advance(1_000)
      await Promise.resolve()
      await Promise.resolve()
    }
    await order('rollback')
    expect(share()).toBe(0)
    board.steer(TERMS, 'resume')
    clock.advance(5_000)
    await Promise.resolve()
    expect(share()).toBe(100)
    await order('hold')
    serve(board, 60, () => GOOD)
    clock.advance(20 * MINUTE_MS)
    serve(board, 1, () => GOOD)
    expect(share()).toBe(100)
    expect(board.report(TERMS).state).toMatchObject({ status: 'held', verdict: 'an operator said so' })
  })
})
