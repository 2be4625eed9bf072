import type { Message } from '../../exchange/collect.ts'
import type { Failure } from '../../exchange/failure.ts'
import { CRLF_EVENTS, JSON_ARRAY, type FrameStyle } from '../../kit/framing.ts'
import type { JsonObject } from '../../kit/json.ts'
import { ChoicesWriter } from '../answer-writer.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { CandidateWriter } from './candidate-writer.ts'
import { failureBody } from './failure.ts'
import { toClient, type ToGemini } from './to-gemini.ts'
import { ARRAY, FAMILY } from './vocabulary.ts'
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
class GeminiWriter extends ChoicesWriter<CandidateWriter> {
  protected readonly terminator = ''
  readonly #to: ToGemini
  readonly #style: FrameStyle
  readonly #head: JsonObject
  readonly #tail: string
  #isBegun = false
  #isWhole = false

  constructor(context: EncodeContext<'chat'>) {
    super(context)
    this.#to = toClient(context)
    this.#style = frameStyle(context.request)
    this.#head = { modelVersion: context.model, responseId: context.shownId ?? context.requestId }
    this.#tail = JSON.stringify(this.#head).slice(1)
  }

  protected override createChoice(index: number): CandidateWriter {
    const say = (part: string): string =>
      this.#frame(
        `{"candidates":[{"content":{"role":"model","parts":[${part}]},"index":${index}}],${this.#tail}`,
      )
    return new CandidateWriter(index, this.#to, this.#isWhole ? undefined : say)
  }

  protected override writeEnd(): string {
    let text = ''
    for (const { blocks } of this.choices.values()) text += blocks.close()
    return text + this.#frame(JSON.stringify(this.#chunk())) + this.#style.end
  }

  protected override writeFailure(failure: Failure): string {
    const body = failureBody(failure, { requestId: this.context.requestId, attempts: [] })
    return this.#frame(JSON.stringify(body)) + this.#style.end
  }

  heartbeat(): string {
    return this.#style.keepAlive
  }

  override remark(text: string): string {
    return this.#style.remark(text)
  }

  unary(message: Message): JsonObject {
    this.#isWhole = true
    this.replay(message)
    return this.#chunk()
  }

  #frame(json: string): string {
    const { first, next, behind } = this.#style
    const before = this.#isBegun ? next : first
    this.#isBegun = true
    return before + json + behind
  }

  /** The last chunk of a stream, or all of an answer that is told whole. */
  #chunk(): JsonObject {
    const candidates = [...this.choices.values()].flatMap(({ told }) => told)
    return {
      candidates: candidates.length === 0 ? undefined : candidates,
      usageMetadata: this.usage === undefined ? undefined : encodeUsage(this.usage),
      ...this.#head,
      ...this.start?.extra?.[FAMILY],
    }
  }
}
