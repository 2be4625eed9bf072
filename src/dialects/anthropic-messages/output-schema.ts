import { isArray, readObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { changeMember } from '../schema-members.ts'
import type { LoweredSchema } from '../tool-parameters.ts'

/**
 * Keywords that the API refuses in structured output and strict tools (https://docs.anthropic.com, structured outputs,
 * JSON Schema limitations). They are told to the model in the description instead.
 */
const CONSTRAINTS: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

/** Formats of strings that the API knows. */
const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/**
 * Brings a schema into the subset that structured output takes: objects are closed (`additionalProperties: false`),
 * constraints on size and unknown formats become words, and `oneOf` becomes `anyOf`. Pure; equal input gives equal output.
 */
export function lowerOutputSchema(schema: JsonObject): LoweredSchema {
  let changed = false
  const visit = (node: JsonObject): JsonObject => {
    const lowered: Record<string, Json> = {}
    const constraints: string[] = []
    for (const [key, value] of Object.entries(node)) {
      if (value === undefined) continue
      if (isConstraint(key, value)) {
        constraints.push(`${key}: ${JSON.stringify(value)}`)
        continue
      }
      const word = key === 'oneOf' && node['anyOf'] === undefined ? 'anyOf' : key
      if (word !== key) changed = true
      lowered[word] = changeMember(key, value, visit)
    }
    if (constraints.length > 0) {
      changed = true
      lowered['description'] = describe(readString(node, 'description'), constraints)
    }
    if (isObjectSchema(node) && node['additionalProperties'] !== false) {
      changed = true
      lowered['additionalProperties'] = false
    }
    return lowered
  }
  return { schema: visit(schema), changed }
}

/** `minItems` of 0 and 1 is the one size that the API enforces. */
function isConstraint(key: string, value: Json): boolean {
  if (key === 'format') return typeof value === 'string' && !FORMATS.has(value)
  return CONSTRAINTS.has(key) && !(key === 'minItems' && (value === 0 || value === 1))
}

function isObjectSchema(node: JsonObject): boolean {
  const { type } = node
  if (type === 'object' || (isArray(type) && type.includes('object'))) return true
  return type === undefined && readObject(node, 'properties') !== undefined
}

function describe(description: string | undefined, constraints: readonly string[]): string {
  const sentence = `Constraints: ${constraints.join(', ')}.`
  return description === undefined || description === '' ? sentence : `${description}\n\n${sentence}`
}
