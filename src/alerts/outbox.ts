import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { toPlainText } from '../kit/plain-text.ts'
import type { AlertDeliveryRow, AlertItem } from '../store/alerts.ts'
import type { AlertStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Outcome, SendMessage } from './outcome.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
/** Pauses before the second attempt, the third and so on: some 27 hours in all. */
const PAUSES_MS = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  4 * HOUR_MS,
  8 * HOUR_MS,
  12 * HOUR_MS,
] as const
const REASON_CHARACTERS = 200
/** For a message that is under way when the gateway closes. */
const LAST_WORD_MS = 2_000
/** Before what could not be written is written again. */
const WRITE_AGAIN_MS = 10_000

export interface OutboxNeeds {
  readonly store: Pick<AlertStore, 'write'>
  readonly send: SendMessage
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly mintId: () => string
}

/** How a channel is doing, by the messages that it got. */
export interface ChannelHealth {
  readonly lastDeliveredMs?: number
  readonly failingSinceMs?: number
  readonly reason?: string
}

/**
 * Messages on their way to channels, one after the other for each. What waits is in the store as well, so that a restart loses none; one that
 * was under way when the process died is sent again, under the same id.
 */
export class Outbox {
  readonly #needs: OutboxNeeds
  /** By id, in order. */
  readonly #waiting = new Map<string, AlertDeliveryRow>()
  readonly #health = new Map<string, ChannelHealth>()
  /** Channels to which something is under way. */
  readonly #busy = new Map<string, Promise<void>>()
  /** Channels that are being tested. */
  readonly #tested = new Set<string>()
  readonly #stopped = new AbortController()
  #timer: Timer | undefined
  #isClosed = false

  constructor(needs: OutboxNeeds) {
    this.#needs = needs
    needs.telemetry.gauge('gatehouse_alert_queue_messages', () => this.#waiting.size)
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Messages that wait for a channel, in order. */
  waitingFor(channel: string): readonly AlertDeliveryRow[] {
    return [...this.#waiting.values()].filter((delivery) => delivery.channel === channel)
  }

  healthOf(channel: string): ChannelHealth {
    return this.#health.get(channel) ?? {}
  }

  /** Channels that cannot be reached, with why. */
  failing(): readonly { readonly channel: string; readonly sinceMs: number; readonly reason: string }[] {
    return [...this.#health].flatMap(([channel, { failingSinceMs, reason = '' }]) =>
      failingSinceMs === undefined ? [] : [{ channel, sinceMs: failingSinceMs, reason }],
    )
  }

  /** What is known from an earlier life. */
  remember({ channel, state, endedAtMs, reason }: AlertDeliveryRow): void {
    if (endedAtMs === undefined) return
    if (state === 'delivered') this.#health.set(channel, { lastDeliveredMs: endedAtMs })
    else this.#health.set(channel, { failingSinceMs: endedAtMs, reason: reason ?? 'it failed' })
  }

  /** Takes messages that stand in the store; those that do not wait any more leave. */
  take(deliveries: readonly AlertDeliveryRow[]): void {
    for (const delivery of deliveries) {
      if (delivery.state === 'waiting') this.#waiting.set(delivery.id, delivery)
      else this.#waiting.delete(delivery.id)
    }
    this.#work()
  }

  /** Sends a test to a channel at once, once, and beside what waits; undefined where one is under way. Rejects when the store does not take it. */
  async test(channel: string): Promise<AlertDeliveryRow | undefined> {
    if (this.#tested.has(channel) || this.#isClosed) return undefined
    this.#tested.add(channel)
    try {
      const { send, store, clock, mintId } = this.#needs
      const delivery = testOf(channel, mintId, clock.nowMs())
      const outcome = await send(delivery, this.#stopped.signal)
      const after = afterAttempt(delivery, once(outcome), clock.nowMs())
      this.#judge(after, outcome)
      await store.write({ deliveries: [after] })
      return after
    } finally {
      this.#tested.delete(channel)
    }
  }

  /** Has a message sent again that was not delivered. Rejects when the store does not take it. */
  async resend({ endedAtMs: _ended, ...before }: AlertDeliveryRow): Promise<AlertDeliveryRow> {
    const again: AlertDeliveryRow = {
      ...before,
      state: 'waiting',
      attempts: 0,
      dueAtMs: this.#needs.clock.nowMs(),
    }
    await this.#needs.store.write({ deliveries: [again] })
    this.take([again])
    return again
  }

  /** Waits for what is under way, for a moment, and begins nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    if (this.#busy.size === 0) return
    const limit = this.#needs.clock.after(LAST_WORD_MS, () => this.#stopped.abort())
    await Promise.all(this.#busy.values())
    limit.cancel()
  }

  /** Begins what is due, and looks again when the next is. */
  #work(): void {
    this.#timer?.cancel()
    if (this.#isClosed) return
    const nowMs = this.#needs.clock.nowMs()
    let nextMs = Number.POSITIVE_INFINITY
    const seen = new Set<string>()
    for (const delivery of this.#waiting.values()) {
      const { channel, dueAtMs } = delivery
      if (this.#busy.has(channel) || seen.has(channel)) continue
      if (dueAtMs > nowMs) {
        // What is gathered stands in nobody's way; what is tried again does, or what is over would be told before it began.
        if (delivery.attempts > 0) seen.add(channel)
        nextMs = Math.min(nextMs, dueAtMs)
        continue
      }
      this.#begin(delivery)
    }
    if (Number.isFinite(nextMs))
      this.#timer = this.#needs.clock.after(Math.min(nextMs - nowMs, HOUR_MS), () => this.#work())
  }

  #begin(delivery: AlertDeliveryRow): void {
    const { channel } = delivery
    const work = this.#deliver(delivery).finally(() => {
      this.#busy.delete(channel)
      this.#work()
    })
    this.#busy.set(channel, work)
  }

  async #deliver(delivery: AlertDeliveryRow): Promise<void> {
    const outcome = await this.#needs.send(delivery, this.#stopped.signal)
    // Cut short by the end of the gateway, it waits for the next life.
    if (this.#stopped.signal.aborted && outcome.result !== 'delivered') return
    const { clock, telemetry } = this.#needs
    const after = afterAttempt(delivery, outcome, clock.nowMs())
    this.#judge(after, outcome)
    telemetry.count('gatehouse_alert_deliveries_total', {
      channel: delivery.channel,
      result: outcome.result,
    })
    await this.#write(after)
    if (after.state === 'waiting') this.#waiting.set(after.id, after)
    else this.#waiting.delete(after.id)
  }

  /** Until it stands that a message was delivered, nothing else goes to its channel. */
  async #write(after: AlertDeliveryRow): Promise<void> {
    const { store, clock, telemetry } = this.#needs
    for (;;) {
      try {
        return await store.write({ deliveries: [after] })
      } catch (error) {
        telemetry.log('warn', 'alerts: the store does not take what became of a message; it is tried again', {
          channel: after.channel,
          error,
        })
      }
      if (this.#isClosed) return
      await new Promise<void>((resolve) => clock.after(WRITE_AGAIN_MS, resolve))
    }
  }

  #judge({ channel, reason = '' }: AlertDeliveryRow, { result }: Outcome): void {
    const { clock, telemetry } = this.#needs
    const before = this.#health.get(channel)
    if (result === 'delivered') {
      if (before?.failingSinceMs !== undefined)
        telemetry.log('info', 'alerts: a channel is reached again', { channel })
      this.#health.set(channel, { lastDeliveredMs: clock.nowMs() })
      return
    }
    if (before?.failingSinceMs === undefined)
      telemetry.log('warn', 'alerts: a channel cannot be reached', { channel, reason })
    this.#health.set(channel, { failingSinceMs: clock.nowMs(), ...before, reason })
  }
}

function testOf(channel: string, mintId: () => string, nowMs: number): AlertDeliveryRow {
  const id = mintId()
  const item: AlertItem = {
    event: 'test',
    alertId: id,
    rule: 'test',
    kind: 'test',
    key: '',
    severity: 'info',
    text: `This is a test of the channel ${channel}. Nothing is wrong.`,
    sinceMs: nowMs,
    atMs: nowMs,
  }
  return { id, channel, state: 'waiting', items: [item], createdAtMs: nowMs, dueAtMs: nowMs, attempts: 0 }
}

/** A test is not tried again. */
function once(outcome: Outcome): Outcome {
  return outcome.result === 'unavailable' ? { result: 'refused', why: outcome.why } : outcome
}

function afterAttempt(delivery: AlertDeliveryRow, outcome: Outcome, nowMs: number): AlertDeliveryRow {
  const { reason: _before, ...rest } = delivery
  const attempts = delivery.attempts + 1
  if (outcome.result === 'delivered') return { ...rest, attempts, state: 'delivered', endedAtMs: nowMs }
  const reason = toPlainText(outcome.why, REASON_CHARACTERS)
  const pauseMs = PAUSES_MS[attempts - 1]
  if (outcome.result === 'refused' || pauseMs === undefined)
    return { ...rest, attempts, state: 'failed', endedAtMs: nowMs, reason }
  const waitMs = Math.max(pauseMs, Math.min(outcome.retryAfterMs ?? 0, LIMITS.alertRetryAfterMs))
  return { ...rest, attempts, state: 'waiting', dueAtMs: nowMs + waitMs, reason }
}
