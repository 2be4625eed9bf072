import { toTokens, totalOutput, type Usage } from '../../exchange/usage.ts'
import { readNumber, readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'

/**
 * Joins what a provider reported of usage over a stream. The numbers are cumulative and may be restated late, input included,
 * so the last number of each field wins; a field that is missing or null keeps what was known.
 */
export function mergeUsage(known: JsonObject, reported: JsonObject): JsonObject {
  const merged = { ...known }
  for (const key in reported) {
    const value = reported[key]
    if (value !== undefined && value !== null) merged[key] = value
  }
  return merged
}

/** Sub-calls that the totals include; every other kind (compaction, advisors) is billed on top of them. */
const IN_TOTALS: ReadonlySet<string> = new Set(['message', 'fallback_message'])

/**
 * Takes the API's counts apart into disjoint buckets: `input_tokens` is what no cache was involved in, and thinking is
 * inside `output_tokens` (https://docs.anthropic.com/en/api/messages, usage).
 */
export function toUsage(reported: JsonObject): Usage {
  const tokens = (key: string): number => toTokens(readNumber(reported, key))
  const split = readObject(reported, 'cache_creation') ?? NOTHING
  const written = tokens('cache_creation_input_tokens')
  const long = toTokens(readNumber(split, 'ephemeral_1h_input_tokens'))
  const short = toTokens(readNumber(split, 'ephemeral_5m_input_tokens'))
  const output = tokens('output_tokens')
  const details = readObject(reported, 'output_tokens_details') ?? NOTHING
  const reasoningTokens = Math.min(output, toTokens(readNumber(details, 'thinking_tokens')))
  const searches = readNumber(readObject(reported, 'server_tool_use') ?? NOTHING, 'web_search_requests')
  const serviceTier = readString(reported, 'service_tier')
  const { hiddenInputTokens, hiddenOutputTokens } = hiddenTokens(reported)
  const usage: Usage = {
    inputTokens: tokens('input_tokens'),
    cacheReadTokens: tokens('cache_read_input_tokens'),
    cacheWriteTokens: Math.max(short, written - long),
    cacheWriteLongTokens: long,
    inputAudioTokens: 0,
    outputTokens: output - reasoningTokens,
    reasoningTokens,
    outputAudioTokens: 0,
    webSearches: toTokens(searches),
    hiddenInputTokens,
    hiddenOutputTokens,
    estimated: false,
  }
  return serviceTier === undefined ? usage : { ...usage, serviceTier }
}

const NOTHING: JsonObject = {}

function hiddenTokens(reported: JsonObject): Pick<Usage, 'hiddenInputTokens' | 'hiddenOutputTokens'> {
  let hiddenInputTokens = 0
  let hiddenOutputTokens = 0
  for (const iteration of readObjects(reported, 'iterations')) {
    if (IN_TOTALS.has(readString(iteration, 'type') ?? 'message')) continue
    const tokens = (key: string): number => toTokens(readNumber(iteration, key))
    hiddenInputTokens +=
      tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens')
    hiddenOutputTokens += tokens('output_tokens')
  }
  return { hiddenInputTokens, hiddenOutputTokens }
}

/** Writes usage as the API counts: cached input apart, thinking inside the output. Hidden sub-calls are not shown. */
export function fromUsage(usage: Usage): JsonObject {
  const written = usage.cacheWriteTokens + usage.cacheWriteLongTokens
  return {
    input_tokens: usage.inputTokens + usage.inputAudioTokens,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cacheReadTokens,
    ...(written === 0
      ? {}
      : {
          cache_creation: {
            ephemeral_5m_input_tokens: usage.cacheWriteTokens,
            ephemeral_1h_input_tokens: usage.cacheWriteLongTokens,
          },
        }),
    output_tokens: totalOutput(usage),
    ...(usage.reasoningTokens === 0
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
    ...(usage.webSearches === 0
      ? {}
      : { server_tool_use: { web_search_requests: usage.webSearches, web_fetch_requests: 0 } }),
    ...(TIERS.has(usage.serviceTier ?? '') ? { service_tier: usage.serviceTier } : {}),
  }
}

/** Tiers that clients of this dialect know. */
const TIERS: ReadonlySet<string> = new Set(['standard', 'priority', 'batch'])
