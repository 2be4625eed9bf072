import type { Quirks } from '../exchange/target.ts'
import { NO_USAGE, toTokens, totalInput, totalOutput, type Usage } from '../exchange/usage.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { readNumber, readObject, type JsonObject } from '../kit/json.ts'
import { CountReader } from './count-reader.ts'
import type { QuirksOf, QuirkTable } from './quirks.ts'
import { servedTiers, type ServiceWord } from './served-tiers.ts'
import { isEmpty } from './unknown-members.ts'

/** What is obeyed here. */
export const USAGE_QUIRKS = {
  reasoningTokens: {
    value: ['inside', 'outside'],
    shows: 'other',
    help: 'Whether reasoning is counted inside the reported output tokens.',
  },
  cacheWriteField: {
    value: 'text',
    shows: 'other',
    help: 'Field of the usage under which writes to the prompt cache are counted inside the reported input tokens.',
  },
} as const satisfies QuirkTable

declare module '../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof USAGE_QUIRKS> {}
}

/**
 * Takes a reported `usage` apart into disjoint buckets, as most servers report it: `prompt_tokens` and `completion_tokens`, or
 * `input_tokens` and `output_tokens`, each with its details. Cached and written tokens are inside the reported input everywhere,
 * reasoning inside the reported output with few exceptions; those are declared as a quirk or recognised by the sums (reasoning larger
 * than the output, or a total that adds it on top).
 */
export function decodeUsage(reported: JsonObject, quirks: Quirks, service: ServiceWord = NO_WORD): Usage {
  const counts = new CountReader()
  const report: Report = { reported, quirks, counts }
  const usage: Mutable<Usage> = { ...NO_USAGE }
  decodeInput(usage, report)
  decodeOutput(usage, report)
  const searches = webSearchesOf(reported, counts)
  if (searches > 0) usage.webSearches = searches
  checkTotal(usage, report)
  setDefined(usage, 'serviceTier', service.told)
  setDefined(usage, 'servedTiers', servedTiers([service]))
  setDefined(usage, 'anomalies', counts.anomalies)
  return usage
}

const NO_WORD: ServiceWord = {}
const NO_DETAILS: JsonObject = {}

/** A report under the eyes of its reader. */
interface Report {
  readonly reported: JsonObject
  readonly quirks: Quirks
  readonly counts: CountReader
}

function decodeInput(usage: Mutable<Usage>, { reported, quirks, counts }: Report): void {
  const { cacheWriteField } = quirks
  const details =
    readObject(reported, 'prompt_tokens_details') ??
    readObject(reported, 'input_tokens_details') ??
    NO_DETAILS
  const total = counts.count(reported, 'prompt_tokens') ?? counts.count(reported, 'input_tokens') ?? 0
  const cached =
    counts.count(details, 'cached_tokens') ??
    counts.count(reported, 'prompt_cache_hit_tokens') ??
    counts.count(reported, 'num_cached_tokens') ??
    counts.count(reported, 'cached_tokens') ??
    0
  const written =
    (cacheWriteField === undefined
      ? counts.count(details, 'cache_write_tokens')
      : (counts.count(details, cacheWriteField) ?? counts.count(reported, cacheWriteField))) ?? 0
  if (cached + written > total) counts.flag('cache-beyond-input')
  usage.cacheReadTokens = Math.min(cached, total)
  usage.cacheWriteTokens = Math.min(written, total - usage.cacheReadTokens)
  const rest = total - usage.cacheReadTokens - usage.cacheWriteTokens
  usage.inputAudioTokens = Math.min(counts.count(details, 'audio_tokens') ?? 0, rest)
  usage.inputTokens = rest - usage.inputAudioTokens
}

function decodeOutput(usage: Mutable<Usage>, { reported, quirks, counts }: Report): void {
  const details =
    readObject(reported, 'completion_tokens_details') ??
    readObject(reported, 'output_tokens_details') ??
    NO_DETAILS
  const total = counts.count(reported, 'completion_tokens') ?? counts.count(reported, 'output_tokens') ?? 0
  const listed = counts.count(details, 'reasoning_tokens') ?? counts.count(reported, 'reasoning_tokens') ?? 0
  if (quirks.reasoningTokens === 'inside' && listed > total) counts.flag('parts-mismatch')
  const plain = isOutside(reported, listed, quirks) ? total : total - listed
  usage.reasoningTokens = listed === 0 ? unlistedThoughts(reported, quirks) : listed
  usage.outputAudioTokens = Math.min(counts.count(details, 'audio_tokens') ?? 0, plain)
  usage.outputTokens = plain - usage.outputAudioTokens
}

/** A total is the sum of input and output; whether it holds reasoning that is counted outside differs. Audio in seconds is in it too. */
function checkTotal(usage: Usage, { reported, counts }: Report): void {
  const total = counts.count(reported, 'total_tokens')
  if (total === undefined || total === totalInput(usage) + totalOutput(usage)) return
  if (total === inputTotal(reported) + outputTotal(reported) || holdsAudioSeconds(reported)) return
  counts.flag('parts-mismatch')
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
  if (reasoningTokens === 'inside' || holdsAudioSeconds(reported)) return 0
  return toTokens(
    toTokens(readNumber(reported, 'total_tokens')) - inputTotal(reported) - outputTotal(reported),
  )
}

function holdsAudioSeconds(reported: JsonObject): boolean {
  return (readNumber(reported, 'prompt_audio_seconds') ?? 0) > 0
}

function inputTotal(reported: JsonObject): number {
  return toTokens(readNumber(reported, 'prompt_tokens') ?? readNumber(reported, 'input_tokens'))
}

function outputTotal(reported: JsonObject): number {
  return toTokens(readNumber(reported, 'completion_tokens') ?? readNumber(reported, 'output_tokens'))
}

function webSearchesOf(reported: JsonObject, counts: CountReader): number {
  const byServer = readObject(reported, 'server_tool_use') ?? NO_DETAILS
  return counts.count(reported, 'num_search_queries') ?? counts.count(byServer, 'web_search_requests') ?? 0
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
