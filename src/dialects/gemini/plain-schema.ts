import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'

/** Members that hold schemas by name, one schema, and a list of schemas. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties'])
const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not'])
const LIST: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const COUNTS = /^(?:min|max)(?:Items|Length|Properties)$/

/**
 * JSON Schema out of a schema as this API has it (https://ai.google.dev/api/caching#Schema): types in capitals, `nullable`, counts
 * as text, an order of properties. The same object where it is JSON Schema already.
 */
export function toPlainSchema(schema: JsonObject): JsonObject {
  const plain: Record<string, Json | undefined> = {}
  let isChanged = false
  for (const key of Object.keys(schema)) {
    const value = schema[key]
    if (key === 'propertyOrdering' || key === 'nullable') isChanged = true
    else {
      const said = plainMember(key, value)
      isChanged ||= said !== value
      plain[key] = said
    }
  }
  if (schema['nullable'] === true && typeof plain['type'] === 'string')
    plain['type'] = [plain['type'], 'null']
  return isChanged ? plain : schema
}

function plainMember(key: string, value: Json | undefined): Json | undefined {
  if (key === 'type') return typeof value === 'string' ? value.toLowerCase() : value
  if (COUNTS.test(key)) return typeof value === 'string' && value !== '' ? Number(value) : value
  if (ONE.has(key)) return isObject(value) ? toPlainSchema(value) : value
  if (LIST.has(key)) return isArray(value) ? plainList(value) : value
  return BY_NAME.has(key) && isObject(value) ? plainMap(value) : value
}

function plainList(list: readonly Json[]): readonly Json[] {
  const plain = list.map((schema) => (isObject(schema) ? toPlainSchema(schema) : schema))
  return plain.some((schema, index) => schema !== list[index]) ? plain : list
}

function plainMap(map: JsonObject): JsonObject {
  const entries = Object.entries(map)
  const plain = entries.map(
    ([name, schema]) => [name, isObject(schema) ? toPlainSchema(schema) : schema] as const,
  )
  return plain.some(([, schema], index) => schema !== entries[index]?.[1]) ? Object.fromEntries(plain) : map
}
