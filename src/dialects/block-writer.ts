import type { Block, Citation, Family, Signature } from '../exchange/content.ts'
import type { ChatEvent } from '../exchange/chat-content.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { JsonObject } from '../kit/json.ts'
import type { CallInputWriter } from './call-input.ts'

/** The events that make up blocks. */
export type BlockEvent = Extract<ChatEvent, { readonly index: number }>

/** What an answer can hold. Retrieved passages and results of tools are told by clients. */
export type AnswerBlock = Exclude<Block, { readonly type: 'search-result' | 'tool-result' }>

/** To whom an answer is told. */
interface Audience {
  /** That of the client's dialect. */
  readonly family: Family
  /** Takes a notice for what the client does not get. */
  readonly notice: NoticeSink
}

/** Can an answer hold the block? Else it is left out with a notice, and so is what only another family understands. */
export function isAnswerBlock(block: Block, { family, notice }: Audience): block is AnswerBlock {
  const isLeftOut =
    block.type === 'search-result' ||
    block.type === 'tool-result' ||
    (block.type === 'native' && block.family !== family)
  if (isLeftOut) notice('native.dropped')
  return !isLeftOut
}

/** A block while it is written. What stands in it for the wire to remember is made by the wire. */
export class WrittenBlock {
  readonly index: number
  readonly block: AnswerBlock
  /** Its place on the wire, once it was begun there. Text and reasoning begin with their first content. */
  at: number | undefined
  /** The constant beginning of its deltas. */
  prefix = ''
  /** Writes its arguments, where they are the input of a call. */
  input: CallInputWriter | undefined
  /** The text that was said so far, where it is told once more at the end. */
  pieces: string[] | undefined
  /** The sources of a text, where they are told at its end. */
  citations: Citation[] | undefined
  /** The proof that came behind the beginning, where it is told at the end. */
  lateSignature: Signature | undefined

  constructor(index: number, block: AnswerBlock) {
    this.index = index
    this.block = block
  }
}

/** How a wire says the pieces of a block: each gives whole frames, or `''` where the wire says nothing of it. */
export interface BlockWire extends Audience {
  /** The block with what it held already when it was opened. */
  open(written: WrittenBlock): string
  /** A further piece of its text or of its arguments. Never empty. */
  say(written: WrittenBlock, text: string): string
  sign(written: WrittenBlock, signature: Signature): string
  cite(written: WrittenBlock, citation: Citation): string
  /** A further piece of a native block; absent where they come whole. */
  sayNative?(written: WrittenBlock, raw: JsonObject): string
  close(written: WrittenBlock): string
}

/** Says of a block what it held already when it was opened, as if it had come behind. The proof of a call is not said. */
export function sayHeld(wire: BlockWire, written: WrittenBlock): string {
  const { block } = written
  switch (block.type) {
    case 'text':
    case 'refusal':
    case 'reasoning': {
      let said = block.text === '' ? '' : wire.say(written, block.text)
      if (block.type === 'refusal') return said
      for (const citation of 'citations' in block ? (block.citations ?? []) : [])
        said += wire.cite(written, citation)
      return block.signature === undefined ? said : said + wire.sign(written, block.signature)
    }
    case 'tool-call':
      return block.arguments === '' ? '' : wire.say(written, block.arguments)
    case 'media':
    case 'native':
      return ''
  }
}

/** Writes the blocks of one answer. */
export interface BlockWriter {
  /** Wire text for one event; empty while its block has to wait for an earlier one. */
  write(event: BlockEvent): string
  /** Ends whatever is still open or waiting. */
  close(): string
}

/** Writes blocks on a wire on which several may be open at once. */
export class InterleavedBlocks implements BlockWriter {
  readonly #wire: BlockWire
  readonly #open = new Map<number, WrittenBlock>()
  /** The one that was written to last, and nearly always is next. */
  #latest: WrittenBlock | undefined

  constructor(wire: BlockWire) {
    this.#wire = wire
  }

  write(event: BlockEvent): string {
    if (event.type === 'block-start') return this.#begin(event.index, event.block)
    const latest = this.#latest
    const written = latest?.index === event.index ? latest : this.#open.get(event.index)
    if (written === undefined) return ''
    this.#latest = written
    if (event.type === 'block-end') return this.#end(written)
    return writePiece(this.#wire, written, event)
  }

  close(): string {
    let text = ''
    for (const written of this.#open.values()) text += this.#end(written)
    return text
  }

  #begin(index: number, block: Block): string {
    if (!isAnswerBlock(block, this.#wire)) return ''
    const written = new WrittenBlock(index, block)
    this.#open.set(index, written)
    this.#latest = written
    return this.#wire.open(written)
  }

  #end(written: WrittenBlock): string {
    this.#open.delete(written.index)
    this.#latest = undefined
    return this.#wire.close(written)
  }
}

/**
 * Writes blocks on a wire that has one open at a time. A provider may interleave several, such as the arguments of calls: events of
 * a later block are held until the earlier one ends.
 */
export class SequentialBlocks implements BlockWriter {
  readonly #wire: BlockWire
  /** In order of opening. */
  readonly #waiting = new Map<number, BlockEvent[]>()
  #active: WrittenBlock | undefined

  constructor(wire: BlockWire) {
    this.#wire = wire
  }

  write(event: BlockEvent): string {
    const text = this.#writeNow(event)
    return this.#active === undefined ? text + this.#promote() : text
  }

  close(): string {
    let text = ''
    while (this.#active !== undefined) text += this.#end(this.#active) + this.#promote()
    return text
  }

  #writeNow(event: BlockEvent): string {
    const active = this.#active
    if (active?.index === event.index) {
      return event.type === 'block-end' ? this.#end(active) : writePiece(this.#wire, active, event)
    }
    if (event.type !== 'block-start') this.#waiting.get(event.index)?.push(event)
    else if (active === undefined) return this.#begin(event.index, event.block)
    else this.#waiting.set(event.index, [event])
    return ''
  }

  #begin(index: number, block: Block): string {
    if (!isAnswerBlock(block, this.#wire)) return ''
    this.#active = new WrittenBlock(index, block)
    return this.#wire.open(this.#active)
  }

  #end(written: WrittenBlock): string {
    this.#active = undefined
    return this.#wire.close(written)
  }

  /** Writes what has waited, up to a block that is still open. */
  #promote(): string {
    let text = ''
    while (this.#active === undefined) {
      const next = this.#waiting.entries().next()
      if (next.done === true) break
      const [index, events] = next.value
      this.#waiting.delete(index)
      for (const event of events) text += this.#writeNow(event)
    }
    return text
  }
}

function writePiece(wire: BlockWire, written: WrittenBlock, event: BlockEvent): string {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'arguments-delta':
      return event.text === '' ? '' : wire.say(written, event.text)
    case 'signature':
      return wire.sign(written, event.signature)
    case 'citation':
      return wire.cite(written, event.citation)
    case 'native-delta':
      return wire.sayNative?.(written, event.raw) ?? ''
    case 'block-start':
    case 'block-end':
      return ''
  }
}
