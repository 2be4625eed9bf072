import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import { Failure } from '../exchange/failure.ts'
import { createHealthBoard, type HealthBoard, type Place } from './health.ts'

const PLACE: Place = { target: 'openai/gpt', credential: 'openai/main' }
/** No jitter: the middle of the range. */
const MIDDLE: Random = { next: () => 0.5, bytes: (length) => new Uint8Array(length) }

function createBoard(random = MIDDLE) {
  const clock = createManualClock()
  const changes: string[] = []
  const board = createHealthBoard({ clock, random, listen: (change) => void changes.push(change) })
  return { clock, board, changes }
}

function failTimes(board: HealthBoard, times: number, code: 'provider-error' = 'provider-error'): void {
  for (let time = 0; time < times; time += 1) {
    const admission = board.admit(PLACE.target, false)
    if (admission === 'refused') throw new Error('refused')
    board.fail(PLACE, new Failure(code), admission)
  }
}

function succeed(board: HealthBoard): void {
  board.succeed(PLACE, board.admit(PLACE.target, false))
}

describe('circuits', () => {
  test('the fifth fault in a row opens, a success in between starts the count again', () => {
    const { board } = createBoard()
    failTimes(board, 4)
    succeed(board)
    failTimes(board, 4)
    expect(board.targetRestsUntil(PLACE.target)).toBeUndefined()
    failTimes(board, 1)
    expect(board.targetRestsUntil(PLACE.target)).toBe(5_000)
    expect(board.admit(PLACE.target, false)).toBe('refused')
  })

  test('half of at least twenty calls within thirty seconds opens', () => {
    const { board } = createBoard()
    for (let round = 0; round < 9; round += 1) {
      failTimes(board, 1)
      succeed(board)
    }
    succeed(board)
    expect(board.targetRestsUntil(PLACE.target)).toBeUndefined()
    failTimes(board, 1)
    expect(board.targetRestsUntil(PLACE.target)).toBeDefined()
  })

  test('faults of more than thirty seconds ago do not count', () => {
    const { board, clock } = createBoard()
    for (let round = 0; round < 9; round += 1) {
      failTimes(board, 1)
      succeed(board)
    }
    clock.advance(31_000)
    succeed(board)
    failTimes(board, 1)
    expect(board.targetRestsUntil(PLACE.target)).toBeUndefined()
  })

  test('a rest doubles with every failed probe up to two minutes', () => {
    const { board, clock } = createBoard()
    failTimes(board, 5)
    const rests: number[] = []
    for (let round = 0; round < 7; round += 1) {
      const restMs = (board.targetRestsUntil(PLACE.target) ?? 0) - clock.elapsedMs()
      rests.push(restMs)
      clock.advance(restMs)
      failTimes(board, 1)
    }
    expect(rests).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000])
  })

  test('a rest varies by a fifth in either direction', () => {
    for (const [drawn, restMs] of [
      [0, 4_000],
      [0.999999, 6_000],
    ] as const) {
      const { board } = createBoard({ ...MIDDLE, next: () => drawn })
      failTimes(board, 5)
      expect(Math.round(board.targetRestsUntil(PLACE.target) ?? 0)).toBe(restMs)
    }
  })

  test('one probe at a time, and its success closes', () => {
    const { board, clock, changes } = createBoard()
    failTimes(board, 5)
    clock.advance(5_000)
    const probe = board.admit(PLACE.target, false)
    expect(probe).toBe('probe')
    expect(board.admit(PLACE.target, false)).toBe('refused')
    expect(board.targetRestsUntil(PLACE.target)).toBeDefined()
    board.succeed(PLACE, probe)
    expect(board.admit(PLACE.target, false)).toBe('closed')
    expect(changes).toEqual(['opened', 'closed'])
  })

  test('a probe that begins to answer, or ends without a verdict, makes room for the next', () => {
    const { board, clock } = createBoard()
    failTimes(board, 5)
    clock.advance(5_000)
    board.answering(PLACE.target, board.admit(PLACE.target, false))
    const second = board.admit(PLACE.target, false)
    expect(second).toBe('probe')
    board.release(PLACE.target, second)
    expect(board.admit(PLACE.target, false)).toBe('probe')
  })

  test('a probe that never reports is forgotten after two minutes', () => {
    const { board, clock } = createBoard()
    failTimes(board, 5)
    clock.advance(5_000)
    board.admit(PLACE.target, false)
    clock.advance(119_999)
    expect(board.admit(PLACE.target, false)).toBe('refused')
    clock.advance(1)
    expect(board.admit(PLACE.target, false)).toBe('probe')
  })

  test('calls from before the opening neither close nor prolong it', () => {
    const { board } = createBoard()
    const early = board.admit(PLACE.target, false)
    failTimes(board, 5)
    board.succeed(PLACE, early)
    board.fail(PLACE, new Failure('provider-error'), early)
    expect(board.targetRestsUntil(PLACE.target)).toBe(5_000)
  })

  test('as a last resort a resting target is probed early, still one at a time', () => {
    const { board } = createBoard()
    failTimes(board, 5)
    expect(board.admit(PLACE.target, true)).toBe('probe')
    expect(board.admit(PLACE.target, true)).toBe('refused')
  })
})

describe('credentials', () => {
  test('the longer of two cooldowns holds', () => {
    const { board, clock } = createBoard()
    for (const retryAfterMs of [1_000, 30_000, 2_000]) {
      board.fail(PLACE, new Failure('provider-rate-limited', { retryAfterMs }), 'closed')
    }
    clock.advance(29_999)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(30_000)
    clock.advance(1)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBeUndefined()
  })

  test('a limit is no fault', () => {
    const { board } = createBoard()
    for (let time = 0; time < 50; time += 1) {
      board.fail(PLACE, new Failure('provider-rate-limited'), 'closed')
    }
    expect(board.targetRestsUntil(PLACE.target)).toBeUndefined()
  })

  test('days of cooldown are cut to ten minutes', () => {
    const { board } = createBoard()
    board.fail(PLACE, new Failure('provider-rate-limited', { retryAfterMs: 86_400_000 }), 'closed')
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(600_000)
  })

  test('without a named time the cooldown doubles until a success', () => {
    const { board, clock } = createBoard()
    const rest = (): number => {
      board.fail(PLACE, new Failure('provider-rate-limited'), 'closed')
      const restMs = (board.credentialRestsUntil(PLACE.target, PLACE.credential) ?? 0) - clock.elapsedMs()
      clock.advance(restMs)
      return restMs
    }
    expect([rest(), rest(), rest()]).toEqual([1_000, 2_000, 4_000])
    succeed(board)
    expect(rest()).toBe(1_000)
  })

  test('calls that are refused together are one refusal', () => {
    const { board, clock } = createBoard()
    const refuse = (retryAfterMs?: number): void => {
      const details = retryAfterMs === undefined ? {} : { retryAfterMs }
      board.fail(PLACE, new Failure('provider-rate-limited', details), 'closed')
    }
    for (let call = 0; call < 20; call += 1) refuse()
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(1_000)
    clock.advance(1_000)
    for (let call = 0; call < 20; call += 1) refuse(500)
    clock.advance(500)
    refuse()
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(1_500 + 4_000)
  })

  test('an answer that was on its way before the limit does not end the cooldown', () => {
    const { board, clock } = createBoard()
    board.fail(PLACE, new Failure('provider-rate-limited', { retryAfterMs: 30_000 }), 'closed')
    clock.advance(100)
    succeed(board)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(30_000)
  })

  test.each([400, 422, 200])('a refusal that only the words of a %d speak of rests shortly', (status) => {
    const { board, clock } = createBoard()
    const upstream = { status, family: 'openai' } as const
    const refuse = (): void => board.fail(PLACE, new Failure('provider-auth', { upstream }), 'closed')
    refuse()
    expect(board.isCredentialOff(PLACE.target, PLACE.credential)).toBe(false)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(1_000)
    expect(board.credentialRestsUntil('one/other', PLACE.credential)).toBeUndefined()
    clock.advance(1_000)
    refuse()
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBe(3_000)
  })

  test.each([401, 402, 403, 429])('a refusal with the status %d takes the credential out', (status) => {
    const { board } = createBoard()
    const upstream = { status, family: 'openai' } as const
    board.fail(PLACE, new Failure('provider-quota', { upstream }), 'closed')
    expect(board.isCredentialOff(PLACE.target, PLACE.credential)).toBe(true)
    expect(board.credentialRestsUntil('one/other', PLACE.credential)).toBe(300_000)
  })

  test('a cooldown holds for the model that was limited, a refusal for all of them', () => {
    const { board } = createBoard()
    board.fail(PLACE, new Failure('provider-rate-limited'), 'closed')
    expect(board.credentialRestsUntil('openai/other', PLACE.credential)).toBeUndefined()
    board.fail(PLACE, new Failure('provider-auth'), 'closed')
    expect(board.isCredentialOff('openai/other', PLACE.credential)).toBe(true)
  })

  test('a credential that may not use one model may still use others', () => {
    const { board } = createBoard()
    board.fail(PLACE, new Failure('provider-forbidden'), 'closed')
    expect(board.isCredentialOff(PLACE.target, PLACE.credential)).toBe(true)
    expect(board.isCredentialOff('openai/other', PLACE.credential)).toBe(false)
  })

  test('a refused credential is looked at again after five minutes, or when it was replaced', () => {
    const { board, clock } = createBoard()
    board.fail(PLACE, new Failure('provider-quota'), 'closed')
    clock.advance(299_999)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBeDefined()
    clock.advance(1)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBeUndefined()
    board.fail(PLACE, new Failure('provider-auth'), 'closed')
    board.fail(PLACE, new Failure('provider-forbidden'), 'closed')
    board.forgetCredential(PLACE.credential)
    expect(board.credentialRestsUntil(PLACE.target, PLACE.credential)).toBeUndefined()
  })
})

describe('the board', () => {
  test('a missing model turns the target off for a minute', () => {
    const { board, clock } = createBoard()
    board.fail(PLACE, new Failure('provider-model-missing'), 'closed')
    expect(board.admit(PLACE.target, false)).toBe('refused')
    clock.advance(60_000)
    expect(board.admit(PLACE.target, false)).toBe('closed')
  })

  test('it lists what is not well', () => {
    const { board } = createBoard()
    failTimes(board, 5)
    board.fail(PLACE, new Failure('provider-rate-limited', { retryAfterMs: 7_000 }), 'closed')
    board.fail(PLACE, new Failure('provider-auth'), 'closed')
    expect(board.entries()).toEqual([
      { kind: 'circuit-open', target: PLACE.target, restsMs: 5_000 },
      { kind: 'cooldown', target: PLACE.target, credential: PLACE.credential, restsMs: 7_000 },
      { kind: 'credential-off', credential: PLACE.credential, restsMs: 300_000 },
    ])
    expect(board.sizes()).toEqual({ targets: 1, open: 1, resting: 2 })
  })

  test('it remembers a bounded number of targets', () => {
    const { board } = createBoard()
    for (let index = 0; index < LIMITS.healthEntries + 5; index += 1) board.admit(`t/${index}`, false)
    expect(board.sizes().targets).toBe(LIMITS.healthEntries)
  })
})
