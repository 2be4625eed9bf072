import type { Extra } from '../../exchange/content.ts'
import type { FinishReason } from '../../exchange/chat-content.ts'
import { Failure } from '../../exchange/failure.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
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
import { SingleAnswerReader, type FinishFacts, type StartFacts } from '../answer-reader.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { presentExtra, unknownMembers } from '../unknown-members.ts'
import { addDelta, openBlock } from './decode-response-blocks.ts'
import { FAILURES } from './failure.ts'
import { FAMILY, FINISH_BY_STOP_REASON, TOOL_RULES } from './vocabulary.ts'
import { readChangedTools } from '../tool-name.ts'
import { askedService, mergeUsage, toUsage, type AskedService } from './usage.ts'

type Handle = (reader: MessageReader, frame: JsonObject) => void

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

const NOTHING: JsonObject = {}

/** Creates a decoder of one answer. */
export function createResponseDecoder(context: DecodeContext<'chat'>): ResponseDecoder<'chat'> {
  return new MessageReader(context)
}

/**
 * Reads an answer of Messages. Tolerates what providers of this dialect are known to send: repeated `message_start`, frames without
 * `event:`, padding, unknown events, blocks and deltas, tool input in the opening frame.
 */
export class MessageReader extends SingleAnswerReader {
  readonly asked: AskedService
  /** What was reported so far. */
  usage: JsonObject = NOTHING

  constructor({ request }: DecodeContext<'chat'>) {
    super(readChangedTools(request, TOOL_RULES.wire))
    this.asked = askedService(request)
  }

  /** Deltas hold texts; all other frames may hold numbers that are handed on, with every digit. */
  protected override parse({ event, data }: SseFrame): JsonObject | undefined {
    return event === DELTA_EVENT ? parseJsonObject(data) : parseJsonObjectExactly(data)
  }

  protected override read(frame: JsonObject, event: string): void {
    const type = readString(frame, 'type')
    const handle = HANDLERS.get(type ?? event)
    if (type === undefined && isError(frame)) onError(this, frame)
    else if (handle !== undefined) handle(this, frame)
    else if (isError(frame)) onError(this, frame)
  }

  protected override readBody(body: JsonObject): void {
    if (isError(body)) onError(this, body)
    else readMessage(this, body)
  }

  protected override onClose(): void {
    if (this.complete) onMessageStop(this)
    else super.onClose()
  }
}

/** What stands in every answer and every event. */
const ANSWERS = ['type', 'input_tokens'] as const

/** True for an error, in a stream or in the place of an answer. */
function isError(frame: JsonObject): boolean {
  const { type, object } = frame
  return type === 'error' || ((type === undefined || object === 'error') && isErrorBody(frame, ANSWERS))
}

function onError(reader: MessageReader, frame: JsonObject): void {
  reader.fail(FAILURES.decodeInside(frame))
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

function onMessageStart(reader: MessageReader, frame: JsonObject): void {
  startMessage(reader, readObject(frame, 'message') ?? NOTHING)
}

/** Of a second start only the usage is taken. */
function startMessage(reader: MessageReader, message: JsonObject): void {
  if (!reader.isStarted) {
    const start: Mutable<StartFacts> = {}
    setDefined(start, 'responseId', readString(message, 'id'))
    setDefined(start, 'model', readString(message, 'model'))
    setDefined(start, 'extra', presentExtra(FAMILY, unknownMembers(message, MESSAGE_FIELDS)))
    reader.start(start)
  }
  reportUsage(reader, message)
}

/** What was reported so far counts even when the stream is cut or cancelled, so every report is passed on at once. */
function reportUsage(reader: MessageReader, carrier: JsonObject): void {
  const usage = readObject(carrier, 'usage')
  if (usage === undefined) return
  reader.usage = mergeUsage(reader.usage, usage)
  reader.tellUsage(toUsage(reader.usage, reader.asked))
}

/** Behind the reason why it ended an answer goes on no more: what comes nevertheless means nothing. */
function onBlockStart(reader: MessageReader, frame: JsonObject): void {
  const block = readObject(frame, 'content_block')
  if (block !== undefined && !reader.complete) openBlock(reader, readNumber(frame, 'index'), block)
}

function onBlockDelta(reader: MessageReader, frame: JsonObject): void {
  const delta = readObject(frame, 'delta')
  if (delta !== undefined && !reader.complete) addDelta(reader, readNumber(frame, 'index'), delta)
}

function onBlockStop(reader: MessageReader, frame: JsonObject): void {
  reader.endBlock(reader.choice, reader.choice.find(readNumber(frame, 'index')))
}

const DELTA_FIELDS: ReadonlySet<string> = new Set(['stop_reason', 'stop_sequence'])
const MESSAGE_DELTA_FIELDS: ReadonlySet<string> = new Set(['type', 'delta', 'usage'])

function onMessageDelta(reader: MessageReader, frame: JsonObject): void {
  const delta = readObject(frame, 'delta') ?? NOTHING
  if (readString(delta, 'stop_reason') !== undefined && !reader.complete) {
    const extra = presentExtra(
      FAMILY,
      unknownMembers(delta, DELTA_FIELDS),
      unknownMembers(frame, MESSAGE_DELTA_FIELDS),
    )
    finish(reader, delta, extra)
  }
  reportUsage(reader, frame)
}

function finish(reader: MessageReader, delta: JsonObject, extra: Extra | undefined): void {
  const { choice } = reader
  const stopReason = readString(delta, 'stop_reason') ?? 'end_turn'
  const details = readObject(delta, 'stop_details')
  const isKnown = FINISH_BY_STOP_REASON.has(stopReason) && stopReason !== 'compaction'
  const why: Mutable<FinishFacts> = { reason: toFinishReason(stopReason, choice.hasCalled) }
  setDefined(why, 'rawReason', isKnown ? undefined : stopReason)
  setDefined(why, 'stopSequence', readString(delta, 'stop_sequence'))
  setDefined(why, 'explanation', details === undefined ? undefined : readString(details, 'explanation'))
  setDefined(why, 'extra', extra)
  reader.finish(choice, why)
}

/** The provider's word, corrected by what was seen: servers that imitate the API get calls wrong in both directions. */
function toFinishReason(stopReason: string, hasCalled: boolean): FinishReason {
  const reason = FINISH_BY_STOP_REASON.get(stopReason) ?? 'stop'
  if (reason === 'stop' && hasCalled) return 'tool-calls'
  return reason === 'tool-calls' && !hasCalled ? 'stop' : reason
}

function onMessageStop(reader: MessageReader): void {
  if (!reader.complete) finish(reader, NOTHING, undefined)
  reader.end()
}

/** A unary answer is its stream, told at once. */
function readMessage(reader: MessageReader, body: JsonObject): void {
  if (!Array.isArray(body['content'])) {
    reportUsage(reader, body)
    reader.fail(new Failure('malformed-response'))
    return
  }
  startMessage(reader, body)
  let index = 0
  for (const block of readObjects(body, 'content')) {
    openBlock(reader, index, block)
    if (reader.done) return
    reader.endBlock(reader.choice, reader.choice.find(index))
    index += 1
  }
  const { stop_reason, stop_sequence, stop_details, container, context_management, usage } = body
  const delta = { stop_reason, stop_sequence, stop_details, container }
  onMessageDelta(reader, { delta, context_management, usage })
  onMessageStop(reader)
}
