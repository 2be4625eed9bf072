import type { AttemptOutcome, AttemptResult } from '../../exchange/attempt-result.ts'
import type { Target } from '../../exchange/target.ts'
import { TOKEN_UNITS, type TokenUnit } from '../../exchange/units.ts'
import { totalOutput, type Usage } from '../../exchange/usage.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { underscored } from '../../kit/underscored.ts'
import type { Counter, Histogram, Telemetry } from '../../telemetry/telemetry.ts'

const NANO = 1e9
/** An answer that came at once says nothing of how fast it was written. */
const LEAST_WRITING_MS = 10

/** Counts attempts that are over. What every attempt at a target counts in is found once, and kept as long as the target lives. */
export class AttemptMetrics {
  readonly #telemetry: Telemetry
  readonly #known = new WeakMap<Target, TargetMetrics>()

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
  }

  /**
   * Counts one attempt at a target.
   *
   * @param isStream a stream was asked for, so that its first token is known
   */
  count(target: Target, result: AttemptResult, isStream: boolean): void {
    const { usage, costNanoUsd } = result
    const metrics = this.#of(target)
    metrics.countOutcome(result)
    if (isStream) metrics.countPace(result)
    if (usage === undefined) return
    metrics.countUsage(usage)
    if (!target.simulated || costNanoUsd === undefined) metrics.countCost(costNanoUsd)
  }

  #of(target: Target): TargetMetrics {
    let metrics = this.#known.get(target)
    if (metrics === undefined) {
      const { provider, model } = target
      metrics = new TargetMetrics(this.#telemetry, { provider, model })
      this.#known.set(target, metrics)
    }
    return metrics
  }
}

interface TargetLabels {
  readonly provider: string
  readonly model: string
}

/** A metric comes into being when there is something to count: what never happens is not shown. */
class TargetMetrics {
  readonly #telemetry: Telemetry
  readonly #labels: TargetLabels
  readonly #outcomes = new Map<AttemptOutcome, Counter>()
  readonly #tokens = new Map<TokenUnit, Counter>()
  #durations: Histogram | undefined
  #firstTokens: Histogram | undefined
  #speeds: Histogram | undefined
  #cost: Counter | undefined

  constructor(telemetry: Telemetry, labels: TargetLabels) {
    this.#telemetry = telemetry
    this.#labels = labels
  }

  countOutcome({ outcome, durationMs }: AttemptResult): void {
    let attempts = this.#outcomes.get(outcome)
    if (attempts === undefined) {
      attempts = this.#telemetry.counter('gatehouse_attempts_total', { ...this.#labels, outcome })
      this.#outcomes.set(outcome, attempts)
    }
    attempts.add(1)
    this.#durations ??= this.#telemetry.histogram('gatehouse_attempt_duration_seconds', this.#labels)
    this.#durations.observe(durationMs / 1000)
  }

  /** How soon the answer began, and how fast it was written. */
  countPace({ firstEventMs, durationMs, usage }: AttemptResult): void {
    if (firstEventMs === undefined) return
    this.#firstTokens ??= this.#telemetry.histogram('gatehouse_time_to_first_token_seconds', this.#labels)
    this.#firstTokens.observe(firstEventMs / 1000)
    const writingMs = durationMs - firstEventMs
    const written = usage === undefined ? 0 : totalOutput(usage)
    if (written < 2 || writingMs < LEAST_WRITING_MS) return
    this.#speeds ??= this.#telemetry.histogram('gatehouse_output_tokens_per_second', this.#labels)
    this.#speeds.observe((written * 1000) / writingMs)
  }

  countUsage(usage: Usage): void {
    for (const unit of TOKEN_UNITS) {
      const count = usage[unit]
      if (count > 0) this.#of(unit).add(count)
    }
  }

  countCost(costNanoUsd: NanoUsd | undefined): void {
    if (costNanoUsd === undefined)
      return this.#telemetry.count('gatehouse_unpriced_attempts_total', this.#labels)
    this.#cost ??= this.#telemetry.counter('gatehouse_cost_usd_total', this.#labels)
    this.#cost.add(Number(costNanoUsd) / NANO)
  }

  #of(unit: TokenUnit): Counter {
    let counter = this.#tokens.get(unit)
    if (counter === undefined) {
      const kind = underscored(unit).replace(/_tokens$/, '')
      counter = this.#telemetry.counter('gatehouse_tokens_total', { ...this.#labels, kind })
      this.#tokens.set(unit, counter)
    }
    return counter
  }
}
