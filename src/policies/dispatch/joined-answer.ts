import type { ResponseEvent } from '../../exchange/event.ts'
import type { NoticeCode } from '../../exchange/notice.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import { addUsage, type Usage } from '../../exchange/usage.ts'
import type { Overlap } from './overlap.ts'

/** What an answer is joined to. */
export interface Joint {
  /** The index of the text that is open. */
  readonly text: number
  readonly overlap: Overlap
  /** What those used who said what stands before. */
  readonly used: Usage
  /** Takes a notice for what the client does not get of it. */
  readonly notice: (code: NoticeCode) => void
}

type Indexed = Extract<ResponseEvent, { readonly index: number }>

/**
 * Has an answer go on with the text of another one: it has no beginning of its own, its first text joins the one that is open, what
 * it repeats of that is left out, and its usage is that of both. Its thoughts about how to go on are nobody's business.
 */
export class JoinedAnswer {
  readonly #joint: Joint
  /** Where its blocks stand in the answer that it goes on with; undefined for those that are left out. */
  readonly #places = new Map<number, number | undefined>()
  #next: number
  #isOpen = true

  constructor(joint: Joint) {
    this.#joint = joint
    this.#next = joint.text + 1
  }

  /** What is told of a chunk, without its bytes: they begin an answer of their own. */
  take({ events }: ResponseChunk): ResponseChunk {
    const told: ResponseEvent[] = []
    for (const event of events) this.#push(event, told)
    return { events: told }
  }

  #push(event: ResponseEvent, told: ResponseEvent[]): void {
    if ('index' in event) return this.#pushBlock(event, told)
    const { type } = event
    if (type === 'start' || type === 'logprobs' || (type === 'finish' && event.choice !== 0)) return
    if (type === 'failure') this.#flush(told)
    if (type === 'finish') this.#endText(told)
    told.push(type === 'usage' ? { ...event, usage: addUsage(this.#joint.used, event.usage) } : event)
  }

  #pushBlock(event: Indexed, told: ResponseEvent[]): void {
    if (event.choice !== 0) return
    if (event.type === 'block-start' && this.#begin(event, told)) return
    const index = this.#places.get(event.index)
    if (index === undefined) return
    if (index !== this.#joint.text) told.push({ ...event, index })
    else if (event.type === 'text-delta') this.#say(event.text, told)
    else if (event.type === 'block-end') this.#endText(told)
    else if (event.type === 'signature') this.#joint.notice('seal.lost')
    else told.push({ ...event, index })
  }

  /** Finds the place of a block that begins. True where its beginning is not told. */
  #begin({ index, block }: Extract<Indexed, { type: 'block-start' }>, told: ResponseEvent[]): boolean {
    if (block.type === 'reasoning') {
      this.#places.set(index, undefined)
      this.#joint.notice('reasoning.dropped')
      return true
    }
    const isFirstText = block.type === 'text' && this.#isOpen
    if (isFirstText) {
      this.#places.set(index, this.#joint.text)
      this.#say(block.text, told)
      return true
    }
    this.#endText(told)
    this.#places.set(index, this.#next)
    this.#next += 1
    return false
  }

  #say(piece: string, told: ResponseEvent[]): void {
    this.#tell(this.#joint.overlap.push(piece), told)
  }

  #tell(text: string, told: ResponseEvent[]): void {
    if (text !== '' && this.#isOpen)
      told.push({ type: 'text-delta', choice: 0, index: this.#joint.text, text })
  }

  #flush(told: ResponseEvent[]): void {
    this.#tell(this.#joint.overlap.end(), told)
  }

  #endText(told: ResponseEvent[]): void {
    if (!this.#isOpen) return
    this.#flush(told)
    this.#isOpen = false
    told.push({ type: 'block-end', choice: 0, index: this.#joint.text })
  }
}
