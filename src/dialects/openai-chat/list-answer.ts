import type { Quirks } from '../../exchange/target.ts'
import { totalInput, type Usage } from '../../exchange/usage.ts'
import { readNumber, readObject, type JsonObject } from '../../kit/json.ts'
import { decodeUsage } from '../reported-usage.ts'

/*
 * What stands around the list of an answer that is not streamed.
 */

/** What was read. Some count the total alone; zeros are no report, since something was read. */
export function usageIn(body: JsonObject, quirks: Quirks): Usage | undefined {
  const reported = readObject(body, 'usage')
  if (reported === undefined) return undefined
  const tokens = readNumber(reported, 'prompt_tokens') ?? readNumber(reported, 'total_tokens')
  const usage = decodeUsage({ ...reported, prompt_tokens: tokens }, quirks)
  return totalInput(usage) === 0 ? undefined : usage
}

/** What was read, as answers tell it. */
export function tokensOf(usage: Usage): JsonObject {
  const tokens = totalInput(usage)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
