import type { OutputFormat } from '../../exchange/chat.ts'
import type { Quirks } from '../../exchange/target.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { outputSentence, structuredOutputOf } from '../structured-output.ts'
import type { Towards } from '../towards.ts'
import { unknownMembers } from '../unknown-members.ts'
import { FIELDS } from './vocabulary.ts'

const OUTPUT_FIELDS: ReadonlySet<string> = new Set(['type', 'json_schema'])

/** Name of a schema that came without one; the wire demands a name. */
const DEFAULT_NAME = 'output'

type Schema = Extract<OutputFormat, { readonly type: 'json-schema' }>

/**
 * Reads `response_format`. One that is unknown is kept whole for the family, and what servers add to a known one beside it: some
 * take a schema beside `json_object`.
 */
export function readOutput(body: JsonObject, rest: Body): OutputFormat | undefined {
  const format = FIELDS.object(body, 'response_format')
  if (format === undefined) return undefined
  const output = readFormat(format)
  const further = output === undefined ? format : unknownMembers(format, OUTPUT_FIELDS)
  if (further !== undefined) rest['response_format'] = further
  return output
}

function readFormat(format: JsonObject): OutputFormat | undefined {
  const type = FIELDS.requiredText(format, 'type', 'response_format')
  if (type === 'text') return { type: 'text' }
  if (type === 'json_object') return { type: 'json' }
  if (type !== 'json_schema') return undefined
  const path = 'response_format.json_schema'
  const held =
    FIELDS.object(format, 'json_schema', 'response_format') ?? FIELDS.refuseAbsent(`${path}.schema`)
  return {
    type: 'json-schema',
    schema: FIELDS.object(held, 'schema', path) ?? FIELDS.refuseAbsent(`${path}.schema`),
    ...defined({
      name: FIELDS.text(held, 'name', path),
      description: FIELDS.text(held, 'description', path),
      strict: FIELDS.flag(held, 'strict', path),
    }),
  }
}

/** Writes `response_format` as far as the provider has it. */
export function writeOutput(output: OutputFormat, to: Towards, body: Body): void {
  const format = toFormat(output, to)
  const further = body['response_format']
  body['response_format'] =
    format === undefined ? undefined : { ...(isObject(further) ? further : {}), ...format }
}

function toFormat(output: OutputFormat, to: Towards): JsonObject | undefined {
  if (output.type === 'text') return { type: 'text' }
  const means = structuredOutputOf(to)
  if (means === 'none') {
    to.notice(output.type === 'json' ? 'schema.emulated' : 'schema.unenforced', 'response_format')
    return undefined
  }
  if (output.type === 'json') return anyObject(means, to)
  if (means === 'json-object') {
    to.notice('schema.unenforced', 'response_format')
    return { type: 'json_object' }
  }
  return toSchema(output)
}

function toSchema({ name = DEFAULT_NAME, schema, description, strict }: Schema): JsonObject {
  return { type: 'json_schema', json_schema: { name, description, schema, strict } }
}

/** Any JSON object: a type of its own, or the schema of one. */
function anyObject(means: Quirks['structuredOutput'], { notice }: Towards): JsonObject {
  if (means !== 'json-schema-only') return { type: 'json_object' }
  notice('schema.emulated', 'response_format')
  return toSchema({ type: 'json-schema', schema: { type: 'object' } })
}

/** What the system prompt has to ask for, because no field can; undefined where one does. */
export function wordsForOutput(to: Towards): string | undefined {
  const { output } = to.chat
  if (output === undefined || output.type === 'text') return undefined
  const means = structuredOutputOf(to)
  const isAsked = output.type === 'json' ? means !== 'none' : means.startsWith('json-schema')
  return isAsked ? undefined : outputSentence(output)
}
