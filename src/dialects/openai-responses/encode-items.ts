import type { Block, MediaBlock, ReasoningBlock, ToolCallBlock } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { FAMILY } from './vocabulary.ts'

/** An item of the output that is being written, and where it stands. */
interface Place {
  readonly id: string
  readonly outputIndex: number
}

/** A message: texts and refusals that lie next to each other. */
export interface OpenMessage extends Place {
  readonly content: JsonObject[]
  /** Parts of it that are not complete. */
  openParts: number
  /** True once something else was begun behind it. */
  isOver: boolean
}

/** A part of a message, a call or a thought, while it is written. */
export interface OpenPiece extends Place {
  readonly block: Block
  /** What its pieces of text are called. */
  readonly delta: string
  /** Everything of a frame of text before the number of the frame. */
  readonly prefix: string
  readonly parts: string[]
  /** Of a text: where it stands in its message, its sources and probabilities. */
  readonly message?: OpenMessage
  readonly contentIndex: number
  readonly annotations: JsonObject[]
  readonly logprobs: Json[]
  /** Of a thought. */
  signature: ReasoningBlock['signature']
}

/** The beginning of the frames in which a piece is written; its number and its text follow. */
export function prefixOf(delta: string, members: JsonObject): string {
  return `event: ${delta}\ndata: {"type":"${delta}",${JSON.stringify(members).slice(1, -1)},"sequence_number":`
}

/** A part of a message, complete. */
export function partOf({ block, parts, annotations, logprobs }: OpenPiece): JsonObject {
  const text = parts.join('')
  if (block.type === 'refusal') return { type: 'refusal', refusal: text }
  return { type: 'output_text', annotations, logprobs, text }
}

/** A call, as its tool is named by the client. */
export function callItem(
  { id, form, extra, arguments: text }: ToolCallBlock,
  { itemId, named, status }: { readonly itemId: string; readonly named: JsonObject; readonly status: string },
): JsonObject {
  const shared = { ...extra?.[FAMILY], id: itemId, call_id: id, ...named, status }
  return form === 'json'
    ? { type: 'function_call', ...shared, arguments: text }
    : { type: 'custom_tool_call', ...shared, input: text }
}

/** An item that comes whole: a picture, or what only this family understands. Undefined, with a notice, for all else. */
export function wholeItem(block: Block, id: string, notice: NoticeSink): JsonObject | undefined {
  if (block.type === 'media') {
    const picture = pictureItem(block, id)
    if (picture === undefined) notice('media.dropped')
    return picture
  }
  if (block.type === 'native' && block.family === FAMILY && isObject(block.raw)) return { id, ...block.raw }
  notice('native.dropped')
  return undefined
}

function pictureItem({ kind, source }: MediaBlock, id: string): JsonObject | undefined {
  if (kind !== 'image' || source.from !== 'bytes') return undefined
  return { type: 'image_generation_call', id, status: 'completed', result: source.base64 }
}
