import type { Block, ReasoningBlock, Signature, TextBlock, ToolCallBlock } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import {
  parseJsonObjectExactly,
  readArray,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import type { SseFrame } from '../../kit/sse.ts'
import type { OpenBlock } from '../answer-choice.ts'
import { AnswerReader, type FinishFacts } from '../answer-reader.ts'
import type { DecodeContext, ResponseDecoder, ResponseTap } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { Tap } from '../tap.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { isEmpty, unknownMembers } from '../unknown-members.ts'
import { Candidate } from './candidate.ts'
import { FAILURES } from './failure.ts'
import { citationsIn } from './grounding.ts'
import { readLogprobs } from './logprobs.ts'
import { PartialCall } from './partial-call.ts'
import { PARTS } from './parts.ts'
import { FAMILY, MALFORMED, TOOL_RULES } from './vocabulary.ts'
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
/** Members of a candidate that are understood. */
const CANDIDATE_FIELDS: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'logprobsResult',
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
    if (!this.isStarted) return this.fail(new Failure('empty-response'))
    if (this.#blocked === undefined && !this.#haveFinished) {
      this.#tellReported(false)
      return this.fail(new Failure(this.hasSpoken ? 'stream-truncated' : 'empty-response'))
    }
    for (const candidate of this.choices) {
      this.#settle(candidate)
      this.finish(candidate, candidate.end())
    }
    if (this.choices.length === 0 && this.#blocked !== undefined) this.finish(new Candidate(0), this.#blocked)
    this.#tellReported(true)
    this.end()
  }

  protected override read(chunk: JsonObject): void {
    if (isErrorBody(chunk, ANSWERS)) return this.#break(FAILURES.decodeInside(chunk))
    this.#begin(chunk)
    this.#usage = readObject(chunk, 'usageMetadata') ?? this.#usage
    this.#blocked ??= blockIn(readObject(chunk, 'promptFeedback'))
    let position = 0
    for (const held of readObjects(chunk, 'candidates')) {
      const candidate = this.choiceAt(readNumber(held, 'index') ?? position)
      if (candidate !== undefined && !this.done) this.#onCandidate(candidate, held)
      position += 1
    }
    if (!this.done && !this.#haveFinished) this.#tellReported(false)
  }

  #begin(chunk: JsonObject): void {
    if (this.isStarted) return
    const responseId = readString(chunk, 'responseId')
    const unknown = unknownMembers(chunk, CHUNK_FIELDS)
    const extra = unknown === undefined ? undefined : { [FAMILY]: unknown }
    this.start(defined({ responseId, model: readString(chunk, 'modelVersion'), extra }))
  }

  #onCandidate(candidate: Candidate, held: JsonObject): void {
    for (const part of readObjects(readObject(held, 'content') ?? NOTHING, 'parts')) {
      const call = readObject(part, 'functionCall')
      if (call !== undefined && isPartial(call, candidate)) this.#onPiece(candidate, part, call)
      else this.#onPart(candidate, part)
    }
    const content = readLogprobs(held)
    if (content.length > 0) this.tell({ type: 'logprobs', choice: candidate.index, content })
    const grounding = readObject(held, 'groundingMetadata')
    if (grounding !== undefined) this.#onGrounding(candidate, grounding)
    const unknown = unknownMembers(held, CANDIDATE_FIELDS)
    if (unknown !== undefined) candidate.unknown = { ...candidate.unknown, ...unknown }
    candidate.explanation = readString(held, 'finishMessage') ?? candidate.explanation
    const word = readString(held, 'finishReason') ?? 'FINISH_REASON_UNSPECIFIED'
    if (word !== 'FINISH_REASON_UNSPECIFIED') candidate.finishWord = word
    if (MALFORMED.has(word)) this.#break(new Failure('malformed-response', { cause: word }))
  }

  #onPart(candidate: Candidate, part: JsonObject): void {
    if (isEmpty(part)) return
    const block = this.#readPart(part)
    if (block === undefined) return
    if (block.type === 'text' || block.type === 'reasoning') return this.#onProse(candidate, block)
    this.#settle(candidate)
    if (block.type !== 'tool-call') return this.#whole(candidate, block)
    const open = this.#openCall(candidate, block)
    if (open === undefined) return
    this.say(open, block.arguments)
    this.endBlock(candidate, open)
  }

  /** A part as clients write it too. One that is none is a defect of the provider. */
  #readPart(part: JsonObject): Block | undefined {
    try {
      const { at: _at, ...block } = PARTS.read(part, '')
      return block
    } catch (thrown) {
      this.#break(new Failure('malformed-response', { cause: thrown }))
      return undefined
    }
  }

  /** A proof belongs to the thought that bears it; that of a text travels as a thought that nobody reads. */
  #onProse(candidate: Candidate, { type, text, signature }: TextBlock | ReasoningBlock): void {
    if (text !== '') {
      const known = candidate.prose(type)
      if (known === undefined) this.#settle(candidate)
      // Thoughts are told in summary only.
      const open = known ?? this.open(candidate, type === 'text' ? EMPTY_TEXT : EMPTY_THOUGHT)
      if (open !== undefined) this.say(open, text)
      if (type === 'text' && this.needsEveryFrame) candidate.said += text
    }
    if (signature === undefined) return
    const thought = candidate.prose('reasoning')
    if (thought !== undefined) this.sign(thought, signature)
    this.#settle(candidate)
    if (thought === undefined) this.#whole(candidate, HIDDEN_THOUGHT, signature)
  }

  /** Something else begins: what is open of a candidate is over. */
  #settle(candidate: Candidate): void {
    const { partial } = candidate
    candidate.partial = undefined
    if (partial !== undefined) this.say(partial.open, partial.text)
    this.endBlock(candidate, candidate.find(undefined))
    candidate.from = candidate.said.length
  }

  /** A block that comes in one piece. */
  #whole(candidate: Candidate, block: Block, signature?: Signature): void {
    const open = this.open(candidate, block)
    if (open !== undefined && signature !== undefined) this.sign(open, signature)
    this.endBlock(candidate, open)
  }

  #openCall(candidate: Candidate, call: ToolCallBlock): OpenBlock | undefined {
    const { id, name: wireName, form, signature, extra } = call
    return this.openCall(candidate, { id, wireName, form, ...defined({ signature, extra }) })
  }

  /** A call begins with its name, and the last of its pieces has neither name nor arguments; some servers forget it. */
  #onPiece(candidate: Candidate, part: JsonObject, call: JsonObject): void {
    if (readString(call, 'name') !== undefined) {
      this.#settle(candidate)
      const block = this.#readPart(part)
      const open = block?.type === 'tool-call' ? this.#openCall(candidate, block) : undefined
      if (open !== undefined) candidate.partial = new PartialCall(open)
    }
    if (candidate.partial?.add(call) === false) this.#settle(candidate)
  }

  /** Sources come with the last piece of the text, or behind everything. */
  #onGrounding(candidate: Candidate, grounding: JsonObject): void {
    candidate.searches = Math.max(candidate.searches, readArray(grounding, 'webSearchQueries').length)
    let text = candidate.prose('text')
    for (const citation of citationsIn(grounding, candidate)) {
      if (text === undefined) this.#settle(candidate)
      text ??= this.open(candidate, EMPTY_TEXT)
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

  #break(failure: Failure): void {
    this.#tellReported(false)
    this.fail(failure)
  }
}

/** A question that the provider does not have answered: the answer is that there is none. */
function blockIn(feedback: JsonObject | undefined): FinishFacts | undefined {
  const rawReason = readString(feedback ?? NOTHING, 'blockReason')
  if (feedback === undefined || rawReason === undefined) return undefined
  const explanation = readString(feedback, 'blockReasonMessage')
  return { reason: 'content-filter', rawReason, ...defined({ explanation }) }
}

/** Is it a piece of a call, as those get who have asked for pieces? */
function isPartial(call: JsonObject, { partial }: Candidate): boolean {
  return partial !== undefined || call['partialArgs'] !== undefined || call['willContinue'] === true
}

const EMPTY_TEXT: Block = { type: 'text', text: '' }
const EMPTY_THOUGHT: Block = { type: 'reasoning', text: '', form: 'summary' }
const HIDDEN_THOUGHT: Block = { type: 'reasoning', text: '', form: 'hidden' }
