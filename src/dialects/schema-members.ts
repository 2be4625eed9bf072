import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'

/** Keywords of JSON Schema that hold schemas: by name, one, and a list (https://json-schema.org/draft/2020-12/json-schema-core#section-10). */
const BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties'])
const ONE: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not'])
const LIST: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])

type Change = (schema: JsonObject) => JsonObject

/** The value of a keyword with the schemas in it changed; the same value where none is. */
export function changeMember(key: string, value: Json, change: Change): Json {
  if (ONE.has(key)) return isObject(value) ? change(value) : value
  if (LIST.has(key) && isArray(value)) return changeList(value, change)
  return BY_NAME.has(key) && isObject(value) ? changeAll(value, change) : value
}

function changeList(list: readonly Json[], change: Change): readonly Json[] {
  const changed = list.map((schema) => (isObject(schema) ? change(schema) : schema))
  return changed.some((schema, index) => schema !== list[index]) ? changed : list
}

function changeAll(schemas: JsonObject, change: Change): JsonObject {
  const names = Object.keys(schemas)
  const changed = changeList(
    names.map((name) => schemas[name] ?? null),
    change,
  )
  const isSame = names.every((name, index) => changed[index] === (schemas[name] ?? null))
  return isSame ? schemas : Object.fromEntries(names.map((name, index) => [name, changed[index]]))
}
