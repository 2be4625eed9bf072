/**
 * What may be wrong with a provider's report of usage. It stands on the row of the attempt, so that a bill can be disputed:
 * `not-a-count` a number that is negative, fractional or beyond all numbers; `parts-mismatch` parts that do not add up to their
 * total; `cache-beyond-input` more read from or written to a cache than there was input; `report-shrank` less than was reported
 * before; `no-input` and `no-output` nothing of it for an answer that has content; `input-beyond-request` and `output-beyond-answer` more
 * than request and answer can explain.
 */
export type UsageAnomaly =
  | 'not-a-count'
  | 'parts-mismatch'
  | 'cache-beyond-input'
  | 'report-shrank'
  | 'no-input'
  | 'no-output'
  | 'input-beyond-request'
  | 'output-beyond-answer'

/**
 * What an attempt used, as disjoint non-negative buckets: a token is counted in exactly one of them.
 * Providers disagree on what contains what; each dialect's decoder takes its convention apart, once,
 * and both the wire and the ledger read the result (law 9).
 */
export interface Usage {
  /** Input tokens that were neither read from nor written to a cache, without audio and images where those are reported apart. */
  readonly inputTokens: number
  readonly cacheReadTokens: number
  /** Written with the default lifetime (minutes). */
  readonly cacheWriteTokens: number
  /** Written with the long lifetime (an hour or more). */
  readonly cacheWriteLongTokens: number
  readonly inputAudioTokens: number
  /** Output tokens the client can read, without reasoning and audio. */
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly outputAudioTokens: number
  /** Searches run by the provider, billed per call. */
  readonly webSearches: number
  /** Tokens of sub-calls that are billed but not part of the answer's totals (compaction, advisors), by kind. */
  readonly hiddenInputTokens: number
  readonly hiddenOutputTokens: number
  /** True when a number was counted here because the provider never said. */
  readonly estimated: boolean
  /** The tier that the provider says it served, in its own word. */
  readonly serviceTier?: string
  /** What of the service was not the usual one and changes the price, in the provider's words; see `Price.serviceTiers`. */
  readonly servedTiers?: readonly string[]
  /** What is wrong with the report; absent when nothing is. */
  readonly anomalies?: readonly UsageAnomaly[]
}

/** The usage with something more that is wrong with its report. */
export function withAnomaly(usage: Usage, anomaly: UsageAnomaly): Usage {
  const known = usage.anomalies ?? []
  return known.includes(anomaly) ? usage : { ...usage, anomalies: [...known, anomaly] }
}

export const NO_USAGE: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteLongTokens: 0,
  inputAudioTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  outputAudioTokens: 0,
  webSearches: 0,
  hiddenInputTokens: 0,
  hiddenOutputTokens: 0,
  estimated: false,
}

/** All input tokens, cached or not. */
export function totalInput(usage: Usage): number {
  return (
    usage.inputTokens +
    usage.cacheReadTokens +
    usage.cacheWriteTokens +
    usage.cacheWriteLongTokens +
    usage.inputAudioTokens
  )
}

/** All output tokens, reasoning included. */
export function totalOutput(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens + usage.outputAudioTokens
}

/** A usage bucket from a reported number: absent, negative, fractional and vast values become a whole number from 0 to 2^53 - 1. */
export function toTokens(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value) || value <= 0) return 0
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER)
}
