import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import { readObject, type JsonObject } from '../kit/json.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { CountReader } from './count-reader.ts'

/**
 * What is charged for, as Cohere and those who took over its answers tell it in `meta` (https://docs.cohere.com/reference/rerank):
 * searches, tokens, images. Tokens that are counted and not charged are no part of it. Undefined where nothing is told.
 */
export function billedUsage(body: JsonObject): Usage | undefined {
  const billed = readObject(readObject(body, 'meta') ?? {}, 'billed_units')
  if (billed === undefined) return undefined
  const counts = new CountReader()
  const searches = counts.count(billed, 'search_units') ?? 0
  const images = counts.count(billed, 'images') ?? 0
  const inputTokens = counts.count(billed, 'input_tokens') ?? 0
  if (searches + images + inputTokens === 0) return undefined
  const usage: Mutable<Usage> = { ...NO_USAGE, inputTokens }
  if (searches > 0) usage.searches = searches
  if (images > 0) usage.images = images
  setDefined(usage, 'anomalies', counts.anomalies)
  return usage
}
