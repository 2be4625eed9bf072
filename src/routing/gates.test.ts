import { describe, expect, test } from 'bun:test'
import type { Cap } from '../exchange/cap.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { Gates, HasLeft, NoRoom, type Entry } from './gates.ts'

const capOf = (changes: Partial<Cap> = {}): Cap => ({ name: 'provider', limit: 2, adapts: false, ...changes })

function createWorld() {
  const clock = createManualClock()
  const gates = new Gates(clock)
  const come = (caps: readonly Cap[], party = 'a', signal = new AbortController().signal) =>
    gates.enter({ caps, party, patienceMs: 60_000, signal })
  const enter = (caps: readonly Cap[]): Entry => {
    const entry = come(caps)
    if (entry instanceof Promise) throw new Error('had to wait')
    return entry
  }
  /** Lets whoever was woken go on. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }
  return { clock, gates, come, enter, settle }
}

describe('a cap', () => {
  test('lets so many through at a time and turns away who comes then, where nobody waits', () => {
    const { come, enter } = createWorld()
    const caps = [capOf()]
    const first = enter(caps)
    enter(caps)
    expect(() => come(caps)).toThrow(NoRoom)
    first.leave('well')
    enter(caps)
  })

  test('of a model and of its provider hold together, and nobody holds one of them while the other is full', () => {
    const { gates, come, enter } = createWorld()
    const model = capOf({ name: 'provider/m', limit: 5 })
    enter([capOf()])
    enter([capOf()])
    expect(() => come([model, capOf()])).toThrow(NoRoom)
    expect(gates.sizes()).toEqual({ inUse: 2, waiting: 0 })
  })

  test('is forgotten when nobody is under way', () => {
    const { gates, enter } = createWorld()
    enter([capOf()]).leave('well')
    expect(gates.sizes()).toEqual({ inUse: 0, waiting: 0 })
  })

  test('that a new plan has changed holds from then on', () => {
    const { come, enter } = createWorld()
    enter([capOf()])
    expect(() => come([capOf({ limit: 1 })])).toThrow(NoRoom)
    enter([capOf({ limit: 3 })])
    enter([capOf({ limit: 3 })])
  })
})

describe('a cap that adapts', () => {
  const caps = [capOf({ limit: 10, adapts: true })]

  test('is lowered by a limit, once for those who were under way together, and raised by answers', () => {
    const { clock, come, enter } = createWorld()
    const all = Array.from({ length: 10 }, () => enter(caps))
    clock.advance(10)
    for (const entry of all.slice(0, 5)) entry.leave('too-much')
    // 7 from now on, of which 5 are under way.
    enter(caps)
    enter(caps)
    expect(() => come(caps)).toThrow(NoRoom)
    for (const entry of all.slice(5)) entry.leave('well')
    const more = Array.from({ length: 5 }, () => enter(caps))
    for (let round = 0; round < 30; round += 1) {
      more.pop()?.leave('well')
      more.push(enter(caps))
    }
    enter(caps)
    enter(caps)
    enter(caps)
  })

  test('is not lowered by failures that say nothing of load, and never below one', () => {
    const { clock, enter } = createWorld()
    for (let round = 0; round < 20; round += 1) {
      clock.advance(10)
      enter(caps).leave(round < 10 ? 'other' : 'too-much')
    }
    enter(caps)
  })
})

describe('who waits', () => {
  const caps = [capOf({ limit: 1, queue: { max: 4, waitMs: 1_000 } })]

  test('goes through when there is room, and is told how long that took', async () => {
    const { clock, come, enter } = createWorld()
    const first = enter(caps)
    const second = come(caps)
    clock.advance(300)
    first.leave('well')
    expect((await second).waited).toEqual({ gate: 'provider', position: 1, waitedMs: 300 })
  })

  test('is turned away when his time is over, and his place is free', async () => {
    const { clock, gates, come, enter } = createWorld()
    enter(caps)
    const late = Promise.resolve(come(caps)).catch((error: unknown) => error)
    clock.advance(1_000)
    expect(await late).toBeInstanceOf(NoRoom)
    expect(gates.sizes().waiting).toBe(0)
  })

  test('leaves his place when he goes, also because the gateway shuts down', async () => {
    const { gates, come, enter } = createWorld()
    enter(caps)
    const leaving = new AbortController()
    const gone = Promise.resolve(come(caps, 'a', leaving.signal)).catch((error: unknown) => error)
    leaving.abort()
    expect(await gone).toBeInstanceOf(HasLeft)
    expect(gates.sizes()).toEqual({ inUse: 1, waiting: 0 })
  })

  test('holds nothing, and goes on waiting where the next gate is full', async () => {
    const { gates, come, enter, settle } = createWorld()
    const model = capOf({ name: 'm', limit: 1, queue: { max: 4, waitMs: 1_000 } })
    const provider = enter(caps)
    const atModel = enter([model])
    let hasEntered = false
    void Promise.resolve(come([model, ...caps])).then(() => (hasEntered = true))
    expect(gates.sizes()).toEqual({ inUse: 2, waiting: 1 })
    atModel.leave('well')
    await settle()
    expect([hasEntered, gates.sizes().waiting]).toEqual([false, 1])
    provider.leave('well')
    await settle()
    expect([hasEntered, gates.sizes().waiting]).toEqual([true, 0])
  })
})

describe('saturation', () => {
  /** A call takes 100 ms, two run at a time; one caller asks for five times as much as there is, the other for a fifth of it. */
  async function saturate(): Promise<
    Record<'greedy' | 'modest', { served: number; refused: number; longestMs: number }>
  > {
    const { clock, gates, come, settle } = createWorld()
    const caps = [capOf({ queue: { max: 20, waitMs: 2_000 } })]
    const found = {
      greedy: { served: 0, refused: 0, longestMs: 0 },
      modest: { served: 0, refused: 0, longestMs: 0 },
    }
    const call = async (party: 'greedy' | 'modest'): Promise<void> => {
      const own = found[party]
      const since = clock.elapsedMs()
      try {
        const entry = await come(caps, party)
        own.longestMs = Math.max(own.longestMs, clock.elapsedMs() - since)
        clock.after(100, () => entry.leave('well'))
        own.served += 1
      } catch {
        own.refused += 1
      }
    }
    const calls: Promise<void>[] = []
    for (let tick = 0; tick < 1_000; tick += 1) {
      calls.push(call('greedy'))
      if (tick % 25 === 0) calls.push(call('modest'))
      clock.advance(10)
      await settle()
    }
    for (let tick = 0; tick < 300; tick += 1) {
      clock.advance(10)
      await settle()
    }
    await Promise.all(calls)
    expect(gates.sizes()).toEqual({ inUse: 0, waiting: 0 })
    return found
  }

  test('leaves a modest caller his share, bounds every wait, loses nobody and leaves no room unused', async () => {
    const { greedy, modest } = await saturate()
    expect(modest).toMatchObject({ served: 40, refused: 0 })
    // Behind one of the greedy caller's at most.
    expect(modest.longestMs).toBeLessThanOrEqual(200)
    expect(greedy.longestMs).toBeLessThanOrEqual(2_000)
    expect(greedy.served + greedy.refused).toBe(1_000)
    // Ten seconds of two at a time, and those that still wait at their end.
    expect(greedy.served + modest.served).toBeGreaterThanOrEqual(200)
    expect(greedy.served + modest.served).toBeLessThanOrEqual(222)
  })
})
