import { LIMITS } from '../kit/limits.ts'
import { Edits } from './edits.ts'
import type { Eye } from './eye.ts'
import { byPlace, CHARACTERS_BEFORE, type Found } from './looker.ts'
import type { Opinion } from './opinion.ts'

/** A place in what was said that is to be masked. */
export interface MaskedPlace extends Found {
  readonly eye: Opinion
}

/**
 * What waits is asked for again when so manieth a part of it is new: a look at it is linear in what waits, and so each character is looked
 * at some twenty times, however small the pieces are and however much waits. Of prose a word waits, which is asked for with each piece.
 */
const ASKED_PER_HELD = 16

/** Gives what stands in the place of a value. */
export type PutMask = (value: string, place: MaskedPlace) => string

/**
 * A text that is still being written, held back no further than something may begin in it that is not over. What is found is masked
 * before it is shown; where somebody blocks, nothing more is.
 */
export class HeldText {
  readonly #eyes: readonly Eye[]
  readonly #put: PutMask
  /** What was shown last, as it was said, and what is held. */
  #text = ''
  /** Where what is held begins. */
  #from = 0
  /** How much was shown, as it was said. */
  #shown = 0
  /** Where it was shown in another form. */
  readonly #edits = new Edits()
  /** How much has come since it was last asked what is settled. */
  #come = 0
  /** Where in it that ends what each has found so far. */
  readonly #ends = new Map<Eye, number>()

  constructor(eyes: readonly Eye[], put: PutMask) {
    this.#eyes = eyes
    this.#put = put
  }

  /** How much is held, characters. */
  get held(): number {
    return this.#text.length - this.#from
  }

  /** Was something shown in another form than it was said? */
  get isChanged(): boolean {
    return !this.#edits.isEmpty
  }

  /** A further piece was said. Gives what may be shown now. */
  push(piece: string): string {
    this.#text += piece
    this.#come += piece.length
    for (const eye of this.#eyes) {
      eye.checkTime()
      if (this.held > LIMITS.guardrailHeldCharacters) eye.giveUp()
    }
    if (this.#come * ASKED_PER_HELD < this.held) return ''
    this.#come = 0
    let settled = this.#text.length
    for (const eye of this.#eyes) settled = Math.min(settled, eye.settled(this.#text, this.#from))
    return settled > this.#from ? this.#show(settled) : ''
  }

  /** All was said. Gives the rest. */
  end(): string {
    return this.held === 0 ? '' : this.#show(this.#text.length)
  }

  /** Where a place in the text as it was said stands in the text as it was shown. */
  shownAt(place: number): number {
    return this.#edits.shownAt(place)
  }

  #show(settled: number): string {
    const from = this.#from
    const text = this.#text
    const looked = this.#eyes.map((eye) => ({
      eye,
      found: eye.look(text).filter(({ start }) => start >= from && start < settled),
    }))
    const places = looked
      .flatMap(({ eye, found }) => (eye.masks ? found.map((place) => ({ ...place, eye })) : NO_PLACES))
      .toSorted(byPlace)
    const to = wholeUntil(places, settled)
    for (const { eye, found } of looked) {
      const counted = found.filter(({ start }) => start < to)
      if (counted.length > 0) this.#ends.set(eye, eye.add(counted.toSorted(byPlace), this.#ends.get(eye)))
    }
    if (this.#eyes.some(({ blocks }) => blocks)) return this.#stop()
    const shown = this.#write(places, to)
    this.#goOnFrom(to)
    return shown
  }

  /** What is shown of the text up to a place, with what is masked in it. */
  #write(places: readonly MaskedPlace[], to: number): string {
    const text = this.#text
    let shown = ''
    let at = this.#from
    for (const place of places) {
      if (place.start >= to) break
      if (place.end <= at) continue
      if (place.start >= at) {
        const mask = this.#put(text.slice(place.start, place.end), place)
        shown += text.slice(at, place.start) + mask
        this.#note(place, mask)
      }
      at = place.end
    }
    return shown + text.slice(at, to)
  }

  /** Somebody blocks: what is held will not be shown. */
  #stop(): string {
    this.#goOnFrom(this.#text.length)
    return ''
  }

  #note({ start, end }: Found, mask: string): void {
    const at = this.#shown + start - this.#from
    this.#edits.note({ at, length: end - start, by: mask.length - (end - start) })
  }

  #goOnFrom(to: number): void {
    this.#shown += to - this.#from
    const kept = Math.max(0, to - CHARACTERS_BEFORE)
    this.#text = this.#text.slice(kept)
    for (const [eye, end] of this.#ends) this.#ends.set(eye, end - kept)
    this.#from = to - kept
  }
}

const NO_PLACES: readonly MaskedPlace[] = []

/** How much can be shown up to a place without cutting through what is masked, or what overlaps with it. */
function wholeUntil(places: readonly MaskedPlace[], settled: number): number {
  let begin = 0
  let end = 0
  for (const place of places) {
    if (place.start >= end) begin = place.start
    end = Math.max(end, place.end)
  }
  return end > settled ? begin : settled
}
