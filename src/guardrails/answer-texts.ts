import type { ResponseEvent } from '../exchange/event.ts'
import type { MapText } from '../exchange/map-json-texts.ts'
import { LIMITS } from '../kit/limits.ts'
import { ToldAnswer, type AnswerChange } from './told-answer.ts'
import { mapOf, WaitingText } from './waiting-text.ts'

/** Reads the texts of an answer event by event: what is said, thought and refused, and the values of arguments, each when it is whole. */
export class AnswerTexts {
  readonly #texts = new Set<string>()
  readonly #told: ToldAnswer
  #characters = 0
  #isTooLong = false

  constructor() {
    const onTooLong = (): void => {
      this.#isTooLong = true
    }
    this.#told = toldWith((text) => this.#read(text), { onTooLong, onLost() {} })
  }

  take(event: ResponseEvent): void {
    if (!this.#isTooLong) this.#told.take(event)
  }

  /** Those that say something, each once; undefined where there is more than can be judged. */
  get texts(): readonly string[] | undefined {
    return this.#isTooLong ? undefined : [...this.#texts]
  }

  #read(text: string): string {
    if (text.trim() === '' || this.#texts.has(text)) return text
    this.#characters += text.length
    if (this.#characters > LIMITS.checkedCharacters) this.#isTooLong = true
    else this.#texts.add(text)
    return text
  }
}

/** The events of a whole answer with each of its texts mapped. */
export function mapAnswerTexts(
  events: readonly ResponseEvent[],
  map: MapText,
  onLost: AnswerChange['onLost'],
): readonly ResponseEvent[] {
  const told = toldWith(map, { onTooLong() {}, onLost })
  return events.flatMap((event) => told.take(event))
}

interface Telling {
  /** The events are at hand: whatever waits is held anyway. */
  readonly onTooLong: () => void
  readonly onLost: AnswerChange['onLost']
}

function toldWith(map: MapText, { onTooLong, onLost }: Telling): ToldAnswer {
  const waitOn = (): boolean => {
    onTooLong()
    return false
  }
  return new ToldAnswer({
    begin: (block) => new WaitingText(mapOf(block, map), waitOn),
    whole: map,
    isStopped: () => false,
    onTooLong() {
      onTooLong()
      return true
    },
    onLost,
    // A proof of a text that was changed proves nothing, and its provider would refuse it.
    keepsProofs: false,
  })
}
