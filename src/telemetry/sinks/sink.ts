import type { Clock, Timer } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Telemetry } from '../telemetry.ts'
import { shownReason, type Delivery } from './delivery.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** What a queue works with. */
export interface SinkParts<Item> {
  /** What it is called in metrics and troubles. */
  readonly name: string
  /** Delivers a batch. Where it rejects, the batch could not be written, and would not be the next time either. */
  readonly deliver: (batch: readonly Item[]) => Promise<Delivery>
  /** How long things are gathered, milliseconds. */
  readonly everyMs: number
  /** The most that are delivered at once; absent: `LIMITS.sinkBatch`. */
  readonly batchItems?: number
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
  /** What waits. */
  readonly waiting: number
  /** What was taken since the start. */
  readonly delivered: number
  /** What was lost since the start: there was no room for it, or it was refused. */
  readonly lost: number
}

/**
 * Gathers things and delivers them in batches, one after the other, on a timer. Whoever adds neither waits nor learns of failures: what
 * finds the queue full is dropped and counted. A batch that could not be delivered stays the same batch, so that whoever got it all the same
 * can tell when it comes again.
 */
export class Sink<Item> implements SinkState {
  readonly name: string
  readonly #parts: SinkParts<Item>
  readonly #most: number
  #items: Item[] = []
  /** How many of the first items are a batch that was sent and not taken. */
  #held = 0
  #timer: Timer | undefined
  #sending: Promise<void> | undefined
  #pauseMs = FIRST_PAUSE_MS
  #failingSinceMs: number | undefined
  #reason: string | undefined
  #isClosed = false
  delivered = 0
  lost = 0

  constructor(parts: SinkParts<Item>) {
    this.name = parts.name
    this.#parts = parts
    this.#most = parts.batchItems ?? LIMITS.sinkBatch
    parts.telemetry.gauge('gatehouse_sink_queue_items', () => this.#items.length, { sink: parts.name })
  }

  /** Neither waits nor throws. */
  add(item: Item): void {
    if (this.#items.length >= LIMITS.sinkItems) return this.#drop(1, 'queue')
    this.#items.push(item)
    this.#wait(this.#rest())
  }

  /** How long nothing could be delivered, milliseconds, and why; 0 when all is well. */
  get stalledMs(): number {
    return this.#failingSinceMs === undefined ? 0 : this.#parts.clock.elapsedMs() - this.#failingSinceMs
  }

  get refusal(): string | undefined {
    return this.#reason
  }

  get waiting(): number {
    return this.#items.length
  }

  /** Delivers what is there, until a delivery fails or their time is over, and takes no more. What is left then is lost, and counted. */
  async close(): Promise<void> {
    const { clock } = this.#parts
    const endMs = clock.elapsedMs() + LIMITS.sinkMs
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#sending
    while (this.#items.length > 0 && this.#failingSinceMs === undefined && clock.elapsedMs() < endMs)
      await this.#send()
    if (this.#items.length === 0) return
    this.#parts.telemetry.log('warn', 'telemetry: what waits is lost, since the gateway ends', {
      sink: this.name,
      items: this.#items.length,
    })
    this.#drop(this.#items.length, 'closed')
    this.#items = []
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
    return this.#items.length >= this.#most ? 0 : this.#parts.everyMs
  }

  async #deliver(): Promise<void> {
    const batch = this.#items.slice(0, this.#held === 0 ? this.#most : this.#held)
    if (batch.length === 0) return
    this.#held = batch.length
    const delivery = await this.#parts.deliver(batch).catch(refusedBy)
    this.#parts.telemetry.count('gatehouse_sink_delivery_total', {
      sink: this.name,
      result: delivery.result,
    })
    if (delivery.result === 'unavailable') return this.#failed(delivery.why)
    // What was refused once will be refused again.
    this.#items = this.#items.slice(batch.length)
    this.#held = 0
    if (delivery.result === 'refused') {
      this.#drop(batch.length, 'refused')
      this.#failed(delivery.why)
      return
    }
    this.delivered += batch.length - delivery.rejected
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
    this.lost += count
    this.#parts.telemetry.count('gatehouse_sink_dropped_total', { sink: this.name, reason }, count)
  }
}

function refusedBy(thrown: unknown): Delivery {
  return { result: 'refused', why: String(thrown) }
}
