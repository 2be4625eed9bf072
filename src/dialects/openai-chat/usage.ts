import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'

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
