import type { Finish } from '../../exchange/chat-content.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Citation, MediaBlock, Signature } from '../../exchange/content.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { defined } from '../../kit/defined.ts'
import { CRLF_EVENTS, JSON_ARRAY, type FrameStyle } from '../../kit/framing.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { AnswerWriter, type LogprobsEvent } from '../answer-writer.ts'
import {
  SequentialBlocks,
  type AnswerBlock,
  type BlockEvent,
  type BlockWire,
  type WrittenBlock,
} from '../block-writer.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { failureBody } from './failure.ts'
import { Grounding } from './grounding.ts'
import { writeLogprobs } from './logprobs.ts'
import { PARTS } from './parts.ts'
import { toClient, type ToGemini } from './to-gemini.ts'
import { ARRAY, FAMILY, WORD_BY_FINISH } from './vocabulary.ts'
import { encodeUsage } from './usage.ts'

/** How the frames of a stream are written for a client. */
export function frameStyle({ answerShape }: { readonly answerShape?: string }): FrameStyle {
  return answerShape === ARRAY ? JSON_ARRAY : CRLF_EVENTS
}

/** Creates the writer of one response for a client of this dialect. */
export function encodeResponse(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  return new GeminiWriter(context)
}

/** Frames hold pieces of an answer; the last one tells how each answer ended and what was used. There is no other end. */
class GeminiWriter extends AnswerWriter {
  protected readonly terminator = ''
  readonly #to: ToGemini
  readonly #style: FrameStyle
  readonly #candidates = new Map<number, CandidateWriter>()
  readonly #tail: string
  #isBegun = false
  #isWhole = false

  constructor(context: EncodeContext<'chat'>) {
    super(context)
    this.#to = toClient(context)
    this.#style = frameStyle(context.request)
    this.#tail = JSON.stringify(headOf(context)).slice(1)
  }

  protected override writeBlock(event: BlockEvent): string {
    return this.#candidateAt(event.choice).blocks.write(event)
  }

  protected override writeLogprobs({ choice, content }: LogprobsEvent): string {
    this.#candidateAt(choice).logprobs.push(...content)
    return ''
  }

  protected override writeFinish(finish: Finish): string {
    this.#candidateAt(finish.choice).finish = finish
    return ''
  }

  protected override writeEnd(): string {
    let text = ''
    for (const { blocks } of this.#candidates.values()) text += blocks.close()
    return text + this.#frame(JSON.stringify(this.#lastChunk())) + this.#style.end
  }

  protected override writeFailure(failure: Failure): string {
    const { requestId } = this.context
    const body = failureBody(failure, { requestId, attempts: [] })
    return this.#frame(JSON.stringify(body)) + this.#style.end
  }

  heartbeat(): string {
    return this.#style.keepAlive
  }

  unary(message: Message): JsonObject {
    this.#isWhole = true
    this.replay(message)
    return {
      ...message.extra?.[FAMILY],
      candidates: [...this.#candidates].map(([index, candidate]) => candidate.whole(index)),
      usageMetadata: encodeUsage(message.usage),
      ...headOf(this.context),
    }
  }

  #candidateAt(index: number): CandidateWriter {
    let candidate = this.#candidates.get(index)
    if (candidate === undefined) {
      const say = (part: string): string =>
        this.#frame(
          `{"candidates":[{"content":{"role":"model","parts":[${part}]},"index":${index}}],${this.#tail}`,
        )
      candidate = new CandidateWriter(this.#to, this.#isWhole ? undefined : say)
      this.#candidates.set(index, candidate)
    }
    return candidate
  }

  #frame(json: string): string {
    const { first, next, behind } = this.#style
    const before = this.#isBegun ? next : first
    this.#isBegun = true
    return before + json + behind
  }

  #lastChunk(): JsonObject {
    const candidates = [...this.#candidates.values()].flatMap((candidate) => candidate.last)
    return {
      candidates: candidates.length === 0 ? undefined : candidates,
      usageMetadata: this.usage === undefined ? undefined : encodeUsage(this.usage),
      ...headOf(this.context),
      ...this.start?.extra?.[FAMILY],
    }
  }
}

/** What the API itself sends with the end of an answer that has nothing more to say. */
const EMPTY_CONTENT: JsonObject = { role: 'model', parts: [{ text: '' }] }

/** Writes one of the answers: calls when they are whole, everything else piece by piece, and its proof behind it. */
class CandidateWriter implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  readonly blocks = new SequentialBlocks(this)
  readonly logprobs: Json[] = []
  finish: Finish | undefined
  readonly #grounding = new Grounding()
  readonly #to: ToGemini
  readonly #say: ((part: string) => string) | undefined
  readonly #parts: JsonObject[] = []

  /** @param say writes the frame of a part; absent where the answer is told whole */
  constructor(to: ToGemini, say: ((part: string) => string) | undefined) {
    this.notice = to.notice
    this.#to = to
    this.#say = say
  }

  open(written: WrittenBlock): string {
    const { block } = written
    written.pieces = []
    return block.type === 'tool-call' || isEmptyProse(block) ? '' : this.#sayBlock(block)
  }

  say({ block: { type }, pieces }: WrittenBlock, text: string): string {
    if (type !== 'reasoning') pieces?.push(text)
    if (type === 'tool-call') return ''
    const mark = type === 'reasoning' ? ',"thought":true' : ''
    return this.#say?.(`{"text":${JSON.stringify(text)}${mark}}`) ?? ''
  }

  sign(written: WrittenBlock, signature: Signature): string {
    const { block } = written
    written.lateSignature = signature
    if (block.type === 'tool-call') return ''
    const form = block.type === 'reasoning' ? block.form : 'hidden'
    return this.#sayBlock({ type: 'reasoning', text: '', form, signature })
  }

  cite(written: WrittenBlock, citation: Citation): string {
    written.citations ??= []
    written.citations.push(citation)
    return ''
  }

  sayNative(): string {
    return ''
  }

  close({ block, pieces = [], lateSignature: signature, citations = [] }: WrittenBlock): string {
    const said = pieces.join('')
    if (block.type === 'text')
      this.#grounding.add(block.text + said, [...(block.citations ?? []), ...citations])
    if (block.type !== 'tool-call') return ''
    return this.#sayBlock({ ...block, arguments: block.arguments + said, ...defined({ signature }) })
  }

  /** The last that a stream says of it; nothing of one that has not said how it ended. */
  get last(): readonly JsonObject[] {
    return this.finish === undefined ? [] : [{ content: EMPTY_CONTENT, ...this.#end(this.finish) }]
  }

  /** All of it. */
  whole(index: number): JsonObject {
    const end = this.#end(this.finish ?? { type: 'finish', choice: index, reason: 'stop' })
    return { content: { role: 'model', parts: this.#parts }, ...end }
  }

  #sayBlock(block: AnswerBlock): string {
    if (block.type === 'media' && !this.#canShow(block)) return ''
    const part = PARTS.write(block, this.#to)
    if (this.#say !== undefined) return this.#say(JSON.stringify(part))
    this.#parts.push(part)
    return ''
  }

  /** Media are bytes or an address, and have no background. */
  #canShow({ source, context, cite }: MediaBlock): boolean {
    const isShown = source.from === 'bytes' || source.from === 'url'
    if (!isShown || (context ?? cite) !== undefined) this.notice('media.dropped')
    return isShown
  }

  /** How it ended. The family's own word is kept; one of another's says nothing here. */
  #end({ choice, reason, rawReason, explanation, extra }: Finish): JsonObject {
    const own = extra?.[FAMILY]
    const isOwn = own !== undefined && rawReason !== undefined
    return {
      groundingMetadata: this.#grounding.metadata,
      ...own,
      finishReason: isOwn ? rawReason : WORD_BY_FINISH[reason],
      finishMessage: explanation,
      index: choice,
      logprobsResult: writeLogprobs(this.logprobs),
    }
  }
}

/** Text and thoughts seldom hold anything when they begin. */
function isEmptyProse(block: AnswerBlock): boolean {
  return (
    (block.type === 'text' || block.type === 'reasoning') &&
    block.text === '' &&
    block.signature === undefined
  )
}

function headOf({ requestId, model }: EncodeContext): JsonObject {
  return { modelVersion: model, responseId: requestId }
}
