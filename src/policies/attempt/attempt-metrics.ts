import type { AttemptOutcome, AttemptResult } from '../../exchange/attempt-result.ts'
import type { Target } from '../../exchange/target.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { Counter, Histogram, Telemetry } from '../../telemetry/telemetry.ts'

const NANO = 1e9

/** Counts attempts that are over. What every attempt at a target counts in is found once, and kept as long as the target lives. */
export class AttemptMetrics {
  readonly #telemetry: Telemetry
  readonly #known = new WeakMap<Target, TargetMetrics>()

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
  }

  /** Counts one attempt at a target. */
  count(target: Target, { outcome, durationMs, usage, costNanoUsd }: AttemptResult): void {
    const metrics = this.#of(target)
    metrics.countOutcome(outcome, durationMs)
    if (usage === undefined) return
    metrics.countUsage(usage)
    if (!target.simulated || costNanoUsd === undefined) metrics.countCost(costNanoUsd)
  }

  #of(target: Target): TargetMetrics {
    let metrics = this.#known.get(target)
    if (metrics === undefined) {
      metrics = new TargetMetrics(this.#telemetry, target.provider)
      this.#known.set(target, metrics)
    }
    return metrics
  }
}

/** A metric comes into being when there is something to count: what never happens is not shown. */
class TargetMetrics {
  readonly #telemetry: Telemetry
  readonly #provider: string
  readonly #outcomes = new Map<
    AttemptOutcome,
    { readonly attempts: Counter; readonly durations: Histogram }
  >()
  #input: Counter | undefined
  #output: Counter | undefined
  #cost: Counter | undefined

  constructor(telemetry: Telemetry, provider: string) {
    this.#telemetry = telemetry
    this.#provider = provider
  }

  countOutcome(outcome: AttemptOutcome, durationMs: number): void {
    let metrics = this.#outcomes.get(outcome)
    if (metrics === undefined) {
      const labels = { provider: this.#provider, outcome }
      metrics = {
        attempts: this.#telemetry.counter('gatehouse_attempts_total', labels),
        durations: this.#telemetry.histogram('gatehouse_attempt_duration_seconds', labels),
      }
      this.#outcomes.set(outcome, metrics)
    }
    metrics.attempts.add(1)
    metrics.durations.observe(durationMs / 1000)
  }

  countUsage(usage: Usage): void {
    this.#input ??= this.#tokens('input')
    this.#output ??= this.#tokens('output')
    this.#input.add(totalInput(usage))
    this.#output.add(totalOutput(usage))
  }

  countCost(costNanoUsd: NanoUsd | undefined): void {
    const labels = { provider: this.#provider }
    if (costNanoUsd === undefined) return this.#telemetry.count('gatehouse_unpriced_attempts_total', labels)
    this.#cost ??= this.#telemetry.counter('gatehouse_cost_usd_total', labels)
    this.#cost.add(Number(costNanoUsd) / NANO)
  }

  #tokens(direction: 'input' | 'output'): Counter {
    return this.#telemetry.counter('gatehouse_tokens_total', { provider: this.#provider, direction })
  }
}
