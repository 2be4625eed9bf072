import type { OutputFormat } from '../exchange/chat.ts'
import type { Quirks } from '../exchange/target.ts'
import type { Towards } from './towards.ts'

/** How a provider is asked for structured output: by schema, as any JSON object, or only in words. */
export function structuredOutputOf({
  quirks,
  capabilities,
}: Towards): NonNullable<Quirks['structuredOutput']> {
  return quirks.structuredOutput ?? (capabilities.jsonSchema === false ? 'json-object' : 'json-schema')
}

/**
 * The words that ask for structured output where the provider holds no answer to it. The same for a schema in every request, so
 * that prompt caches keep hitting.
 */
export function outputSentence(output: Exclude<OutputFormat, { type: 'text' }>): string {
  if (output.type === 'json') return 'Answer with one valid JSON object and nothing else.'
  return `Answer with one JSON object that is valid against this JSON Schema, and nothing else:\n${JSON.stringify(output.schema)}`
}
