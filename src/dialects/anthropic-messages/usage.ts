import type { ChatRequest } from '../../exchange/chat.ts'
import { NO_USAGE, totalOutput, type Usage } from '../../exchange/usage.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { CountReader } from '../count-reader.ts'
import { servedTiers } from '../served-tiers.ts'
import { FAMILY } from './vocabulary.ts'

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
export function toUsage(reported: JsonObject, asked: AskedService = NOTHING_ASKED): Usage {
  const counts = new CountReader()
  const count = (held: JsonObject, field: string): number => counts.count(held, field) ?? 0
  const split = readObject(reported, 'cache_creation') ?? NOTHING
  const written = count(reported, 'cache_creation_input_tokens')
  const long = count(split, 'ephemeral_1h_input_tokens')
  const short = count(split, 'ephemeral_5m_input_tokens')
  const output = count(reported, 'output_tokens')
  const thought = count(readObject(reported, 'output_tokens_details') ?? NOTHING, 'thinking_tokens')
  if (thought > output || (written > 0 && short + long > written)) counts.flag('parts-mismatch')
  const reasoningTokens = Math.min(output, thought)
  const usage: Mutable<Usage> = {
    ...NO_USAGE,
    inputTokens: count(reported, 'input_tokens'),
    cacheReadTokens: count(reported, 'cache_read_input_tokens'),
    cacheWriteTokens: Math.max(short, written - long),
    cacheWriteLongTokens: long,
    outputTokens: output - reasoningTokens,
    reasoningTokens,
  }
  const searches = count(readObject(reported, 'server_tool_use') ?? NOTHING, 'web_search_requests')
  if (searches > 0) usage.webSearches = searches
  addHiddenTokens(usage, reported, count)
  const told = readString(reported, 'service_tier')
  setDefined(usage, 'serviceTier', told)
  const words = [
    { told },
    { told: readString(reported, 'speed'), asked: asked.speed },
    { told: readString(reported, 'inference_geo'), asked: asked.inferenceGeo },
  ]
  setDefined(usage, 'servedTiers', servedTiers(words))
  setDefined(usage, 'anomalies', counts.anomalies)
  return usage
}

const NOTHING: JsonObject = {}
const NOTHING_ASKED: AskedService = {}

/** How the client asked to be served. */
export interface AskedService {
  readonly speed?: string | undefined
  readonly inferenceGeo?: string | undefined
}

/** What a request of this family says of it. */
export function askedService(chat: ChatRequest): AskedService {
  const own = chat.extra?.[FAMILY]
  if (own === undefined) return NOTHING_ASKED
  return { speed: readString(own, 'speed'), inferenceGeo: readString(own, 'inference_geo') }
}

type Count = (held: JsonObject, field: string) => number

function addHiddenTokens(usage: Mutable<Usage>, reported: JsonObject, count: Count): void {
  for (const iteration of readObjects(reported, 'iterations')) {
    if (IN_TOTALS.has(readString(iteration, 'type') ?? 'message')) continue
    usage.hiddenInputTokens +=
      count(iteration, 'input_tokens') +
      count(iteration, 'cache_read_input_tokens') +
      count(iteration, 'cache_creation_input_tokens')
    usage.hiddenOutputTokens += count(iteration, 'output_tokens')
  }
}

/** Writes usage as the API counts: cached input apart, thinking inside the output. Hidden sub-calls are not shown. */
export function fromUsage(usage: Usage): JsonObject {
  const { cacheWriteTokens, cacheWriteLongTokens, reasoningTokens, webSearches = 0, serviceTier } = usage
  const written = cacheWriteTokens + cacheWriteLongTokens
  const wire: Mutable<JsonObject> = {
    input_tokens: usage.inputTokens + usage.inputAudioTokens,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cacheReadTokens,
  }
  if (written > 0)
    wire['cache_creation'] = {
      ephemeral_5m_input_tokens: cacheWriteTokens,
      ephemeral_1h_input_tokens: cacheWriteLongTokens,
    }
  wire['output_tokens'] = totalOutput(usage)
  if (reasoningTokens > 0) wire['output_tokens_details'] = { thinking_tokens: reasoningTokens }
  if (webSearches > 0) wire['server_tool_use'] = { web_search_requests: webSearches, web_fetch_requests: 0 }
  if (serviceTier !== undefined && TIERS.has(serviceTier)) wire['service_tier'] = serviceTier
  return wire
}

/** Tiers that clients of this dialect know. */
const TIERS: ReadonlySet<string> = new Set(['standard', 'priority', 'batch'])
