import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createDeadlines } from '../kit/deadlines.ts'
import { LIMITS } from '../kit/limits.ts'
import { Failure } from '../exchange/failure.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { sampleTarget } from '../routing/samples.fixture.ts'
import { FirstTokenTimes } from './first-token-times.ts'
import { Watchdog, type WatchdogOptions } from './watchdog.ts'

const TIMEOUTS = { connectMs: 100, firstByteMs: 1_000, idleMs: 500, silenceMs: 500, totalMs: 60_000 }

function start(changes: Partial<WatchdogOptions> = {}) {
  const clock = createManualClock()
  const outer = new AbortController()
  const watchdog = new Watchdog({
    clock,
    deadlines: createDeadlines<Watchdog>(clock, 1),
    timeouts: TIMEOUTS,
    times: new FirstTokenTimes(),
    target: 'p/m',
    stream: true,
    deadlineAtMs: clock.nowMs() + 600_000,
    deadlineCode: 'deadline-exceeded',
    signal: outer.signal,
    ...changes,
  })
  return { clock, outer, watchdog }
}

/** One read that took `tookMs`. */
function read({ clock, watchdog }: ReturnType<typeof start>, tookMs: number, meaningful: boolean): void {
  watchdog.reading()
  clock.advance(tookMs)
  watchdog.received(meaningful)
}

describe('the watchdog of a stream', () => {
  test('stops a call whose head does not come', () => {
    const { clock, watchdog } = start()
    clock.advance(999)
    expect(watchdog.controller.signal.aborted).toBe(false)
    clock.advance(1)
    expect(watchdog.reason?.code).toBe('first-byte-timeout')
    expect(watchdog.controller.signal.aborted).toBe(true)
  })

  test('counts the wait for the first semantic event from the start, whatever else arrives', () => {
    const run = start()
    run.clock.advance(300)
    run.watchdog.answered()
    for (let pings = 0; pings < 6; pings += 1) read(run, 100, false)
    run.watchdog.reading()
    run.clock.advance(100)
    expect(run.watchdog.reason?.code).toBe('first-byte-timeout')
  })

  test('measures silence between semantic events, which pings do not break', () => {
    const run = start()
    run.watchdog.answered()
    read(run, 100, true)
    for (let pings = 0; pings < 4; pings += 1) read(run, 100, false)
    expect(run.watchdog.reason).toBeUndefined()
    run.watchdog.reading()
    run.clock.advance(100)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('lets a stream live for as long as it says something', () => {
    const run = start()
    run.watchdog.answered()
    for (let events = 0; events < 50; events += 1) read(run, 450, true)
    expect(run.watchdog.reason).toBeUndefined()
  })

  test('does not hold a slow reader against the provider', () => {
    const run = start()
    run.watchdog.answered()
    read(run, 100, true)
    run.clock.advance(20_000)
    read(run, 400, true)
    expect(run.watchdog.reason).toBeUndefined()
  })

  test('keeps what was left of a silence when a reader pauses in the middle of it', () => {
    const run = start()
    run.watchdog.answered()
    read(run, 100, true)
    read(run, 300, false)
    run.clock.advance(5_000)
    run.watchdog.reading()
    run.clock.advance(199)
    expect(run.watchdog.reason).toBeUndefined()
    run.clock.advance(1)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('allows the silence that the operator allows, before the first event and between two', () => {
    const run = start({
      timeouts: { ...TIMEOUTS, firstByteMs: 600_000, idleMs: 600_000, totalMs: 3_600_000 },
      deadlineAtMs: Number.MAX_SAFE_INTEGER,
    })
    run.watchdog.answered()
    read(run, 1, false)
    read(run, 590_000, true)
    read(run, 599_000, true)
    expect(run.watchdog.reason).toBeUndefined()
    run.watchdog.reading()
    run.clock.advance(600_000)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('remembers of a slow target when its first token came, once', () => {
    const times = new FirstTokenTimes()
    const run = start({ times, timeouts: { ...TIMEOUTS, firstByteMs: 60_000, idleMs: 60_000 } })
    run.clock.advance(15_000)
    run.watchdog.answered()
    read(run, 5_000, false)
    read(run, 5_000, true)
    read(run, 30_000, true)
    const target = sampleTarget('p/m', { timeouts: { ...TIMEOUTS, elastic: true } })
    expect(times.limits(target, NO_FEATURES).firstByteMs).toBe(75_000)
  })

  test('ends the whole attempt, also while nobody reads', () => {
    const run = start()
    run.watchdog.answered()
    read(run, 10, true)
    run.clock.advance(60_000)
    expect(run.watchdog.reason?.code).toBe('attempt-timeout')
  })

  test('ends at the deadline of the exchange when that comes first', () => {
    const clock = createManualClock()
    const { watchdog } = start({
      clock,
      deadlines: createDeadlines<Watchdog>(clock, 1),
      deadlineAtMs: clock.nowMs() + 200,
    })
    clock.advance(200)
    expect(watchdog.reason?.code).toBe('deadline-exceeded')
  })
})

describe('the watchdog of a unary call', () => {
  test('bounds the silence before the answer and within it alike', () => {
    const before = start({ stream: false })
    before.clock.advance(499)
    expect(before.watchdog.reason).toBeUndefined()
    before.clock.advance(1)
    expect(before.watchdog.reason).toMatchObject({ code: 'first-byte-timeout', row: { health: 'fault' } })
    const within = start({ stream: false })
    within.clock.advance(400)
    within.watchdog.answered()
    read(within, 400, true)
    within.watchdog.reading()
    within.clock.advance(499)
    expect(within.watchdog.reason).toBeUndefined()
    within.clock.advance(1)
    expect(within.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('takes blank lines for silence', () => {
    const run = start({ stream: false })
    run.watchdog.answered()
    for (let lines = 0; lines < 4; lines += 1) read(run, 100, false)
    run.watchdog.reading()
    run.clock.advance(100)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('allows exactly the silence that the operator allows', () => {
    const run = start({
      stream: false,
      timeouts: { ...TIMEOUTS, silenceMs: 700_000, totalMs: 3_600_000 },
      deadlineAtMs: Number.MAX_SAFE_INTEGER,
    })
    run.clock.advance(700_000 - 1)
    expect(run.watchdog.reason).toBeUndefined()
    run.clock.advance(1)
    expect(run.watchdog.reason?.code).toBe('first-byte-timeout')
  })

  test('is over at the limit of the attempt when that is the shorter one', () => {
    const run = start({ stream: false, timeouts: { ...TIMEOUTS, silenceMs: 600_000 } })
    run.clock.advance(60_000)
    expect(run.watchdog.reason?.code).toBe('attempt-timeout')
  })
})

test('attempts that share their deadlines end each at its own time, and one that is over is forgotten', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines<Watchdog>(clock, LIMITS.deadlineSlackMs)
  const [over, early, late] = [100, 200, 300].map((firstByteMs) =>
    start({ clock, deadlines, timeouts: { ...TIMEOUTS, firstByteMs } }),
  )
  over?.watchdog.stop()
  expect(deadlines.size).toBe(2)
  clock.advance(200 + LIMITS.deadlineSlackMs)
  expect(early?.watchdog.reason?.code).toBe('first-byte-timeout')
  expect(late?.watchdog.reason).toBeUndefined()
  clock.advance(100)
  expect(late?.watchdog.reason?.code).toBe('first-byte-timeout')
  expect(over?.watchdog.reason).toBeUndefined()
  expect(deadlines.size).toBe(0)
})

describe('stopping', () => {
  test('the client that leaves is the reason', () => {
    const { outer, watchdog } = start()
    outer.abort()
    expect(watchdog.reason?.code).toBe('client-gone')
  })

  test('a failure given to the outer signal is the reason', () => {
    const { outer, watchdog } = start()
    outer.abort(new Failure('shutting-down'))
    expect(watchdog.reason?.code).toBe('shutting-down')
  })

  test('an attempt that begins aborted is stopped at once', () => {
    expect(start({ signal: AbortSignal.abort() }).watchdog.reason?.code).toBe('client-gone')
  })

  test('the first reason stays', () => {
    const { outer, watchdog } = start()
    watchdog.abort(new Failure('attempt-timeout'))
    outer.abort()
    expect(watchdog.reason?.code).toBe('attempt-timeout')
  })

  test('nothing happens to an attempt that is over', () => {
    const { clock, outer, watchdog } = start()
    watchdog.stop()
    outer.abort()
    clock.advance(600_000)
    expect(watchdog.reason).toBeUndefined()
    expect(watchdog.controller.signal.aborted).toBe(false)
  })

  test('a rest that matters less is bounded, and a leaving client cuts it', () => {
    const late = start()
    late.watchdog.answered()
    late.watchdog.hurry(100)
    late.watchdog.reading()
    late.clock.advance(100)
    expect(late.watchdog.reason?.code).toBe('idle-timeout')
    const left = start()
    left.watchdog.hurry(100)
    left.outer.abort()
    expect(left.watchdog.reason?.code).toBe('client-gone')
  })

  test('what is left behind the end is bounded, and a leaving client does not cut it', () => {
    const run = start()
    run.watchdog.answered()
    read(run, 10, true)
    run.watchdog.wind(1_000)
    run.outer.abort()
    expect(run.watchdog.controller.signal.aborted).toBe(false)
    run.clock.advance(1_000)
    expect(run.watchdog.controller.signal.aborted).toBe(true)
  })
})

describe('a whole answer whose transport does not end', () => {
  const TIMES = { ...TIMEOUTS, silenceMs: 10_000 }

  test('is waited for as long as the last word of a stream', () => {
    const run = start({ stream: false, timeouts: TIMES })
    run.watchdog.answered()
    read(run, 100, true)
    run.watchdog.mayBeWhole(() => true)
    run.watchdog.reading()
    run.clock.advance(LIMITS.lastWordMs - 1)
    expect(run.watchdog.reason).toBeUndefined()
    run.clock.advance(1)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('is asked for its end again when it went on, and waited for like any other when it is not whole', () => {
    const run = start({ stream: false, timeouts: TIMES })
    run.watchdog.answered()
    for (let parts = 0; parts < 3; parts += 1) {
      read(run, LIMITS.lastWordMs - 1, true)
      run.watchdog.mayBeWhole(() => false)
    }
    run.watchdog.reading()
    run.clock.advance(9_999)
    expect(run.watchdog.reason).toBeUndefined()
    run.clock.advance(1)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })

  test('may be followed by blank lines for ever', () => {
    const run = start({ stream: false, timeouts: TIMES })
    run.watchdog.answered()
    read(run, 100, true)
    run.watchdog.mayBeWhole(() => true)
    for (let lines = 0; lines < 4; lines += 1) read(run, LIMITS.lastWordMs / 4, false)
    expect(run.watchdog.reason?.code).toBe('idle-timeout')
  })
})
