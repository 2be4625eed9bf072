import type {
  Citation,
  MediaBlock,
  ReasoningBlock,
  Signature,
  ToolCallBlock,
} from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import { InterleavedBlocks, WrittenBlock, type BlockWire } from '../block-writer.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { EncodeContext } from '../dialect.ts'
import { writeAnnotation } from './annotation.ts'
import { Messages } from './messages.ts'
import { Output, prefixOf } from './output.ts'
import { showReasoning } from './reasoning-item.ts'
import { namespaceMembers } from './tools.ts'
import { FAMILY } from './vocabulary.ts'

/** Letters of the ids of items, and what their pieces of text are called. */
const THOUGHT = { letters: 'rs', piece: 'response.reasoning_summary_text' } as const
const CALLS = {
  json: { letters: 'fc', piece: 'response.function_call_arguments' },
  text: { letters: 'ctc', piece: 'response.custom_tool_call_input' },
} as const

/** Index of the block that explains a refusal; no block of a provider has it. */
const EXPLANATION = -1

/**
 * How a response says blocks: each is an item, or a part of a message, that is added, said piece by piece, and told whole at its end.
 * Several may be open at once.
 */
export class OutputBlocks implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  readonly output: Output
  readonly messages: Messages
  readonly blocks = new InterleavedBlocks(this)
  readonly #request: EncodeContext<'chat'>['request']
  hasRefused = false

  constructor({ notice, request, requestId }: EncodeContext<'chat'>) {
    this.notice = notice
    this.#request = request
    this.output = new Output(requestId)
    this.messages = new Messages(this.output)
  }

  open(written: WrittenBlock): string {
    const { block } = written
    switch (block.type) {
      case 'text': {
        if (block.signature !== undefined) this.notice('seal.lost')
        const opened = this.messages.open(written, block) + this.#sayFirst(written, block.text)
        return opened + (block.citations ?? []).map((citation) => this.cite(written, citation)).join('')
      }
      case 'refusal':
        this.hasRefused = true
        return this.messages.open(written, block) + this.#sayFirst(written, block.text)
      case 'reasoning':
        return this.messages.leave() + this.#openItem(written, block) + this.#sayFirst(written, block.text)
      case 'tool-call': {
        const left = this.messages.leave()
        const carried = block.signature === undefined ? '' : this.#carry(block.signature, block.id)
        return left + carried + this.#openItem(written, block) + this.#sayFirst(written, block.arguments)
      }
      case 'media':
        return this.messages.leave() + this.#addPicture(block)
      case 'native': {
        const left = this.messages.leave()
        return left + this.output.addWhole({ id: this.#nextId('item'), ...block.raw })
      }
    }
  }

  say(written: WrittenBlock, text: string): string {
    const begins = written.block.type === 'reasoning' && written.pieces === undefined
    written.pieces ??= []
    written.pieces.push(text)
    const begun = begins ? this.#summaryPart('added', written, '') : ''
    return `${begun}${written.prefix}${this.output.next()},"delta":${JSON.stringify(text)}}\n\n`
  }

  #sayFirst(written: WrittenBlock, text: string): string {
    return text === '' ? '' : this.say(written, text)
  }

  sign(written: WrittenBlock, signature: Signature): string {
    const { block } = written
    if (block.type === 'tool-call') return this.#carry(signature, block.id)
    if (block.type === 'reasoning') written.lateSignature = signature
    else this.notice('seal.lost')
    return ''
  }

  cite(written: WrittenBlock, citation: Citation): string {
    const annotation = writeAnnotation(citation, this.notice)
    return annotation === undefined ? '' : this.messages.cite(written, annotation)
  }

  sayNative(): string {
    return ''
  }

  close(written: WrittenBlock): string {
    const { block } = written
    switch (block.type) {
      case 'text':
      case 'refusal':
        return this.messages.close(written, block)
      case 'reasoning':
        return this.#endThought(written, block)
      case 'tool-call':
        return this.#endCall(written, block)
      case 'media':
      case 'native':
        return ''
    }
  }

  /** Says why the model refused, where it did not say so itself, and ends the message that is open. */
  end(explanation: string | undefined): string {
    if (explanation === undefined || this.hasRefused) return this.messages.leave()
    const written = new WrittenBlock(EXPLANATION, { type: 'refusal', text: explanation })
    return this.open(written) + this.close(written) + this.messages.leave()
  }

  #nextId(letters: string): string {
    return this.output.idOf(letters, this.output.items.length)
  }

  #openItem(written: WrittenBlock, block: ReasoningBlock | ToolCallBlock): string {
    const { letters, piece } = kindOf(block)
    const output_index = this.output.items.length
    const place = { item_id: this.#nextId(letters), output_index }
    written.at = output_index
    written.prefix = prefixOf(piece, block.type === 'reasoning' ? { ...place, summary_index: 0 } : place)
    return this.output.add(this.#itemOf(written, block, 'in_progress'))
  }

  /** The proof of a call travels in a thought that nobody reads. */
  #carry(signature: Signature, callId: string): string {
    const encrypted_content = wrapSignature({ signature, callId })
    return this.output.addWhole({ type: 'reasoning', id: this.#nextId('rs'), summary: [], encrypted_content })
  }

  #addPicture({ kind, source }: MediaBlock): string {
    if (kind === 'image' && source.from === 'bytes') {
      const id = this.#nextId('item')
      const { base64: result } = source
      return this.output.addWhole({ type: 'image_generation_call', id, status: 'completed', result })
    }
    this.notice('media.dropped')
    return ''
  }

  #endThought(written: WrittenBlock, block: ReasoningBlock): string {
    const text = wholeOf(written)
    if (text === '') return this.#endItem(written, block)
    const done = this.#pieceDone(written, block, { summary_index: 0, text })
    return done + this.#summaryPart('done', written, text) + this.#endItem(written, block)
  }

  #endCall(written: WrittenBlock, block: ToolCallBlock): string {
    const said = block.form === 'json' && written.pieces === undefined ? this.say(written, '{}') : ''
    const text = wholeOf(written)
    const whole =
      block.form === 'json' ? { name: this.#named(block)['name'], arguments: text } : { input: text }
    return said + this.#pieceDone(written, block, whole) + this.#endItem(written, block)
  }

  #pieceDone({ at = 0 }: WrittenBlock, block: ReasoningBlock | ToolCallBlock, whole: JsonObject): string {
    const { letters, piece } = kindOf(block)
    return this.output.frame(`${piece}.done`, {
      item_id: this.output.idOf(letters, at),
      output_index: at,
      ...whole,
    })
  }

  #summaryPart(what: 'added' | 'done', { at = 0 }: WrittenBlock, text: string): string {
    return this.output.frame(`response.reasoning_summary_part.${what}`, {
      item_id: this.output.idOf(THOUGHT.letters, at),
      output_index: at,
      summary_index: 0,
      part: { type: 'summary_text', text },
    })
  }

  #endItem(written: WrittenBlock, block: ReasoningBlock | ToolCallBlock): string {
    return this.output.end(written.at ?? 0, this.#itemOf(written, block, 'completed'))
  }

  #itemOf(written: WrittenBlock, block: ReasoningBlock | ToolCallBlock, status: string): JsonObject {
    const { at = 0, lateSignature } = written
    const id = this.output.idOf(kindOf(block).letters, at)
    const text = wholeOf(written)
    if (block.type === 'reasoning')
      return showReasoning(
        { ...block, text, ...defined({ signature: lateSignature ?? block.signature }) },
        id,
      )
    const shared = { ...block.extra?.[FAMILY], id, call_id: block.id, ...this.#named(block), status }
    return block.form === 'json'
      ? { type: 'function_call', ...shared, arguments: text }
      : { type: 'custom_tool_call', ...shared, input: text }
  }

  /** A call, as its tool is named by the client. */
  #named({ name }: ToolCallBlock): JsonObject {
    return namespaceMembers(name, this.#request.tools) ?? { name }
  }
}

function kindOf(block: ReasoningBlock | ToolCallBlock): { readonly letters: string; readonly piece: string } {
  return block.type === 'reasoning' ? THOUGHT : CALLS[block.form]
}

function wholeOf({ pieces }: WrittenBlock): string {
  return pieces?.join('') ?? ''
}
