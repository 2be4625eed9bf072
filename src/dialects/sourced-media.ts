import { readObject, readString, type JsonObject } from '../kit/json.ts'
import type { HeldObject } from './unknown-members.ts'

/** The media type of a text in a `source`, which is said with each. */
export const PLAIN_TEXT = 'text/plain'

/** Whether something is to be cited. */
export const CITATIONS: HeldObject = { key: 'citations', fields: new Set(['enabled']) }

/** The objects of an image or a document with a `source`, and what is understood of a source of its kind. */
export function heldInSourced(raw: JsonObject): readonly HeldObject[] {
  const source = readObject(raw, 'source') ?? {}
  const type = readString(source, 'type') ?? ''
  const fields = new Set(['type', ...(SOURCE_FIELDS.get(type) ?? [])])
  if (type === 'text' && source['media_type'] === PLAIN_TEXT) fields.add('media_type')
  return [{ key: 'source', fields }, CITATIONS]
}

const SOURCE_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['base64', ['data', 'media_type']],
  ['url', ['url']],
  ['text', ['data']],
  ['content', ['content']],
  ['file', ['file_id']],
])
