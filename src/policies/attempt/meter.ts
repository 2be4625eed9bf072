import { outcomeOf, type AttemptResult } from '../../exchange/attempt-result.ts'
import { requestFeatures, type Attempt } from '../../exchange/exchange.ts'
import { isLastChunk, WatchedSource } from '../../exchange/ending.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { Lane, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { Clock } from '../../kit/clock.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { toAttemptIntent, toAttemptRow, type CostOf } from '../../ledger/attempt-row.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Soon } from '../../kit/soon.ts'
import type { LedgerRow } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { AttemptPolicy } from '../policy.ts'
import { billedUsage, type Billed } from './billed-usage.ts'
import { createObservation, observe, type Observation } from './observe.ts'

/** What metering works with. */
export interface MeterParts {
  readonly ledger: Pick<Ledger, 'intend' | 'settle' | 'void'>
  readonly costOf: CostOf
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Creates the innermost layer: announces the attempt in the ledger before anything is sent, watches what the response reports
 * and delivers, and settles before the chunk with the end is handed on (law 3). Every attempt that was sent leaves one row and
 * one entry on the trail, however it ended. An answer without any content becomes an `empty-response` failure here,
 * because this is the first place that sees all of it.
 */
export function createMeter(parts: MeterParts): AttemptPolicy {
  return (next) => async (attempt) => {
    const { exchange, target } = attempt
    const { inputTokens } = requestFeatures(exchange)
    const atMs = parts.clock.nowMs()
    const intent = toAttemptIntent(attempt, { atMs, inputTokens, costOf: parts.costOf })
    parts.ledger.intend(intent)
    const settlement = new Settlement(parts, attempt, intent)
    try {
      const response = await next(attempt)
      settlement.begin(response.lane)
      return { ...response, target, source: new MeteredSource(response, settlement) }
    } catch (thrown) {
      const settled = settlement.refused(toFailure(thrown))
      if (settled !== undefined) await settled
      throw thrown
    }
  }
}

/** The account of one attempt, from its announcement to its row. */
class Settlement {
  readonly #parts: MeterParts
  readonly #attempt: Attempt
  readonly #intent: LedgerRow
  readonly #startedMs: number
  readonly #seen: Observation = createObservation()
  #firstEventMs: number | undefined
  #lane: Lane = 'translated'
  #isSettled = false
  #estimate: Usage | undefined

  constructor(parts: MeterParts, attempt: Attempt, intent: LedgerRow) {
    this.#parts = parts
    this.#attempt = attempt
    this.#intent = intent
    this.#startedMs = parts.clock.elapsedMs()
  }

  /** Monotonic time, milliseconds. */
  now(): number {
    return this.#parts.clock.elapsedMs()
  }

  /** Adds to the time spent waiting for providers. Gives the time at which the waiting ended. */
  waited(sinceMs: number): number {
    const nowMs = this.now()
    this.#attempt.exchange.trail.upstreamMs += nowMs - sinceMs
    return nowMs
  }

  /** The head of a successful response has come. */
  begin(lane: Lane): void {
    this.#lane = lane
    this.#seen.isAnswered = true
    this.waited(this.#startedMs)
  }

  look({ events }: ResponseChunk, cameAtMs: number): void {
    observe(this.#seen, events)
    if (this.#firstEventMs === undefined && this.#seen.isSemantic) {
      this.#firstEventMs = cameAtMs - this.#startedMs
    }
  }

  get isEmpty(): boolean {
    return !this.#seen.isSemantic
  }

  /** What was counted here because the provider never said it; known once the row is written. */
  get estimate(): Usage | undefined {
    return this.#estimate
  }

  /** The attempt failed before a response began. What the client asked for and no provider was asked is withdrawn. */
  refused(failure: Failure): Soon<void> {
    this.waited(this.#startedMs)
    if (failure.row.source === 'client' && failure.code !== 'client-gone') {
      this.#isSettled = true
      this.#parts.ledger.void(this.#attempt.id)
      return
    }
    return this.close(failure)
  }

  /**
   * Writes the row, once. Throws or rejects with `ledger-unavailable` when it cannot be kept and the response was complete; a
   * failed response stays the failure it is.
   */
  close(failure?: Failure): Soon<void> {
    if (this.#isSettled) return
    this.#isSettled = true
    const billed = billedUsage(this.#seen, this.#intent.inputTokens, failure)
    const result = this.#toResult(billed, failure)
    this.#attempt.exchange.trail.attempts.push(result)
    if (billed.basis === 'estimated') {
      this.#estimate = billed.usage
      this.#attempt.notices.add('usage.estimated')
    }
    this.#measure(result)
    const settled = this.#parts.ledger.settle(toAttemptRow(this.#intent, result, billed.basis))
    if (settled instanceof Promise) return this.#settleLater(settled, failure)
  }

  async #settleLater(settled: Promise<void>, failure?: Failure): Promise<void> {
    try {
      await settled
    } catch (thrown) {
      this.#parts.telemetry.log('error', 'an attempt could not be settled', {
        attemptId: this.#attempt.id,
        reason: String(thrown),
      })
      if (failure === undefined) throw toFailure(thrown)
    }
  }

  #toResult({ usage }: Billed, failure?: Failure): AttemptResult {
    const { id, target, credential } = this.#attempt
    const status = failure?.details.upstream?.status
    const result: Draft<AttemptResult> = {
      id,
      target: target.id,
      credential: credential.id,
      lane: this.#lane,
      outcome: failure === undefined ? 'ok' : outcomeOf(failure),
      durationMs: this.now() - this.#startedMs,
      simulated: target.simulated,
    }
    if (status !== undefined) result.status = status
    if (this.#firstEventMs !== undefined) result.firstEventMs = this.#firstEventMs
    if (usage === undefined) return result
    result.usage = usage
    if (target.price !== undefined) setDefined(result, 'costNanoUsd', this.#parts.costOf(usage, target.price))
    return result
  }

  #measure({ outcome, durationMs, usage, costNanoUsd }: AttemptResult): void {
    const { telemetry } = this.#parts
    const { provider, simulated } = this.#attempt.target
    telemetry.count('gatehouse_attempts_total', { provider, outcome })
    telemetry.observe('gatehouse_attempt_duration_seconds', durationMs / 1000, { provider, outcome })
    if (usage === undefined) return
    telemetry.count('gatehouse_tokens_total', { provider, direction: 'input' }, totalInput(usage))
    telemetry.count('gatehouse_tokens_total', { provider, direction: 'output' }, totalOutput(usage))
    if (costNanoUsd === undefined) telemetry.count('gatehouse_unpriced_attempts_total', { provider })
    else if (!simulated) telemetry.count('gatehouse_cost_usd_total', { provider }, Number(costNanoUsd) / 1e9)
  }
}

const NO_CHUNK: ResponseChunk = { events: [] }

/** A response whose end waits for its row. */
class MeteredSource extends WatchedSource {
  readonly #settlement: Settlement
  #isOver = false

  constructor({ source }: ModelResponse, settlement: Settlement) {
    super(source)
    this.#settlement = settlement
  }

  /**
   * Settles before the last chunk is handed on; with a failure in place of its end when it turned out not to be an answer, and
   * with the estimate where the provider reported nothing, so that the client reads what the ledger holds (law 9).
   */
  override async next(): Promise<ResponseChunk | undefined> {
    this.isUntouched = false
    const settlement = this.#settlement
    const askedMs = settlement.now()
    let chunk: ResponseChunk | undefined
    try {
      chunk = await this.source.next()
    } catch (thrown) {
      const failure = toFailure(thrown)
      this.#isOver = true
      await settlement.close(failure)
      this.finish(failure)
      throw thrown
    }
    const cameAtMs = settlement.waited(askedMs)
    if (this.#isOver) return chunk
    if (chunk !== undefined) settlement.look(chunk, cameAtMs)
    let handedOn = chunk ?? NO_CHUNK
    if (chunk === undefined || isLastChunk(chunk)) {
      this.#isOver = true
      let failure = failureIn(handedOn, settlement.isEmpty)
      try {
        const settled = settlement.close(failure)
        if (settled !== undefined) await settled
      } catch (thrown) {
        failure = toFailure(thrown)
      }
      handedOn =
        failure === undefined ? withUsage(handedOn, settlement.estimate) : failWith(handedOn, failure)
    }
    this.show(handedOn)
    return handedOn
  }

  override cancel(reason: Failure): void {
    this.isUntouched = false
    this.source.cancel(reason)
    if (!this.#isOver) {
      this.#isOver = true
      void this.#settlement.close(reason)
    }
    this.finish(reason)
  }
}

/** What turns out to have gone wrong by the last chunk of a response; undefined when it is an answer. */
function failureIn({ events }: ResponseChunk, isEmpty: boolean): Failure | undefined {
  const last = events[events.length - 1]
  if (last === undefined) return new Failure('stream-truncated')
  if (last.type === 'failure') return last.failure
  return isEmpty ? new Failure('empty-response') : undefined
}

/** Tells an estimate before the end. The bytes of the native lane stay what the provider said. */
function withUsage(chunk: ResponseChunk, usage: Usage | undefined): ResponseChunk {
  if (usage === undefined) return chunk
  return { ...chunk, events: [...chunk.events.slice(0, -1), { type: 'usage', usage }, { type: 'end' }] }
}

/** Replaces the end of a chunk by a failure. The bytes of the native lane go with it, since they say that all is well. */
function failWith(chunk: ResponseChunk, failure: Failure): ResponseChunk {
  const last = chunk.events[chunk.events.length - 1]
  if (last?.type === 'failure') return chunk
  const events = last?.type === 'end' ? chunk.events.slice(0, -1) : chunk.events
  return { events: [...events, { type: 'failure', failure }] }
}
