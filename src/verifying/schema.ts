import { z } from 'zod'
import type { ChatRequest } from '../exchange/chat.ts'
import { parseJsonValue, type JsonObject } from '../kit/json.ts'
import { createFitsSchema, type FitsSchema } from '../kit/fits-schema.ts'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), z.json(), { error: 'a JSON Schema' })

/** That the answer is what the request's schema describes, or one that the file has for it. */
export const schema = defineVerifier({
  name: 'schema',
  summary: 'that the answer is JSON where JSON was asked for, and fits the schema of the request',
  reasons: {
    'no-json': 'The answer is no JSON, although it was asked for.',
    'breaks-schema': 'The answer does not fit the schema.',
  },
  options: z.strictObject({
    schema: jsonObjectSchema
      .optional()
      .describe(
        'A JSON Schema that every answer has to fit; default: that of the request, where it has one.',
      ),
  }),
  judgesBeginnings: false,
  judge: ({ request, choice: { blocks } }, { schema: own }) => {
    const isJson =
      own !== undefined || request.output?.type === 'json' || request.output?.type === 'json-schema'
    const hasText = blocks.some(({ type }) => type === 'text')
    // A call is no answer yet.
    if (!isJson || (!hasText && blocks.some(({ type }) => type === 'tool-call'))) return NOTHING
    const parsed = parseJsonValue(textOf(blocks))
    if (parsed === undefined) return reject('no-json')
    const fit = schemaOf(request, own)?.(parsed.value)
    if (fit?.fits === 'no') return reject('breaks-schema', `${fit.keyword} at ${clip(fit.at)}`)
    return fit?.fits === 'unknown' ? NOTHING : PASS
  },
})

function schemaOf({ output }: ChatRequest, own: JsonObject | undefined): FitsSchema | undefined {
  if (own !== undefined) return createFitsSchema(own)
  return output?.type === 'json-schema' ? createFitsSchema(output.schema) : undefined
}

const SHOWN = 100

function clip(at: string): string {
  return at.length <= SHOWN ? at : `${at.slice(0, SHOWN - 1)}…`
}
