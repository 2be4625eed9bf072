import { isArray, isObject, readObject, readString, type Json, type JsonObject } from '../../kit/json.ts'

/** A schema and whether it had to be changed. */
export interface LoweredSchema {
  readonly schema: JsonObject
  readonly changed: boolean
}

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

const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
const SCHEMA_LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])

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
      lowered[word] = visitMember(key, value, visit)
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

function visitMember(key: string, value: Json, visit: (node: JsonObject) => JsonObject): Json {
  if (SCHEMA_MAPS.has(key) && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, node]) => [name, isObject(node) ? visit(node) : node]),
    )
  }
  if (SCHEMA_LISTS.has(key) && isArray(value)) {
    return value.map((node) => (isObject(node) ? visit(node) : node))
  }
  return key === 'items' && isObject(value) ? visit(value) : value
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

const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const

/**
 * Brings the schema of a tool's arguments to an object at the root, which the API demands: a missing type is added and
 * alternatives at the root are folded to one object of all their properties.
 */
export function lowerParameters(parameters: JsonObject | undefined): LoweredSchema {
  if (parameters === undefined) return { schema: { type: 'object', properties: {} }, changed: false }
  const combined = COMBINERS.filter((key) => isArray(parameters[key]))
  if (combined.length > 0) return { schema: foldAlternatives(parameters), changed: true }
  if (parameters['type'] !== undefined) return { schema: parameters, changed: false }
  return { schema: { type: 'object', ...parameters }, changed: false }
}

function foldAlternatives(parameters: JsonObject): JsonObject {
  const properties: Record<string, Json | undefined> = { ...readObject(parameters, 'properties') }
  const always = new Set(readNames(parameters))
  const folded: Record<string, Json | undefined> = { ...parameters, type: 'object' }
  for (const key of COMBINERS) {
    const variants = parameters[key]
    if (!isArray(variants)) continue
    delete folded[key]
    const objects = variants.filter(isObject)
    for (const variant of objects) Object.assign(properties, readObject(variant, 'properties'))
    const [first] = objects
    for (const name of key === 'allOf'
      ? objects.flatMap(readNames)
      : first === undefined
        ? []
        : readNames(first)) {
      if (key === 'allOf' || objects.every((variant) => readNames(variant).includes(name))) always.add(name)
    }
  }
  return { ...folded, properties, ...(always.size === 0 ? {} : { required: [...always] }) }
}

function readNames(schema: JsonObject): readonly string[] {
  const required = schema['required']
  return isArray(required) ? required.filter((name) => typeof name === 'string') : []
}
