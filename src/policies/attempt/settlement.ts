import { outcomeOf, type AttemptResult } from '../../exchange/attempt-result.ts'
import { requestFeatures, type Attempt } from '../../exchange/exchange.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import { toFailure, type Failure } from '../../exchange/failure.ts'
import type { Lane, ResponseChunk, ResponseOrigin } from '../../exchange/response.ts'
import { totalOutput, type Usage } from '../../exchange/usage.ts'
import type { CancelBilling } from '../../exchange/target.ts'
import type { Clock } from '../../kit/clock.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { toAttemptIntent, toAttemptRow, type CostOf } from '../../ledger/attempt-row.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { LedgerRow } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { chargedSearches, mostCost, mostCostWith, mostOutput, type UpperBound } from '../most-cost.ts'
import type { AttemptMetrics } from './attempt-metrics.ts'
import { billedUsage, type Billed, type BillingTerms } from './billed-usage.ts'
import {
  createObservation,
  deliveredBytes,
  observe,
  observeSilence,
  observeUsage,
  type Observation,
} from './observe.ts'
import { believe, mostWritten } from './plausible-usage.ts'
import type { WritingSpeeds } from './writing-speeds.ts'

/** What metering works with. */
export interface MeterParts {
  readonly ledger: Pick<Ledger, 'intend' | 'settle' | 'void'>
  readonly costOf: CostOf
  readonly upperBound: UpperBound
  readonly speeds: WritingSpeeds
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** The same, with what attempts are counted in. */
export interface Metering extends MeterParts {
  readonly metrics: AttemptMetrics
}

/** Announces an attempt in the ledger and opens its account. Throws or rejects as `Ledger.intend` does: then nothing may be sent. */
export function openSettlement(parts: Metering, attempt: Attempt): MaybePromise<Settlement> {
  const { inputTokens } = requestFeatures(attempt.exchange)
  const intent = toAttemptIntent(attempt, {
    atMs: parts.clock.nowMs(),
    inputTokens,
    searches: chargedSearches(attempt.exchange, attempt.target),
    costOf: parts.costOf,
    mostNanoUsd: mostCost(parts.upperBound, attempt.exchange, attempt.target),
  })
  const announced = parts.ledger.intend(intent)
  if (announced === undefined) return new Settlement(parts, attempt, intent)
  return announced.then(() => new Settlement(parts, attempt, intent))
}

/** The account of one attempt, from its announcement to its row. */
export class Settlement {
  readonly #parts: Metering
  readonly #attempt: Attempt
  readonly #intent: LedgerRow
  readonly #startedMs: number
  readonly #seen: Observation = createObservation()
  #firstEventMs: number | undefined
  /** When the last piece of the answer came, or when the waiting for it began. */
  #heardMs: number
  #lane: Lane | undefined
  #isSettled = false
  #corrected: Usage | undefined

  constructor(parts: Metering, attempt: Attempt, intent: LedgerRow) {
    this.#parts = parts
    this.#attempt = attempt
    this.#intent = intent
    this.#startedMs = parts.clock.elapsedMs()
    this.#heardMs = this.#startedMs
    attempt.exchange.trail.beginWait(this.#startedMs)
  }

  /** The provider is waited for. */
  beginWait(): void {
    this.#attempt.exchange.trail.beginWait(this.#parts.clock.elapsedMs())
  }

  /** It is not waited for any more. Gives the monotonic time, milliseconds. */
  endWait(): number {
    const nowMs = this.#parts.clock.elapsedMs()
    this.#attempt.exchange.trail.endWait(nowMs)
    return nowMs
  }

  /** The head of a successful response has come. */
  begin(from: ResponseOrigin): void {
    if (from.kind === 'provider') this.#lane = from.lane
    this.#seen.isAnswered = true
    this.endWait()
  }

  look({ events }: ResponseChunk, cameAtMs: number): void {
    const seen = this.#seen
    const { characters, frames } = seen
    observe(seen, events)
    if (this.#firstEventMs === undefined && seen.isSemantic) {
      this.#firstEventMs = cameAtMs - this.#startedMs
    }
    if (seen.characters === characters && seen.frames === frames) return
    observeSilence(seen, cameAtMs - this.#heardMs)
    this.#heardMs = cameAtMs
  }

  get isEmpty(): boolean {
    return !this.#seen.isSemantic
  }

  /** What the ledger holds where it is not what the provider said; known once the row is written. */
  get corrected(): Usage | undefined {
    return this.#corrected
  }

  /** The attempt failed before a response began. What the client asked for and no provider was asked is withdrawn. As `close`. */
  refused(failure: Failure): MaybePromise<Failure | undefined> {
    this.endWait()
    if (failure.row.source === 'client' && failure.code !== 'client-gone') {
      this.#isSettled = true
      this.#parts.ledger.void(this.#attempt.id)
      return failure
    }
    return this.close(failure)
  }

  /**
   * Writes the row, once. Gives the failure that the attempt ended with: the one that is given, or `ledger-unavailable` where a
   * response was complete and its row cannot be kept.
   */
  close(failure?: Failure): MaybePromise<Failure | undefined> {
    if (this.#isSettled) return failure
    this.#isSettled = true
    const nowMs = this.#parts.clock.elapsedMs()
    const billed = this.#bill(nowMs, failure)
    const result = this.#toResult(billed, nowMs - this.#startedMs, failure)
    this.#attempt.exchange.trail.close(result)
    if (billed.usage !== undefined && billed.usage !== this.#seen.told) {
      this.#corrected = billed.usage
      this.#attempt.notices.add('usage.estimated')
    }
    this.#measure(result)
    const settled = this.#parts.ledger.settle(toAttemptRow(this.#intent, result))
    return settled instanceof Promise ? this.#settleLater(settled, failure) : failure
  }

  async #settleLater(settled: Promise<void>, failure?: Failure): Promise<Failure | undefined> {
    try {
      await settled
      return failure
    } catch (thrown) {
      this.#parts.telemetry.log('error', 'an attempt could not be settled', {
        ...requestFields(this.#attempt.exchange),
        attemptId: this.#attempt.id,
        reason: String(thrown),
      })
      return failure ?? toFailure(thrown)
    }
  }

  #bill(nowMs: number, failure?: Failure): Billed {
    if (operationOf(this.#attempt.exchange.request).charge === 'nothing') return { basis: 'none' }
    const seen = this.#seen
    const elapsedMs = nowMs - this.#startedMs
    observeSilence(seen, nowMs - this.#heardMs)
    const saidWithError = failure?.details.usage
    if (saidWithError !== undefined) observeUsage(seen, saidWithError, true)
    if (seen.usage !== undefined) {
      const witness = { attempt: this.#attempt, elapsedMs, deliveredBytes: deliveredBytes(seen) }
      seen.usage = believe(seen.usage, witness)
    }
    const terms = new Terms(this.#attempt, elapsedMs, this.#parts.speeds)
    return billedUsage(seen, terms, failure)
  }

  #toResult(
    { basis, usage, mostOutputTokens }: Billed,
    durationMs: number,
    failure?: Failure,
  ): AttemptResult {
    const { id, target, credential, exchange } = this.#attempt
    const status = failure?.details.upstream?.status
    const result: Mutable<AttemptResult> = {
      id,
      target: target.id,
      credential: credential.id,
      outcome: failure === undefined ? 'ok' : outcomeOf(failure),
      startedMs: this.#startedMs - exchange.startedElapsedMs,
      durationMs,
      basis,
      simulated: target.simulated,
    }
    setDefined(result, 'lane', this.#lane)
    if (status !== undefined) result.status = status
    if (this.#firstEventMs !== undefined) result.firstEventMs = this.#firstEventMs
    if (usage === undefined) return result
    result.usage = usage
    if (target.price === undefined) return result
    result.price = target.price
    const { costOf, upperBound } = this.#parts
    const costNanoUsd = costOf(usage, target.price)
    setDefined(result, 'costNanoUsd', costNanoUsd)
    // The bill is open where some of the output is not known, and where what was served has no known price.
    const output = mostOutputTokens ?? (costNanoUsd === undefined ? totalOutput(usage) : undefined)
    if (output === undefined) return result
    const most = mostCostWith(upperBound, this.#attempt, output)
    if (most !== undefined && most > (costNanoUsd ?? 0n)) result.chargedNanoUsd = most
    return result
  }

  #measure(result: AttemptResult): void {
    const { metrics, speeds } = this.#parts
    const { target, exchange } = this.#attempt
    const { basis, outcome, durationMs, usage } = result
    metrics.count(target, result, exchange.request.stream)
    if (usage === undefined) return
    if (usage.anomalies !== undefined) this.#alarm(usage)
    else if (basis === 'reported' && outcome === 'ok') speeds.learn(target, totalOutput(usage), durationMs)
  }

  /** A provider whose reports cannot be true has a defect, or cheats. */
  #alarm({ anomalies = [] }: Usage): void {
    const { telemetry } = this.#parts
    const { id, target, exchange } = this.#attempt
    for (const anomaly of anomalies) {
      telemetry.count('gatehouse_usage_anomalies_total', { provider: target.provider, anomaly })
    }
    telemetry.log('warn', 'a report of usage cannot be true', {
      ...requestFields(exchange),
      attemptId: id,
      target: target.id,
      anomalies: anomalies.join(' '),
    })
  }
}

/** The terms of one attempt, each worked out when it is asked for: an attempt that was reported needs none. */
class Terms implements BillingTerms {
  readonly #attempt: Attempt
  readonly #elapsedMs: number
  readonly #speeds: WritingSpeeds

  constructor(attempt: Attempt, elapsedMs: number, speeds: WritingSpeeds) {
    this.#attempt = attempt
    this.#elapsedMs = elapsedMs
    this.#speeds = speeds
  }

  get inputTokens(): number {
    return requestFeatures(this.#attempt.exchange).inputTokens
  }

  get searches(): number | undefined {
    return chargedSearches(this.#attempt.exchange, this.#attempt.target)
  }

  get mostOutputTokens(): number {
    return mostOutput(this.#attempt.exchange, this.#attempt.target)
  }

  get mostWrittenTokens(): number {
    return mostWritten(this.#elapsedMs, this.#choices)
  }

  /** Whole answers are written to their end, whoever waits for them. */
  get cancelled(): CancelBilling | undefined {
    const { exchange, target } = this.#attempt
    return exchange.request.stream ? target.cancelled : undefined
  }

  get tokensPerSecond(): number {
    return this.#speeds.of(this.#attempt.target) * this.#choices
  }

  get #choices(): number {
    return requestFeatures(this.#attempt.exchange).choices
  }
}
