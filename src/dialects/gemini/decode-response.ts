import type { Block, ReasoningBlock, TextBlock } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import {
  parseJsonObjectExactly,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import { JsonPieces } from '../../kit/json-pieces.ts'
import type { SseFrame } from '../../kit/sse.ts'
import type { OpenBlock } from '../answer-choice.ts'
import { AnswerReader, HIDDEN_THOUGHT, type FinishFacts } from '../answer-reader.ts'
import type { DecodeContext, ResponseDecoder, ResponseTap } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { Tap } from '../tap.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { isEmpty } from '../unknown-members.ts'
import { Candidate } from './candidate.ts'
import { FAILURES } from './failure.ts'
import { citationsIn } from './grounding.ts'
import { readLogprobs } from './logprobs.ts'
import { PARTS } from './parts.ts'
import { FIELDS, MALFORMED, TOOL_RULES } from './vocabulary.ts'
import { decodeUsage } from './usage.ts'

/** Members of a chunk that are understood. */
const CHUNK_FIELDS: ReadonlySet<string> = new Set([
  'candidates',
  'promptFeedback',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'error',
])
const ANSWERS = ['candidates', 'promptFeedback', 'usageMetadata', 'responseId'] as const
const NOTHING: JsonObject = {}

/** Creates the decoder of one response. */
export function decodeResponse(context: DecodeContext<'chat'>): ResponseDecoder<'chat'> {
  return new GeminiReader(context)
}

/** A tap that reads every frame: none of them can be told on bytes alone to say nothing else, since each has the form of an answer. */
export function tapResponse(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  return new Tap(new GeminiReader(context), { quick: () => undefined, hides: () => false })
}

/** Each chunk of a stream is a piece of an answer in the form of a whole one, so a whole answer is one chunk. */
class GeminiReader extends AnswerReader<Candidate> {
  /** Where sources are to be expected, the text counts: they name passages of it. */
  readonly needsEveryFrame: boolean
  readonly #asked: string | undefined
  /** The provider does not have the question answered. */
  #blocked: FinishFacts | undefined
  #usage: JsonObject | undefined

  constructor({ request, quirks }: DecodeContext<'chat'>) {
    super(readChangedTools(request, toolWireOf(quirks, TOOL_RULES)), request.choices)
    this.needsEveryFrame = request.tools?.some(({ type }) => type === 'hosted') === true
    this.#asked = request.serviceTier
  }

  /** Usage that is already known is told first, because it was charged. */
  override fail(failure: Failure): void {
    this.#tellReported(false)
    super.fail(failure)
  }

  override get complete(): boolean {
    return this.#blocked !== undefined || (this.choices.length >= this.wanted && this.#haveFinished)
  }

  get #haveFinished(): boolean {
    return this.choices.length > 0 && this.choices.every(({ finishWord }) => finishWord !== undefined)
  }

  protected override createChoice(index: number): Candidate {
    return new Candidate(index)
  }

  protected override parse({ data }: SseFrame): JsonObject | undefined {
    return parseJsonObjectExactly(data)
  }

  protected override readBody(body: JsonObject): void {
    this.read(body)
    this.onClose()
  }

  /** The wire has no mark for the end: an answer is complete when all of it has said how it ended. */
  protected override onClose(): void {
    if (this.done) return
    if (this.#blocked === undefined && !this.#haveFinished)
      return this.fail(new Failure(this.hasSpoken ? 'stream-truncated' : 'empty-response'))
    for (const candidate of this.choices) {
      this.#settle(candidate)
      this.finish(candidate, candidate.end())
    }
    if (this.choices.length === 0 && this.#blocked !== undefined) this.finish(new Candidate(0), this.#blocked)
    this.#tellReported(true)
    this.end()
  }

  protected override read(chunk: JsonObject): void {
    if (isErrorBody(chunk, ANSWERS)) return this.fail(FAILURES.decodeInside(chunk))
    this.#begin(chunk)
    this.#usage = readObject(chunk, 'usageMetadata') ?? this.#usage
    this.#blocked ??= blockIn(readObject(chunk, 'promptFeedback'))
    for (const [position, held] of readObjects(chunk, 'candidates').entries()) {
      const candidate = this.choiceAt(readNumber(held, 'index') ?? position)
      if (candidate !== undefined && !this.done) this.#onCandidate(candidate, held)
    }
    if (!this.#haveFinished) this.#tellReported(false)
  }

  #begin(chunk: JsonObject): void {
    if (this.isStarted) return
    const [responseId, model] = [readString(chunk, 'responseId'), readString(chunk, 'modelVersion')]
    this.start(defined({ responseId, model, ...FIELDS.unknown(chunk, CHUNK_FIELDS) }))
  }

  #onCandidate(candidate: Candidate, held: JsonObject): void {
    const content = readObject(held, 'content') ?? NOTHING
    for (const part of readObjects(content, 'parts')) if (!isEmpty(part)) this.#onPart(candidate, part)
    const logprobs = readLogprobs(held)
    if (logprobs.length > 0) this.tell({ type: 'logprobs', choice: candidate.index, content: logprobs })
    const grounding = readObject(held, 'groundingMetadata')
    if (grounding !== undefined) this.#onGrounding(candidate, grounding)
    const word = candidate.readEnd(held)
    if (MALFORMED.has(word)) this.fail(new Failure('malformed-response', { cause: word }))
  }

  #onPart(candidate: Candidate, part: JsonObject): void {
    const call = readObject(part, 'functionCall')
    const goesOn = call !== undefined && call['name'] === undefined
    if (goesOn && (candidate.pieces !== undefined || isPiece(call))) return this.#onPiece(candidate, call)
    const block = this.#readPart(part)
    if (block === undefined) return
    if (block.type === 'text' || block.type === 'reasoning') return this.#onProse(candidate, block)
    this.#settle(candidate)
    if (block.type !== 'tool-call' || call === undefined) return this.sayWhole(candidate, block)
    const { id, name: wireName, form, signature, extra } = block
    const open = this.openCall(candidate, { id, wireName, form, ...defined({ signature, extra }) })
    if (open !== undefined) open.whole = block.arguments
    if (!isPiece(call)) return this.endBlock(candidate, open)
    candidate.pieces = new JsonPieces()
    this.#onPiece(candidate, call)
  }

  /** A part as clients write it too. One that is none is a defect of the provider. */
  #readPart(part: JsonObject): Block | undefined {
    try {
      const { at: _at, ...block } = PARTS.read(part, '')
      return block
    } catch (thrown) {
      this.fail(new Failure('malformed-response', { cause: thrown }))
      return undefined
    }
  }

  /** A proof belongs to the thought that bears it; that of a text travels as a thought that nobody reads. */
  #onProse(candidate: Candidate, { type, text, signature }: TextBlock | ReasoningBlock): void {
    if (text !== '') {
      const open = this.#proseOf(candidate, type)
      if (open !== undefined) this.say(open, text)
      if (type === 'text' && this.needsEveryFrame) candidate.said += text
    }
    if (signature === undefined) return
    const thought = candidate.prose('reasoning')
    if (thought !== undefined) this.sign(thought, signature)
    this.#settle(candidate)
    if (thought === undefined) this.sayWhole(candidate, HIDDEN_THOUGHT, signature)
  }

  /** The open block of that kind; another one that is open is over. */
  #proseOf(candidate: Candidate, kind: 'text' | 'reasoning'): OpenBlock | undefined {
    const open = candidate.prose(kind)
    if (open !== undefined) return open
    this.#settle(candidate)
    // Thoughts are told in summary only.
    return this.open(
      candidate,
      kind === 'text' ? { type: kind, text: '' } : { type: kind, text: '', form: 'summary' },
    )
  }

  /** Something else begins: what is open of a candidate is over. */
  #settle(candidate: Candidate): void {
    candidate.pieces = undefined
    this.endBlock(candidate, candidate.find(undefined))
    candidate.from = candidate.said.length
  }

  /** Arguments that come in pieces are told when they are whole. The last piece has neither name nor arguments; some servers forget it. */
  #onPiece(candidate: Candidate, call: JsonObject): void {
    const { pieces } = candidate
    const open = candidate.find(undefined)
    if (pieces === undefined || open === undefined) return
    for (const piece of readObjects(call, 'partialArgs'))
      pieces.put(readString(piece, 'jsonPath') ?? '', leafOf(piece))
    open.whole = pieces.text
    if (call['willContinue'] !== true) this.#settle(candidate)
  }

  /** Sources come with the last piece of the text, or behind everything. */
  #onGrounding(candidate: Candidate, grounding: JsonObject): void {
    candidate.searches = Math.max(candidate.searches, readArray(grounding, 'webSearchQueries').length)
    for (const citation of citationsIn(grounding, candidate)) {
      const text = this.#proseOf(candidate, 'text')
      if (text !== undefined) this.cite(text, citation)
    }
  }

  /** Counts are of the whole answer so far. The first chunks of some servers name the kind of traffic and count nothing. */
  #tellReported(isFinal: boolean): void {
    const reported = this.#usage
    if (reported?.['promptTokenCount'] === undefined) return
    const webSearches = this.choices.reduce((sum, { searches }) => sum + searches, 0)
    const told = readString(reported, 'serviceTier')?.toLowerCase()
    this.tellUsage(decodeUsage(reported, { webSearches, service: { asked: this.#asked, told } }), isFinal)
  }
}

/** A question that the provider does not have answered: the answer is that there is none. */
function blockIn(feedback: JsonObject | undefined): FinishFacts | undefined {
  const rawReason = readString(feedback ?? NOTHING, 'blockReason')
  if (feedback === undefined || rawReason === undefined) return undefined
  const explanation = readString(feedback, 'blockReasonMessage')
  return { reason: 'content-filter', rawReason, ...defined({ explanation }) }
}

/**
 * Is it a piece of a call, as those get who have asked for pieces
 * (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling, `streamFunctionCallArguments`)?
 */
function isPiece({ partialArgs, willContinue }: JsonObject): boolean {
  return partialArgs !== undefined || willContinue === true
}

function leafOf(piece: JsonObject): string | number | boolean | null {
  const value = readString(piece, 'stringValue') ?? readNumber(piece, 'numberValue')
  return value ?? readBoolean(piece, 'boolValue') ?? null
}
