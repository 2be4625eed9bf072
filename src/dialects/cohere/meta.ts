import { totalInput, type Usage } from '../../exchange/usage.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'

/** What stands behind an answer: the version, and what is charged for. */
export function metaOf(usage: Usage): JsonObject {
  const tokens = totalInput(usage)
  return {
    api_version: { version: '2' },
    billed_units: defined({
      input_tokens: tokens === 0 ? undefined : tokens,
      images: usage.images,
      search_units: usage.searches,
    }),
  }
}
