import { createByteEraser, type ByteEraser } from '../../kit/byte-eraser.ts'
import { createByteShape, type ByteShape } from '../../kit/byte-shape.ts'
import { isArray, isObject, type JsonObject } from '../../kit/json.ts'
import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { hasEmptyText, Tap, type TapRules } from '../tap.ts'
import { ChatReader } from './decode-response.ts'

const DECODER = new TextDecoder()
const LETTER_D = 100
/** `data: [DONE]` and other frames this short are read whole. */
const SHORT_FRAME_BYTES = 40

/** Creates the tap of the native lane: ordinary deltas are recognised on their raw text, most of them on their shape. */
export function tapResponse(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  const reader = new ChatReader(context)
  return new Tap(reader, new ChatTapRules(reader, context.request.wantsUsage))
}

/**
 * The usage chunk that the gateway asked for and the client did not is hidden, and so is the `"usage":null` that it brings into all
 * others.
 */
class ChatTapRules implements TapRules {
  readonly #reader: ChatReader
  readonly #wantsUsage: boolean
  /** Takes the member for usage out of a chunk, where the provider's chunks have one and the client did not ask. */
  #eraseUsage: ByteEraser | undefined
  /** The shape of the last ordinary frame. */
  #shape: ByteShape | undefined
  /** Does the shape tell frames that say nothing? Padding differs from frame to frame too, and nobody says it. */
  #tellsBare = false
  #wasted = 0

  constructor(reader: ChatReader, wantsUsage: boolean) {
    this.#reader = reader
    this.#wantsUsage = wantsUsage
  }

  quick(frame: SseFrame): 'content' | 'keep-alive' | undefined {
    if (!this.#isOrdinary(frame)) return undefined
    if (!this.#tellsBare && hasEmptyText(frame)) return undefined
    const isBare = this.#shape?.isBare(frame.bytes) === true
    this.#eraseUsage?.(frame.bytes)
    return isBare ? 'keep-alive' : 'content'
  }

  hides(frame: SseFrame): boolean {
    const { chunk } = this.#reader
    if (this.#wantsUsage || chunk === undefined) return false
    if (isUsageOnly(chunk)) return true
    if (chunk['usage'] === null) this.#leaveOutUsage(frame)
    return false
  }

  #leaveOutUsage(frame: SseFrame): void {
    const member = NULL_USAGE.exec(frame.data)?.[0]
    if (member === undefined) return
    this.#eraseUsage = createByteEraser(member)
    this.#eraseUsage(frame.bytes)
  }

  /**
   * True for frames that can only be content: a `data:` line in which none of the members that matter has a value.
   * Doubt means false, and the frame is parsed. The frames of a stream differ in little but their text, so
   * those that are shaped like the last one are recognised on their bytes.
   */
  #isOrdinary(frame: SseFrame): boolean {
    if (this.#shape?.matches(frame.bytes) === true) {
      this.#wasted = 0
      return true
    }
    const reader = this.#reader
    // The first frame of each answer is read: one that was never heard of would not be missed at the end.
    if (reader.choices.length < reader.wanted) return false
    const text = ordinaryText(frame, reader)
    // What is ordinary depends on the state, which only frames that are not ordinary change.
    const hasShape = text !== undefined && this.#wasted < WASTED_SHAPES
    this.#shape = hasShape ? createByteShape(text.split(FREE_TEXT)) : undefined
    this.#tellsBare = hasShape && !text.includes(PADDING)
    if (hasShape) this.#wasted += 1
    return text !== undefined
  }
}

/** Usage without a value, and the comma that goes with it: white space in its place means nothing. In content it cannot look like this, because its quotes are escaped. */
const NULL_USAGE = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/

function isUsageOnly(chunk: JsonObject): boolean {
  const { choices } = chunk
  return isArray(choices) && choices.length === 0 && isObject(chunk['usage'])
}

/** Members that matter beyond content. In content they cannot look like this, because its quotes are escaped. */
const MEMBERS = [
  '"usage"',
  '"finish_reason"',
  '"error"',
  '"x_groq"',
  '"base_resp"',
  '"service_tier"',
] as const

const CALLS = /"(?:tool_calls|function_call)"/
/** A call that is named begins; it may be one of an answer that was never heard of. */
const BEGINS_CALL = /"name"\s*:\s*"[^"]/

/** The insides of the strings in which content differs from its neighbours, and the padding that goes with it. */
const FREE_TEXT =
  /(?<="(?:content|reasoning_content|reasoning|arguments|obfuscation)" ?: ?")(?:[^"\\]|\\.)*(?=")/
const PADDING = '"obfuscation"'
/** Shapes in a row that no second frame had; so many mean that the frames of this stream have none in common. */
const WASTED_SHAPES = 4

/** The text of a frame that can only be content. */
function ordinaryText(frame: SseFrame, reader: ChatReader): string | undefined {
  const { bytes } = frame
  if (bytes[0] !== LETTER_D || bytes.length < SHORT_FRAME_BYTES || !endsLikeObject(frame)) return undefined
  const text = DECODER.decode(bytes)
  for (const member of MEMBERS) if (hasValue(text, member, reader)) return undefined
  if (CALLS.test(text) && (BEGINS_CALL.test(text) || reader.choices.some(({ hasCalled }) => !hasCalled)))
    return undefined
  return hasValue(text, '"refusal"', reader) ? undefined : text
}

const COLON = /^\s*:\s*/

/** True when the member occurs with a value other than null, or (for the tier) with one that is news. */
function hasValue(text: string, member: string, reader: ChatReader): boolean {
  if (member === '"service_tier"' && reader.service.told !== undefined) return false
  let at = text.indexOf(member)
  while (at >= 0) {
    const rest = text.slice(at + member.length, at + member.length + 12).replace(COLON, '')
    if (!rest.startsWith('null')) return true
    at = text.indexOf(member, at + member.length)
  }
  return false
}
