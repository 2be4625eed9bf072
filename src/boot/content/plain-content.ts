import type { Block, MediaBlock } from '../../exchange/content.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'

/** Lists of so many numbers are vectors or tokens, which nobody reads. */
const SHOWN_NUMBERS = 64
/** A longer run without a blank is a file in base64. */
const LONGEST_WORD = 8_192

/** A block as it is kept: of a file that it is there, how large it is and its hash, never its bytes. */
export function blockJson(block: Block): JsonObject {
  switch (block.type) {
    case 'text':
      return {
        type: block.type,
        text: cut(block.text),
        citations: block.citations === undefined ? undefined : plainJson(toJson(block.citations)),
      }
    case 'refusal':
      return { type: block.type, text: cut(block.text) }
    case 'reasoning':
      return { type: block.type, form: block.form, text: cut(block.text), signed: block.signature && true }
    case 'tool-call':
      return {
        type: block.type,
        id: block.id,
        name: block.name,
        arguments: cut(block.arguments),
        form: block.form,
      }
    case 'tool-result':
      return {
        type: block.type,
        call_id: block.callId,
        is_error: block.isError,
        blocks: block.blocks.map(blockJson),
      }
    case 'search-result':
      return {
        type: block.type,
        source: block.source,
        title: block.title,
        blocks: block.blocks.map(blockJson),
      }
    case 'native':
      return { type: block.type, family: block.family, raw: plainJson(block.raw) }
    case 'media':
      return mediaJson(block)
  }
}

/** The mention of a file. */
function mediaJson({ type, kind, source, name }: MediaBlock): JsonObject {
  const mention = { type, kind, name, from: source.from }
  switch (source.from) {
    case 'bytes': {
      const bytes = Buffer.from(source.base64, 'base64')
      return { ...mention, media_type: source.mediaType, bytes: bytes.length, sha256: sha256Hex(bytes) }
    }
    case 'url':
      return { ...mention, url: source.url.startsWith('data:') ? 'data:' : cut(source.url) }
    case 'text':
      return { ...mention, text: cut(source.text) }
    case 'blocks':
      return { ...mention, blocks: source.blocks.map(blockJson) }
    case 'file':
      return { ...mention, file_id: source.fileId }
  }
}

/** A value with what nobody reads as a mention: long lists of numbers, and files in base64. */
export function plainJson(value: Json): Json {
  if (typeof value === 'string') return plainText(value)
  if (isArray(value)) {
    if (value.length > SHOWN_NUMBERS && value.every((one) => typeof one === 'number'))
      return { numbers: value.length }
    return value.map(plainJson)
  }
  if (!isObject(value)) return value
  const plain: Record<string, Json> = {}
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) plain[name] = plainJson(member)
  return plain
}

function plainText(text: string): string {
  if (text.length <= LONGEST_WORD || /\s/.test(text.slice(0, LONGEST_WORD))) return cut(text)
  return `[${text.length} characters without a blank, sha256 ${sha256Hex(text)}]`
}

/** No text is longer than all that is kept of a request. */
function cut(text: string): string {
  const over = text.length - LIMITS.contentBytes
  return over <= 0 ? text : `${text.slice(0, LIMITS.contentBytes)}… (${over} characters more)`
}

/** What a request is made of, as JSON: its types hold nothing that JSON cannot. */
export function toJson(value: unknown): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- canonical requests and answers are plain data
  return value as Json
}
