import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import type { Random } from '../kit/random.ts'
import { Failure } from '../exchange/failure.ts'
import { admit, breakDown, fail, isAdmitted, sampleSubject, succeed } from './health.fixture.ts'
import { CIRCUIT_RULES } from './circuit.ts'
import { createHealthBoard } from './health.ts'

const ADA = sampleSubject()
const BOB = sampleSubject({ caller: 'bob' })
const CID = sampleSubject({ caller: 'cid' })
const { target: TARGET } = ADA
const FAULT = new Failure('provider-error')

/** Rests last as long as they can. */
const LONGEST: Random = { next: () => 0, bytes: (length) => new Uint8Array(length) }

function createBoard(random = LONGEST) {
  const clock = createManualClock()
  const changes: string[] = []
  const board = createHealthBoard({ clock, random, listen: (change) => void changes.push(change) })
  const restOf = (caller = 'ada'): number | undefined => {
    const untilMs = board.targetRestsUntil(TARGET, caller)
    return untilMs === undefined ? undefined : untilMs - clock.elapsedMs()
  }
  return { clock, board, changes, restOf }
}

function failTimes(board: ReturnType<typeof createBoard>['board'], times: number, subject = ADA): void {
  for (let time = 0; time < times; time += 1) fail(board, subject)
}

describe('opening', () => {
  test('the fifth fault in a row opens, a success in between starts the count again', () => {
    const { board, restOf } = createBoard()
    failTimes(board, 4)
    succeed(board, ADA)
    failTimes(board, 4)
    expect(restOf()).toBeUndefined()
    failTimes(board, 1)
    expect(restOf()).toBe(5_000)
    expect(isAdmitted(board, ADA)).toBe(false)
  })

  test('half of at least twenty calls within thirty seconds opens', () => {
    const { board, restOf } = createBoard()
    for (let round = 0; round < 10; round += 1) {
      fail(board, ADA)
      if (round < 9) succeed(board, ADA)
    }
    expect(restOf()).toBeUndefined()
    succeed(board, ADA)
    fail(board, ADA)
    expect(restOf()).toBeDefined()
  })

  test('faults of more than thirty seconds ago do not count', () => {
    const { board, clock, restOf } = createBoard()
    for (let round = 0; round < 9; round += 1) {
      fail(board, ADA)
      succeed(board, ADA)
    }
    clock.advance(31_000)
    succeed(board, ADA)
    fail(board, ADA)
    expect(restOf()).toBeUndefined()
  })

  test('faults that began before the newest proof of life are no row', () => {
    const { board, clock, restOf } = createBoard()
    const hanging = Array.from({ length: 8 }, () => admit(board, ADA))
    clock.advance(1_000)
    succeed(board, ADA)
    for (const pass of hanging) board.fail(pass, FAULT)
    expect(restOf()).toBeUndefined()
  })
})

describe('whom a target rests for', () => {
  test('what one caller meets, however often, rests it for this caller alone', () => {
    const { board, clock, restOf } = createBoard()
    for (let round = 0; round < 20; round += 1) {
      failTimes(board, 1)
      clock.advance(restOf() ?? 0)
    }
    failTimes(board, 1)
    expect(restOf('ada')).toBe(15_000)
    expect(restOf('bob')).toBeUndefined()
    expect(isAdmitted(board, BOB)).toBe(true)
  })

  test('one caller’s bad half does not outweigh the answers to others', () => {
    const { board, restOf } = createBoard()
    for (let round = 0; round < 40; round += 1) {
      fail(board, ADA)
      if (restOf('ada') !== undefined) break
      succeed(board, ADA)
      succeed(board, BOB)
    }
    expect(restOf('ada')).toBe(5_000)
    expect(restOf('bob')).toBeUndefined()
  })

  test('what two callers meet rests it for everybody', () => {
    const { board, restOf } = createBoard()
    failTimes(board, 4)
    failTimes(board, 1, BOB)
    expect(restOf('cid')).toBeUndefined()
    failTimes(board, 1, BOB)
    expect([restOf('ada'), restOf('bob'), restOf('cid')]).toEqual([5_000, 5_000, 5_000])
  })

  test.each([2, 3, 4, 5, 6])(
    'what two callers meet in turns rests it for everybody after %d faults',
    (faults) => {
      const { board, restOf } = createBoard()
      const rules = { ...CIRCUIT_RULES, faults }
      for (let fault = 0; fault < faults; fault += 1) {
        expect(restOf('cid')).toBeUndefined()
        const pass = board.admit(fault % 2 === 0 ? ADA : BOB, { rules, early: false })
        if (pass !== undefined) board.fail(pass, FAULT)
      }
      expect(restOf('cid')).toBe(5_000)
    },
  )

  test.each(['connect-failed', 'connect-timeout'] as const)(
    '%s is met by one caller and rests it for everybody, for no request can have caused it',
    (code) => {
      const { board, clock, restOf } = createBoard()
      for (let time = 0; time < 5; time += 1) fail(board, ADA, new Failure(code))
      expect([restOf('ada'), restOf('bob')]).toEqual([5_000, 5_000])
      clock.advance(5_000)
      expect(isAdmitted(board, ADA)).toBe(true)
    },
  )

  test('an address that is silent now and then makes nobody believe what one caller’s requests break', () => {
    const { board, restOf } = createBoard()
    failTimes(board, 1, BOB)
    for (let round = 0; round < 20; round += 1) {
      succeed(board, CID)
      if (restOf('ada') === undefined) failTimes(board, 1)
      if (round % 5 === 0) fail(board, CID, new Failure('connect-failed'))
    }
    expect(restOf('cid')).toBeUndefined()
  })

  test('an answer to somebody else does not open the door for the one who breaks it', () => {
    const { board, restOf } = createBoard()
    failTimes(board, 5)
    succeed(board, BOB)
    expect(restOf('ada')).toBe(5_000)
  })

  test('a caller whose probe is answered is like the others again', () => {
    const { board, clock, restOf, changes } = createBoard()
    failTimes(board, 5)
    clock.advance(5_000)
    succeed(board, ADA)
    expect(restOf('ada')).toBeUndefined()
    expect(board.entries()).toEqual([])
    expect(changes).toEqual(['opened', 'closed'])
  })
})

describe('coming back', () => {
  test('a rest doubles with every failed probe up to the longest', () => {
    const { board, clock, restOf } = createBoard()
    failTimes(board, 5)
    const rests: number[] = []
    for (let round = 0; round < 4; round += 1) {
      rests.push(restOf() ?? 0)
      clock.advance(restOf() ?? 0)
      failTimes(board, 1)
    }
    expect(rests).toEqual([5_000, 10_000, 15_000, 15_000])
  })

  test('a rest is shorter by up to a fifth, never longer', () => {
    const { board, restOf } = createBoard({ ...LONGEST, next: () => 0.999999 })
    failTimes(board, 5)
    expect(Math.round(restOf() ?? 0)).toBe(4_000)
  })

  test('a circuit that stayed closed for a minute starts over with the shortest rest', () => {
    const { board, clock, restOf } = createBoard()
    const openAgain = (): number | undefined => {
      failTimes(board, 5)
      const restMs = restOf()
      clock.advance(restMs ?? 0)
      succeed(board, ADA)
      return restMs
    }
    expect([openAgain(), openAgain()]).toEqual([5_000, 10_000])
    clock.advance(60_001)
    expect(openAgain()).toBe(5_000)
  })

  test('one probe at a time, and its success closes for all', () => {
    const { board, clock, changes, restOf } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    const probe = admit(board, CID)
    expect([isAdmitted(board, ADA), isAdmitted(board, CID)]).toEqual([false, false])
    expect(restOf()).toBe(10_000)
    board.succeed(probe)
    expect([isAdmitted(board, ADA), isAdmitted(board, CID)]).toEqual([true, true])
    expect(changes).toEqual(['opened', 'closed'])
  })

  test('every probe that begins to answer doubles how many may be under way, and the third closes', () => {
    const { board, clock, restOf } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    const countRoom = (): number => {
      const probes = []
      while (restOf() === undefined && probes.length < 20) probes.push(admit(board, ADA))
      for (const probe of probes) board.release(probe)
      return probes.length
    }
    const rooms: number[] = []
    for (let answers = 0; answers < 3; answers += 1) {
      rooms.push(countRoom())
      board.answering(admit(board, ADA))
    }
    expect(rooms).toEqual([1, 2, 4])
    expect(countRoom()).toBe(20)
    expect(board.sizes().open).toBe(0)
  })

  test('a probe that says nothing for ten seconds does not keep the others waiting', () => {
    const { board, clock } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    const hanging = admit(board, ADA)
    clock.advance(9_999)
    expect(isAdmitted(board, ADA)).toBe(false)
    clock.advance(1)
    succeed(board, ADA)
    board.fail(hanging, FAULT)
    expect(board.sizes().open).toBe(0)
  })

  test('a probe that breaks off behind its first words opens again', () => {
    const { board, clock, restOf } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    const probe = admit(board, ADA)
    board.answering(probe)
    clock.advance(1_000)
    board.fail(probe, FAULT)
    expect(restOf()).toBe(10_000)
  })

  test('whoever met the last fault lets others be the probe for two seconds', () => {
    const { board, clock, restOf } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    expect([restOf('ada'), restOf('bob')]).toEqual([undefined, 2_000])
    expect([isAdmitted(board, ADA), isAdmitted(board, BOB)]).toEqual([true, false])
    clock.advance(2_000)
    expect(isAdmitted(board, BOB)).toBe(true)
  })

  test('a caller who breaks it does not keep away those who are answered', () => {
    const { board, clock, restOf } = createBoard()
    breakDown(board, TARGET)
    clock.advance(8_000)
    const answered = admit(board, BOB)
    board.answering(answered)
    for (let fault = 0; fault < 5; fault += 1) fail(board, ADA)
    expect(restOf('bob')).toBeUndefined()
    board.succeed(answered)
    expect([restOf('bob'), restOf('ada')]).toEqual([undefined, 5_000])
  })

  test('a probe that ends without a verdict makes room for the next', () => {
    const { board, clock } = createBoard()
    breakDown(board, TARGET)
    clock.advance(5_000)
    board.release(admit(board, ADA))
    expect(isAdmitted(board, ADA)).toBe(true)
  })

  test('calls from before the opening neither close nor prolong it, nor open it again', () => {
    const { board, clock, restOf } = createBoard()
    const early = Array.from({ length: 12 }, () => admit(board, ADA))
    clock.advance(1)
    breakDown(board, TARGET)
    for (const pass of early.slice(0, 1)) board.succeed(pass)
    for (const pass of early.slice(1, 6)) board.fail(pass, FAULT)
    expect(restOf()).toBe(5_000)
    clock.advance(5_000)
    succeed(board, ADA)
    for (const pass of early.slice(6)) board.fail(pass, FAULT)
    expect(board.sizes().open).toBe(0)
  })

  test('as a last resort a resting target is probed early, still one at a time', () => {
    const { board } = createBoard()
    breakDown(board, TARGET)
    admit(board, ADA, true)
    expect(isAdmitted(board, ADA, true)).toBe(false)
  })
})
