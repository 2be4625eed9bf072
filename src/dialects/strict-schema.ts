import { isArray, isObject, readArray, readObject, type Json, type JsonObject } from '../kit/json.ts'

/**
 * Keywords that strict mode refuses (https://platform.openai.com/docs/guides/structured-outputs, supported schemas). What
 * they say cannot be said otherwise.
 */
const REFUSED: ReadonlySet<string> = new Set([
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
])

/** One of these says what kind of value it is, without which strict mode takes no schema. */
const KINDS = ['type', 'anyOf', '$ref', 'enum', 'const'] as const

/**
 * The schema of a strict tool as its vendor demands it: every object is closed and requires all of its properties. A
 * property that may be left out is required where it may also be null, which says the same. Undefined where the client would
 * get arguments that its own schema does not take, or could not get some that it does.
 */
export function closeParameters(parameters: JsonObject | undefined): JsonObject | undefined {
  if (parameters === undefined) {
    return { type: 'object', properties: {}, required: [], additionalProperties: false }
  }
  if (parameters['type'] !== 'object' || parameters['anyOf'] !== undefined) return undefined
  return closeSchema(parameters)
}

function closeSchema(schema: JsonObject): JsonObject | undefined {
  if (KINDS.every((kind) => schema[kind] === undefined)) return undefined
  const members: [string, Json | undefined][] = []
  for (const [key, value] of Object.entries(schema)) {
    if (REFUSED.has(key)) return undefined
    const closed = value === undefined ? undefined : closeMember(key, value)
    if (closed === undefined) return undefined
    members.push([key, closed])
  }
  const closed = Object.fromEntries(members)
  return isObjectSchema(schema) ? closeObject(closed) : closed
}

/** The value of a keyword with the schemas in it closed. */
function closeMember(key: string, value: Json): Json | undefined {
  switch (key) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isObject(value) ? closeAll(value) : undefined
    case 'anyOf':
      return isArray(value) ? closeList(value) : undefined
    case 'items':
      return isObject(value) ? closeSchema(value) : undefined
    default:
      return value
  }
}

function closeAll(schemas: JsonObject): JsonObject | undefined {
  const closed = closeList(Object.values(schemas))
  if (closed === undefined) return undefined
  return Object.fromEntries(Object.keys(schemas).map((name, index) => [name, closed[index]]))
}

function closeList(schemas: readonly (Json | undefined)[]): JsonObject[] | undefined {
  const closed = schemas
    .map((schema) => (isObject(schema) ? closeSchema(schema) : undefined))
    .filter(isObject)
  return closed.length === schemas.length ? closed : undefined
}

function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === undefined ? properties !== undefined : namesType(type, 'object')
}

function closeObject(schema: JsonObject): JsonObject | undefined {
  const { additionalProperties } = schema
  const isClosed = additionalProperties === false
  if (!isClosed && (additionalProperties !== undefined || schema['properties'] === undefined))
    return undefined
  const properties = readObject(schema, 'properties') ?? {}
  const names = Object.keys(properties)
  const required = new Set(readArray(schema, 'required'))
  const mayRequireAll = Object.entries(properties).every(
    ([name, property]) => required.has(name) || (isObject(property) && takesNull(property)),
  )
  if (!mayRequireAll || [...required].some((name) => typeof name !== 'string' || !names.includes(name))) {
    return undefined
  }
  return { ...schema, properties, required: names, additionalProperties: false }
}

function takesNull(schema: JsonObject): boolean {
  const { type, anyOf, enum: values } = schema
  if (isArray(values) && !values.includes(null)) return false
  if (type !== undefined) return namesType(type, 'null')
  return isArray(anyOf) && anyOf.some((option) => isObject(option) && takesNull(option))
}

function namesType(type: Json, name: string): boolean {
  return type === name || (isArray(type) && type.includes(name))
}
