import type { Block, MediaBlock, MediaSource } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, readBoolean, readObject, type JsonObject } from '../../kit/json.ts'
import { markOf } from './cache-mark.ts'
import { toSource } from './media-source.ts'
import {
  asObject,
  booleanField,
  invalid,
  objectField,
  requiredString,
  stringField,
  unknownFields,
} from './request-fields.ts'
import { FAMILY } from './schema.ts'

/*
 * Parts that other APIs have and clients write into chat requests all the same: those of the newer API of this vendor
 * (`input_text`), and those of agents that were made for another vendor (`tool_use`, `document`). What they mean is plain, and what
 * is not understood here would be lost.
 */

/** Reads a part, or refuses it by its place (`messages[2].content[0]`), with the reader of content for parts that hold others. */
export type PartReader = (part: JsonObject, path: string, readContent: ContentReader) => Block

/** Reads the content of what holds some, by its place. */
type ContentReader = (holder: JsonObject, path: string) => readonly Block[]

/** Part type → reader. */
export const FOREIGN_PARTS: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ['input_text', readText],
  ['output_text', readText],
  ['input_image', readInputImage],
  ['input_file', readInputFile],
  ['image', readMedia],
  ['document', readMedia],
  ['tool_use', readToolUse],
  ['tool_result', readToolResult],
])

const TEXT_FIELDS: ReadonlySet<string> = new Set(['type', 'text', 'annotations', 'logprobs'])

function readText(part: JsonObject, path: string): Block {
  return {
    type: 'text',
    text: requiredString(part, 'text', path),
    ...markOf(part),
    ...unknownFields(part, TEXT_FIELDS),
  }
}

function readInputImage(part: JsonObject, path: string): Block {
  const held = part['image_url']
  const url = isObject(held)
    ? requiredString(held, 'url', `${path}.image_url`)
    : stringField(part, 'image_url', path)
  return {
    type: 'media',
    kind: 'image',
    source: url === undefined ? toFile(part, path) : toSource(url),
    ...defined({ detail: stringField(part, 'detail', path) }),
    at: path,
    ...markOf(part),
  } satisfies MediaBlock
}

function readInputFile(part: JsonObject, path: string): Block {
  return {
    type: 'media',
    kind: 'document',
    source: sourceOfFile(part, path),
    ...defined({ name: stringField(part, 'filename', path) }),
    at: path,
    ...markOf(part),
  } satisfies MediaBlock
}

function sourceOfFile(part: JsonObject, path: string): MediaSource {
  const data = stringField(part, 'file_data', path)
  if (data !== undefined) return toSource(data, 'application/pdf')
  const url = stringField(part, 'file_url', path)
  return url === undefined ? toFile(part, path) : toSource(url)
}

/** An image or document whose `source` says where its bytes are. */
function readMedia(part: JsonObject, path: string, readContent: ContentReader): Block {
  const source = asObject(part['source'], `${path}.source`)
  return {
    type: 'media',
    kind: part['type'] === 'image' ? 'image' : 'document',
    source: readSource(source, `${path}.source`, readContent),
    ...defined({
      name: stringField(part, 'title', path),
      context: stringField(part, 'context', path),
      cite: readBoolean(readObject(part, 'citations') ?? {}, 'enabled'),
    }),
    at: path,
    ...markOf(part),
  } satisfies MediaBlock
}

function readSource(source: JsonObject, path: string, readContent: ContentReader): MediaSource {
  switch (requiredString(source, 'type', path)) {
    case 'base64':
      return {
        from: 'bytes',
        base64: requiredString(source, 'data', path),
        mediaType: requiredString(source, 'media_type', path),
      }
    case 'url':
      return toSource(requiredString(source, 'url', path))
    case 'text':
      return { from: 'text', text: requiredString(source, 'data', path) }
    case 'content':
      return { from: 'blocks', blocks: readContent(source, path) }
    case 'file':
      return toFile(source, path)
    default:
      throw invalid(`${path}.type`, `\`${path}.type\` must be base64, url, text, content or file.`)
  }
}

function toFile(holder: JsonObject, path: string): MediaSource {
  return { from: 'file', family: FAMILY, fileId: requiredString(holder, 'file_id', path) }
}

function readToolUse(part: JsonObject, path: string): Block {
  return {
    type: 'tool-call',
    id: requiredString(part, 'id', path),
    name: requiredString(part, 'name', path),
    arguments: JSON.stringify(objectField(part, 'input', path) ?? {}),
    form: 'json',
    at: `${path}.input`,
    ...markOf(part),
  }
}

function readToolResult(part: JsonObject, path: string, readContent: ContentReader): Block {
  return {
    type: 'tool-result',
    callId: requiredString(part, 'tool_use_id', path),
    isError: booleanField(part, 'is_error', path) ?? false,
    blocks: readContent(part, path),
    at: path,
    ...markOf(part),
  }
}
