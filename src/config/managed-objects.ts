import { isObject, type Json } from '../kit/json.ts'
import { parseConfigDocument } from './document.ts'
import { valueAt } from './schema-names.ts'
import { NAMED_SECTIONS, objectKey } from './sections.ts'

/** The objects of a managed document by `objectKey`, each as text; none of one that cannot be read. */
export function managedObjects(text: string): ReadonlyMap<string, string> {
  const objects = new Map<string, string>()
  const value: Json = text === '' ? {} : (parseConfigDocument(text).document?.value ?? {})
  for (const [section, path] of NAMED_SECTIONS) {
    const below = valueAt(value, path)
    if (!isObject(below)) continue
    for (const [name, object] of Object.entries(below))
      objects.set(objectKey({ section, name }), JSON.stringify(object))
  }
  return objects
}
