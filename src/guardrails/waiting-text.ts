import type { Block } from '../exchange/content.ts'
import { mapTextsOfJson, type MapText } from '../exchange/map-json-texts.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ChangingText } from './told-answer.ts'

/** How a block that is whole is mapped: prose as it is, JSON by its values. */
export function mapOf(block: Block, map: MapText): MapText {
  const isProse = block.type === 'text' || block.type === 'reasoning' || block.type === 'refusal'
  const isJson = !isProse && (block.type !== 'tool-call' || block.form === 'json')
  return isJson ? (said) => mapTextsOfJson(said, map) : map
}

/** A text that is looked at when it is whole. One of which more was said than is held, and that may be told as it is, waits no longer. */
export class WaitingText implements ChangingText {
  isChanged = false
  readonly #map: MapText
  readonly #onTooLong: () => boolean
  #pieces: string[] = []
  #characters = 0
  #mayPass = false

  /** @param onTooLong as of `AnswerChange` */
  constructor(map: MapText, onTooLong: () => boolean) {
    this.#map = map
    this.#onTooLong = onTooLong
  }

  push(piece: string): string {
    if (this.#mayPass) return piece
    this.#pieces.push(piece)
    this.#characters += piece.length
    if (this.#characters <= LIMITS.guardrailHeldCharacters || !this.#onTooLong()) return ''
    this.#mayPass = true
    return this.#take()
  }

  end(): string {
    if (this.#mayPass) return ''
    const said = this.#take()
    const shown = this.#map(said)
    this.isChanged = shown !== said
    return shown
  }

  #take(): string {
    const said = this.#pieces.join('')
    this.#pieces = []
    return said
  }

  /** Nothing tells of places in it. */
  shownAt(place: number): number {
    return place
  }
}
