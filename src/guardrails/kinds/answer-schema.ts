import { z } from 'zod'
import type { ChatRequest } from '../../exchange/chat.ts'
import { createFitsSchema, type FitsSchema } from '../../kit/fits-schema.ts'
import { parseJsonObject, type JsonObject } from '../../kit/json.ts'
import { SchemaCheck, type ReadSchema } from '../schema-check.ts'
import { defineKind, type KindParts, type KindProblem } from './kind.ts'

const SCHEMA = 'a JSON Schema'
const REPAIR_MS = 30_000

/** Answers that are no JSON, or do not fit a JSON Schema. */
export const answerSchema = defineKind({
  name: 'answer_schema',
  summary: 'answers that are no JSON, or do not fit a JSON Schema',
  isCheck: true,
  phases: ['output'],
  actions: ['block', 'flag'],
  usualMs: ({ repair }) => (repair ? REPAIR_MS : undefined),
  options: z.strictObject({
    schema: z
      .record(z.string(), z.json(), { error: SCHEMA })
      .optional()
      .describe('The JSON Schema that every answer has to fit.'),
    file: z
      .string()
      .min(1)
      .max(1_000)
      .optional()
      .describe('The file beside the configuration that holds it.'),
    from: z
      .literal('request', { error: 'request' })
      .optional()
      .describe('request: that of the request, where it has one.'),
    repair: z
      .boolean({ error: 'true or false' })
      .default(false)
      .describe(
        'Whether the model is asked once more, at the same route, for an answer that fits. It takes the place of the first where it does.',
      ),
  }),
  compile({ schema, file, from, repair }, parts) {
    if ([schema, file, from].filter((one) => one !== undefined).length !== 1)
      return { problems: [{ path: [], message: 'one of schema, file, from' }] }
    if (from !== undefined) return { check: new SchemaCheck(ofRequest, repair) }
    const own = schema ?? readSchema(file ?? '', parts)
    if (own === undefined)
      return wrong('file', `expected a file that holds a JSON Schema, ${file} cannot be read as one`)
    const fits = createFitsSchema(own)
    // What leads elsewhere or takes too long judges nothing, and does so with everything.
    if (PROBES.some((probe) => fits(probe).fits === 'unknown'))
      return wrong(schema === undefined ? 'file' : 'schema', 'answers cannot be judged by this schema')
    return { check: new SchemaCheck(() => ({ fits, schema: own }), repair) }
  },
})

const PROBES = [null, {}, [], '', 0]

function wrong(member: string, message: string): { readonly problems: readonly KindProblem[] } {
  return { problems: [{ path: [member], message }] }
}

function readSchema(file: string, { readText }: KindParts): JsonObject | undefined {
  const text = readText(file)
  return text === undefined ? undefined : parseJsonObject(text)
}

const ANY: FitsSchema = () => ({ fits: 'yes' })

const ofRequest: ReadSchema = ({ output }: ChatRequest) => {
  if (output?.type === 'json-schema') return { fits: createFitsSchema(output.schema), schema: output.schema }
  return output?.type === 'json' ? { fits: ANY } : undefined
}
