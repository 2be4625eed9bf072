import type { Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ChatEvent, ChatSink, Finish, FinishReason } from '../../exchange/chat-said.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import {
  parseJsonObject,
  parseJsonObjectExactly,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import type { SseFrame } from '../../kit/sse.ts'
import { brokenFrameFailure } from '../broken-frames.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { presentExtra, unknownMembers } from '../unknown-members.ts'
import { addDelta, closeAllBlocks, closeBlock, openBlock, type BlockState } from './decode-response-blocks.ts'
import { toErrorFailure } from './failure.ts'
import { FAMILY, FINISH_BY_STOP_REASON, TOOL_RULES } from './schema.ts'
import { readChangedTools } from '../tool-name.ts'
import { askedService, mergeUsage, toUsage, type AskedService } from './usage.ts'

interface DecodeState extends BlockState {
  usage: JsonObject
  readonly asked: AskedService
  started: boolean
  /** True once something was told that the client would notice. */
  spoke: boolean
  finished: boolean
  done: boolean
  brokenFrames: number
}

type Handle = (state: DecodeState, frame: JsonObject) => void

const DELTA_EVENT = 'content_block_delta'

/** What each event of the stream means. Events that are not here (`ping`, new ones) mean nothing. */
const HANDLERS: ReadonlyMap<string, Handle> = new Map<string, Handle>([
  ['message_start', onMessageStart],
  ['content_block_start', onBlockStart],
  [DELTA_EVENT, onBlockDelta],
  ['content_block_stop', onBlockStop],
  ['message_delta', onMessageDelta],
  ['message_stop', onMessageStop],
  ['error', onError],
])

/**
 * Creates a decoder of one answer. Tolerates what providers of this dialect are known to send: repeated `message_start`,
 * frames without `event:`, padding, unknown events, blocks and deltas, tool input in the opening frame.
 */
export function createResponseDecoder(context: DecodeContext<'chat'>): ResponseDecoder<'chat'> {
  return new MessageDecoder(context)
}

const NOTHING: JsonObject = {}
const NO_SINK: ChatSink = () => {}

/** The decoder of one answer; what it remembers between frames is its state. */
export class MessageDecoder implements ResponseDecoder<'chat'> {
  readonly #state: DecodeState

  constructor({ request }: DecodeContext<'chat'>) {
    this.#state = {
      tools: readChangedTools(request, TOOL_RULES.wire),
      open: [],
      nextIndex: 0,
      sawCall: false,
      sink: NO_SINK,
      usage: NOTHING,
      asked: askedService(request),
      started: false,
      spoke: false,
      finished: false,
      done: false,
      brokenFrames: 0,
    }
  }

  get done(): boolean {
    return this.#state.done
  }

  get complete(): boolean {
    return this.#state.finished
  }

  frame(frame: SseFrame, sink: ChatSink): void {
    const state = this.#state
    if (state.done || frame.data === '') return
    state.sink = sink
    // Deltas hold texts; all other frames may hold numbers that are handed on, with every digit.
    const isDelta = frame.event === DELTA_EVENT
    const parsed = isDelta ? parseJsonObject(frame.data) : parseJsonObjectExactly(frame.data)
    if (parsed === undefined) {
      onBroken(state, frame.data)
      return
    }
    const handle = HANDLERS.get(readString(parsed, 'type') ?? frame.event)
    if (handle !== undefined && parsed['type'] !== undefined) handle(state, parsed)
    else if (isError(parsed)) onError(state, parsed)
    else handle?.(state, parsed)
  }

  unary(body: JsonObject, sink: ChatSink): void {
    const state = this.#state
    if (state.done) return
    state.sink = sink
    if (isError(body)) onError(state, body)
    else readMessage(state, body)
  }

  close(sink: ChatSink): void {
    const state = this.#state
    state.sink = sink
    if (state.done) return
    if (state.finished) onMessageStop(state)
    else fail(state, new Failure('stream-truncated'))
  }
}

/** What stands in every answer and every event. */
const ANSWERS = ['type', 'input_tokens'] as const

/** True for an error, in a stream or in the place of an answer. */
export function isError(frame: JsonObject): boolean {
  const { type, object } = frame
  return type === 'error' || ((type === undefined || object === 'error') && isErrorBody(frame, ANSWERS))
}

function onBroken(state: DecodeState, text: string): void {
  if (text.trim() === '[DONE]') return
  state.brokenFrames += 1
  const { brokenFrames: count, spoke, sawCall, finished } = state
  const failure = brokenFrameFailure({ count, spoke, inCall: sawCall && !finished })
  if (failure !== undefined) fail(state, failure)
}

function fail(state: DecodeState, failure: Failure): void {
  state.done = true
  state.sink({ type: 'failure', failure })
}

function onError(state: DecodeState, frame: JsonObject): void {
  fail(state, toErrorFailure(frame))
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

function onMessageStart(state: DecodeState, frame: JsonObject): void {
  startMessage(state, readObject(frame, 'message') ?? NOTHING)
}

/** A second start is a defect of some providers: only its usage is taken. */
function startMessage(state: DecodeState, message: JsonObject): void {
  if (!state.started) {
    state.started = true
    const event: Draft<StartEvent> = { type: 'start' }
    setDefined(event, 'responseId', readString(message, 'id'))
    setDefined(event, 'model', readString(message, 'model'))
    setDefined(event, 'extra', presentExtra(FAMILY, unknownMembers(message, MESSAGE_FIELDS)))
    state.sink(event)
  }
  reportUsage(state, message)
}

type StartEvent = Extract<ChatEvent, { type: 'start' }>

/** What was reported so far counts even when the stream is cut or cancelled, so every report is passed on at once. */
function reportUsage(state: DecodeState, carrier: JsonObject): void {
  const usage = readObject(carrier, 'usage')
  if (usage === undefined) return
  state.usage = mergeUsage(state.usage, usage)
  state.sink({ type: 'usage', usage: toUsage(state.usage, state.asked) })
}

function onBlockStart(state: DecodeState, frame: JsonObject): void {
  const block = readObject(frame, 'content_block')
  if (block !== undefined) startBlock(state, readNumber(frame, 'index'), block)
}

function startBlock(state: DecodeState, wireIndex: number | undefined, block: JsonObject): void {
  // Prose opens empty; all other blocks say something by being there.
  if ((readString(block, 'text') ?? readString(block, 'thinking')) !== '') state.spoke = true
  if (!openBlock(state, wireIndex, block)) failTooMany(state)
}

function failTooMany(state: DecodeState): void {
  fail(state, new Failure('response-too-large', { cause: 'too many blocks' }))
}

function onBlockDelta(state: DecodeState, frame: JsonObject): void {
  const delta = readObject(frame, 'delta')
  if (delta === undefined) return
  state.spoke = true
  if (!addDelta(state, readNumber(frame, 'index'), delta)) failTooMany(state)
}

function onBlockStop(state: DecodeState, frame: JsonObject): void {
  closeBlock(state, readNumber(frame, 'index'))
}

const DELTA_FIELDS: ReadonlySet<string> = new Set(['stop_reason', 'stop_sequence'])
const MESSAGE_DELTA_FIELDS: ReadonlySet<string> = new Set(['type', 'delta', 'usage'])

function onMessageDelta(state: DecodeState, frame: JsonObject): void {
  const delta = readObject(frame, 'delta') ?? NOTHING
  if (readString(delta, 'stop_reason') !== undefined && !state.finished) {
    const extra = presentExtra(
      FAMILY,
      unknownMembers(delta, DELTA_FIELDS),
      unknownMembers(frame, MESSAGE_DELTA_FIELDS),
    )
    finish(state, delta, extra)
  }
  reportUsage(state, frame)
}

function finish(state: DecodeState, delta: JsonObject, extra: Extra | undefined): void {
  closeAllBlocks(state)
  state.finished = true
  state.spoke = true
  const stopReason = readString(delta, 'stop_reason') ?? 'end_turn'
  const details = readObject(delta, 'stop_details')
  const isKnown = FINISH_BY_STOP_REASON[stopReason] !== undefined && stopReason !== 'compaction'
  const event: Draft<Finish> = {
    type: 'finish',
    choice: 0,
    reason: toFinishReason(stopReason, state.sawCall),
  }
  setDefined(event, 'rawReason', isKnown ? undefined : stopReason)
  setDefined(event, 'stopSequence', readString(delta, 'stop_sequence'))
  setDefined(event, 'explanation', details === undefined ? undefined : readString(details, 'explanation'))
  setDefined(event, 'extra', extra)
  state.sink(event)
}

/** The provider's word, corrected by what was seen: servers that imitate the API get calls wrong in both directions. */
function toFinishReason(stopReason: string, sawCall: boolean): FinishReason {
  const reason = FINISH_BY_STOP_REASON[stopReason] ?? 'stop'
  if (reason === 'stop' && sawCall) return 'tool-calls'
  return reason === 'tool-calls' && !sawCall ? 'stop' : reason
}

function onMessageStop(state: DecodeState): void {
  if (!state.finished) finish(state, NOTHING, undefined)
  state.done = true
  state.sink({ type: 'end' })
}

/** A unary answer is its stream, told at once. */
function readMessage(state: DecodeState, body: JsonObject): void {
  if (!Array.isArray(body['content'])) {
    reportUsage(state, body)
    fail(state, new Failure('malformed-response'))
    return
  }
  startMessage(state, body)
  let index = 0
  for (const block of readObjects(body, 'content')) {
    startBlock(state, index, block)
    if (state.done) return
    closeBlock(state, index)
    index += 1
  }
  const { stop_reason, stop_sequence, stop_details, container, context_management, usage } = body
  const delta = { stop_reason, stop_sequence, stop_details, container }
  onMessageDelta(state, { delta, context_management, usage })
  onMessageStop(state)
}
