import { z } from 'zod'
import { isArray, isObject, readObject, readObjects, type Json, type JsonObject } from '../kit/json.ts'
import type { PathStep } from './problems.ts'
import { configSchema } from './schema.ts'

/** The JSON Schema (draft 2020-12) of what a schema takes. */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  const generated: unknown = z.toJSONSchema(schema, { io: 'input' })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a JSON Schema is JSON
  return generated as JsonObject
}

/** The JSON Schema of the file, for editors and for the reference in docs/config.md. */
export function configJsonSchema(): JsonObject {
  const { $schema, ...rest } = toJsonSchema(configSchema)
  return { ...($schema === undefined ? {} : { $schema }), title: 'gatehouse.yaml', ...rest }
}

/** The keys that are valid in the map at `path`, for "did you mean". Empty where any name goes. */
export function validKeys(schema: JsonObject, path: readonly PathStep[]): string[] {
  return [
    ...new Set(nodesAt(schema, path).flatMap((node) => Object.keys(readObject(node, 'properties') ?? {}))),
  ]
}

/** What a schema says of the place at `path`: every alternative there. */
export function nodesAt(schema: JsonObject, path: readonly PathStep[]): readonly JsonObject[] {
  let nodes: readonly JsonObject[] = [schema]
  for (const step of path) nodes = nodes.flatMap((node) => stepInto(node, step))
  return nodes.flatMap(branches)
}

/** A node and every alternative below it. */
function branches(node: JsonObject): readonly JsonObject[] {
  return [
    node,
    ...readObjects(node, 'anyOf').flatMap(branches),
    ...readObjects(node, 'allOf').flatMap(branches),
  ]
}

function stepInto(node: JsonObject, step: PathStep): JsonObject[] {
  return branches(node).flatMap((branch) => {
    const items = branch['items']
    if (typeof step === 'number') return isObject(items) ? [items] : []
    const property = readObject(branch, 'properties')?.[step]
    if (isObject(property)) return [property]
    const others = branch['additionalProperties']
    return isObject(others) ? [others] : []
  })
}

/** The value at `path` in a parsed file, or undefined. */
export function valueAt(value: Json, path: readonly PathStep[]): Json | undefined {
  let part: Json | undefined = value
  for (const step of path) {
    if (isObject(part)) part = part[String(step)]
    else if (isArray(part) && typeof step === 'number') part = part[step]
    else return undefined
  }
  return part
}
