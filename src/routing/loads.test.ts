import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Credential } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { Secret } from '../kit/secret.ts'
import { LoadBoard, type CallEnd, type CallStart } from './loads.ts'

const credential: Credential = { id: 'one/main', secret: new Secret('s'), weight: 1 }
const START: CallStart = { target: 'one/a', credential, route: 'fast', inputTokens: 500 }
const WELL: CallEnd = { proof: 'well', counts: { outputTokens: 100, inputTokens: 500, cachedTokens: 0 } }

function createWorld() {
  const clock = createManualClock()
  const board = new LoadBoard(clock)
  const stream = (firstTokenMs: number, changes: Partial<CallStart> = {}, writingMs = 1_000, end = WELL) => {
    const call = board.begin({ ...START, ...changes })
    clock.advance(firstTokenMs)
    call.begin()
    clock.advance(writingMs)
    call.end(true, end)
  }
  const whole = (tookMs: number, end = WELL) => {
    const call = board.begin(START)
    clock.advance(tookMs)
    call.end(false, end)
  }
  const read = (target = 'one/a', route = 'fast') => board.of(target, route)
  return { clock, board, stream, whole, read }
}

describe('what a target is doing', () => {
  test('nothing is known of one that was never asked', () => {
    expect(createWorld().read()).toEqual({ inFlight: 0, errorShare: 0, warmth: 1 })
  })

  test('a call is in flight from its beginning to its end, whatever the end', () => {
    const { board, read } = createWorld()
    const calls = [board.begin(START), board.begin(START), board.begin(START)]
    expect(read().inFlight).toBe(3)
    calls[0]?.end(true, WELL)
    calls[1]?.end(true, { proof: 'fault' })
    calls[2]?.end(false, { proof: 'nothing' })
    expect(read().inFlight).toBe(0)
    expect(board.sizes().inFlight).toBe(0)
  })

  test('a stream tells its first token and its tokens apart', () => {
    const { stream, read } = createWorld()
    stream(400)
    expect(read()).toEqual({
      inFlight: 0,
      errorShare: 0,
      warmth: 1,
      quietMs: 0,
      firstTokenMs: 400,
      perTokenMs: 10,
      outputTokens: 100,
      cachedShare: 0,
    })
  })

  test('of whole answers all time is in their tokens, or in the wait where none are written', () => {
    const { whole, read } = createWorld()
    whole(3_000)
    expect(read()).toMatchObject({ perTokenMs: 30 })
    expect(read()).not.toHaveProperty('firstTokenMs')
    const silent = createWorld()
    silent.whole(80, { proof: 'well', counts: { outputTokens: 0, inputTokens: 9, cachedTokens: 0 } })
    expect(silent.read()).toMatchObject({ firstTokenMs: 80, outputTokens: 0 })
  })

  test('a peak is believed at once and forgotten with time, down to the mean, also while nobody asks', () => {
    const { clock, stream, read } = createWorld()
    for (let call = 0; call < 100; call += 1) stream(200, {}, 0)
    stream(5_000, {}, 0)
    expect(read().firstTokenMs).toBe(5_000)
    clock.advance(30_000)
    const later = read().firstTokenMs ?? 0
    expect(later).toBeGreaterThan(1_500)
    expect(later).toBeLessThan(3_000)
    clock.advance(3_600_000)
    const last = read().firstTokenMs ?? 0
    expect(last).toBeGreaterThan(200)
    expect(last).toBeLessThan(1_500)
  })

  test('a stream that was given up raises the wait it is known for, and never lowers it', () => {
    const { board, clock, stream, read } = createWorld()
    const giveUpAfter = (ms: number): void => {
      const call = board.begin(START)
      clock.advance(ms)
      call.end(true, { proof: 'nothing' })
    }
    giveUpAfter(9_000)
    expect(read()).not.toHaveProperty('firstTokenMs')
    stream(500)
    giveUpAfter(100)
    expect(read().firstTokenMs).toBe(500)
    giveUpAfter(8_000)
    expect(read().firstTokenMs).toBe(8_000)
  })

  test('faults are a share of the latest calls and fade; what proves nothing changes nothing', () => {
    const { board, clock, read } = createWorld()
    const end = (proof: CallEnd['proof']): void => board.begin(START).end(true, { proof })
    for (let call = 0; call < 200; call += 1) end(call % 2 === 0 ? 'fault' : 'well')
    const half = read().errorShare
    expect(half).toBeGreaterThan(0.4)
    expect(half).toBeLessThan(0.6)
    for (let call = 0; call < 50; call += 1) end('nothing')
    expect(read().errorShare).toBe(half)
    clock.advance(120_000)
    expect(read().errorShare).toBeLessThan(0.02)
  })

  test('who comes back from a rest is given its share within half a minute', () => {
    const { board, clock, read } = createWorld()
    board.recovered('one/a')
    const warmth = [0, 15_000, 15_000].map((ms) => {
      clock.advance(ms)
      return read().warmth
    })
    expect(warmth).toEqual([0.1, 0.5, 1])
  })
})

describe('how long answers are', () => {
  const says = (outputTokens: number, cachedTokens = 0): CallEnd => ({
    proof: 'well',
    counts: { outputTokens, inputTokens: 1_000, cachedTokens },
  })

  test('is known per route and target, and drawn to what the route asks of all as long as little is', () => {
    const { board, read } = createWorld()
    const say = (target: string, route: string, length: number): void =>
      board.begin({ ...START, target, route, inputTokens: 1_000 }).end(false, says(length))
    for (let call = 0; call < 200; call += 1) say('one/a', 'terse', 50)
    say('two/b', 'terse', 2_000)
    const few = read('two/b', 'terse').outputTokens ?? 0
    expect(few).toBeGreaterThan(60)
    expect(few).toBeLessThan(300)
    for (let call = 0; call < 200; call += 1) say('two/b', 'terse', 2_000)
    expect(read('two/b', 'terse').outputTokens ?? 0).toBeGreaterThan(1_800)
    expect(read('three/c', 'terse')).not.toHaveProperty('outputTokens')
    // What a route never asked is what the target answers elsewhere.
    expect(read('one/a', 'other').outputTokens).toBe(50)
  })

  test('the cached share is that of the tokens', () => {
    const { board, read } = createWorld()
    board.begin(START).end(false, says(10, 900))
    board.begin(START).end(false, says(10, 100))
    expect(read().cachedShare).toBe(0.5)
  })
})

describe('quantiles of the first token', () => {
  test('are unknown before fifty streams of about that size', () => {
    const { board, stream } = createWorld()
    for (let call = 0; call < 49; call += 1) stream(100)
    expect(board.firstTokenQuantileMs('one/a', 500, 0.95)).toBeUndefined()
    stream(100)
    expect(board.firstTokenQuantileMs('one/a', 500, 0.95)).toBeCloseTo(100, -1)
    expect(board.firstTokenQuantileMs('one/a', 5_000, 0.95)).toBeUndefined()
    expect(board.firstTokenQuantileMs('two/b', 500, 0.95)).toBeUndefined()
  })

  test('are those of the sorted times within two percent and a rounding', () => {
    const times = fc.array(fc.double({ min: 1.5, max: 600_000, noNaN: true }), {
      minLength: 50,
      maxLength: 200,
    })
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.95, 1), (ms, share) => {
        const { board, stream } = createWorld()
        for (const one of ms) stream(one, {}, 0)
        const exact = ms.toSorted((left, right) => left - right)[Math.ceil(ms.length * share) - 1] ?? 0
        const read = board.firstTokenQuantileMs('one/a', 500, share) ?? 0
        expect(Math.abs(read / exact - 1)).toBeLessThan(0.03)
      }),
      { numRuns: 20 },
    )
  })

  test('follow what happened of late', () => {
    const { board, stream } = createWorld()
    for (let call = 0; call < 4_000; call += 1) stream(100, {}, 0)
    for (let call = 0; call < 8_000; call += 1) stream(900, {}, 0)
    expect(board.firstTokenQuantileMs('one/a', 500, 0.5)).toBeGreaterThan(800)
  })
})

test('it remembers a bounded number of targets, and calls of one that was forgotten end all the same', () => {
  const { board, read } = createWorld()
  const early = board.begin(START)
  for (let index = 0; index < LIMITS.measuredTargets; index += 1)
    board.begin({ ...START, target: `p/${index}` }).end(false, { proof: 'nothing' })
  expect(board.sizes().targets).toBe(LIMITS.measuredTargets)
  early.end(true, WELL)
  expect(board.sizes().inFlight).toBe(0)
  expect(read().inFlight).toBe(0)
})

test('every number that is told has three digits, whatever was measured', () => {
  const { board, stream, read } = createWorld()
  for (const ms of [1.23456, 98.7654, 12_345.67]) stream(ms, {}, ms * 7)
  board.begin(START).end(true, { proof: 'fault' })
  for (const value of Object.values(read())) {
    expect(typeof value === 'number' && Number(value.toPrecision(3))).toBe(value)
  }
})
