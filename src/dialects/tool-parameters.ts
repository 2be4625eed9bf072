import { isArray, isObject, readObject, type Json, type JsonObject } from '../kit/json.ts'

/** A schema and whether it says anything else than before. */
export interface LoweredSchema {
  readonly schema: JsonObject
  readonly changed: boolean
}

const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const

/**
 * Brings the schema of a tool's arguments to what every API takes: an object with properties at the root. What is missing of
 * that is added, which says nothing new; alternatives at the root are folded to one object of all their properties.
 */
export function lowerParameters(parameters: JsonObject | undefined): LoweredSchema {
  if (parameters === undefined) return { schema: { type: 'object', properties: {} }, changed: false }
  const combined = COMBINERS.some((key) => isArray(parameters[key]))
  if (combined) return { schema: foldAlternatives(parameters), changed: true }
  const { type = 'object', properties } = parameters
  if (type !== 'object' || (isObject(properties) && parameters['type'] !== undefined)) {
    return { schema: parameters, changed: false }
  }
  return {
    schema: { type, ...parameters, properties: isObject(properties) ? properties : {} },
    changed: false,
  }
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
