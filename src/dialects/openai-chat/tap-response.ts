import { createByteShape, type ByteShape } from '../../kit/byte-shape.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { chatOf } from '../../exchange/operation.ts'
import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import type { Delta } from './decode-delta.ts'
import { createResponseState, readFrame, readInto } from './decode-response.ts'
import { emit, type ChoiceState, type ResponseState } from './response-state.ts'

const DECODER = new TextDecoder()
const LETTER_D = 100
/** `data: [DONE]` and other frames this short are read whole. */
const SHORT_FRAME_BYTES = 40

/**
 * Creates the reader of the native lane: the decoder without its prose. Once content has been seen, ordinary deltas are
 * recognised on their raw text and not parsed; they become `passed` events. The usage chunk that the gateway asked for
 * and the client did not is hidden; so is an error frame, because whoever drives the tap writes the failure itself, and a
 * broken frame that the decoder skips, because clients stumble over it.
 */
export function tapResponse(context: DecodeContext): ResponseTap {
  const state = createResponseState(context)
  const decoder = readInto(state)
  const { wantsUsage } = chatOf(context.request)
  const isOrdinary = createOrdinaryCheck(state)
  return {
    frame(frame, sink) {
      if (state.done) return 'show'
      state.sink = sink
      if (state.semantic && isOrdinary(frame)) {
        emit(state, { type: 'passed', frames: 1, bytes: frame.bytes.length })
        return 'show'
      }
      return readAlong(state, frame, wantsUsage)
    },
    unary: (answer, sink) => decoder.unary(answer, sink),
    close: (sink) => decoder.close(sink),
    get done() {
      return state.done
    },
  }
}

function readAlong(state: ResponseState, frame: SseFrame, wantsUsage: boolean): 'show' | 'hide' {
  let spoke = false
  let failed = false
  const { sink, badFrames } = state
  state.sink = (event) => {
    failed ||= event.type === 'failure'
    sink(event)
  }
  const chunk = readFrame(state, frame, (_state, choice, delta) => {
    if (noteContent(choice, delta)) spoke = true
  })
  if (spoke) emit(state, { type: 'passed', frames: 1, bytes: frame.bytes.length })
  state.sink = sink
  if (failed || state.badFrames > badFrames) return 'hide'
  return !wantsUsage && chunk !== undefined && isUsageOnly(chunk) ? 'hide' : 'show'
}

/** Fields of a delta that carry no content. */
const SILENT: ReadonlySet<string> = new Set(['role'])

/** Remembers what decides the finish, and says whether the delta holds anything that a reader would notice. */
function noteContent(choice: ChoiceState, { fields }: Delta): boolean {
  if (isFilled(fields['tool_calls']) || isFilled(fields['function_call'])) choice.called = true
  if (isFilled(fields['refusal'])) choice.refused = true
  for (const field in fields) if (!SILENT.has(field) && isFilled(fields[field])) return true
  return false
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

/** The insides of the strings in which content differs from its neighbours, and the padding that goes with it. */
const FREE_TEXT =
  /(?<="(?:content|reasoning_content|reasoning|arguments|obfuscation)" ?: ?")(?:[^"\\]|\\.)*(?=")/
/** Shapes in a row that no second frame had; so many mean that the frames of this stream have none in common. */
const WASTED_SHAPES = 4

/**
 * Creates the check for frames that can only be content: a `data:` line in which none of the members that matter has a
 * value. Doubt means false, and the frame is parsed. The frames of a stream differ in little but their text, so
 * those that are shaped like the last one are recognised on their bytes.
 */
function createOrdinaryCheck(state: ResponseState): (frame: SseFrame) => boolean {
  let shape: ByteShape | undefined
  let wasted = 0
  return (frame) => {
    if (shape?.matches(frame.bytes) === true) {
      wasted = 0
      return true
    }
    const text = ordinaryText(frame, state)
    // What is ordinary depends on the state, which only frames that are not ordinary change.
    shape =
      text === undefined || wasted === WASTED_SHAPES ? undefined : createByteShape(text.split(FREE_TEXT))
    if (shape !== undefined) wasted += 1
    return text !== undefined
  }
}

/** The text of a frame that can only be content. */
function ordinaryText(frame: SseFrame, state: ResponseState): string | undefined {
  const { bytes } = frame
  if (bytes[0] !== LETTER_D || bytes.length < SHORT_FRAME_BYTES || !endsLikeObject(frame)) return undefined
  const text = DECODER.decode(bytes)
  if (MEMBERS.some((member) => hasValue(text, member, state))) return undefined
  if (text.includes('"tool_calls"') && state.choices.some((choice) => !choice.called)) return undefined
  return hasValue(text, '"refusal"', state) ? undefined : text
}

/** True when the member occurs with a value other than null, or (for the tier) with one that is news. */
function hasValue(text: string, member: string, state: ResponseState): boolean {
  if (member === '"service_tier"' && state.serviceTier !== undefined) return false
  let at = text.indexOf(member)
  while (at >= 0) {
    const rest = text.slice(at + member.length, at + member.length + 12).replace(/^\s*:\s*/, '')
    if (!rest.startsWith('null')) return true
    at = text.indexOf(member, at + member.length)
  }
  return false
}
