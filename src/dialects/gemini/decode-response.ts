import type { Block, MediaSource, Signature } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { sha256Hex } from '../../kit/hash.ts'
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
import { AnswerReader, type FinishFacts } from '../answer-reader.ts'
import type { DecodeContext, ResponseDecoder, ResponseTap } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { Tap } from '../tap.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { unknownMembers } from '../unknown-members.ts'
import { Candidate, citationsIn, toLogprobs } from './candidate.ts'
import { FAILURES } from './failure.ts'
import { kindOf } from './media-parts.ts'
import { FAMILY, MALFORMED, SIGNATURE, TOOL_RULES } from './vocabulary.ts'
import { signatureOf } from './signature.ts'
import { decodeUsage } from './usage.ts'

/** Members of a chunk that are understood. */
const CHUNK_FIELDS: ReadonlySet<string> = new Set([
  'candidates',
  'promptFeedback',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'createTime',
  'error',
])
/** Members of a candidate that are understood. */
const CANDIDATE_FIELDS: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'logprobsResult',
  'avgLogprobs',
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
  readonly #asked: string | undefined
  #responseId = ''
  /** The provider does not have the question answered. */
  #blocked: FinishFacts | undefined
  #usage: JsonObject | undefined

  constructor({ request, quirks }: DecodeContext<'chat'>) {
    super(readChangedTools(request, toolWireOf(quirks, TOOL_RULES)), request.choices)
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
    for (const candidate of this.choices) this.finish(candidate, candidate.end())
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
    this.#responseId = responseId ?? ''
    const unknown = unknownMembers(chunk, CHUNK_FIELDS)
    const extra = unknown === undefined ? undefined : { [FAMILY]: unknown }
    this.start(defined({ responseId, model: readString(chunk, 'modelVersion'), extra }))
  }

  #onCandidate(candidate: Candidate, held: JsonObject): void {
    for (const part of readObjects(readObject(held, 'content') ?? NOTHING, 'parts'))
      this.#onPart(candidate, part)
    const content = toLogprobs(held)
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
    const text = readString(part, 'text')
    const value = readString(part, SIGNATURE) ?? ''
    const signature = value === '' ? undefined : signatureOf(value)
    const call = readObject(part, 'functionCall')
    const data = readObject(part, 'inlineData') ?? readObject(part, 'fileData')
    if (text !== undefined) this.#onText(candidate, { text, isThought: part['thought'] === true, signature })
    // Behind pieces of arguments, which only those get who asked for them, stands a call without a name.
    else if ((readString(call ?? NOTHING, 'name') ?? '') !== '')
      this.#onCall(candidate, call ?? NOTHING, signature)
    else if (data !== undefined) this.#whole(candidate, mediaIn(data))
    else this.#whole(candidate, { type: 'native', family: FAMILY, raw: part, elsewhere: '' })
  }

  /** A proof belongs to the thought that bears it; that of a text travels as a thought that nobody reads. */
  #onText(candidate: Candidate, { text, isThought, signature }: SaidText): void {
    const kind = isThought ? 'reasoning' : 'text'
    if (text !== '') {
      const known = candidate.prose(kind)
      if (known === undefined) this.#closeProse(candidate)
      // Thoughts are told in summary only.
      const empty: Block = isThought
        ? { type: 'reasoning', text: '', form: 'summary' }
        : { type: 'text', text: '' }
      const block = known ?? this.open(candidate, empty)
      if (block !== undefined) this.say(block, text)
    }
    if (signature === undefined) return
    const thought = candidate.prose('reasoning')
    if (thought !== undefined) this.sign(thought, signature)
    this.#closeProse(candidate)
    if (thought === undefined)
      this.#whole(candidate, { type: 'reasoning', text: '', form: 'hidden' }, signature)
  }

  #closeProse(candidate: Candidate): void {
    this.endBlock(candidate, candidate.find(undefined))
  }

  /** A block that comes in one piece. */
  #whole(candidate: Candidate, block: Block, signature?: Signature): void {
    this.#closeProse(candidate)
    const open = this.open(candidate, block)
    if (open === undefined) return
    if (signature !== undefined) this.sign(open, signature)
    this.endBlock(candidate, open)
  }

  #onCall(candidate: Candidate, call: JsonObject, signature: Signature | undefined): void {
    this.#closeProse(candidate)
    const open = this.openCall(candidate, {
      wireName: readString(call, 'name') ?? '',
      id: readString(call, 'id') ?? this.#inventId(candidate),
      form: 'json',
      ...defined({ signature }),
    })
    if (open === undefined) return
    this.say(open, JSON.stringify(readObject(call, 'args') ?? NOTHING))
    this.endBlock(candidate, open)
  }

  /** The same for the same response, another for each call. */
  #inventId({ index, nextIndex }: Candidate): string {
    return `call_${sha256Hex(`${this.#responseId}/${index}/${nextIndex}`).slice(0, 24)}`
  }

  /** Sources come with the last piece of the text. */
  #onGrounding(candidate: Candidate, grounding: JsonObject): void {
    candidate.searches = Math.max(candidate.searches, readArray(grounding, 'webSearchQueries').length)
    const text = candidate.prose('text')
    if (text !== undefined) for (const citation of citationsIn(grounding)) this.cite(text, citation)
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

interface SaidText {
  readonly text: string
  readonly isThought: boolean
  readonly signature: Signature | undefined
}

/** A question that the provider does not have answered: the answer is that there is none. */
function blockIn(feedback: JsonObject | undefined): FinishFacts | undefined {
  const rawReason = readString(feedback ?? NOTHING, 'blockReason')
  if (feedback === undefined || rawReason === undefined) return undefined
  const explanation = readString(feedback, 'blockReasonMessage')
  return { reason: 'content-filter', rawReason, ...defined({ explanation }) }
}

function mediaIn(data: JsonObject): Block {
  const mediaType = readString(data, 'mimeType') ?? ''
  const url = readString(data, 'fileUri')
  const source: MediaSource =
    url === undefined
      ? { from: 'bytes', base64: readString(data, 'data') ?? '', mediaType }
      : { from: 'url', url }
  return { type: 'media', kind: kindOf(mediaType), source }
}
