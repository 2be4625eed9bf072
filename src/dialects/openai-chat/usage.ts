import type { Quirks } from '../../exchange/target.ts'
import { NO_USAGE, toTokens, totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { readNumber, readObject, type JsonObject } from '../../kit/json.ts'
import { servedTiers, type ServiceWord } from '../served-tiers.ts'
import { isEmpty } from '../unknown-members.ts'

/**
 * Takes a reported `usage` apart into disjoint buckets. Cached and written tokens are inside the reported input
 * everywhere in this family, reasoning inside the reported output with few exceptions; those are declared as a quirk or
 * recognised by the sums (reasoning larger than the output, or a total that adds it on top).
 */
export function decodeUsage(reported: JsonObject, quirks: Quirks, service: ServiceWord = NO_WORD): Usage {
  const usage: Draft<Usage> = { ...NO_USAGE }
  decodeInput(usage, reported, quirks)
  decodeOutput(usage, reported, quirks)
  usage.webSearches = webSearchesOf(reported)
  setDefined(usage, 'serviceTier', service.told)
  setDefined(usage, 'servedTiers', servedTiers([service]))
  return usage
}

const NO_WORD: ServiceWord = {}
const NO_DETAILS: JsonObject = {}

function decodeInput(usage: Draft<Usage>, reported: JsonObject, { cacheWriteField }: Quirks): void {
  const details =
    readObject(reported, 'prompt_tokens_details') ??
    readObject(reported, 'input_tokens_details') ??
    NO_DETAILS
  const total = inputTotal(reported)
  const cached =
    readNumber(details, 'cached_tokens') ??
    readNumber(reported, 'prompt_cache_hit_tokens') ??
    readNumber(reported, 'num_cached_tokens') ??
    readNumber(reported, 'cached_tokens')
  const written =
    cacheWriteField === undefined
      ? readNumber(details, 'cache_write_tokens')
      : (readNumber(details, cacheWriteField) ?? readNumber(reported, cacheWriteField))
  usage.cacheReadTokens = Math.min(toTokens(cached), total)
  usage.cacheWriteTokens = Math.min(toTokens(written), total - usage.cacheReadTokens)
  const rest = total - usage.cacheReadTokens - usage.cacheWriteTokens
  usage.inputAudioTokens = Math.min(toTokens(readNumber(details, 'audio_tokens')), rest)
  usage.inputTokens = rest - usage.inputAudioTokens
}

function decodeOutput(usage: Draft<Usage>, reported: JsonObject, quirks: Quirks): void {
  const details =
    readObject(reported, 'completion_tokens_details') ??
    readObject(reported, 'output_tokens_details') ??
    NO_DETAILS
  const total = outputTotal(reported)
  const listed = toTokens(readNumber(details, 'reasoning_tokens') ?? readNumber(reported, 'reasoning_tokens'))
  const plain = isOutside(reported, listed, quirks) ? total : total - listed
  usage.reasoningTokens = listed === 0 ? unlistedThoughts(reported, quirks) : listed
  usage.outputAudioTokens = Math.min(toTokens(readNumber(details, 'audio_tokens')), plain)
  usage.outputTokens = plain - usage.outputAudioTokens
}

function isOutside(reported: JsonObject, reasoning: number, { reasoningTokens }: Quirks): boolean {
  if (reasoning === 0) return false
  if (reasoningTokens === 'outside' || reasoning > outputTotal(reported)) return true
  if (reasoningTokens === 'inside') return false
  return readNumber(reported, 'total_tokens') === inputTotal(reported) + outputTotal(reported) + reasoning
}

/**
 * Thoughts that no field lists, only the total holds, as Google's servers report them: they are charged like any output.
 * Audio that is told in seconds is in the total too, and is no output.
 */
function unlistedThoughts(reported: JsonObject, { reasoningTokens }: Quirks): number {
  if (reasoningTokens === 'inside' || toTokens(readNumber(reported, 'prompt_audio_seconds')) > 0) return 0
  return toTokens(
    toTokens(readNumber(reported, 'total_tokens')) - inputTotal(reported) - outputTotal(reported),
  )
}

function inputTotal(reported: JsonObject): number {
  return toTokens(readNumber(reported, 'prompt_tokens') ?? readNumber(reported, 'input_tokens'))
}

function outputTotal(reported: JsonObject): number {
  return toTokens(readNumber(reported, 'completion_tokens') ?? readNumber(reported, 'output_tokens'))
}

function webSearchesOf(reported: JsonObject): number {
  const byServer = readObject(reported, 'server_tool_use') ?? NO_DETAILS
  return toTokens(readNumber(reported, 'num_search_queries') ?? readNumber(byServer, 'web_search_requests'))
}

/** The larger of two reports of one response: counts only grow, and some servers send an empty one in between. */
export function laterReport(
  known: JsonObject | undefined,
  next: JsonObject | undefined,
): JsonObject | undefined {
  if (next === undefined || isEmpty(next)) return known
  if (known === undefined) return next
  return inputTotal(next) + outputTotal(next) >= inputTotal(known) + outputTotal(known) ? next : known
}

/** Writes usage the way this family reports it: cache inside the input, reasoning inside the output. */
export function encodeUsage(usage: Usage): JsonObject {
  const written = usage.cacheWriteTokens + usage.cacheWriteLongTokens
  const input = totalInput(usage)
  const output = totalOutput(usage)
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      ...(written === 0 ? {} : { cache_write_tokens: written }),
      audio_tokens: usage.inputAudioTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.outputAudioTokens,
    },
  }
}
