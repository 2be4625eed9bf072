import type { Finish } from '../../exchange/chat-content.ts'
import type { Citation, MediaBlock, Signature } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { defined } from '../../kit/defined.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { SequentialBlocks, type AnswerBlock, type BlockWire, type WrittenBlock } from '../block-writer.ts'
import { Grounding } from './grounding.ts'
import { writeLogprobs } from './logprobs.ts'
import { PARTS } from './parts.ts'
import type { ToGemini } from './to-gemini.ts'
import { FAMILY, WORD_BY_FINISH } from './vocabulary.ts'

/** Writes one of the answers: calls when they are whole, everything else piece by piece, and its proof behind it. */
export class CandidateWriter implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  readonly blocks = new SequentialBlocks(this)
  readonly #index: number
  readonly #to: ToGemini
  readonly #say: ((part: string) => string) | undefined
  readonly #parts: JsonObject[] = []
  readonly #grounding = new Grounding()
  readonly #logprobs: Json[] = []
  #finish: Finish | undefined

  /** @param say writes the frame of a part; absent where the answer is told whole */
  constructor(index: number, to: ToGemini, say: ((part: string) => string) | undefined) {
    this.notice = to.notice
    this.#index = index
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

  close({ block, pieces = [], lateSignature: signature, citations = [] }: WrittenBlock): string {
    const said = pieces.join('')
    if (block.type === 'text')
      this.#grounding.add(block.text + said, [...(block.citations ?? []), ...citations])
    if (block.type !== 'tool-call') return ''
    return this.#sayBlock({ ...block, arguments: block.arguments + said, ...defined({ signature }) })
  }

  finish(finish: Finish): string {
    this.#finish = finish
    return ''
  }

  logprobs(content: readonly Json[]): string {
    this.#logprobs.push(...content)
    return ''
  }

  /** All of it, or the last that a stream says of it; nothing of one whose stream has not said how it ended. */
  get told(): readonly JsonObject[] {
    const isWhole = this.#say === undefined
    if (this.#finish === undefined && !isWhole) return []
    const parts = isWhole ? this.#parts : EMPTY_PARTS
    return [{ content: { role: 'model', parts }, ...this.#end(this.#finish ?? PLAIN_STOP) }]
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
  #end({ reason, rawReason, explanation, extra }: Omit<Finish, 'type' | 'choice'>): JsonObject {
    const own = extra?.[FAMILY]
    return {
      groundingMetadata: this.#grounding.metadata,
      ...own,
      finishReason: own === undefined ? WORD_BY_FINISH[reason] : (rawReason ?? WORD_BY_FINISH[reason]),
      finishMessage: explanation,
      index: this.#index,
      logprobsResult: writeLogprobs(this.#logprobs),
    }
  }
}

/** What the API itself sends with the end of an answer that has nothing more to say. */
const EMPTY_PARTS: readonly JsonObject[] = [{ text: '' }]
const PLAIN_STOP = { reason: 'stop' } as const

/** Text and thoughts seldom hold anything when they begin. */
function isEmptyProse(block: AnswerBlock): boolean {
  return 'text' in block && block.text === '' && !('signature' in block && block.signature !== undefined)
}
