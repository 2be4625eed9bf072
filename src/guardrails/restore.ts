import type { Block } from '../exchange/content.ts'
import { Edits } from './edits.ts'
import type { ChangingText } from './told-answer.ts'

/** Every placeholder begins with it, and has no other one. */
const BEGIN = '<'
const ESCAPE_CHARACTERS = 6
const HEX = /^[0-9a-f]{4}$/i

/** What may be put back in an answer: values by their placeholders. Read by many texts. */
export class Restorable {
  readonly values: ReadonlyMap<string, string>
  /** All beginnings of placeholders. */
  readonly #beginnings = new Set<string>()

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values
    for (const placeholder of values.keys())
      for (let end = 1; end < placeholder.length; end += 1) this.#beginnings.add(placeholder.slice(0, end))
  }

  /** Can a placeholder begin so? */
  begins(text: string): boolean {
    return this.#beginnings.has(text)
  }

  /** Puts back what stands in a text that is whole. */
  restore(text: string): string {
    if (!text.includes(BEGIN)) return text
    const restoring = new RestoringText(this, 'plain')
    return restoring.push(text) + restoring.end()
  }
}

/** A text as it is, or one within JSON, where characters may be spelled as escapes. */
export type Spelling = 'plain' | 'json'

/** How the text of a block is spelled. */
export function spellingOf(block: Block): Spelling {
  return block.type === 'tool-call' && block.form === 'json' ? 'json' : 'plain'
}

/**
 * A text that is still being written, with values put back in the place of their placeholders. Nothing is held but an end that may
 * become a placeholder, or an escape that is not over. Linear in the text.
 */
export class RestoringText implements ChangingText {
  readonly #restorable: Restorable
  readonly #spelling: Spelling
  /** What may become a placeholder: what it says, and how it is written. */
  #said = ''
  #written = ''
  /** An escape that is not over. */
  #escape = ''
  /** How much was said before that. */
  #at = 0
  readonly #edits = new Edits()

  constructor(restorable: Restorable, spelling: Spelling) {
    this.#restorable = restorable
    this.#spelling = spelling
  }

  get isChanged(): boolean {
    return !this.#edits.isEmpty
  }

  push(piece: string): string {
    const text = this.#escape + piece
    this.#escape = ''
    let shown = ''
    let at = 0
    while (at < text.length) {
      if (this.#written === '') {
        const next = this.#nextFrom(text, at)
        shown += text.slice(at, next)
        this.#at += next - at
        at = next
        if (at === text.length) break
      }
      const unit = this.#unitAt(text, at)
      if (unit === undefined) {
        this.#escape = text.slice(at)
        break
      }
      shown += this.#step(unit)
      at += unit.written.length
    }
    return shown
  }

  end(): string {
    const rest = this.#written + this.#escape
    this.#said = this.#written = this.#escape = ''
    return rest
  }

  shownAt(place: number): number {
    return this.#edits.shownAt(place)
  }

  /** Where the next character stands that may begin a placeholder. */
  #nextFrom(text: string, from: number): number {
    let at = from
    while (at < text.length && !this.#mayBegin(text.charAt(at))) at += 1
    return at
  }

  #mayBegin(character: string): boolean {
    return character === BEGIN || (character === '\\' && this.#spelling === 'json')
  }

  /** The character at a place; undefined where it is not over. */
  #unitAt(text: string, at: number): Unit | undefined {
    const first = text.charAt(at)
    if (this.#spelling === 'plain' || first !== '\\') return { said: first, written: first }
    const pair = text.slice(at, at + 2)
    if (pair.length < 2) return undefined
    if (pair !== '\\u') return { said: pair, written: pair }
    const written = text.slice(at, at + ESCAPE_CHARACTERS)
    if (written.length < ESCAPE_CHARACTERS) return undefined
    const digits = written.slice(2)
    if (!HEX.test(digits)) return { said: pair, written: pair }
    return { said: String.fromCharCode(Number.parseInt(digits, 16)), written }
  }

  /** A further character. Gives what may be shown now. */
  #step({ said, written }: Unit): string {
    const placeholder = this.#said + said
    const asWritten = this.#written + written
    const value = this.#restorable.values.get(placeholder)
    if (value === undefined && this.#restorable.begins(placeholder)) return this.#hold(placeholder, asWritten)
    const before = this.#written
    if (value !== undefined) {
      this.#hold('', '')
      const shown = this.#spelling === 'json' ? JSON.stringify(value).slice(1, -1) : value
      this.#edits.note({ at: this.#at, length: asWritten.length, by: shown.length - asWritten.length })
      this.#at += asWritten.length
      return shown
    }
    if (said === BEGIN) {
      this.#at += before.length
      this.#hold(said, written)
      return before
    }
    this.#hold('', '')
    this.#at += asWritten.length
    return asWritten
  }

  #hold(said: string, written: string): string {
    this.#said = said
    this.#written = written
    return ''
  }
}

/** What one character says, and how it is written. */
interface Unit {
  readonly said: string
  readonly written: string
}
