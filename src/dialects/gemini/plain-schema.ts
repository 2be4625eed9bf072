import type { Json, JsonObject } from '../../kit/json.ts'
import { changeMember } from '../schema-members.ts'

const COUNTS = /^(?:min|max)(?:Items|Length|Properties)$/

/**
 * JSON Schema out of a schema as this API has it (https://ai.google.dev/api/caching#Schema): types in capitals, `nullable`, counts
 * as text, an order of properties. The same object where it is JSON Schema already.
 */
export function toPlainSchema(schema: JsonObject): JsonObject {
  const { propertyOrdering, nullable, ...members } = schema
  let isChanged = (propertyOrdering ?? nullable) !== undefined
  const plain: Record<string, Json | undefined> = {}
  for (const [key, value] of Object.entries(members)) {
    plain[key] = value === undefined ? value : plainMember(key, value)
    isChanged ||= plain[key] !== value
  }
  if (nullable === true && typeof plain['type'] === 'string') plain['type'] = [plain['type'], 'null']
  return isChanged ? plain : schema
}

function plainMember(key: string, value: Json): Json {
  if (key === 'type') return typeof value === 'string' ? value.toLowerCase() : value
  if (COUNTS.test(key)) return typeof value === 'string' && value !== '' ? Number(value) : value
  return changeMember(key, value, toPlainSchema)
}
