import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { EndedRequest } from '../ended-request.ts'
import { CACHE_WRITES, METRIC_NAMES, operationName, type ConventionsVersion } from './conventions.ts'
import { toKeyValues, type Attributes } from './otlp-json.ts'
import { CUMULATIVE, timesOf, type CountedTime } from './write-metrics.ts'

/** The buckets that the conventions give: 0.01 · 2^n seconds, and powers of 4 tokens. */
const SECONDS = Array.from({ length: 14 }, (_none, power) => 2 ** power / 100)
const TOKENS = Array.from({ length: 14 }, (_none, power) => 4 ** power)
/** Stands in the place of providers and models beyond the bound. */
const OTHER = '__other__'

interface Distribution {
  readonly attributes: Attributes
  readonly counts: number[]
  sum: number
  count: number
}

interface Sum {
  readonly attributes: Attributes
  value: number
}

/**
 * The metrics that the GenAI conventions have for clients of models, by their names: how long attempts took, until their first chunk, and
 * the tokens that they used. They are counted for export alone.
 */
export class GenAiMetrics {
  readonly #names: (typeof METRIC_NAMES)[ConventionsVersion]
  readonly #distributions = new Map<string, Family<Distribution>>()
  readonly #sums = new Map<string, Family<Sum>>()
  /** Which providers and models are told apart. */
  readonly #models = new Set<string>()

  constructor(version: ConventionsVersion) {
    this.#names = METRIC_NAMES[version]
  }

  /** Counts the attempts of a request that is over. */
  count(request: EndedRequest): void {
    for (const attempt of request.attempts) this.#countAttempt(operationName(request.operation), attempt)
  }

  /** `Metric`s in the form of the protocol, as they stand now. */
  write(time: CountedTime): object[] {
    const times = timesOf(time)
    const histograms = [...this.#distributions].map(([name, series]) => ({
      name,
      unit: this.#isTokens(name) ? '{token}' : 's',
      histogram: {
        aggregationTemporality: CUMULATIVE,
        dataPoints: series.all.map(({ attributes, counts, sum, count }) => ({
          ...times,
          attributes: toKeyValues(attributes),
          count: String(count),
          sum,
          bucketCounts: counts.map(String),
          explicitBounds: this.#isTokens(name) ? TOKENS : SECONDS,
        })),
      },
    }))
    const sums = [...this.#sums].map(([name, series]) => ({
      name,
      unit: '{token}',
      sum: {
        aggregationTemporality: CUMULATIVE,
        isMonotonic: true,
        dataPoints: series.all.map(({ attributes, value }) => ({
          ...times,
          attributes: toKeyValues(attributes),
          asInt: String(value),
        })),
      },
    }))
    return [...histograms, ...sums]
  }

  #isTokens(name: string): boolean {
    return name === this.#names.tokens
  }

  #countAttempt(operation: string, attempt: AttemptResult): void {
    const { outcome, durationMs, firstEventMs, usage } = attempt
    const whose = { 'gen_ai.operation.name': operation, ...this.#whose(attempt.target) }
    const told = outcome === 'ok' ? whose : { ...whose, 'error.type': outcome }
    this.#observe(this.#names.duration, durationMs / 1_000, told)
    if (firstEventMs !== undefined) this.#observe(this.#names.firstChunk, firstEventMs / 1_000, whose)
    if (usage !== undefined) this.#countTokens(usage, whose)
  }

  #countTokens(usage: Usage, whose: Attributes): void {
    const { tokens, sums } = this.#names
    if (tokens !== undefined) {
      this.#observe(tokens, totalInput(usage), { ...whose, 'gen_ai.token.type': 'input' })
      this.#observe(tokens, totalOutput(usage), { ...whose, 'gen_ai.token.type': 'output' })
    }
    if (sums === undefined) return
    const written = CACHE_WRITES.reduce((sum, unit) => sum + usage[unit], 0)
    this.#add(sums.input, totalInput(usage), whose)
    this.#add(sums.output, totalOutput(usage), whose)
    this.#add(sums.cacheRead, usage.cacheReadTokens, whose)
    this.#add(sums.cacheWrite, written, whose)
    this.#add(sums.reasoning, usage.reasoningTokens, whose)
  }

  #whose(target: string): Attributes {
    const isTold = this.#models.has(target) || this.#models.size < LIMITS.metricModels
    if (isTold) this.#models.add(target)
    const slash = target.indexOf('/')
    return {
      'gen_ai.provider.name': isTold ? target.slice(0, slash) : OTHER,
      'gen_ai.request.model': isTold ? target.slice(slash + 1) : OTHER,
    }
  }

  #observe(name: string, value: number, attributes: Attributes): void {
    const bounds = this.#isTokens(name) ? TOKENS : SECONDS
    const counts = (): number[] => Array.from({ length: bounds.length + 1 }, () => 0)
    const one = familyOf(this.#distributions, name).get(attributes, () => ({
      attributes,
      counts: counts(),
      sum: 0,
      count: 0,
    }))
    const found = bounds.findIndex((bound) => value <= bound)
    const bucket = found < 0 ? bounds.length : found
    one.counts[bucket] = (one.counts[bucket] ?? 0) + 1
    one.sum += value
    one.count += 1
  }

  #add(name: string, by: number, attributes: Attributes): void {
    if (by > 0) familyOf(this.#sums, name).get(attributes, () => ({ attributes, value: 0 })).value += by
  }
}

/** The series of one metric, told apart by their attributes: as many as there are models, operations and codes of failures. */
class Family<Of> {
  readonly #series = new Map<string, Of>()

  get all(): Of[] {
    return [...this.#series.values()]
  }

  get(attributes: Attributes, create: () => Of): Of {
    const key = Object.values(attributes).join('\n')
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const created = create()
    this.#series.set(key, created)
    return created
  }
}

function familyOf<Of>(families: Map<string, Family<Of>>, name: string): Family<Of> {
  const family = families.get(name) ?? new Family<Of>()
  families.set(name, family)
  return family
}
