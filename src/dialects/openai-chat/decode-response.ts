import { Failure } from '../../exchange/failure.ts'
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
import { defined } from '../../kit/defined.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { StartFacts } from '../answer-reader.ts'
import type { DecodeContext, ResponseDecoder } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { laterReport } from '../reported-usage.ts'
import { ChatAnswer, type ChatChoice } from './chat-answer.ts'
import { readDelta } from './decode-delta.ts'
import { FAILURES } from './failure.ts'
import { finishResponse } from './finish-response.ts'
import { parseChunk } from './parse-chunk.ts'
import { FAMILY, RESPONSE_FIELDS } from './vocabulary.ts'

/** Creates the decoder of one response. */
export function decodeResponse(context: DecodeContext<'chat'>): ResponseDecoder<'chat'> {
  return new ChatReader(context)
}

const NOTHING: JsonObject = {}
/** What stands in every chunk of an answer, or in one that only tells usage. */
const ANSWERS = ['choices', 'id', 'usage'] as const
const CHOICE_ANSWERS = ['index', 'delta', 'message', 'finish_reason', 'text'] as const

/** Reads an answer of Chat Completions, with all repairs for servers that write this dialect loosely. */
export class ChatReader extends ChatAnswer {
  /** What the last frame held, where that was a chunk. */
  chunk: JsonObject | undefined
  #hasRead = false

  /** Text may be the beginning of a tag. */
  get needsEveryFrame(): boolean {
    for (const { tags } of this.choices) if (tags !== undefined && !tags.isOver) return true
    return false
  }

  protected override parse({ data }: SseFrame): JsonObject | undefined {
    this.chunk = parseChunk(data, this.isStarted)
    return this.chunk
  }

  protected override read(chunk: JsonObject, event: string): void {
    this.#hasRead = true
    if (event === 'error' || isErrorBody(chunk, ANSWERS)) this.fail(FAILURES.decodeInside(chunk))
    else readChunk(this, chunk)
  }

  /** The body of a unary answer is one chunk whose choices hold whole messages. */
  protected override readBody(body: JsonObject): void {
    this.isWhole = true
    this.read(body, '')
    if (this.done) return
    if (isArray(body['choices'])) finishResponse(this)
    else this.fail(new Failure('malformed-response', { cause: 'the body has no choices' }))
  }

  protected override onDoneMark(): void {
    finishResponse(this)
  }

  /** Complete as soon as every choice that began has said how it finished. */
  protected override onClose(): void {
    const { choices } = this
    if (!this.#hasRead) this.fail(new Failure('empty-response'))
    else if (choices.length > 0 && choices.every(({ isFinished }) => isFinished)) finishResponse(this)
    else this.fail(new Failure('stream-truncated'))
  }
}

/** Reads one chunk into events. What its choices depend on is read before them; null and absent say nothing. */
function readChunk(answer: ChatAnswer, chunk: JsonObject): void {
  if (!answer.isStarted) mergeHead(answer, chunk)
  answer.service.told = readString(chunk, 'service_tier') ?? answer.service.told
  answer.usage = laterReport(answer.usage, readObject(chunk, 'usage'))
  answer.usage = laterReport(answer.usage, readObject(readObject(chunk, 'x_groq') ?? NOTHING, 'usage'))
  if ((chunk['citations'] ?? chunk['search_results'] ?? undefined) !== undefined) onSources(answer, chunk)
  onChoices(answer, chunk)
  // A whole answer tells it with its end, which is here too.
  if (!answer.isWhole) answer.reportUsage()
}

function mergeHead(answer: ChatAnswer, chunk: JsonObject): void {
  const responseId = readString(chunk, 'id') ?? ''
  const model = readString(chunk, 'model') ?? ''
  if (responseId !== '') answer.responseId = responseId
  if (model !== '') answer.model = model
  for (const field in chunk) {
    const value = chunk[field]
    if (value === null || RESPONSE_FIELDS.has(field)) continue
    answer.extra ??= {}
    setMember(answer.extra, field, value)
  }
}

/** Sources of the whole answer (search engines list them beside it): the richer list wins, the last one counts. */
function onSources(answer: ChatAnswer, chunk: JsonObject): void {
  const results = readObjects(chunk, 'search_results').flatMap((result) => {
    const url = readString(result, 'url')
    return url === undefined ? [] : [{ url, ...defined({ title: readString(result, 'title') }) }]
  })
  const plain = isArray(chunk['citations']) ? chunk['citations'].filter((url) => typeof url === 'string') : []
  answer.sources = results.length > 0 ? results : plain.map((url) => ({ url }))
}

function onChoices(answer: ChatAnswer, chunk: JsonObject): void {
  let position = 0
  for (const held of readObjects(chunk, 'choices')) {
    const choice = answer.choiceAt(readNumber(held, 'index') ?? position)
    if (choice !== undefined && !answer.done) readChoice(answer, choice, held)
    position += 1
  }
}

function readChoice(answer: ChatAnswer, choice: ChatChoice, held: JsonObject): void {
  if (isErrorBody(held, CHOICE_ANSWERS)) return answer.fail(FAILURES.decodeInside(held))
  // Not before: the chunks up to the first choice may still complete id and model.
  if (!answer.isStarted) start(answer)
  answer.usage = laterReport(answer.usage, readObject(held, 'usage'))
  const message = readObject(held, 'message')
  const fields = answer.isWhole ? message : (readObject(held, 'delta') ?? message)
  if (fields !== undefined) readDelta(answer, choice, fields)
  onLogprobs(answer, choice, readObject(held, 'logprobs'))
  const word = readString(held, 'finish_reason')
  if (word !== undefined && word !== '') onFinishWord(answer, choice, { word, held })
}

function start(answer: ChatAnswer): void {
  const { responseId, model, extra } = answer
  const facts: Mutable<StartFacts> = {}
  setDefined(facts, 'responseId', responseId)
  setDefined(facts, 'model', model)
  if (extra !== undefined) facts.extra = { [FAMILY]: extra }
  answer.start(facts)
}

function onLogprobs(answer: ChatAnswer, choice: ChatChoice, held: JsonObject | undefined): void {
  const content = held?.['content'] ?? held?.['refusal']
  if (isArray(content) && content.length > 0) answer.tell({ type: 'logprobs', choice: choice.index, content })
}

interface FinishWord {
  readonly word: string
  /** The choice that it stands in. */
  readonly held: JsonObject
}

/** What ended a choice is told when all of the answer is there: usage comes behind it, and some servers go on. */
function onFinishWord(answer: ChatAnswer, choice: ChatChoice, { word, held }: FinishWord): void {
  if (word === 'error') return answer.fail(new Failure('error-in-success', { cause: 'finish_reason error' }))
  if (word === 'insufficient_system_resource') return answer.fail(new Failure('provider-overloaded'))
  choice.isFinished = true
  choice.finishWord = word
  choice.nativeWord = readString(held, 'native_finish_reason')
  choice.stopSequence = readString(held, 'stop_reason')
}
