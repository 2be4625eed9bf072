import { afterEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createManualClock, type ManualClock } from '../kit/manual-clock.fixture.ts'
import type { AlertDeliveryRow } from '../store/alerts.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import type { Outcome } from './outcome.ts'
import { createTestAlerting, testChannel, testRule } from './test-alerting.fixture.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const opened: Store[] = []
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close()
})

async function memoryStore(clock: ManualClock): Promise<Store> {
  const store = await openStore({ url: 'sqlite::memory:', clock })
  opened.push(store)
  return store
}

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A gateway's alerts on a clock of their own. */
async function open(parts: Partial<Parameters<typeof createTestAlerting>[0]> = {}) {
  const clock = createManualClock()
  const store = await memoryStore(clock)
  const options = { store: store.alerts, clock, ...parts }
  const made = createTestAlerting(options)
  await made.alerting.begin()
  /** Minute by minute, as a gateway has it. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= MINUTE_MS) {
      clock.advance(Math.min(left, MINUTE_MS))
      await settle()
    }
  }
  return { ...made, clock, store, pass, options }
}

const texts = (sent: readonly AlertDeliveryRow[]): readonly string[] =>
  sent.flatMap(({ items }) => items.map(({ event, rule, key }) => `${event} ${rule} ${key}`.trim()))

const TROUBLE = { part: 'ledger', text: 'the store takes no rows' }

describe('an alert', () => {
  test('rings once when it has held, and is over once when it has held no more', async () => {
    const rule = testRule('kept', { forMs: 2 * MINUTE_MS, resolveAfterMs: 3 * MINUTE_MS })
    const { state, sent, alerting, pass } = await open({ rules: [rule] })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    expect(alerting.openOf('kept')[0]?.phase).toBe('pending')
    await pass(2 * MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger'])
    await pass(5 * MINUTE_MS)
    state.troubles = []
    await pass(2 * MINUTE_MS)
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    state.troubles = []
    await pass(3 * MINUTE_MS)
    expect(alerting.firing()).toHaveLength(1)
    await pass(MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger', 'resolved kept ledger'])
    expect(alerting.firing()).toEqual([])
  })

  test('that does not hold for long enough is forgotten, and nobody hears of it', async () => {
    const { state, sent, alerting, pass, store } = await open({
      rules: [testRule('kept', { forMs: HOUR_MS })],
    })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    state.troubles = []
    await pass(2 * MINUTE_MS)
    expect(sent).toEqual([])
    expect(alerting.openOf('kept')).toEqual([])
    expect((await store.alerts.alerts({ limit: 10 })).rows).toEqual([])
  })

  test('neither begins nor ends while nobody can look', async () => {
    const { state, sent, alerting, pass } = await open({ rules: [testRule('kept')] })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    state.isBlind = true
    state.troubles = []
    await pass(10 * MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger'])
    expect(alerting.standingOf('kept')?.problem).toBe('the store cannot be read')
  })

  test('of a rule that is gone is over, and whoever was told is told so', async () => {
    const { state, sent, pass } = await open({ rules: [testRule('kept')] })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    state.plan = { ...state.plan, rules: new Map() }
    await pass(MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger', 'resolved kept ledger'])
  })

  test('of a muted rule is withheld, and told when the rule is muted no more', async () => {
    const { state, sent, alerting, pass, clock, store } = await open({ rules: [testRule('kept')] })
    await alerting.mute('kept', clock.nowMs() + 10 * MINUTE_MS, 'ana')
    state.troubles = [TROUBLE]
    await pass(5 * MINUTE_MS)
    expect(sent).toEqual([])
    const [withheld] = (await store.alerts.deliveries({ limit: 5 })).rows
    expect(withheld).toMatchObject({ state: 'withheld', channel: 'ops' })
    await pass(6 * MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger'])
  })
})

describe('a digest', () => {
  const digest = testChannel('ops', { digestMs: 10 * MINUTE_MS })

  test('gathers what comes within its time, and waits for nothing critical', async () => {
    const rules = [
      testRule('kept'),
      testRule('loud', { severity: 'critical', watch: { on: 'trouble', parts: ['keys'] } }),
    ]
    const { state, sent, pass } = await open({ rules, channels: [digest] })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    state.troubles = [TROUBLE, { part: 'keys', text: 'keys are stale' }]
    await pass(MINUTE_MS)
    expect(texts(sent)).toEqual(['fired loud keys'])
    state.troubles = []
    await pass(10 * MINUTE_MS)
    expect(texts(sent.slice(1, 2))).toEqual(['resolved loud keys'])
    expect(texts(sent.slice(2))).toEqual([
      'fired kept ledger',
      'fired kept keys',
      'resolved kept ledger',
      'resolved kept keys',
    ])
    expect(sent).toHaveLength(3)
  })

  test('quiet hours hold everything but what is critical until they end', async () => {
    // It is midnight.
    const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60, timezone: 'UTC' }
    const { state, sent, pass } = await open({
      rules: [testRule('kept')],
      channels: [testChannel('ops', { quiet })],
    })
    state.troubles = [TROUBLE]
    await pass(6 * HOUR_MS)
    expect(sent).toEqual([])
    await pass(HOUR_MS)
    expect(texts(sent)).toEqual(['fired kept ledger'])
  })
})

describe('a message', () => {
  test('is tried again, in order, and given up when trying does not help', async () => {
    const outcomes: Outcome[] = [{ result: 'unavailable', why: 'status 503' }]
    const { state, sent, pass, outbox, store } = await open({
      rules: [testRule('kept')],
      send: () => Promise.resolve(outcomes.shift() ?? { result: 'delivered' }),
    })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    expect(outbox.failing()).toMatchObject([{ channel: 'ops', reason: 'status 503' }])
    state.troubles = []
    await pass(4_000)
    expect(sent).toEqual([])
    await pass(MINUTE_MS)
    expect(texts(sent)).toEqual(['fired kept ledger', 'resolved kept ledger'])
    expect(outbox.failing()).toEqual([])
    outcomes.push({ result: 'refused', why: 'status 404' })
    state.troubles = [TROUBLE]
    await pass(MINUTE_MS)
    const [last] = (await store.alerts.deliveries({ limit: 1 })).rows
    expect(last).toMatchObject({ state: 'failed', reason: 'status 404', attempts: 1 })
  })

  test('that waits when the gateway ends is sent by the next life, and what was sent is not sent again', async () => {
    const down: Outcome = { result: 'unavailable', why: 'connect-failed' }
    const first = await open({ rules: [testRule('kept')], send: () => Promise.resolve(down) })
    first.state.troubles = [TROUBLE]
    await first.pass(MINUTE_MS)
    await first.alerting.close()
    const next = createTestAlerting({
      ...first.options,
      send: () => Promise.resolve({ result: 'delivered' }),
      seed: 2,
    })
    next.state.troubles = [TROUBLE]
    await next.alerting.begin()
    await first.pass(10 * MINUTE_MS)
    expect(texts(next.sent)).toEqual(['fired kept ledger'])
    await next.alerting.close()
    const last = createTestAlerting({
      ...first.options,
      send: () => Promise.resolve({ result: 'delivered' }),
      seed: 3,
    })
    last.state.troubles = [TROUBLE]
    await last.alerting.begin()
    await first.pass(10 * MINUTE_MS)
    expect(last.sent).toEqual([])
    last.state.troubles = []
    await first.pass(2 * MINUTE_MS)
    expect(texts(last.sent)).toEqual(['resolved kept ledger'])
  })
})

/** What may happen to a gateway with rules over three parts, a channel that is told at once and one with a digest. */
const happening = fc.oneof(
  fc.record({ what: fc.constant('troubles' as const), parts: fc.subarray(['a', 'b', 'c']) }),
  fc.record({ what: fc.constant('time' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ what: fc.constant('blind' as const), is: fc.boolean() }),
  fc.record({ what: fc.constant('reach' as const), is: fc.boolean() }),
  fc.record({ what: fc.constant('mute' as const), minutes: fc.integer({ min: 0, max: 10 }) }),
  fc.record({ what: fc.constant('restart' as const) }),
)

/** By channel and alert: what was told of it, in order. */
function tally(sent: readonly AlertDeliveryRow[]): ReadonlyMap<string, readonly string[]> {
  const told = new Map<string, string[]>()
  for (const { channel, items } of sent)
    for (const { alertId, event } of items) {
      const key = `${channel} ${alertId}`
      told.set(key, [...(told.get(key) ?? []), event])
    }
  return told
}

test('whatever happens: one open alert of a key, each told once that it rings and once that it is over, none lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (happenings) => {
      const clock = createManualClock()
      const store = await memoryStore(clock)
      const way = { isOpen: true }
      const options = {
        store: store.alerts,
        clock,
        rules: [
          testRule('quick', { to: ['now', 'later'] }),
          testRule('slow', { to: ['later'], forMs: 3 * MINUTE_MS, resolveAfterMs: 4 * MINUTE_MS }),
        ],
        channels: [testChannel('now'), testChannel('later', { digestMs: 7 * MINUTE_MS })],
        send: (): Promise<Outcome> =>
          Promise.resolve(way.isOpen ? { result: 'delivered' } : { result: 'unavailable', why: 'gone' }),
      }
      let seed = 1
      let life = createTestAlerting(options)
      await life.alerting.begin()
      const sent: AlertDeliveryRow[] = []
      const restart = async (): Promise<void> => {
        await life.alerting.close()
        sent.push(...life.sent)
        const { troubles, isBlind } = life.state
        life = createTestAlerting({ ...options, seed: (seed += 1) })
        Object.assign(life.state, { troubles, isBlind })
        await life.alerting.begin()
      }
      const pass = async (minutes: number): Promise<void> => {
        for (let minute = 0; minute < minutes; minute += 1) {
          clock.advance(MINUTE_MS)
          await settle()
          const open = ['quick', 'slow'].flatMap((rule) => life.alerting.openOf(rule))
          expect(new Set(open.map(({ rule, key }) => `${rule} ${key}`)).size).toBe(open.length)
        }
      }
      for (const one of happenings) {
        if (one.what === 'troubles')
          life.state.troubles = one.parts.map((part) => ({ part, text: 'it stands still' }))
        if (one.what === 'time') await pass(one.minutes)
        if (one.what === 'blind') life.state.isBlind = one.is
        if (one.what === 'reach') way.isOpen = one.is
        if (one.what === 'mute')
          await life.alerting.mute(
            'quick',
            one.minutes === 0 ? undefined : clock.nowMs() + one.minutes * MINUTE_MS,
          )
        if (one.what === 'restart') await restart()
      }
      // In the end all is well, everybody is reached, and time enough passes.
      life.state.troubles = []
      life.state.isBlind = false
      way.isOpen = true
      await pass(20)
      clock.advance(30 * HOUR_MS)
      await settle()
      await restart()
      expect(life.alerting.firing()).toEqual([])
      expect(life.outbox.size).toBe(0)
      const told = tally(sent)
      for (const events of told.values()) expect(events).toEqual(['fired', 'resolved'])
      const { rows } = await store.alerts.alerts({ limit: 500 })
      for (const { id, phase, told: channels } of rows) {
        expect(phase).toBe('resolved')
        // Of one that was muted for as long as it rang nobody knows.
        for (const channel of channels) expect(told.has(`${channel} ${id}`)).toBe(true)
      }
    }),
    { numRuns: 25, seed: 7 },
  )
}, 60_000)
