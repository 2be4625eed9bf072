import { createByteEraser, type ByteEraser } from '../../kit/byte-eraser.ts'
import { createByteShape, type ByteShape } from '../../kit/byte-shape.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { ChatSink } from '../../exchange/chat-said.ts'
import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { ChatDecoder, readFrame } from './decode-response.ts'
import { emit, type ChoiceState, type ResponseState } from './response-state.ts'

const DECODER = new TextDecoder()
const LETTER_D = 100
/** `data: [DONE]` and other frames this short are read whole. */
const SHORT_FRAME_BYTES = 40

/**
 * Creates the reader of the native lane: the decoder without its prose. Once content has been seen, ordinary deltas are
 * recognised on their raw text and not parsed; they become `passed` events. The usage chunk that the gateway asked for
 * and the client did not is hidden, and so is the `"usage":null` that it brings into all others; so is an error frame, because whoever drives the tap writes the failure itself, and a
 * broken frame that the decoder skips, because clients stumble over it.
 */
export function tapResponse(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  return new ChatTap(context)
}

class ChatTap extends ChatDecoder implements ResponseTap<'chat'> {
  readonly #wantsUsage: boolean
  /** Takes the member for usage out of a chunk, where the provider's chunks have one and the client did not ask. */
  #eraseUsage: ByteEraser | undefined
  /** The shape of the last ordinary frame. */
  #shape: ByteShape | undefined
  #wasted = 0

  constructor(context: DecodeContext<'chat'>) {
    super(context)
    this.#wantsUsage = context.request.wantsUsage
    this.state.readFields = noteContent
  }

  override frame(frame: SseFrame, sink: ChatSink): 'show' | 'hide' {
    const { state } = this
    if (state.done) return 'show'
    state.sink = sink
    if (state.semantic && this.#isOrdinary(frame)) {
      // An empty delta is a keep-alive: it would pass for progress.
      if (this.#shape?.isBare(frame.bytes) !== true) {
        emit(state, { type: 'passed', frames: 1, bytes: frame.bytes.length })
      }
      this.#eraseUsage?.(frame.bytes)
      return 'show'
    }
    return this.#readAlong(frame)
  }

  #readAlong(frame: SseFrame): 'show' | 'hide' {
    const { state } = this
    const { badFrames } = state
    state.spoke = false
    const chunk = readFrame(state, frame)
    if (state.spoke) emit(state, { type: 'passed', frames: 1, bytes: frame.bytes.length })
    if (state.failed || state.badFrames > badFrames) return 'hide'
    if (this.#wantsUsage || chunk === undefined) return 'show'
    if (isUsageOnly(chunk)) return 'hide'
    if (chunk['usage'] === null) this.#leaveOutUsage(frame)
    return 'show'
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
    // The first frame of each answer is read: one that was never heard of would not be missed at the end.
    if (this.state.choices.length < this.state.wanted) return false
    const text = ordinaryText(frame, this.state)
    // What is ordinary depends on the state, which only frames that are not ordinary change.
    const hasShape = text !== undefined && this.#wasted < WASTED_SHAPES
    this.#shape = hasShape ? createByteShape(text.split(FREE_TEXT)) : undefined
    if (hasShape) this.#wasted += 1
    return text !== undefined
  }
}

/** Usage without a value, and the comma that goes with it: white space in its place means nothing. In content it cannot look like this, because its quotes are escaped. */
const NULL_USAGE = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/

/** Fields of a delta that carry no content. */
const SILENT: ReadonlySet<string> = new Set(['role'])

/** Remembers what decides the finish, and whether the delta holds anything that a reader would notice. */
function noteContent(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  if (isFilled(fields['tool_calls']) || isFilled(fields['function_call'])) choice.called = true
  if (isFilled(fields['refusal'])) choice.refused = true
  for (const field in fields) {
    if (!SILENT.has(field) && isFilled(fields[field])) state.spoke = true
  }
}

function isFilled(value: Json | undefined): boolean {
  if (isArray(value)) return value.length > 0
  if (isObject(value)) return Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== '' && value !== false
}

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

/** The insides of the strings in which content differs from its neighbours, and the padding that goes with it. */
const FREE_TEXT =
  /(?<="(?:content|reasoning_content|reasoning|arguments|obfuscation)" ?: ?")(?:[^"\\]|\\.)*(?=")/
/** Shapes in a row that no second frame had; so many mean that the frames of this stream have none in common. */
const WASTED_SHAPES = 4

/** The text of a frame that can only be content. */
function ordinaryText(frame: SseFrame, state: ResponseState): string | undefined {
  const { bytes } = frame
  if (bytes[0] !== LETTER_D || bytes.length < SHORT_FRAME_BYTES || !endsLikeObject(frame)) return undefined
  const text = DECODER.decode(bytes)
  for (const member of MEMBERS) if (hasValue(text, member, state)) return undefined
  if (CALLS.test(text) && state.choices.some((choice) => !choice.called)) return undefined
  return hasValue(text, '"refusal"', state) ? undefined : text
}

const COLON = /^\s*:\s*/

/** True when the member occurs with a value other than null, or (for the tier) with one that is news. */
function hasValue(text: string, member: string, state: ResponseState): boolean {
  if (member === '"service_tier"' && state.service.told !== undefined) return false
  let at = text.indexOf(member)
  while (at >= 0) {
    const rest = text.slice(at + member.length, at + member.length + 12).replace(COLON, '')
    if (!rest.startsWith('null')) return true
    at = text.indexOf(member, at + member.length)
  }
  return false
}
