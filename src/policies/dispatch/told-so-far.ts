import type { ContinueRefusal } from '../../exchange/decision.ts'
import type { TextBlock } from '../../exchange/content.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'
import { concatBytes } from '../../kit/sse.ts'

/** A block of an answer, as far as it has come. */
interface ToldBlock {
  readonly index: number
  readonly isText: boolean
  /** Its pieces; those of reasoning are not kept here. */
  readonly pieces: string[]
  isFilled: boolean
  isOpen: boolean
}

/** What says nothing of the answer itself. */
const SILENT: ReadonlySet<string> = new Set(['usage', 'end', 'failure'])

/** Does an event frame what is said? */
function frames({ type }: ResponseEvent): boolean {
  return type === 'block-start' || type === 'block-end' || type === 'signature'
}

type Piece = Extract<ResponseEvent, { readonly type: 'text-delta' | 'reasoning-delta' }>

/**
 * What the client was told of an answer: whether somebody else could go on with it, with what, and what of it a writer has to know
 * who says the rest. Kept is no more than an answer that can be gone on with.
 */
export class ToldSoFar {
  readonly #said: ResponseEvent[] = []
  readonly #blocks: ToldBlock[] = []
  /** A piece that further ones of the same block are joined to. */
  #piece: { readonly event: Piece; readonly texts: string[] } | undefined
  #unfit: ContinueRefusal | undefined
  /** How much text there is. */
  characters = 0
  /** The provider's own bytes that said more than pieces, and those that said the last of the text. */
  readonly #framing: Uint8Array[] = []
  #framingBytes = 0
  #lastPiece: Uint8Array | undefined

  /** Takes what is told next. */
  take({ events, wire }: ResponseChunk): void {
    if (this.#unfit !== undefined) return
    const before = this.characters
    for (const event of events) this.#push(event)
    if (wire !== undefined && (events.length === 0 || events.some(frames))) {
      this.#framing.push(wire)
      this.#framingBytes += wire.length
    }
    if (Math.max(this.characters, this.#framingBytes) > LIMITS.continuedCharacters) this.#giveUp('too-long')
    else if (this.characters > before) this.#lastPiece = wire
  }

  /** The provider's own bytes by which blocks were begun and ended, and the last of the text was said; absent where none were passed on. */
  get wire(): Uint8Array | undefined {
    const last = this.#lastPiece
    if (last === undefined) return undefined
    const parts = this.#framing.includes(last) ? this.#framing : [...this.#framing, last]
    return parts.reduce(concatBytes)
  }

  /** Takes what is told as text and is none of the answer's. */
  mark(event: Piece): void {
    this.#join(event)
  }

  /** Why nobody can go on: undefined where it is a plain text that is still open, with nothing but thoughts before it. */
  get unfit(): ContinueRefusal | undefined {
    if (this.#unfit !== undefined) return this.#unfit
    const last = this.#blocks.at(-1)
    const isText = last?.isText === true && last.isOpen && this.#blocks.every(({ isFilled }) => isFilled)
    return isText ? undefined : 'not-text'
  }

  /** The texts, for whoever goes on. */
  get texts(): readonly TextBlock[] {
    return this.#blocks
      .filter(({ isText }) => isText)
      .map(({ pieces }) => ({ type: 'text', text: pieces.join('') }))
  }

  /** All that was told. */
  get said(): readonly ResponseEvent[] {
    this.#flush()
    return [...this.#said]
  }

  /** Indexes of the blocks that are open, that of the text last. */
  get open(): readonly number[] {
    return this.#blocks.filter(({ isOpen }) => isOpen).map(({ index }) => index)
  }

  #push(event: ResponseEvent): void {
    if (event.type === 'block-start') this.#begin(event)
    else if (event.type === 'text-delta' || event.type === 'reasoning-delta') this.#say(event)
    else if (event.type === 'signature' || event.type === 'block-end') this.#close(event)
    else if (event.type === 'start') this.#said.push(event)
    // Whatever else is said makes it more than a text, and with a finish it is known how it ends.
    else if (!SILENT.has(event.type)) this.#giveUp('not-text')
  }

  #begin(event: Extract<ResponseEvent, { readonly type: 'block-start' }>): void {
    const { choice, index, block } = event
    const last = this.#blocks.at(-1)
    const isText = block.type === 'text'
    const isInOrder = last === undefined || (isText && (!last.isText || !last.isOpen)) || !last.isText
    if (choice !== 0 || (block.type !== 'text' && block.type !== 'reasoning') || !isInOrder)
      return this.#giveUp('not-text')
    this.#flush()
    this.#said.push(event)
    const isFilled = block.text !== ''
    this.#blocks.push({
      index,
      isText,
      pieces: isText && isFilled ? [block.text] : [],
      isFilled,
      isOpen: true,
    })
    if (isText) this.characters += block.text.length
  }

  #say(event: Piece): void {
    if (event.text === '') return
    const block = this.#blocks.at(-1)
    if (block?.index !== event.index || block.isText !== (event.type === 'text-delta'))
      return this.#giveUp('not-text')
    block.isFilled = true
    if (block.isText) {
      block.pieces.push(event.text)
      this.characters += event.text.length
    }
    this.#join(event)
  }

  #join(event: Piece): void {
    if (this.#piece?.event.index !== event.index) this.#flush()
    this.#piece ??= { event, texts: [] }
    this.#piece.texts.push(event.text)
  }

  #close(event: Extract<ResponseEvent, { readonly type: 'signature' | 'block-end' }>): void {
    const block = this.#blocks.find(({ index }) => index === event.index)
    if (block === undefined) return this.#giveUp('not-text')
    if (event.type === 'signature') block.isFilled = true
    else block.isOpen = false
    this.#flush()
    this.#said.push(event)
  }

  #flush(): void {
    if (this.#piece === undefined) return
    const { event, texts } = this.#piece
    this.#piece = undefined
    this.#said.push({ ...event, text: texts.join('') })
  }

  #giveUp(reason: ContinueRefusal): void {
    this.#unfit = reason
    this.#said.length = 0
    this.#blocks.length = 0
    this.#piece = undefined
    this.#framing.length = 0
    this.#lastPiece = undefined
  }
}
