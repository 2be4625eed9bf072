import type { Block, Citation, MediaBlock, MediaSource, Seal, TextBlock } from '../../exchange/content.ts'
import {
  isArray,
  isObject,
  readBoolean,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { unwrapSeal } from '../carried-seal.ts'
import { returnCallSeals } from './decode-carried-seals.ts'
import { readToolAddition, readToolReference, readToolRemoval } from './decode-tool-changes.ts'
import {
  isAbsent,
  optionalArray,
  optionalBoolean,
  optionalString,
  readCacheMark,
  readExtra,
  readMarkedExtra,
  refuse,
  requireString,
} from './read-fields.ts'
import { FAMILY, HOSTED_TRAFFIC, REDACTED, SIGNATURE } from './schema.ts'

/** Reads a block that stands at `at`; `path` is the same with the dot behind it that its members begin with. */
type ReadBlock = (raw: JsonObject, path: string, at: string) => Block

const fields = (...names: readonly string[]): ReadonlySet<string> =>
  new Set(['type', 'cache_control', ...names])

const TEXT_FIELDS = fields('text', 'citations')
const IMAGE_FIELDS = fields('source')
const DOCUMENT_FIELDS = fields('source', 'title', 'context', 'citations')
const SEARCH_RESULT_FIELDS = fields('source', 'title', 'content', 'citations')
const THINKING_FIELDS: ReadonlySet<string> = new Set(['type', 'thinking', 'signature'])
const REDACTED_FIELDS: ReadonlySet<string> = new Set(['type', 'data'])
const TOOL_USE_FIELDS = fields('id', 'name', 'input')
const TOOL_RESULT_FIELDS = fields('tool_use_id', 'content', 'is_error')

/** Blocks that mean something to every dialect. All others are the family's own and are carried whole. */
const READERS: ReadonlyMap<string, ReadBlock> = new Map<string, ReadBlock>([
  ['text', readText],
  ['image', readImage],
  ['document', readDocument],
  ['search_result', readSearchResult],
  ['thinking', readThinking],
  ['redacted_thinking', readRedactedThinking],
  ['tool_use', readToolUse],
  ['tool_result', readToolResult],
  ['tool_reference', readToolReference],
  ['tool_addition', readToolAddition],
  ['tool_removal', readToolRemoval],
])

/**
 * Reads the content of a turn, a system prompt or a tool result: a string or an array of blocks.
 * Throws `Failure('invalid-request')` with the path of what is wrong.
 *
 * @param key where it stands in `holder`
 * @param path where the holder stands, for example `messages[0].`
 */
export function decodeContent(holder: JsonObject, key: string, path: string): readonly Block[] {
  const content = holder[key]
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!isArray(content)) {
    return refuse(
      `${path}${key}`,
      isAbsent(content) ? 'Field required' : 'Input should be a string or an array of blocks',
    )
  }
  const blocks: Block[] = []
  for (const block of content) blocks.push(decodeBlock(block, `${path}${key}[${blocks.length}]`))
  return returnCallSeals(content, blocks)
}

/** Reads one block of a request or of an answer. */
function decodeBlock(raw: Json, path: string): Block {
  if (!isObject(raw)) return refuse(path, 'Input should be an object')
  const place = `${path}.`
  const type = requireString(raw, 'type', place)
  return READERS.get(type)?.(raw, place, path) ?? readNative(raw, type, path)
}

function readNative(raw: JsonObject, type: string, path: string): Block {
  const block: Block = { type: 'native', family: FAMILY, raw, at: path }
  return HOSTED_TRAFFIC.test(type) ? { ...block, elsewhere: '' } : block
}

function readText(raw: JsonObject, path: string): TextBlock {
  const citations = optionalArray(raw, 'citations', path)?.filter(isObject)
  return {
    type: 'text',
    text: requireString(raw, 'text', path),
    ...(citations === undefined || citations.length === 0 ? {} : { citations: citations.map(readCitation) }),
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, TEXT_FIELDS),
  }
}

/** A citation with what other dialects can say of it, and the original for our own. */
export function readCitation(raw: JsonObject): Citation {
  const text = readString(raw, 'cited_text')
  const url = readString(raw, 'url')
  const title = readString(raw, 'title') ?? readString(raw, 'document_title')
  return {
    ...(text === undefined ? {} : { text }),
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    extra: { [FAMILY]: raw },
  }
}

function readImage(raw: JsonObject, path: string, at: string): Block {
  const source = readSource(raw, path)
  if (source === undefined) return { type: 'native', family: FAMILY, raw, at }
  return {
    type: 'media',
    kind: 'image',
    source,
    at,
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, IMAGE_FIELDS),
  }
}

function readDocument(raw: JsonObject, path: string, at: string): Block {
  const source = readSource(raw, path)
  if (source === undefined) return { type: 'native', family: FAMILY, raw, at }
  const name = optionalString(raw, 'title', path)
  const context = optionalString(raw, 'context', path)
  const cite = readCite(raw)
  return {
    type: 'media',
    kind: 'document',
    source,
    at,
    ...(name === undefined ? {} : { name }),
    ...(context === undefined ? {} : { context }),
    ...(cite === undefined ? {} : { cite }),
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, DOCUMENT_FIELDS),
  } satisfies MediaBlock
}

function readCite(raw: JsonObject): boolean | undefined {
  const citations = readObject(raw, 'citations')
  return citations === undefined ? undefined : readBoolean(citations, 'enabled')
}

/** Where the bytes are; undefined for a kind of source that is not known here. */
function readSource(raw: JsonObject, path: string): MediaSource | undefined {
  const source = raw['source']
  if (!isObject(source)) return refuse(`${path}source`, 'Input should be an object')
  const at = `${path}source.`
  switch (requireString(source, 'type', at)) {
    case 'base64':
      return {
        from: 'bytes',
        base64: requireString(source, 'data', at),
        mediaType: requireString(source, 'media_type', at),
      }
    case 'url':
      return { from: 'url', url: requireString(source, 'url', at) }
    case 'text':
      return { from: 'text', text: requireString(source, 'data', at) }
    case 'content':
      return { from: 'blocks', blocks: decodeContent(source, 'content', at) }
    case 'file':
      return { from: 'file', family: FAMILY, fileId: requireString(source, 'file_id', at) }
    default:
      return undefined
  }
}

function readSearchResult(raw: JsonObject, path: string): Block {
  const cite = readCite(raw)
  return {
    type: 'search-result',
    source: requireString(raw, 'source', path),
    title: requireString(raw, 'title', path),
    blocks: decodeContent(raw, 'content', path),
    ...(cite === undefined ? {} : { cite }),
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, SEARCH_RESULT_FIELDS),
  }
}

/** An empty signature is what the gateway shows where there is none; it comes back as none. */
function readThinking(raw: JsonObject, path: string): Block {
  const signature = optionalString(raw, 'signature', path) ?? ''
  return {
    type: 'reasoning',
    text: requireString(raw, 'thinking', path),
    form: 'full',
    ...(signature === '' ? {} : { seal: sealIn(signature, SIGNATURE) }),
    ...readExtra(raw, THINKING_FIELDS),
  }
}

function readRedactedThinking(raw: JsonObject, path: string): Block {
  return {
    type: 'reasoning',
    text: '',
    form: 'hidden',
    seal: sealIn(requireString(raw, 'data', path), REDACTED),
    ...readExtra(raw, REDACTED_FIELDS),
  }
}

/** The seal that stands in a slot of this family: its own, or one of another family that travels there. */
function sealIn(value: string, scheme: string): Seal {
  return unwrapSeal(value)?.seal ?? { family: FAMILY, scheme, value }
}

function readToolUse(raw: JsonObject, path: string): Block {
  const input = raw['input']
  if (!isAbsent(input) && !isObject(input)) return refuse(`${path}input`, 'Input should be an object')
  return {
    type: 'tool-call',
    id: requireString(raw, 'id', path),
    name: requireString(raw, 'name', path),
    arguments: JSON.stringify(input ?? {}),
    form: 'json',
    at: `${path}input`,
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, TOOL_USE_FIELDS),
  }
}

function readToolResult(raw: JsonObject, path: string, at: string): Block {
  const content = raw['content']
  return {
    type: 'tool-result',
    callId: requireString(raw, 'tool_use_id', path),
    isError: optionalBoolean(raw, 'is_error', path) ?? false,
    blocks: isAbsent(content) ? [] : decodeContent(raw, 'content', path),
    at,
    ...readCacheMark(raw),
    ...readMarkedExtra(raw, TOOL_RESULT_FIELDS),
  }
}
