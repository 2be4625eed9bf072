import { isLastChunk, notifyEnd, WatchedSource, type Watcher } from '../../exchange/watcher.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../../exchange/response.ts'
import type { Usage } from '../../exchange/usage.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { AttemptAdmission, AttemptLayer } from '../policy.ts'
import { AttemptMetrics } from './attempt-metrics.ts'
import { openSettlement, type MeterParts, type Settlement } from './settlement.ts'

/**
 * Creates the innermost layer: has the attempt let through, announces it in the ledger before anything is sent, watches what the
 * response reports and delivers, and settles before the chunk with the end is handed on (law 3). Every attempt that was sent leaves
 * one row and one entry on the trail, however it ended. Whoever let it through is told of its end after that. An answer without any content becomes an `empty-response` failure here,
 * because this is the first place that sees all of it.
 */
export function createMeter(parts: MeterParts, admissions: readonly AttemptAdmission[]): AttemptLayer {
  const metering = { ...parts, metrics: new AttemptMetrics(parts.telemetry) }
  return (next) => async (attempt) => {
    const watchers: Watcher[] = []
    let settlement: Settlement | undefined
    try {
      for (const admit of admissions) {
        const admitted = admit(attempt)
        const watcher = admitted instanceof Promise ? await admitted : admitted
        if (watcher !== undefined) watchers.push(watcher)
      }
      const opened = openSettlement(metering, attempt)
      settlement = opened instanceof Promise ? await opened : opened
      const response = await next(attempt)
      const { from, headers, source } = response
      settlement.begin(from)
      for (const watcher of watchers) watcher.onHead?.(response)
      return { from, headers, source: new MeteredSource(source, settlement, watchers) }
    } catch (thrown) {
      const failure = toFailure(thrown)
      const settled = settlement?.refused(failure)
      if (settled instanceof Promise) await settled
      notifyEnd(watchers, failure)
      throw thrown
    }
  }
}

const NO_CHUNK: ResponseChunk = { events: [] }

/** A response whose end waits for its row. */
class MeteredSource extends WatchedSource {
  readonly #settlement: Settlement
  #isOver = false

  constructor(source: ChunkSource, settlement: Settlement, watchers: Watcher[]) {
    super(source, watchers)
    this.#settlement = settlement
  }

  protected override pull(): MaybePromise<ResponseChunk | undefined> {
    this.#settlement.beginWait()
    return super.pull()
  }

  protected override async broke(failure: Failure): Promise<void> {
    this.#settlement.endWait()
    this.#isOver = true
    await this.#settlement.close(failure)
    this.finish(failure)
  }

  protected override take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    const settlement = this.#settlement
    const cameAtMs = settlement.endWait()
    if (this.#isOver) return chunk
    if (chunk === undefined) return this.#settle(NO_CHUNK)
    settlement.look(chunk, cameAtMs)
    return isLastChunk(chunk) ? this.#settle(chunk) : this.#handOn(chunk)
  }

  /** Settles before the last chunk is handed on. */
  #settle(last: ResponseChunk): MaybePromise<ResponseChunk> {
    this.#isOver = true
    const failure = this.#settlement.close(failureIn(last, this.#settlement.isEmpty))
    return failure instanceof Promise ? this.#endLater(last, failure) : this.#end(last, failure)
  }

  async #endLater(last: ResponseChunk, failure: Promise<Failure | undefined>): Promise<ResponseChunk> {
    return this.#end(last, await failure)
  }

  /**
   * Hands on the last chunk: with a failure in place of its end where it turned out not to be an answer, and with our own count
   * where the provider's report was not enough, so that the client reads what the ledger holds (law 9).
   */
  #end(last: ResponseChunk, failure: Failure | undefined): ResponseChunk {
    return this.#handOn(
      failure === undefined ? withUsage(last, this.#settlement.corrected) : failWith(last, failure),
    )
  }

  #handOn(chunk: ResponseChunk): ResponseChunk {
    this.show(chunk)
    return chunk
  }

  protected override leave(reason: Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    void this.#settlement.close(reason)
  }
}

/** What turns out to have gone wrong by the last chunk of a response; undefined when it is an answer. */
function failureIn({ events }: ResponseChunk, isEmpty: boolean): Failure | undefined {
  const last = events[events.length - 1]
  if (last === undefined) return new Failure('stream-truncated')
  if (last.type === 'failure') return last.failure
  return isEmpty ? new Failure('empty-response') : undefined
}

/** Tells our own count before the end. Bytes stay what the provider said, and that is what their reader gets to know of it. */
function withUsage(chunk: ResponseChunk, usage: Usage | undefined): ResponseChunk {
  if (usage === undefined) return chunk
  const events: ResponseEvent[] = [...chunk.events.slice(0, -1), { type: 'usage', usage }, { type: 'end' }]
  return chunk.wire === undefined
    ? { events }
    : { events, wire: chunk.wire, eventsInWire: chunk.eventsInWire + 1 }
}

/** Replaces the end of a chunk by a failure. Bytes go, and what they said with them, since they say that all is well. */
function failWith(chunk: ResponseChunk, failure: Failure): ResponseChunk {
  const { events, eventsInWire = 0 } = chunk
  const last = events[events.length - 1]
  if (last?.type === 'failure') return chunk
  const told = events.slice(eventsInWire, last?.type === 'end' ? -1 : undefined)
  return { events: [...told, { type: 'failure', failure }] }
}
