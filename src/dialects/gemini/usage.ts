import { NO_USAGE, totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { CountReader } from '../count-reader.ts'
import { servedTiers, type ServiceWord } from '../served-tiers.ts'

/** What an answer tells beside its counts. */
interface Beside {
  readonly webSearches: number
  readonly service: ServiceWord
}

/**
 * Takes `usageMetadata` apart into disjoint buckets: what was cached is inside the prompt, what tools of the provider read is not,
 * and thoughts stand beside the candidates (https://ai.google.dev/api/generate-content#UsageMetadata).
 */
export function decodeUsage(reported: JsonObject, { webSearches, service }: Beside): Usage {
  const counts = new CountReader()
  const count = (field: string): number => counts.count(reported, field) ?? 0
  const usage: Mutable<Usage> = { ...NO_USAGE }
  if (webSearches > 0) usage.webSearches = webSearches
  const cached = count('cachedContentTokenCount')
  const prompt = count('promptTokenCount')
  if (cached > prompt) counts.flag('cache-beyond-input')
  usage.cacheReadTokens = Math.min(cached, prompt)
  const fresh = prompt - usage.cacheReadTokens
  usage.inputAudioTokens = Math.min(audioIn(reported, 'promptTokensDetails', counts), fresh)
  usage.inputTokens = fresh - usage.inputAudioTokens + count('toolUsePromptTokenCount')
  const said = count('candidatesTokenCount')
  usage.outputAudioTokens = Math.min(audioIn(reported, 'candidatesTokensDetails', counts), said)
  usage.outputTokens = said - usage.outputAudioTokens
  usage.reasoningTokens = count('thoughtsTokenCount')
  const total = counts.count(reported, 'totalTokenCount')
  if (total !== undefined && total !== totalInput(usage) + totalOutput(usage)) counts.flag('parts-mismatch')
  setDefined(usage, 'serviceTier', service.told)
  setDefined(usage, 'servedTiers', servedTiers([service]))
  setDefined(usage, 'anomalies', counts.anomalies)
  return usage
}

function audioIn(reported: JsonObject, field: string, counts: CountReader): number {
  const audio = readObjects(reported, field).find((detail) => readString(detail, 'modality') === 'AUDIO')
  return audio === undefined ? 0 : (counts.count(audio, 'tokenCount') ?? 0)
}

/** Writes usage the way this family reports it. */
export function encodeUsage(usage: Usage): JsonObject {
  const prompt = totalInput(usage)
  return {
    promptTokenCount: prompt,
    cachedContentTokenCount: usage.cacheReadTokens || undefined,
    candidatesTokenCount: usage.outputTokens + usage.outputAudioTokens,
    thoughtsTokenCount: usage.reasoningTokens || undefined,
    totalTokenCount: prompt + totalOutput(usage),
  }
}
