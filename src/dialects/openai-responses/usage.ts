import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'

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
