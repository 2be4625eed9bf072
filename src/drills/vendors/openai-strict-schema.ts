import { isObject, readArray, readObject, type JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'

const MAX_DEPTH = 64

interface Place {
  /** Whose schema it is: `function 'f'` or `response_format 'x'`. */
  readonly what: string
  readonly param: string
}

/**
 * Refuses a schema that OpenAI's strict mode does not take: every object must list all of its properties as required and allow no
 * others. Throws `VendorError` of status 400 in its words (structured outputs guide, "supported schemas").
 */
export function checkStrictSchema(schema: JsonObject, place: Place): void {
  walk(schema, { place, context: [] })
}

interface Walk {
  readonly place: Place
  readonly context: readonly string[]
}

function walk(schema: JsonObject, at: Walk): void {
  if (at.context.length > MAX_DEPTH) return
  const properties = readObject(schema, 'properties')
  if (schema['type'] === 'object' || properties !== undefined) checkObject(schema, at)
  for (const [name, property] of Object.entries(properties ?? {})) {
    if (isObject(property)) walk(property, deeper(at, 'properties', name))
  }
  const items = readObject(schema, 'items')
  if (items !== undefined) walk(items, deeper(at, 'items'))
  for (const option of readArray(schema, 'anyOf').filter(isObject)) walk(option, deeper(at, 'anyOf'))
  for (const definition of Object.values(readObject(schema, '$defs') ?? {})) {
    if (isObject(definition)) walk(definition, deeper(at, '$defs'))
  }
}

function checkObject(schema: JsonObject, at: Walk): void {
  if (schema['additionalProperties'] !== false) {
    refuse(at, "'additionalProperties' is required to be supplied and to be false.")
  }
  const required = new Set(readArray(schema, 'required'))
  const missing = Object.keys(readObject(schema, 'properties') ?? {}).find((name) => !required.has(name))
  if (missing === undefined) return
  refuse(
    at,
    `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
  )
}

function refuse({ place, context }: Walk, why: string): never {
  const path = context.map((step) => `'${step}'`).join(', ')
  throw new VendorError(400, `Invalid schema for ${place.what}: In context=(${path}), ${why}`, {
    param: place.param,
    code: 'invalid_function_parameters',
  })
}

function deeper(at: Walk, ...steps: readonly string[]): Walk {
  return { ...at, context: [...at.context, ...steps] }
}
