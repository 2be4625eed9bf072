import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { mapJsonTexts, mapTextsOfJson, type MapText } from './map-json-texts.ts'
import type { ModelRequest } from './operations/all.ts'

/** Nothing within a value of its own is a word of the wire: documents that are to be ranked. */
const NO_WORDS: ReadonlySet<string> = new Set()

/** What is no text of anybody, by the name of the member: words of the house, proofs. A member that is not named here is looked at. */
const NO_TEXT: ReadonlySet<string> = new Set([
  'operation',
  'model',
  'stream',
  'answerShape',
  'bearing',
  'bound',
  'type',
  'role',
  'rank',
  'at',
  'form',
  'kind',
  'family',
  'scheme',
  'cache',
  'signature',
  'mode',
  'effort',
  'show',
  'encodings',
  'task',
  'wants',
  'page',
  'logitBias',
])

/** What clients and providers name things by, which is a text of somebody where it has other characters than names have. */
const NAMES: ReadonlySet<string> = new Set(['id', 'callId', 'fileId', 'mediaType', 'detail'])
const NAME = /^[\w.:/|=+~?&%-]*$/

/** JSON in the words of somebody's wire, by the name of the member. */
const WIRE_JSON: ReadonlySet<string> = new Set(['raw', 'parameters', 'format', 'schema'])

/** Types of files that are text. */
const TEXT_TYPE = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|x-ndjson)|image\/svg)/i

/**
 * The request with each of its texts mapped: whatever is said, by whom ever, names and JSON within it included. The same request where
 * nothing changes, so that the client's bytes still say it. Pictures, sounds, files in other forms than text and what stands
 * elsewhere (addresses apart) are not texts. Pure.
 */
export function mapTexts(request: ModelRequest, map: MapText): ModelRequest {
  return mapMembers(request, map)
}

/** All texts of a request, in their order; of those that are said several times, each time. */
export function textsOf(request: ModelRequest): readonly string[] {
  const texts: string[] = []
  mapTexts(request, (text) => {
    texts.push(text)
    return text
  })
  return texts
}

/** Any part of a request or an answer with each of its texts mapped; the same one where nothing changes. */
export function mapMembers<Part extends object>(part: Part, map: MapText): Part {
  let changed: Record<string, unknown> | undefined
  for (const name of Object.keys(part)) {
    const member: unknown = Reflect.get(part, name)
    const mapped = mapMember(name, member, { part, map })
    if (mapped !== member) (changed ??= {})[name] = mapped
  }
  return changed === undefined ? part : { ...part, ...changed }
}

interface Mapping {
  readonly part: object
  readonly map: MapText
}

function mapMember(name: string, member: unknown, { part, map }: Mapping): unknown {
  if (NO_TEXT.has(name) || member === undefined) return member
  if (typeof member === 'string') return mapString(name, member, { part, map })
  if (typeof member !== 'object' || member === null) return member
  if (name === 'extra') return mapExtra(toObject(member), map)
  if (WIRE_JSON.has(name)) return mapJsonTexts(toObject(member), map)
  if (name === 'metadata' || name === 'documents') return mapJsonTexts(toJson(member), map, NO_WORDS)
  return Array.isArray(member) ? mapItems(member, map) : mapMembers(member, map)
}

function mapString(name: string, text: string, { part, map }: Mapping): string {
  if (NAMES.has(name) && NAME.test(text)) return text
  if (name === 'arguments') return mapTextsOfJson(text, map)
  return name === 'base64' ? mapFile(text, part, map) : map(text)
}

/** A file that is text is looked at as such. */
function mapFile(base64: string, part: object, map: MapText): string {
  if (!('mediaType' in part) || typeof part.mediaType !== 'string' || !TEXT_TYPE.test(part.mediaType))
    return base64
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const mapped = map(text)
  return mapped === text ? base64 : Buffer.from(mapped, 'utf8').toString('base64')
}

function mapItems(items: readonly unknown[], map: MapText): readonly unknown[] {
  const mapped = items.map((item) => {
    if (typeof item === 'string') return map(item)
    return typeof item === 'object' && item !== null && !Array.isArray(item) ? mapMembers(item, map) : item
  })
  return mapped.some((one, index) => one !== items[index]) ? mapped : items
}

/** By the names of families, which are the house's own. */
function mapExtra(extra: JsonObject, map: MapText): JsonObject {
  let changed: Record<string, Json> | undefined
  for (const [family, fields] of Object.entries(extra)) {
    const mapped = fields === undefined ? fields : mapJsonTexts(fields, map)
    if (mapped !== undefined && mapped !== fields) (changed ??= {})[family] = mapped
  }
  return changed === undefined ? extra : { ...extra, ...changed }
}

function toJson(member: object): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the members that are named are JSON by their types
  return member as Json
}

function toObject(member: object): JsonObject {
  const json = toJson(member)
  return isObject(json) && !isArray(json) ? json : {}
}
