import type { ChatRequest } from '../../exchange/chat.ts'
import type { ChatEvent, ChatSink } from '../../exchange/chat-said.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Quirks } from '../../exchange/target.ts'
import type { Draft } from '../../kit/draft.ts'
import {
  isArray,
  readNumber,
  readObject,
  readObjects,
  readString,
  setMember,
  type JsonObject,
} from '../../kit/json.ts'
import type { SseFrame } from '../../kit/sse.ts'
import { brokenFrameFailure } from '../broken-frames.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import type { ServiceWord } from '../served-tiers.ts'
import { readDelta } from './decode-delta.ts'
import { failureInside } from './decode-failure.ts'
import { endOfStream, finishResponse } from './finish-response.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { parseChunk } from './parse-chunk.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { choiceAt, emit, fail, tellUsage, type ChoiceState, type ResponseState } from './response-state.ts'
import { FAMILY, RESPONSE_FIELDS, TOOL_RULES } from './schema.ts'
import { laterReport } from './usage.ts'

/** Creates the decoder of one response, with all repairs for servers that write this dialect loosely. */
export function decodeResponse(context: DecodeContext<'chat'>): ResponseDecoder<'chat'> {
  return new ChatDecoder(context)
}

/** The decoder of one response; what it remembers between frames is its state. */
export class ChatDecoder implements ResponseDecoder<'chat'> {
  protected readonly state: ResponseState

  constructor(context: DecodeContext<'chat'>) {
    this.state = createResponseState(context)
  }

  get done(): boolean {
    return this.state.done
  }

  get complete(): boolean {
    const { choices, wanted } = this.state
    if (choices.length < wanted) return false
    for (const { finishWord } of choices) if (finishWord === undefined) return false
    return true
  }

  get attentive(): boolean {
    for (const { tags } of this.state.choices) if (tags !== undefined && !tags.isOver) return true
    return false
  }

  frame(frame: SseFrame, sink: ChatSink): void {
    this.state.sink = sink
    if (!this.state.done) readFrame(this.state, frame)
  }

  unary(body: JsonObject, sink: ChatSink): void {
    this.state.sink = sink
    if (!this.state.done) readBody(this.state, body)
  }

  close(sink: ChatSink): void {
    this.state.sink = sink
    if (!this.state.done) endOfStream(this.state)
  }
}

const NO_SINK: ChatSink = () => {}
const NO_SOURCES: ResponseState['sources'] = []

/** The state before the first frame. */
function createResponseState({ request, quirks }: DecodeContext<'chat'>): ResponseState {
  return {
    quirks,
    tools: readChangedTools(request, toolWireOf(quirks, TOOL_RULES)),
    choices: [],
    responseId: undefined,
    model: undefined,
    extra: undefined,
    started: false,
    wanted: request.choices ?? 1,
    usage: undefined,
    toldUsage: undefined,
    service: askedService(request, quirks),
    sources: NO_SOURCES,
    chunks: 0,
    badFrames: 0,
    semantic: false,
    spoke: false,
    done: false,
    failed: false,
    whole: false,
    readFields: readDelta,
    sink: NO_SINK,
  }
}

/** A wish that the provider does not get asks for nothing. */
function askedService({ serviceTier }: ChatRequest, { dropParams }: Quirks): Draft<ServiceWord> {
  return dropParams?.includes('service_tier') === true ? {} : { asked: serviceTier }
}

/** Reads one frame: a chunk, an error, or the end. */
export function readFrame(
  state: ResponseState,
  frame: { readonly data: string; readonly event: string },
): JsonObject | undefined {
  const data = frame.data.trim()
  if (data === '') return undefined
  if (data === '[DONE]') {
    finishResponse(state)
    return undefined
  }
  const chunk = parseChunk(data, state.started)
  if (chunk === undefined) {
    badFrame(state)
    return undefined
  }
  state.chunks += 1
  if (frame.event === 'error' && !isErrorBody(chunk, ANSWERS)) fail(state, failureInside(chunk))
  else readChunk(state, chunk)
  return chunk
}

function badFrame(state: ResponseState): void {
  state.badFrames += 1
  const inCall = state.choices.some((choice) => choice.called && choice.finishWord === undefined)
  const failure = brokenFrameFailure({ count: state.badFrames, spoke: state.semantic, inCall })
  if (failure !== undefined) fail(state, failure)
}

/** The body of a unary answer is one chunk whose choices hold whole messages. */
function readBody(state: ResponseState, body: JsonObject): void {
  state.chunks += 1
  state.whole = true
  state.readFields = readDelta
  readChunk(state, body)
  if (state.done) return
  if (!isArray(body['choices'])) {
    fail(state, new Failure('malformed-response', { cause: 'the body has no choices' }))
  } else {
    finishResponse(state)
  }
}

/** Reads one chunk into events. What its choices depend on is read before them; null and absent say nothing. */
function readChunk(state: ResponseState, chunk: JsonObject): void {
  if (isErrorBody(chunk, ANSWERS)) return fail(state, failureInside(chunk))
  if (!state.started) mergeHead(state, chunk)
  state.service.told = readString(chunk, 'service_tier') ?? state.service.told
  state.usage = laterReport(state.usage, readObject(chunk, 'usage'))
  state.usage = laterReport(state.usage, readObject(readObject(chunk, 'x_groq') ?? NOTHING, 'usage'))
  if ((chunk['citations'] ?? chunk['search_results'] ?? undefined) !== undefined) onSources(state, chunk)
  onChoices(state, chunk)
  // A whole answer tells it with its end, which is here too.
  if (!state.whole) tellUsage(state)
}

const NOTHING: JsonObject = {}
/** What stands in every chunk of an answer, or in one that only tells usage. */
const ANSWERS = ['choices', 'id', 'usage'] as const
const CHOICE_ANSWERS = ['index', 'delta', 'message', 'finish_reason', 'text'] as const

function mergeHead(state: ResponseState, chunk: JsonObject): void {
  const responseId = readString(chunk, 'id') ?? ''
  const model = readString(chunk, 'model') ?? ''
  if (responseId !== '') state.responseId = responseId
  if (model !== '') state.model = model
  for (const field in chunk) {
    const value = chunk[field]
    if (value === null || RESPONSE_FIELDS.has(field)) continue
    state.extra ??= {}
    setMember(state.extra, field, value)
  }
}

/** Sources of the whole answer (search engines list them beside it): the richer list wins, the last one counts. */
function onSources(state: ResponseState, chunk: JsonObject): void {
  const results = readObjects(chunk, 'search_results').flatMap((result) => {
    const url = readString(result, 'url')
    const title = readString(result, 'title')
    return url === undefined ? [] : [{ url, ...(title === undefined ? {} : { title }) }]
  })
  const plain = isArray(chunk['citations']) ? chunk['citations'].filter((url) => typeof url === 'string') : []
  state.sources = results.length > 0 ? results : plain.map((url) => ({ url }))
}

function onChoices(state: ResponseState, chunk: JsonObject): void {
  let position = 0
  for (const held of readObjects(chunk, 'choices')) {
    const choice = choiceAt(state, readNumber(held, 'index') ?? position)
    if (choice !== undefined && !state.done) readChoice(state, choice, held)
    position += 1
  }
}

function readChoice(state: ResponseState, choice: ChoiceState, held: JsonObject): void {
  if (isErrorBody(held, CHOICE_ANSWERS)) return fail(state, failureInside(held))
  start(state)
  state.usage = laterReport(state.usage, readObject(held, 'usage'))
  const fields = state.whole
    ? readObject(held, 'message')
    : (readObject(held, 'delta') ?? readObject(held, 'message'))
  if (fields !== undefined) state.readFields(state, choice, fields)
  onLogprobs(state, choice, readObject(held, 'logprobs'))
  const word = readString(held, 'finish_reason')
  if (word === undefined || word === '') return
  if (word === 'error') return fail(state, new Failure('error-in-success', { cause: 'finish_reason error' }))
  if (word === 'insufficient_system_resource') return fail(state, new Failure('provider-overloaded'))
  choice.finishWord = word
  choice.nativeWord = readString(held, 'native_finish_reason')
  choice.stopSequence = readString(held, 'stop_reason')
}

type StartEvent = Extract<ChatEvent, { type: 'start' }>

/** Tells the start once the first choice is there: the chunks before it may still complete id and model. */
function start(state: ResponseState): void {
  if (state.started) return
  state.started = true
  const { responseId, model, extra } = state
  const event: Draft<StartEvent> = { type: 'start' }
  if (responseId !== undefined) event.responseId = responseId
  if (model !== undefined) event.model = model
  if (extra !== undefined) event.extra = { [FAMILY]: extra }
  emit(state, event)
}

function onLogprobs(state: ResponseState, choice: ChoiceState, held: JsonObject | undefined): void {
  const content = held?.['content'] ?? held?.['refusal']
  if (isArray(content) && content.length > 0) emit(state, { type: 'logprobs', choice: choice.index, content })
}
