import type { Clock, Timer } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Telemetry } from '../telemetry.ts'
import { shownReason, type Delivery } from './deliver.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** What a queue works with. */
export interface SinkParts<Item> {
  /** What it is called in metrics and troubles. */
  readonly name: string
  /** Delivers a batch. Must not reject. */
  readonly deliver: (batch: readonly Item[]) => Promise<Delivery>
  /** How long things are gathered, milliseconds. */
  readonly everyMs: number
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** How a place where things are sent is doing. */
export interface SinkState {
  readonly name: string
  /** How long nothing could be delivered, milliseconds; 0 when all is well. */
  readonly stalledMs: number
  /** Why the last delivery failed. */
  readonly refusal: string | undefined
}

/**
 * Gathers things and delivers them in batches, one after the other, on a timer. Whoever adds neither waits nor learns of failures: what
 * finds the queue full is dropped and counted.
 */
export class Sink<Item> implements SinkState {
  readonly name: string
  readonly #parts: SinkParts<Item>
  #items: Item[] = []
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #pauseMs = FIRST_PAUSE_MS
  #failingSinceMs: number | undefined
  #reason: string | undefined
  #isClosed = false

  constructor(parts: SinkParts<Item>) {
    this.name = parts.name
    this.#parts = parts
    parts.telemetry.gauge('gatehouse_sink_queue_items', () => this.#items.length, { sink: parts.name })
  }

  /** Neither waits nor throws. */
  add(item: Item): void {
    if (this.#items.length >= LIMITS.sinkItems) return this.#drop(1, 'queue')
    this.#items.push(item)
    this.#wait(this.#items.length >= LIMITS.sinkBatch ? 0 : this.#parts.everyMs)
  }

  /** How long nothing could be delivered, milliseconds, and why; 0 when all is well. */
  get stalledMs(): number {
    return this.#failingSinceMs === undefined ? 0 : this.#parts.clock.elapsedMs() - this.#failingSinceMs
  }

  get refusal(): string | undefined {
    return this.#reason
  }

  /** Delivers what is there, once, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#sending
    if (this.#items.length > 0 && this.#failingSinceMs === undefined) await this.#send()
  }

  #wait(delayMs: number): void {
    if (this.#isClosed || this.#sending !== undefined) return
    // While it fails, one pause after the other.
    if (this.#timer !== undefined && (delayMs > 0 || this.#failingSinceMs !== undefined)) return
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(delayMs, () => {
      this.#timer = undefined
      void this.#send()
    })
  }

  #send(): Promise<void> {
    this.#sending ??= this.#deliver().finally(() => {
      this.#sending = undefined
      if (this.#items.length === 0) return
      this.#wait(this.#failingSinceMs === undefined ? this.#rest() : this.#pauseMs)
    })
    return this.#sending
  }

  #rest(): number {
    return this.#items.length >= LIMITS.sinkBatch ? 0 : this.#parts.everyMs
  }

  async #deliver(): Promise<void> {
    const batch = this.#items.slice(0, LIMITS.sinkBatch)
    if (batch.length === 0) return
    const delivery = await this.#parts.deliver(batch)
    this.#parts.telemetry.count('gatehouse_sink_delivery_total', {
      sink: this.name,
      result: delivery.result,
    })
    if (delivery.result === 'unavailable') return this.#failed(delivery.why)
    // What was refused once will be refused again.
    this.#items = this.#items.slice(batch.length)
    if (delivery.result === 'refused') {
      this.#drop(batch.length, 'refused')
      this.#failed(delivery.why)
      return
    }
    if (delivery.rejected > 0) this.#drop(delivery.rejected, 'rejected')
    if (this.#failingSinceMs !== undefined)
      this.#parts.telemetry.log('info', 'telemetry: is delivered again', { sink: this.name })
    this.#failingSinceMs = undefined
    this.#reason = undefined
    this.#pauseMs = FIRST_PAUSE_MS
  }

  #failed(why: string): void {
    const reason = shownReason(why)
    if (this.#failingSinceMs === undefined) {
      this.#failingSinceMs = this.#parts.clock.elapsedMs()
      this.#parts.telemetry.log('warn', 'telemetry: cannot be delivered; it is tried again', {
        sink: this.name,
        reason,
      })
    } else this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
    this.#reason = reason
  }

  #drop(count: number, reason: string): void {
    this.#parts.telemetry.count('gatehouse_sink_dropped_total', { sink: this.name, reason }, count)
  }
}
