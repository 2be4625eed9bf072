import { NO_USAGE, totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import { CountReader } from '../count-reader.ts'
import { servedTiers, type ServiceWord } from '../served-tiers.ts'

/** Takes a reported `usage` apart: cached and written tokens are inside the input, reasoning is inside the output. */
export function decodeUsage(reported: JsonObject, service: ServiceWord = {}): Usage {
  const counts = new CountReader()
  const usage: Mutable<Usage> = { ...NO_USAGE }
  const inputDetails = readObject(reported, 'input_tokens_details') ?? {}
  const input = counts.count(reported, 'input_tokens') ?? 0
  const cached = counts.count(inputDetails, 'cached_tokens') ?? 0
  const written = counts.count(inputDetails, 'cache_write_tokens') ?? 0
  if (cached + written > input) counts.flag('cache-beyond-input')
  usage.cacheReadTokens = Math.min(cached, input)
  usage.cacheWriteTokens = Math.min(written, input - usage.cacheReadTokens)
  const rest = input - usage.cacheReadTokens - usage.cacheWriteTokens
  usage.inputAudioTokens = Math.min(counts.count(inputDetails, 'audio_tokens') ?? 0, rest)
  usage.inputTokens = rest - usage.inputAudioTokens
  readOutput(usage, reported, counts)
  const total = counts.count(reported, 'total_tokens')
  if (total !== undefined && total !== totalInput(usage) + totalOutput(usage)) counts.flag('parts-mismatch')
  setDefined(usage, 'serviceTier', service.told)
  setDefined(usage, 'servedTiers', servedTiers([service]))
  setDefined(usage, 'anomalies', counts.anomalies)
  return usage
}

function readOutput(usage: Mutable<Usage>, reported: JsonObject, counts: CountReader): void {
  const details = readObject(reported, 'output_tokens_details') ?? {}
  const output = counts.count(reported, 'output_tokens') ?? 0
  const reasoning = counts.count(details, 'reasoning_tokens') ?? 0
  // Some servers count reasoning beside the output: then it is more than all of it.
  const isOutside = reasoning > output
  if (isOutside) counts.flag('parts-mismatch')
  usage.reasoningTokens = reasoning
  const plain = isOutside ? output : output - reasoning
  usage.outputAudioTokens = Math.min(counts.count(details, 'audio_tokens') ?? 0, plain)
  usage.outputTokens = plain - usage.outputAudioTokens
}

/** Writes usage. The details are always there: agents take an answer without them for a broken one. */
export function encodeUsage(usage: Usage): JsonObject {
  const input = totalInput(usage)
  const output = totalOutput(usage)
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens + usage.cacheWriteLongTokens,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: input + output,
  }
}
