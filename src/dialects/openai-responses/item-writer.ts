import type { ChatEvent, Finish } from '../../exchange/chat-content.ts'
import type { Block, Signature } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { EncodeContext } from '../dialect.ts'
import { writeAnnotation } from './annotation.ts'
import { callItem, partOf, prefixOf, wholeItem, type OpenMessage, type OpenPiece } from './encode-items.ts'
import type { Frames } from './frames.ts'
import { showReasoning } from './reasoning-item.ts'
import { bareId } from './response-object.ts'
import { defined } from '../../kit/defined.ts'
import { namespaceMembers } from './tools.ts'

/** The events that make up blocks. */
export type BlockEvent = Extract<ChatEvent, { readonly index: number }>

/**
 * Writes the items of an answer: each is added, said piece by piece, and told whole at its end. Items may be written at the same
 * time; texts that lie next to each other are one message.
 */
export class ItemWriter {
  readonly #context: EncodeContext<'chat'>
  readonly #frames: Frames
  /** What all ids begin with, behind the letters for their kind. */
  readonly #bareId: string
  readonly #open = new Map<number, OpenPiece>()
  #message: OpenMessage | undefined
  /** Those of the text that was begun last. */
  #logprobs: Json[] | undefined
  /** By their place in the output. */
  readonly items: JsonObject[] = []
  hasRefused = false

  constructor(context: EncodeContext<'chat'>, frames: Frames) {
    this.#context = context
    this.#frames = frames
    this.#bareId = bareId(context.requestId)
  }

  /** Writes one event of a block. */
  write(event: BlockEvent): string {
    if (event.type === 'block-start') return this.#openBlock(event.index, event.block)
    const piece = this.#open.get(event.index)
    if (piece === undefined) return ''
    switch (event.type) {
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta':
      case 'arguments-delta':
        return this.#say(piece, event.text)
      case 'citation':
        return this.#cite(piece, writeAnnotation(event.citation, this.#context.notice))
      case 'signature':
        return this.#signature(piece, event.signature)
      case 'native-delta':
        return ''
      case 'block-end':
        return this.#endPiece(event.index, piece)
    }
  }

  #openBlock(index: number, block: Block): string {
    switch (block.type) {
      case 'text':
      case 'refusal':
        return this.#openText(index, block)
      case 'reasoning':
      case 'tool-call':
        return this.#leaveMessage() + this.#openItem(index, block)
      case 'media':
      case 'native':
      case 'search-result':
      case 'tool-result': {
        const left = this.#leaveMessage()
        const item = wholeItem(block, `item_${this.#bareId}_${this.items.length}`, this.#context.notice)
        return item === undefined ? left : left + this.#wholeItem(item)
      }
    }
  }

  #lose(code: 'seal.lost'): string {
    this.#context.notice(code)
    return ''
  }

  #wholeItem(item: JsonObject): string {
    const output_index = this.items.length
    this.items.push(item)
    return (
      this.#frames.frame('response.output_item.added', { output_index, item }) +
      this.#frames.frame('response.output_item.done', { output_index, item })
    )
  }

  #openText(index: number, block: Extract<Block, { type: 'text' | 'refusal' }>): string {
    let text = ''
    if (this.#message === undefined) {
      const id = `msg_${this.#bareId}_${this.items.length}`
      this.#message = { id, outputIndex: this.items.length, content: [], openParts: 0, isOver: false }
      text += this.#addItem({ type: 'message', id, status: 'in_progress', role: 'assistant', content: [] })
    }
    const message = this.#message
    const contentIndex = message.content.length
    const at = { item_id: message.id, output_index: message.outputIndex, content_index: contentIndex }
    const delta = block.type === 'text' ? 'response.output_text.delta' : 'response.refusal.delta'
    const piece: OpenPiece = {
      id: message.id,
      outputIndex: message.outputIndex,
      block,
      delta,
      prefix: prefixOf(delta, block.type === 'text' ? { ...at, logprobs: [] } : at),
      parts: [],
      message,
      contentIndex,
      annotations: [],
      logprobs: [],
      signature: undefined,
    }
    if (block.type === 'refusal') this.hasRefused = true
    else this.#logprobs = piece.logprobs
    const part = partOf(piece)
    message.content.push(part)
    message.openParts += 1
    this.#open.set(index, piece)
    text += this.#frames.frame('response.content_part.added', { ...at, part }) + this.#say(piece, block.text)
    if (block.type === 'refusal') return text
    if (block.signature !== undefined) this.#lose('seal.lost')
    for (const citation of block.citations ?? [])
      text += this.#cite(piece, writeAnnotation(citation, this.#context.notice))
    return text
  }

  #addItem(item: JsonObject): string {
    this.items.push(item)
    return this.#frames.frame('response.output_item.added', { output_index: this.items.length - 1, item })
  }

  #openItem(index: number, block: Extract<Block, { type: 'reasoning' | 'tool-call' }>): string {
    const isCall = block.type === 'tool-call'
    let text = isCall && block.signature !== undefined ? this.#carry(block.signature, block.id) : ''
    const outputIndex = this.items.length
    const kind = isCall ? CALLS[block.form] : THOUGHT
    const id = `${kind.letters}_${this.#bareId}_${outputIndex}`
    const at = { item_id: id, output_index: outputIndex, ...(isCall ? {} : { summary_index: 0 }) }
    const piece: OpenPiece = {
      id,
      outputIndex,
      block,
      delta: kind.delta,
      prefix: prefixOf(kind.delta, at),
      parts: [],
      contentIndex: 0,
      annotations: [],
      logprobs: [],
      signature: isCall ? undefined : block.signature,
    }
    this.#open.set(index, piece)
    text += this.#addItem({ ...this.#itemOf(piece, 'in_progress') })
    return text + this.#say(piece, isCall ? block.arguments : block.text)
  }

  /** The proof of a call travels in a thought that nobody reads. */
  #carry(signature: Signature, callId: string): string {
    const id = `rs_${this.#bareId}_${this.items.length}`
    const encrypted_content = wrapSignature({ signature, callId })
    return this.#wholeItem({ type: 'reasoning', id, summary: [], encrypted_content })
  }

  #say(piece: OpenPiece, text: string): string {
    if (text === '') return ''
    const opens = piece.block.type === 'reasoning' && piece.parts.length === 0
    piece.parts.push(text)
    const opening = opens ? this.#summaryPart('response.reasoning_summary_part.added', piece, '') : ''
    return `${opening}${piece.prefix}${this.#frames.next()},"delta":${JSON.stringify(text)}}\n\n`
  }

  #summaryPart(type: string, { id, outputIndex }: OpenPiece, text: string): string {
    const part = { type: 'summary_text', text }
    return this.#frames.frame(type, { item_id: id, output_index: outputIndex, summary_index: 0, part })
  }

  #cite(
    { id, outputIndex, contentIndex, annotations }: OpenPiece,
    annotation: JsonObject | undefined,
  ): string {
    if (annotation === undefined) return ''
    const annotation_index = annotations.push(annotation) - 1
    return this.#frames.frame('response.output_text.annotation.added', {
      item_id: id,
      output_index: outputIndex,
      content_index: contentIndex,
      annotation_index,
      annotation,
    })
  }

  #signature(piece: OpenPiece, signature: Signature): string {
    if (piece.block.type === 'tool-call') return this.#carry(signature, piece.block.id)
    if (piece.block.type !== 'reasoning') return this.#lose('seal.lost')
    piece.signature = signature
    return ''
  }

  /** Keeps probabilities for the text that was begun last; they are told where it is told whole. */
  keepLogprobs(content: readonly Json[]): void {
    if (this.#logprobs === undefined) this.#context.notice('logprobs.dropped')
    else this.#logprobs.push(...content)
  }

  #endPiece(index: number, piece: OpenPiece): string {
    this.#open.delete(index)
    const { block, message } = piece
    if (message !== undefined) return this.#endPart(piece, message)
    let text = ''
    if (block.type === 'tool-call' && block.form === 'json' && piece.parts.length === 0)
      text += this.#say(piece, '{}')
    const item = this.#itemOf(piece, 'completed')
    this.items[piece.outputIndex] = item
    const whole = piece.parts.join('')
    const at = { item_id: piece.id, output_index: piece.outputIndex }
    if (block.type === 'tool-call') {
      const said = block.form === 'json' ? { name: item['name'], arguments: whole } : { input: whole }
      text += this.#frames.frame(doneOf(piece), { ...at, ...said })
    } else if (whole !== '') {
      text += this.#frames.frame(doneOf(piece), { ...at, summary_index: 0, text: whole })
      text += this.#summaryPart('response.reasoning_summary_part.done', piece, whole)
    }
    return text + this.#frames.frame('response.output_item.done', { output_index: piece.outputIndex, item })
  }

  #itemOf({ block, id, parts, signature }: OpenPiece, status: string): JsonObject {
    const text = parts.join('')
    if (block.type === 'tool-call') {
      const named = namespaceMembers(block.name, this.#context.request.tools) ?? { name: block.name }
      return callItem({ ...block, arguments: text }, { itemId: id, named, status })
    }
    if (block.type !== 'reasoning') return {}
    const { signature: _signature, ...bare } = block
    return showReasoning({ ...bare, text, ...defined({ signature }) }, id)
  }

  #endPart(piece: OpenPiece, message: OpenMessage): string {
    const part = partOf(piece)
    message.content[piece.contentIndex] = part
    message.openParts -= 1
    const at = { item_id: piece.id, output_index: piece.outputIndex, content_index: piece.contentIndex }
    const said =
      piece.block.type === 'text'
        ? { text: part['text'], logprobs: piece.logprobs }
        : { refusal: part['refusal'] }
    const text =
      this.#frames.frame(doneOf(piece), { ...at, ...said }) +
      this.#frames.frame('response.content_part.done', { ...at, part })
    return message.isOver ? text + this.#endMessage(message) : text
  }

  /** What comes next is no text: the message is over once its parts are. */
  #leaveMessage(): string {
    const message = this.#message
    if (message === undefined) return ''
    this.#message = undefined
    message.isOver = true
    return this.#endMessage(message)
  }

  #endMessage({ id, outputIndex, content, openParts }: OpenMessage): string {
    if (openParts > 0) return ''
    const item = { type: 'message', id, status: 'completed', role: 'assistant', content }
    this.items[outputIndex] = item
    return this.#frames.frame('response.output_item.done', { output_index: outputIndex, item })
  }

  /** Ends everything that is open. A refusal that is only explained gets its words. */
  close(finish: Finish | undefined): string {
    let text = ''
    for (const [index, piece] of this.#open) text += this.#endPiece(index, piece)
    const explanation = finish?.reason === 'refusal' && !this.hasRefused ? finish.explanation : undefined
    if (explanation !== undefined) {
      text += this.#openText(EXPLANATION, { type: 'refusal', text: explanation })
      const piece = this.#open.get(EXPLANATION)
      if (piece !== undefined) text += this.#endPiece(EXPLANATION, piece)
    }
    return text + this.#leaveMessage()
  }
}

/** Index of the block that explains a refusal; no block of a provider has it. */
const EXPLANATION = -1

const THOUGHT = { letters: 'rs', delta: 'response.reasoning_summary_text.delta' } as const
const CALLS = {
  json: { letters: 'fc', delta: 'response.function_call_arguments.delta' },
  text: { letters: 'ctc', delta: 'response.custom_tool_call_input.delta' },
} as const

/** The event that says a whole piece. */
function doneOf({ delta }: OpenPiece): string {
  return delta.replace(/\.delta$/, '.done')
}
