import { Document, isMap, parseDocument, stringify, type Document as AnyDocument } from 'yaml'
import type { Json } from '../kit/json.ts'
import { NAMED_SECTIONS, type ObjectName } from './sections.ts'

/**
 * Writes one object into a managed document; what else stands in it, comments included, stays as it is.
 *
 * @param text a document without syntax errors; empty where nothing is managed
 */
export function setObject(text: string, object: ObjectName, value: Json): string {
  const document = open(text)
  const section = pathOf(object)
  // A section of which only the name is left holds nothing that one could add to.
  if (!isMap(document.getIn(section))) document.setIn(section, document.createNode({}))
  document.setIn([...section, object.name], document.createNode(value))
  return spell(document)
}

/** Takes one object out of a managed document. A section that is empty then goes, too. */
export function removeObject(text: string, object: ObjectName): string {
  const document = open(text)
  const section = pathOf(object)
  if (!isMap(document.getIn(section))) return text
  document.deleteIn([...section, object.name])
  for (let length = section.length; length > 0; length -= 1) {
    const around = document.getIn(section.slice(0, length))
    if (!isMap(around) || around.items.length > 0) break
    document.deleteIn(section.slice(0, length))
  }
  return isMap(document.contents) && document.contents.items.length === 0 ? '' : spell(document)
}

/** An object as YAML, for editors. */
export function objectText(value: Json): string {
  return stringify(value, { lineWidth: 0 })
}

function pathOf({ section }: ObjectName): readonly string[] {
  return NAMED_SECTIONS.get(section) ?? [section]
}

function open(text: string): AnyDocument {
  return text.trim() === '' ? new Document({}) : parseDocument(text, { version: '1.2' })
}

function spell(document: AnyDocument): string {
  return document.toString({ lineWidth: 0 })
}
