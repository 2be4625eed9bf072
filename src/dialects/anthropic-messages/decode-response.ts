import type { Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { EventSink, FinishReason } from '../../exchange/event.ts'
import { chatOf } from '../../exchange/operation.ts'
import { defined } from '../../kit/defined.ts'
import {
  isObject,
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  setMember,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import { unknownMembers } from '../unknown-members.ts'
import {
  addDelta,
  closeAllBlocks,
  closeBlock,
  createBlockState,
  openBlock,
  type BlockState,
} from './decode-blocks.ts'
import { toErrorFailure } from './failure.ts'
import { FAMILY, FINISH_BY_STOP_REASON } from './schema.ts'
import { readChangedTools } from './tool-name.ts'
import { mergeUsage, toUsage } from './usage.ts'

/** Frames that are not JSON and are skipped before the stream is given up. */
const MOST_BROKEN_FRAMES = 3

interface DecodeState {
  readonly blocks: BlockState
  usage: JsonObject
  started: boolean
  finished: boolean
  done: boolean
  brokenFrames: number
}

type Handle = (state: DecodeState, frame: JsonObject, sink: EventSink) => void

/** What each event of the stream means. Events that are not here (`ping`, new ones) mean nothing. */
const HANDLERS: ReadonlyMap<string, Handle> = new Map<string, Handle>([
  ['message_start', onMessageStart],
  ['content_block_start', onBlockStart],
  ['content_block_delta', onBlockDelta],
  ['content_block_stop', onBlockStop],
  ['message_delta', onMessageDelta],
  ['message_stop', onMessageStop],
  ['error', onError],
])

/**
 * Creates a decoder of one answer. Tolerates what providers of this dialect are known to send: repeated `message_start`,
 * frames without `event:`, padding, unknown events, blocks and deltas, tool input in the opening frame.
 */
export function createResponseDecoder(context: DecodeContext): ResponseDecoder {
  const state: DecodeState = {
    blocks: createBlockState(readChangedTools(chatOf(context.request))),
    usage: {},
    started: false,
    finished: false,
    done: false,
    brokenFrames: 0,
  }
  const counting = context.request.operation === 'count-tokens'
  return {
    frame(frame, sink) {
      if (state.done || frame.data === '') return
      const parsed = parseJsonObject(frame.data)
      if (parsed === undefined) {
        onBroken(state, frame.data, sink)
        return
      }
      const type = readString(parsed, 'type') ?? (isError(parsed) ? 'error' : frame.event)
      HANDLERS.get(type)?.(state, parsed, sink)
    },
    unary(body, sink) {
      if (state.done) return
      if (isError(body)) onError(state, body, sink)
      else if (counting) readCount(state, body, sink)
      else readMessage(state, body, sink)
    },
    close(sink) {
      if (!state.done) fail(state, new Failure('stream-truncated'), sink)
    },
    get done() {
      return state.done
    },
  }
}

function isError(frame: JsonObject): boolean {
  const { type } = frame
  return type === 'error' || (type === undefined && isObject(frame['error']))
}

/** Text can lose a frame and stay readable; the arguments of a call cannot. */
function onBroken(state: DecodeState, text: string, sink: EventSink): void {
  if (text.trim() === '[DONE]') return
  state.brokenFrames += 1
  if (state.brokenFrames > MOST_BROKEN_FRAMES || state.blocks.hasOpenCall()) {
    fail(state, new Failure('malformed-response'), sink)
  }
}

function fail(state: DecodeState, failure: Failure, sink: EventSink): void {
  state.done = true
  sink({ type: 'failure', failure })
}

function onError(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  fail(state, toErrorFailure(readObject(frame, 'error') ?? {}), sink)
}

const MESSAGE_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'stop_details',
  'container',
  'context_management',
  'usage',
])

/** A second start is a defect of some providers: only its usage is taken. */
function onMessageStart(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  const message = readObject(frame, 'message') ?? {}
  if (!state.started) {
    state.started = true
    const responseId = readString(message, 'id')
    const model = readString(message, 'model')
    const extra = presentExtra(unknownMembers(message, MESSAGE_FIELDS))
    sink(defined({ type: 'start' as const, responseId, model, extra }))
  }
  reportUsage(state, message, sink)
}

/** The members that say something, of all those given, as `extra` of the family. */
function presentExtra(...sources: readonly (JsonObject | undefined)[]): Extra | undefined {
  let present: Record<string, Json | undefined> | undefined
  for (const members of sources) {
    for (const key in members) {
      const value = members[key]
      if (value === null || value === undefined) continue
      present ??= {}
      setMember(present, key, value)
    }
  }
  return present === undefined ? undefined : { [FAMILY]: present }
}

/** What was reported so far counts even when the stream is cut or cancelled, so every report is passed on at once. */
function reportUsage(state: DecodeState, carrier: JsonObject, sink: EventSink): void {
  const usage = readObject(carrier, 'usage')
  if (usage === undefined) return
  state.usage = mergeUsage(state.usage, usage)
  sink({ type: 'usage', usage: toUsage(state.usage) })
}

function onBlockStart(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  const block = readObject(frame, 'content_block')
  if (block === undefined) return
  if (!openBlock(state.blocks, { wireIndex: readNumber(frame, 'index'), block }, sink)) {
    fail(state, new Failure('response-too-large'), sink)
  }
}

function onBlockDelta(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  const delta = readObject(frame, 'delta')
  if (delta !== undefined) addDelta(state.blocks, { wireIndex: readNumber(frame, 'index'), delta }, sink)
}

function onBlockStop(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  closeBlock(state.blocks, readNumber(frame, 'index'), sink)
}

const DELTA_FIELDS: ReadonlySet<string> = new Set(['stop_reason', 'stop_sequence'])
const MESSAGE_DELTA_FIELDS: ReadonlySet<string> = new Set(['type', 'delta', 'usage'])

function onMessageDelta(state: DecodeState, frame: JsonObject, sink: EventSink): void {
  const delta = readObject(frame, 'delta') ?? {}
  const stopReason = readString(delta, 'stop_reason')
  if (stopReason !== undefined && !state.finished) {
    const extra = presentExtra(
      unknownMembers(delta, DELTA_FIELDS),
      unknownMembers(frame, MESSAGE_DELTA_FIELDS),
    )
    finish(state, { stopReason, delta, extra }, sink)
  }
  reportUsage(state, frame, sink)
}

interface Stop {
  readonly stopReason: string
  readonly delta: JsonObject
  readonly extra: Extra | undefined
}

function finish(state: DecodeState, { stopReason, delta, extra }: Stop, sink: EventSink): void {
  closeAllBlocks(state.blocks, sink)
  state.finished = true
  const reason = toFinishReason(stopReason, state.blocks.sawCall)
  const stopSequence = readString(delta, 'stop_sequence')
  const details = readObject(delta, 'stop_details')
  const explanation = details === undefined ? undefined : readString(details, 'explanation')
  const isKnown = FINISH_BY_STOP_REASON[stopReason] !== undefined && stopReason !== 'compaction'
  const rawReason = isKnown ? undefined : stopReason
  sink(defined({ type: 'finish' as const, choice: 0, reason, rawReason, stopSequence, explanation, extra }))
}

/** The provider's word, corrected by what was seen: servers that imitate the API get calls wrong in both directions. */
function toFinishReason(stopReason: string, sawCall: boolean): FinishReason {
  const reason = FINISH_BY_STOP_REASON[stopReason] ?? 'stop'
  if (reason === 'stop' && sawCall) return 'tool-calls'
  return reason === 'tool-calls' && !sawCall ? 'stop' : reason
}

function onMessageStop(state: DecodeState, _frame: JsonObject, sink: EventSink): void {
  if (!state.finished) finish(state, { stopReason: 'end_turn', delta: {}, extra: undefined }, sink)
  state.done = true
  sink({ type: 'end' })
}

function readCount(state: DecodeState, body: JsonObject, sink: EventSink): void {
  const inputTokens = readNumber(body, 'input_tokens')
  if (inputTokens === undefined) {
    fail(state, new Failure('malformed-response'), sink)
    return
  }
  state.done = true
  sink({ type: 'start' })
  sink({ type: 'token-count', inputTokens, estimated: false })
  sink({ type: 'end' })
}

/** A unary answer is its stream, told at once. */
function readMessage(state: DecodeState, body: JsonObject, sink: EventSink): void {
  if (!Array.isArray(body['content'])) {
    fail(state, new Failure('malformed-response'), sink)
    return
  }
  onMessageStart(state, { message: body }, sink)
  readObjects(body, 'content').forEach((block, index) => {
    if (state.done) return
    onBlockStart(state, { index, content_block: block }, sink)
    onBlockStop(state, { index }, sink)
  })
  if (state.done) return
  const { stop_reason, stop_sequence, stop_details, container, context_management, usage } = body
  onMessageDelta(
    state,
    { delta: { stop_reason, stop_sequence, stop_details, container }, context_management, usage },
    sink,
  )
  onMessageStop(state, {}, sink)
}
