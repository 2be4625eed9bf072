import type { Finish, FinishReason } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import { chatOf } from '../../exchange/operation.ts'
import { defined } from '../../kit/defined.ts'
import {
  isArray,
  isObject,
  parseJson,
  readNumber,
  readObject,
  readObjects,
  readString,
  setMember,
  type JsonObject,
} from '../../kit/json.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import { closeCall } from './decode-calls.ts'
import { readDelta } from './decode-delta.ts'
import { failureInside } from './decode-failure.ts'
import { emulatedTools } from './encode-context.ts'
import { isErrorBody } from './provider-error.ts'
import { choiceAt, closeProse, emit, fail, type ChoiceState, type ResponseState } from './response-state.ts'
import { FAMILY, RESPONSE_FIELDS } from './schema.ts'
import { decodeUsage, laterReport } from './usage.ts'

/** Bad frames that are skipped once content has come; the next one ends the response. */
const SKIPPED_FRAMES = 1

/** Reads the delta or message of a choice; the tap of the native lane reads less. */
export type ReadFields = typeof readDelta

/** Creates the decoder of one response, with all repairs for servers that write this dialect loosely. */
export function decodeResponse(context: DecodeContext): ResponseDecoder {
  return readInto(createResponseState(context))
}

/** The decoder that works on a state. */
export function readInto(state: ResponseState): ResponseDecoder {
  return {
    frame(frame, sink) {
      state.sink = sink
      if (!state.done) readFrame(state, frame, readDelta)
    },
    unary(body, sink) {
      state.sink = sink
      if (!state.done) readBody(state, body)
    },
    close(sink) {
      state.sink = sink
      if (!state.done) endOfStream(state)
    },
    get done() {
      return state.done
    },
  }
}

/** The state before the first frame. */
export function createResponseState({ request, quirks }: DecodeContext): ResponseState {
  return {
    quirks,
    emulated: emulatedTools(chatOf(request), quirks),
    choices: [],
    head: { extra: {} },
    started: false,
    usage: undefined,
    serviceTier: undefined,
    sources: [],
    chunks: 0,
    badFrames: 0,
    semantic: false,
    done: false,
    sink: () => {},
  }
}

/** Reads one frame: a chunk, an error, or the end. */
export function readFrame(
  state: ResponseState,
  frame: { readonly data: string; readonly event: string },
  readFields: ReadFields,
): JsonObject | undefined {
  const data = frame.data.trim()
  if (data === '') return undefined
  if (data === '[DONE]') {
    finishResponse(state)
    return undefined
  }
  const chunk = parseChunk(data)
  if (chunk === undefined) {
    badFrame(state)
    return undefined
  }
  state.chunks += 1
  if (frame.event === 'error' && !isErrorBody(chunk)) fail(state, failureInside(chunk))
  else readChunk(state, chunk, { readFields, whole: false })
  return chunk
}

function parseChunk(data: string): JsonObject | undefined {
  try {
    const value = parseJson(data)
    const first = isArray(value) ? value[0] : value
    return isObject(first) ? first : undefined
  } catch {
    return undefined
  }
}

/**
 * One lone broken frame in the middle of prose is skipped: a missing word is better than a lost answer. Before any
 * content the response is not an answer at all, and inside a call a lost piece would change what is executed.
 */
function badFrame(state: ResponseState): void {
  state.badFrames += 1
  if (!state.semantic) return fail(state, new Failure('malformed-response', { cause: 'a frame is not JSON' }))
  const inCall = state.choices.some((choice) => choice.called)
  if (inCall || state.badFrames > SKIPPED_FRAMES) {
    fail(state, new Failure('stream-truncated', { cause: 'a frame is not JSON' }))
  }
}

/** The body of a unary answer is one chunk whose choices hold whole messages. */
function readBody(state: ResponseState, body: JsonObject): void {
  state.chunks += 1
  readChunk(state, body, { readFields: readDelta, whole: true })
  if (state.done) return
  if (!isArray(body['choices'])) {
    fail(state, new Failure('malformed-response', { cause: 'the body has no choices' }))
  } else {
    finishResponse(state)
  }
}

interface Reading {
  readonly readFields: ReadFields
  readonly whole: boolean
}

/** Reads one chunk into events. What its choices depend on is read before them; null and absent say nothing. */
function readChunk(state: ResponseState, chunk: JsonObject, reading: Reading): void {
  if (isErrorBody(chunk)) return fail(state, failureInside(chunk))
  if (!state.started) mergeHead(state, chunk)
  state.serviceTier = readString(chunk, 'service_tier') ?? state.serviceTier
  onUsage(state, readObject(chunk, 'usage'))
  onUsage(state, readObject(readObject(chunk, 'x_groq') ?? NOTHING, 'usage'))
  if ((chunk['citations'] ?? chunk['search_results'] ?? undefined) !== undefined) onSources(state, chunk)
  onChoices(state, chunk, reading)
}

const NOTHING: JsonObject = {}

function mergeHead(state: ResponseState, chunk: JsonObject): void {
  const responseId = readString(chunk, 'id') ?? ''
  const model = readString(chunk, 'model') ?? ''
  if (responseId !== '') state.head.responseId = responseId
  if (model !== '') state.head.model = model
  for (const field in chunk) {
    const value = chunk[field]
    if (value !== null && !RESPONSE_FIELDS.has(field)) setMember(state.head.extra, field, value)
  }
}

function onUsage(state: ResponseState, reported: JsonObject | undefined): void {
  if (reported !== undefined && Object.keys(reported).length > 0)
    state.usage = laterReport(state.usage, reported)
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

function onChoices(state: ResponseState, chunk: JsonObject, reading: Reading): void {
  let position = 0
  for (const held of readObjects(chunk, 'choices')) {
    const choice = choiceAt(state, readNumber(held, 'index') ?? position)
    if (choice !== undefined && !state.done) readChoice(state, choice, { held, reading })
    position += 1
  }
}

function readChoice(
  state: ResponseState,
  choice: ChoiceState,
  { held, reading }: { held: JsonObject; reading: Reading },
): void {
  if (isErrorBody(held)) return fail(state, failureInside(held))
  start(state)
  onUsage(state, readObject(held, 'usage'))
  const fields = reading.whole
    ? readObject(held, 'message')
    : (readObject(held, 'delta') ?? readObject(held, 'message'))
  if (fields !== undefined) reading.readFields(state, choice, { fields, whole: reading.whole })
  onLogprobs(state, choice, readObject(held, 'logprobs'))
  const word = readString(held, 'finish_reason')
  if (word === undefined || word === '') return
  if (word === 'error') return fail(state, new Failure('error-in-success', { cause: 'finish_reason error' }))
  if (word === 'insufficient_system_resource') return fail(state, new Failure('provider-overloaded'))
  choice.finishWord = word
  choice.nativeWord = readString(held, 'native_finish_reason')
  choice.stopSequence = readString(held, 'stop_reason')
}

/** Tells the start once the first choice is there: the chunks before it may still complete id and model. */
function start(state: ResponseState): void {
  if (state.started) return
  state.started = true
  const { responseId, model, extra } = state.head
  const own = Object.keys(extra).length === 0 ? undefined : { [FAMILY]: extra }
  emit(state, defined({ type: 'start' as const, responseId, model, extra: own }))
}

function onLogprobs(state: ResponseState, choice: ChoiceState, held: JsonObject | undefined): void {
  const content = held?.['content'] ?? held?.['refusal']
  if (isArray(content) && content.length > 0) emit(state, { type: 'logprobs', choice: choice.index, content })
}

/** The transport ended without the terminal marker: complete only if every choice has said how it finished. */
function endOfStream(state: ResponseState): void {
  const { choices } = state
  if (state.chunks === 0) return fail(state, new Failure('empty-response'))
  if (choices.length > 0 && choices.every((choice) => choice.finishWord !== undefined))
    return finishResponse(state)
  fail(state, new Failure('stream-truncated'))
}

/** The response is over: closes what is open, then tells finishes, usage and the end. */
function finishResponse(state: ResponseState): void {
  const choices = state.choices.sort((left, right) => left.index - right.index)
  const saidNothing = !state.semantic && choices.every((choice) => choice.finishWord === undefined)
  if (saidNothing) return fail(state, new Failure('empty-response'))
  for (const choice of choices) {
    closeProse(state, choice)
    for (const call of choice.calls) closeCall(state, choice, call)
    if (choice.audioBlock !== undefined) {
      emit(state, { type: 'block-end', choice: choice.index, index: choice.audioBlock })
    }
    emit(state, finishOf(choice))
  }
  if (state.usage !== undefined) {
    emit(state, { type: 'usage', usage: decodeUsage(state.usage, state.quirks, state.serviceTier) })
  }
  emit(state, { type: 'end' })
  state.done = true
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  model_length: 'context-length',
  max_tokens: 'length',
}

/** The reason follows from the provider's word and from what was said: calls and refusals hide behind a plain stop. */
function finishOf(choice: ChoiceState): Finish {
  const { finishWord: word = 'stop', nativeWord, stopSequence } = choice
  const named = REASONS[word] ?? 'stop'
  const raw = REASONS[word] === undefined ? word : nativeWord === word ? undefined : nativeWord
  const finish = { type: 'finish', choice: choice.index, reason: reasonOf(named, choice) } as const
  if (raw === undefined && stopSequence === undefined) return finish
  return { ...finish, ...defined({ rawReason: raw, stopSequence }) }
}

function reasonOf(named: FinishReason, choice: ChoiceState): FinishReason {
  if (named !== 'stop' && named !== 'tool-calls') return named
  if (choice.called) return 'tool-calls'
  if (choice.refused) return 'refusal'
  return choice.stopSequence === undefined ? 'stop' : 'stop-sequence'
}
