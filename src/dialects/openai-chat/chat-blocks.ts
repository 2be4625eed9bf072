import type { Citation, Signature, ToolCallBlock } from '../../exchange/content.ts'
import type { Finish } from '../../exchange/chat-content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { InterleavedBlocks, type BlockWire, type WrittenBlock } from '../block-writer.ts'
import { writeCallSignature } from './call-signature.ts'
import {
  finishWord,
  functionCall,
  noteUnsayable,
  toAnnotations,
  toImages,
  toToolCall,
} from './message-parts.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY } from './vocabulary.ts'

const ROLE = '{"role":"assistant","content":"","refusal":null}'

/** What an answer is written with. */
export interface ChoiceContext {
  readonly notice: NoticeSink
  /** True towards a client that knows only the deprecated form of calls. */
  readonly isLegacy: boolean
  /** Everything of a chunk before its one choice, and behind it. */
  readonly prefix: string
  readonly suffix: string
}

/** How a stream of Chat Completions says one of its answers. Several calls may be open at once; they alone are counted. */
export class ChatBlocks implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  readonly blocks = new InterleavedBlocks(this)
  readonly #context: ChoiceContext
  /** Everything of a frame before the members of its choice, and behind them. */
  readonly #head: string
  readonly #tail: string
  #calls = 0
  /** True once the role was told, without which the official SDK refuses the stream. */
  #hasRole = false
  #hasRefused = false

  constructor(index: number, context: ChoiceContext) {
    this.notice = context.notice
    this.#context = context
    this.#head = `${context.prefix}{"index":${index},"delta":`
    this.#tail = `}${context.suffix}`
  }

  open(written: WrittenBlock): string {
    const { block } = written
    noteUnsayable(block, this.notice)
    switch (block.type) {
      case 'tool-call':
        return this.#openCall(written, block)
      case 'media':
        return this.#list('images', toImages([block]))
      case 'text':
      case 'refusal':
      case 'reasoning':
        return block.text === '' ? '' : this.say(written, block.text)
      case 'native':
        return ''
    }
  }

  say(written: WrittenBlock, text: string): string {
    const piece = JSON.stringify(text)
    switch (written.block.type) {
      case 'text':
        return this.#delta(`{"content":${piece}}`)
      case 'refusal':
        this.#hasRefused = true
        return this.#delta(`{"refusal":${piece}}`)
      case 'reasoning':
        written.pieces ??= []
        written.pieces.push(text)
        return this.#delta(`{"reasoning_content":${piece}}`)
      case 'tool-call':
        if (written.at === undefined) return ''
        return this.#delta(written.prefix + piece + (this.#context.isLegacy ? '}}' : '}}]}'))
      case 'native':
      case 'media':
        return ''
    }
  }

  sign(written: WrittenBlock, signature: Signature): string {
    const { block, at } = written
    if (block.type === 'reasoning') {
      written.lateSignature = signature
      return ''
    }
    if (block.type !== 'tool-call' || at === undefined || this.#context.isLegacy) {
      this.notice('seal.lost')
      return ''
    }
    // Clients that check what they read want the member for the call in every piece of it.
    const piece = block.form === 'json' ? { function: {} } : { custom: {} }
    return this.#list('tool_calls', [{ index: at, ...piece, ...writeCallSignature(signature) }])
  }

  cite(written: WrittenBlock, citation: Citation): string {
    written.citations ??= []
    written.citations.push(citation)
    return ''
  }

  sayNative(_written: WrittenBlock, { audio }: JsonObject): string {
    return audio === undefined ? '' : this.#delta(JSON.stringify({ audio }))
  }

  /**
   * What is told of a block once it is whole. Clients replace lists delta by delta instead of joining them, so the proof of a thought
   * and the sources of a text are each sent in one piece.
   */
  close({ block, pieces, lateSignature, citations }: WrittenBlock): string {
    if (block.type === 'reasoning') {
      const signature = lateSignature ?? block.signature
      if (signature === undefined) return ''
      return this.#list(
        'reasoning_details',
        toDetails([{ ...block, signature, text: pieces?.join('') ?? '' }]),
      )
    }
    if (citations === undefined) return ''
    return this.#list('annotations', toAnnotations(citations, this.notice))
  }

  /** Why the answer ended. An explanation stands for the refusal that the model did not write itself. */
  finish(finish: Finish): string {
    const { explanation, reason } = finish
    const wroteRefusal = this.#hasRefused
    const isExplained = explanation !== undefined && reason === 'refusal' && !wroteRefusal
    const refusal = isExplained ? this.#delta(`{"refusal":${JSON.stringify(explanation)}}`) : ''
    const word = finishWord(finish, { wroteRefusal, isLegacy: this.#context.isLegacy })
    return `${refusal}${this.#role()}${this.#head}{},"logprobs":null,"finish_reason":"${word}"${this.#tail}`
  }

  logprobs(content: readonly Json[]): string {
    const told = JSON.stringify({ content, refusal: null })
    return `${this.#role()}${this.#head}{},"logprobs":${told},"finish_reason":null${this.#tail}`
  }

  #openCall(written: WrittenBlock, call: ToolCallBlock): string {
    const at = this.#calls
    this.#calls += 1
    if (this.#context.isLegacy) return this.#openLegacyCall(written, call, at)
    written.at = at
    written.prefix = `{"tool_calls":[{"index":${at},${call.form === 'json' ? '"function":{"arguments":' : '"custom":{"input":'}`
    return this.#list('tool_calls', [{ index: at, ...toToolCall(call) }])
  }

  /** The deprecated form holds one call, without a proof. */
  #openLegacyCall(written: WrittenBlock, call: ToolCallBlock, at: number): string {
    if (call.signature !== undefined) this.notice('seal.lost')
    if (at > 0) {
      this.notice('call.dropped')
      return ''
    }
    written.at = at
    written.prefix = '{"function_call":{"arguments":'
    return this.#delta(JSON.stringify(functionCall(call)))
  }

  /** A delta with a list, unless that is empty. */
  #list(name: string, items: readonly JsonObject[]): string {
    return items.length === 0 ? '' : this.#delta(JSON.stringify({ [name]: items }))
  }

  #delta(delta: string): string {
    return `${this.#role()}${this.#head}${delta},"logprobs":null,"finish_reason":null${this.#tail}`
  }

  /** The role, before anything else of an answer. */
  #role(): string {
    if (this.#hasRole) return ''
    this.#hasRole = true
    return `${this.#head}${ROLE},"logprobs":null,"finish_reason":null${this.#tail}`
  }
}
