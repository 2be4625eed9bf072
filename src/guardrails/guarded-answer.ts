import type { Block } from '../exchange/content.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { MapText } from '../exchange/map-json-texts.ts'
import type { Eye } from './eye.ts'
import { HeldText, type PutMask } from './held-text.ts'
import { ToldAnswer, type AnswerChange, type ChangingText } from './told-answer.ts'
import { mapOf, WaitingText } from './waiting-text.ts'

/** What those who look at an answer need. */
export interface AnswerParts {
  /** Whoever can change what is said. */
  readonly acting: readonly Eye[]
  /** Whoever only tells what is found. */
  readonly seeing: readonly Eye[]
  readonly put: PutMask
  readonly onLost: AnswerChange['onLost']
}

/**
 * Looks at an answer event by event, and gives the events that may be told of it: texts are held back as little as can be, arguments of
 * tools and what only one family understands until they are whole. When somebody blocks (`blockedBy`), it gives nothing more.
 */
export class GuardedAnswer {
  readonly #parts: AnswerParts
  readonly #told: ToldAnswer
  #mostHeld = 0

  constructor(parts: AnswerParts) {
    this.#parts = parts
    this.#told = new ToldAnswer({
      begin: (block) => this.#begin(block),
      whole: this.#look,
      hides: (text) => parts.acting.some((eye) => eye.sees(text)),
      isStopped: () => this.blockedBy !== undefined,
      onTooLong: () => this.#giveUp(),
      onLost: parts.onLost,
      // A proof of a text that was changed proves nothing, and its provider would refuse it.
      keepsProofs: false,
    })
  }

  /** Whoever keeps the answer from going on. */
  get blockedBy(): Eye | undefined {
    return this.#parts.acting.find(({ blocks }) => blocks)
  }

  /** Most characters of a text that were held at a time. */
  get mostHeld(): number {
    return this.#mostHeld
  }

  /** As of a `ToldAnswer`. */
  get open(): ToldAnswer['open'] {
    return this.#told.open
  }

  /** What may be told, now that this was said. */
  take(event: ResponseEvent): readonly ResponseEvent[] {
    return this.#told.take(event)
  }

  /** Looks at a text that is whole. */
  readonly #look: MapText = (text) => {
    const { acting, seeing, put } = this.#parts
    const seen = new HeldText(seeing, put)
    seen.push(text)
    seen.end()
    const held = new HeldText(acting, put)
    return held.push(text) + held.end()
  }

  #begin(block: Block): ChangingText {
    if (block.type !== 'text' && block.type !== 'reasoning' && block.type !== 'refusal') {
      return new WaitingText(mapOf(block, this.#look), () => this.#giveUp())
    }
    const { acting, seeing, put } = this.#parts
    const texts = { held: new HeldText(acting, put), seen: new HeldText(seeing, put) }
    return new GuardedText(texts, (held) => (this.#mostHeld = Math.max(this.#mostHeld, held)))
  }

  /** Of what is too long nobody knows what it says. It may be told where nobody minds that. */
  #giveUp(): boolean {
    for (const eye of [...this.#parts.acting, ...this.#parts.seeing]) eye.giveUp()
    return this.blockedBy === undefined
  }
}

/** A text that is looked at while it is written. */
class GuardedText implements ChangingText {
  readonly #held: HeldText
  readonly #seen: HeldText
  readonly #onHeld: (characters: number) => void

  constructor({ held, seen }: { held: HeldText; seen: HeldText }, onHeld: (characters: number) => void) {
    this.#held = held
    this.#seen = seen
    this.#onHeld = onHeld
  }

  get isChanged(): boolean {
    return this.#held.isChanged
  }

  push(piece: string): string {
    this.#seen.push(piece)
    const shown = this.#held.push(piece)
    this.#onHeld(this.#held.held)
    return shown
  }

  end(): string {
    this.#seen.end()
    return this.#held.end()
  }

  shownAt(place: number): number {
    return this.#held.shownAt(place)
  }
}
