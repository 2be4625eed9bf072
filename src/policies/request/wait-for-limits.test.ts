import { describe, expect, test } from 'bun:test'
import type { Account, RateLimits } from '../../exchange/account.ts'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import { Trail } from '../../exchange/trail.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createMemoryCounters } from '../../store/memory/counters.ts'
import { createRecordingTelemetry, sampleExchange } from '../samples.fixture.ts'
import { createLimitRate } from './limit-rate.ts'
import { createWaitForLimits } from './wait-for-limits.ts'

/** A trail that counts who is to be told of its end. */
class CountingTrail extends Trail {
  listeners = 0

  override onEnd(listener: EndListener): void {
    this.listeners += 1
    super.onEnd(listener)
  }

  override forgetEnd(listener: EndListener): void {
    this.listeners -= 1
    super.forgetEnd(listener)
  }
}

const QUEUE = { max: 4, waitMs: 30_000 }

function createWorld(limits: RateLimits, queue = QUEUE) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const parts = { counters: createMemoryCounters(), clock, telemetry }
  const admit = createWaitForLimits(createLimitRate(parts), parts)
  const project: Account = { scope: 'project', id: 'p', name: 'p', limits, budgets: [], queue }
  let count = 0
  const served: string[] = []
  /** Asks with a key of the project, which may have limits of its own; what came of it, and how it ends. */
  const ask = (key = 'k', signal = new AbortController().signal, own: readonly Account[] = []) => {
    count += 1
    const id = `req_${count}`
    const caller = { ...sampleCaller({ accounts: [...own, project] }), owners: { key, project: 'p' } }
    const trail = new CountingTrail()
    const exchange: Exchange = sampleExchange({
      id,
      caller,
      signal,
      trail,
      deadlineAtMs: clock.nowMs() + 60_000,
    })
    const outcome = (async () => {
      try {
        await admit(exchange)
        served.push(key)
        return 'in'
      } catch (thrown) {
        exchange.trail.end(thrown instanceof Failure ? thrown : undefined)
        return thrown instanceof Failure ? thrown.code : 'thrown'
      }
    })()
    return { outcome, trail, end: () => trail.end(), steps: () => trail.steps }
  }
  /** Lets whoever was woken go on. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
  }
  return { clock, ask, settle, served, telemetry }
}

describe('requests at a time', () => {
  test('a further one waits until one ends, and the decision says where and how long', async () => {
    const { clock, ask, settle, served } = createWorld({ parallelRequests: 1 })
    const first = ask()
    expect(await first.outcome).toBe('in')
    const second = ask()
    await settle()
    expect(served).toHaveLength(1)
    clock.advance(400)
    first.end()
    expect(await second.outcome).toBe('in')
    expect(second.steps()).toEqual([
      { step: 'queue', gate: 'project p', outcome: 'entered', position: 1, waitedMs: 400 },
    ])
  })

  test('keys take turns, nobody is lost, and the last to wait find no room', async () => {
    const { ask, settle, served } = createWorld({ parallelRequests: 1 }, { max: 3, waitMs: 30_000 })
    const running = [ask('greedy')]
    await settle()
    const waiting = [ask('greedy'), ask('greedy'), ask('greedy'), ask('modest')]
    await settle()
    for (const one of [...running, ...waiting]) {
      one.end()
      await settle()
    }
    const outcomes = await Promise.all(waiting.map(({ outcome }) => outcome))
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(3)
    expect(outcomes.at(-1)).toBe('in')
    expect(served.indexOf('modest')).toBeLessThanOrEqual(2)
  })

  test('one that leaves frees its place, and one whose time is over is refused as the limit refuses', async () => {
    const { clock, ask, settle } = createWorld({ parallelRequests: 1 }, { max: 1, waitMs: 2_000 })
    const first = ask()
    await settle()
    const leaving = new AbortController()
    const second = ask('k', leaving.signal)
    await settle()
    leaving.abort()
    expect(await second.outcome).toBe('client-gone')
    const third = ask()
    await settle()
    for (let tick = 0; tick < 4; tick += 1) {
      clock.advance(500)
      await settle()
    }
    expect(await third.outcome).toBe('rate-limited')
    first.end()
    expect(await ask().outcome).toBe('in')
  })

  test('a shutdown answers those who wait', async () => {
    const { ask, settle } = createWorld({ parallelRequests: 1 })
    ask()
    await settle()
    const stopping = new AbortController()
    const second = ask('k', stopping.signal)
    await settle()
    stopping.abort(new Failure('shutting-down'))
    expect(await second.outcome).toBe('shutting-down')
  })
})

describe('limits of more than one account', () => {
  const still = new AbortController().signal

  test('who is held up by a limit of the key alone is told so, and holds up nobody of the project', async () => {
    const { ask, settle } = createWorld({ parallelRequests: 1 })
    const own: Account = {
      scope: 'key',
      id: 'spent',
      name: 'spent',
      limits: { requestsPerMinute: 1 },
      budgets: [],
    }
    const first = ask('spent', still, [own])
    await settle()
    const spent = ask('spent', still, [own])
    const other = ask('other')
    await settle()
    first.end()
    expect(await spent.outcome).toBe('rate-limited')
    expect(await other.outcome).toBe('in')
  })

  test('who is held up by a limit of the key that has a line waits there instead', async () => {
    const { clock, ask, settle } = createWorld({ parallelRequests: 1 })
    const own: Account = {
      scope: 'key',
      id: 'slow',
      name: 'slow',
      limits: { requestsPerMinute: 1 },
      budgets: [],
      queue: { max: 1, waitMs: 120_000 },
    }
    const first = ask('slow', still, [own])
    await settle()
    clock.advance(40_000)
    const slow = ask('slow', still, [own])
    const other = ask('other')
    await settle()
    first.end()
    expect(await other.outcome).toBe('in')
    other.end()
    await settle()
    for (let tick = 0; tick < 50; tick += 1) {
      clock.advance(1_000)
      await settle()
    }
    expect(await slow.outcome).toBe('in')
    expect(slow.steps()).toMatchObject([
      { gate: 'project p', outcome: 'refused' },
      { gate: 'key slow', outcome: 'entered' },
    ])
  })
})

describe('requests per minute', () => {
  test('one waits until there is room again', async () => {
    const { clock, ask, settle } = createWorld({ requestsPerMinute: 6 })
    await ask().outcome
    clock.advance(40_000)
    const others = Array.from({ length: 5 }, () => ask())
    await Promise.all(others.map(({ outcome }) => outcome))
    const late = ask()
    for (let tick = 0; tick < 25; tick += 1) {
      await settle()
      clock.advance(1_000)
    }
    await settle()
    expect(await late.outcome).toBe('in')
  })

  test('one that would wait too long is refused at once', async () => {
    const { ask } = createWorld({ requestsPerMinute: 1 }, { max: 4, waitMs: 1_000 })
    await ask().outcome
    expect(await ask().outcome).toBe('rate-limited')
  })
})

describe('who asks again and again leaves no more behind than who asks once', () => {
  test('for a slot', async () => {
    const { clock, ask, settle } = createWorld({ parallelRequests: 1 })
    const first = ask()
    await first.outcome
    const second = ask()
    await settle()
    const once = second.trail.listeners
    for (let tick = 0; tick < 20; tick += 1) {
      clock.advance(1_000)
      await settle()
    }
    expect(second.trail.listeners).toBe(once)
    first.end()
    expect(await second.outcome).toBe('in')
    expect(second.trail.listeners).toBe(once + 1)
  })

  test.each([
    ['a minute', { requestsPerMinute: 5 }],
    ['a minute that needs a slot as well', { requestsPerMinute: 5, parallelRequests: 9 }],
  ])('for %s', async (_what, limits) => {
    const { clock, ask, settle } = createWorld(limits)
    const firsts = Array.from({ length: 5 }, () => ask())
    await Promise.all(firsts.map(({ outcome }) => outcome))
    clock.advance(40_000)
    const last = ask()
    await settle()
    const once = last.trail.listeners
    // Each wakes the line.
    for (const first of firsts) {
      first.end()
      await settle()
    }
    expect(last.trail.listeners).toBe(once)
    for (let tick = 0; tick < 25; tick += 1) {
      clock.advance(1_000)
      await settle()
    }
    expect(await last.outcome).toBe('in')
    expect(last.trail.listeners).toBe(once + 1)
  })
})
