import type { TextPiece } from '../exchange/chat-content.ts'
import type { ResponseEvent } from '../exchange/event.ts'

/**
 * Text is joined up to this length and goes on in a further piece. Who reads along takes the rest of the last piece, which costs as much as
 * that is long.
 */
const PIECE_CHARACTERS = 4_096

/** How far somebody has read. Only a record moves it. */
export interface ReadingPlace {
  /** The first event that was not wholly read. */
  index: number
  /** How many characters of it were. */
  characters: number
}

/** Gives the place of somebody who has read nothing. */
export function atTheStart(): ReadingPlace {
  return { index: 0, characters: 0 }
}

/**
 * What was said of an answer under way, once for everybody who reads it: each has a place in it, and takes from there what was said since,
 * the pieces of a text as one. The provider's id of the answer is no part of it, as each reader's own is told.
 */
export class SaidSoFar {
  #events: ResponseEvent[] = []
  /** How many before the first of them were forgotten. */
  #forgotten = 0
  #bytes = 0
  #isTellable = true

  /** About what it takes, in characters of text. */
  get bytes(): number {
    return this.#bytes
  }

  /** False where something passed unread. */
  get isTellable(): boolean {
    return this.#isTellable
  }

  push(event: ResponseEvent): void {
    if (event.type === 'passed') {
      this.#isTellable = false
      return
    }
    // An empty piece says nothing, and nobody could tell whether he has read it.
    if (isPiece(event) && event.text === '') return
    this.#bytes += sizeOf(event)
    const last = this.#events.at(-1)
    const joined = last === undefined ? undefined : joinedPiece(last, event, PIECE_CHARACTERS)
    if (joined === undefined) this.#events.push(withoutId(event))
    else this.#events[this.#events.length - 1] = joined
  }

  /** What was said behind a place, which then is the end; undefined where nothing was. */
  readFrom(place: ReadingPlace): ResponseEvent[] | undefined {
    const read: ResponseEvent[] = []
    const begun = this.#events[place.index - this.#forgotten]
    if (place.characters > 0 && begun !== undefined) {
      const rest = isPiece(begun) ? begun.text.slice(place.characters) : ''
      if (isPiece(begun) && rest !== '') read.push({ ...begun, text: rest })
      place.index += 1
    }
    for (let at = place.index - this.#forgotten; at < this.#events.length; at += 1) {
      const event = this.#events[at]
      if (event !== undefined) addPiece(read, event)
    }
    this.#moveToEnd(place)
    return read.length === 0 ? undefined : read
  }

  /** A piece at the end may still grow. */
  #moveToEnd(place: ReadingPlace): void {
    const last = this.#events.at(-1)
    const isOpen = last !== undefined && isPiece(last)
    place.index = this.#forgotten + this.#events.length - (isOpen ? 1 : 0)
    place.characters = isOpen ? last.text.length : 0
  }

  /** All that was said, the pieces of a text as one. For a record of which nothing was forgotten. */
  whole(): readonly ResponseEvent[] {
    const whole: ResponseEvent[] = []
    for (const event of this.#events) addPiece(whole, event)
    return whole
  }

  /** Forgets what stands before a place. */
  forgetBefore({ index }: ReadingPlace): void {
    const gone = this.#events.splice(0, Math.max(0, index - this.#forgotten))
    this.#forgotten += gone.length
    for (const event of gone) this.#bytes -= sizeOf(event)
  }

  /** Forgets everything. */
  clear(): void {
    this.#forgotten += this.#events.length
    this.#events = []
    this.#bytes = 0
  }

  /** About how much stands behind what whoever stands at a place reads next. */
  bytesBehind({ index }: ReadingPlace): number {
    let bytes = this.#bytes
    for (let at = 0; at <= index - this.#forgotten; at += 1) {
      const event = this.#events[at]
      if (event !== undefined) bytes -= sizeOf(event)
    }
    return bytes
  }
}

/** Adds an event to a list, to its last where both are pieces of the same text. */
function addPiece(events: ResponseEvent[], event: ResponseEvent): void {
  const last = events.at(-1)
  const joined = last === undefined ? undefined : joinedPiece(last, event)
  if (joined === undefined) events.push(event)
  else events[events.length - 1] = joined
}

/** A further piece of the same text, as one with what stands before it; undefined where it is none, or that is long enough. */
function joinedPiece(
  last: ResponseEvent,
  event: ResponseEvent,
  mostCharacters = Number.POSITIVE_INFINITY,
): ResponseEvent | undefined {
  if (!isPiece(last) || !isPiece(event) || last.text.length >= mostCharacters) return undefined
  const isSame = last.type === event.type && last.choice === event.choice && last.index === event.index
  return isSame ? { ...last, text: last.text + event.text } : undefined
}

const PIECES: ReadonlySet<string> = new Set([
  'text-delta',
  'reasoning-delta',
  'refusal-delta',
  'arguments-delta',
])

function isPiece(event: ResponseEvent): event is Extract<ResponseEvent, TextPiece<string>> {
  return PIECES.has(event.type)
}

/** Events of which none is long, and what each takes. */
const SHORT: ReadonlySet<string> = new Set(['block-end', 'end', 'failure', 'rank', 'token-count', 'usage'])
const SHORT_BYTES = 64

/** The least that an event takes; exact for what can be long, and the same for a text in pieces and for the whole of it. */
export function sizeOf(event: ResponseEvent): number {
  if ('text' in event) return event.text.length
  if (event.type === 'vector' && typeof event.values !== 'string') return event.values.length * 8
  return SHORT.has(event.type) ? SHORT_BYTES : JSON.stringify(event).length
}

/** Without the provider's id the client's dialect makes one of the request. */
export function withoutId(event: ResponseEvent): ResponseEvent {
  if (event.type !== 'start' || event.responseId === undefined) return event
  const { responseId: _first, ...rest } = event
  return rest
}
