import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import { Failure, type FailureDetails } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import { admit, breakDown, fail, failEarly, isAdmitted, sampleSubject, succeed } from './health.fixture.ts'
import { createHealthBoard } from './health.ts'

const ADA = sampleSubject()
const BOB = sampleSubject({ caller: 'bob' })
const CID = sampleSubject({ caller: 'cid' })
const { target: TARGET, credential: CREDENTIAL } = ADA
/** The longest rest of a range. */
const LONGEST: Random = { next: () => 0, bytes: (length) => new Uint8Array(length) }

function createBoard() {
  const clock = createManualClock()
  const changes: string[] = []
  const board = createHealthBoard({
    clock,
    random: LONGEST,
    listen: (change, { caller = 'everybody' }) => void changes.push(`${change} for ${caller}`),
  })
  const restOf = (caller = 'ada', target = TARGET): number | undefined => {
    const untilMs = board.credentialRestsUntil(target, CREDENTIAL, caller)
    return untilMs === undefined ? undefined : untilMs - clock.elapsedMs()
  }
  return { clock, board, changes, restOf }
}

const limited = (retryAfterMs?: number): Failure =>
  new Failure('provider-rate-limited', retryAfterMs === undefined ? {} : { retryAfterMs })
const told = (code: FailureCode, status: number, details: FailureDetails = {}): Failure =>
  new Failure(code, { ...details, upstream: { status, family: 'openai' } })

describe('limits of a credential', () => {
  test('the longer of two cooldowns holds', () => {
    const { board, clock, restOf } = createBoard()
    for (const retryAfterMs of [1_000, 30_000, 2_000]) fail(board, ADA, limited(retryAfterMs))
    clock.advance(29_999)
    expect(restOf()).toBe(1)
    clock.advance(1)
    expect(restOf()).toBeUndefined()
  })

  test('a limit is no fault', () => {
    const { board } = createBoard()
    for (let time = 0; time < 50; time += 1) fail(board, ADA, limited())
    expect(board.targetRestsUntil(TARGET, 'ada')).toBeUndefined()
  })

  test('it holds for everybody at once, for the model that was limited', () => {
    const { board, restOf } = createBoard()
    fail(board, ADA, limited(7_000))
    expect(restOf('bob')).toBe(7_000)
    expect(restOf('ada', 'one/other')).toBeUndefined()
  })

  test('hours that a provider names are kept to, more than a day is not believed', () => {
    const { board, restOf } = createBoard()
    fail(board, ADA, limited(6 * 3_600_000))
    expect(restOf()).toBe(6 * 3_600_000)
    fail(board, ADA, limited(30 * 86_400_000))
    expect(restOf()).toBe(86_400_000)
  })

  test('without a named time the cooldown doubles until a success', () => {
    const { board, clock, restOf } = createBoard()
    const rest = (): number | undefined => {
      fail(board, ADA, limited())
      const restMs = restOf()
      clock.advance(restMs ?? 0)
      return restMs
    }
    expect([rest(), rest(), rest()]).toEqual([1_000, 2_000, 4_000])
    succeed(board, ADA)
    expect(rest()).toBe(1_000)
  })

  test('calls that are refused together are one refusal', () => {
    const { board, clock, restOf } = createBoard()
    for (let call = 0; call < 20; call += 1) fail(board, ADA, limited())
    expect(restOf()).toBe(1_000)
    clock.advance(1_000)
    for (let call = 0; call < 20; call += 1) fail(board, ADA, limited(500))
    clock.advance(500)
    fail(board, ADA, limited())
    expect(restOf()).toBe(4_000)
  })

  test('an answer that was on its way before the limit does not end the cooldown, one asked for in spite of it does', () => {
    const { board, clock, restOf } = createBoard()
    fail(board, ADA, limited(90_000))
    clock.advance(100)
    succeed(board, ADA)
    expect(restOf()).toBe(89_900)
    succeed(board, ADA, true)
    expect(restOf()).toBeUndefined()
  })
})

describe('refusals of a credential', () => {
  test.each([401, 402, 429])(
    'with the status %d hold for everybody, at first for the model alone',
    (status) => {
      const { board, restOf } = createBoard()
      fail(board, ADA, told('provider-quota', status))
      expect(board.isCredentialOff(TARGET, CREDENTIAL, 'bob')).toBe(true)
      expect(restOf('ada', 'one/other')).toBeUndefined()
      fail(board, sampleSubject({ target: 'one/other' }), told('provider-quota', status))
      expect(restOf('bob', 'one/third')).toBe(300_000)
    },
  )

  test('a 403, which an account’s rules about one feature answer with too, needs a second caller', () => {
    const { board, restOf, changes } = createBoard()
    fail(board, ADA, told('provider-forbidden', 403))
    expect(restOf('ada')).toBe(300_000)
    expect(restOf('bob')).toBeUndefined()
    fail(board, BOB, told('provider-forbidden', 403))
    expect(restOf('cid')).toBe(300_000)
    expect(restOf('cid', 'one/other')).toBeUndefined()
    expect(changes).toEqual(['credential-off for ada', 'credential-off for everybody'])
  })

  test('one caller who is refused again and again is still one', () => {
    const { board, clock, restOf } = createBoard()
    for (let time = 0; time < 5; time += 1) {
      fail(board, ADA, told('provider-forbidden', 403))
      clock.advance(200_000)
    }
    expect(restOf('bob')).toBeUndefined()
  })

  test.each([400, 422, 200])(
    'that only the words of a %d speak of rest shortly, for their caller',
    (status) => {
      const { board, clock, restOf } = createBoard()
      fail(board, ADA, told('provider-auth', status))
      expect(board.isCredentialOff(TARGET, CREDENTIAL, 'ada')).toBe(false)
      expect([restOf('ada'), restOf('bob'), restOf('ada', 'one/other')]).toEqual([
        1_000,
        undefined,
        undefined,
      ])
      clock.advance(1_000)
      fail(board, ADA, told('provider-auth', status))
      expect(restOf('ada')).toBe(2_000)
      fail(board, BOB, told('provider-auth', status))
      expect(restOf('cid')).toBe(1_000)
    },
  )

  test('are looked at again after five minutes, or when the credential was replaced', () => {
    const { board, clock, restOf } = createBoard()
    fail(board, ADA, told('provider-quota', 402))
    clock.advance(299_999)
    expect(restOf()).toBeDefined()
    clock.advance(1)
    expect(restOf()).toBeUndefined()
    fail(board, ADA, told('provider-auth', 401))
    fail(board, sampleSubject({ target: 'one/other' }), told('provider-auth', 401))
    fail(board, CID, told('provider-forbidden', 403))
    board.forgetCredential(CREDENTIAL)
    expect([restOf('ada'), restOf('cid'), restOf('bob', 'one/third')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('end with an answer that was asked for in spite of them', () => {
    const { board, restOf } = createBoard()
    fail(board, ADA, told('provider-auth', 401))
    succeed(board, ADA)
    expect(restOf()).toBe(300_000)
    succeed(board, ADA, true)
    expect(restOf()).toBeUndefined()
  })
})

describe('a missing model', () => {
  test('turns the target off for a minute, for everybody once two callers missed it', () => {
    const { board, clock } = createBoard()
    fail(board, ADA, new Failure('provider-model-missing'))
    expect([isAdmitted(board, ADA), isAdmitted(board, BOB)]).toEqual([false, true])
    fail(board, BOB, new Failure('provider-model-missing'))
    expect(isAdmitted(board, CID)).toBe(false)
    expect(isAdmitted(board, CID, true)).toBe(true)
    clock.advance(60_000)
    expect(isAdmitted(board, CID)).toBe(true)
  })

  test('that answers after all is there', () => {
    const { board } = createBoard()
    fail(board, ADA, new Failure('provider-model-missing'))
    succeed(board, ADA, true)
    expect(isAdmitted(board, ADA)).toBe(true)
  })
})

describe('the board', () => {
  test('it lists what is not well, and for whom', () => {
    const { board } = createBoard()
    const other = sampleSubject({ target: 'one/other' })
    breakDown(board, TARGET)
    for (let time = 0; time < 5; time += 1) fail(board, other)
    failEarly(board, ADA, limited(7_000))
    failEarly(board, ADA, told('provider-auth', 401))
    failEarly(board, other, told('provider-forbidden', 403))
    expect(board.entries()).toEqual([
      { kind: 'circuit-open', target: TARGET, restsMs: 5_000 },
      { kind: 'circuit-open', target: 'one/other', caller: 'ada', restsMs: 5_000 },
      { kind: 'cooldown', target: TARGET, credential: CREDENTIAL, restsMs: 7_000 },
      { kind: 'credential-off', target: TARGET, credential: CREDENTIAL, restsMs: 300_000 },
      {
        kind: 'credential-off',
        target: 'one/other',
        credential: CREDENTIAL,
        caller: 'ada',
        restsMs: 300_000,
      },
    ])
    expect(board.sizes()).toEqual({ targets: 2, open: 2, resting: 3 })
  })

  test('it remembers a bounded number of targets and callers', () => {
    const { board } = createBoard()
    for (let index = 0; index < LIMITS.healthEntries + 5; index += 1) {
      admit(board, sampleSubject({ target: `t/${index}` }))
      fail(
        board,
        sampleSubject({ target: 'one/a', caller: `caller-${index}` }),
        told('provider-forbidden', 403),
      )
    }
    expect(board.sizes().targets).toBe(LIMITS.healthEntries)
    expect(board.sizes().resting).toBeLessThanOrEqual(2 * LIMITS.healthEntries)
  })
})
