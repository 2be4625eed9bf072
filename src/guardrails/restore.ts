import type { Block } from '../exchange/content.ts'
import { Edits } from './edits.ts'
import { REMEMBERED_DIGITS } from './placeholders.ts'
import type { ChangingText } from './told-answer.ts'

/** Every placeholder begins with it, and has no other one. */
const BEGIN = '<'
/** Every one ends with it, and has no other one. */
const END = '>'
/** No longer one is waited for that is none of the request: a name of 40 characters, and digits. */
const MOST_CHARACTERS = 64
const DIGITS = /^[0-9A-HJKMNP-TV-Z]*$/
const WHOLE = /_[0-9A-HJKMNP-TV-Z]{4,}>$/
const MAY_BEGIN = /^<(?:[A-Z][A-Z0-9_]*)?$/
/** What may be remembered of another request. */
const MAY_BE_REMEMBERED = `<[A-Z][A-Z0-9_]*_[0-9A-HJKMNP-TV-Z]{${REMEMBERED_DIGITS},}>`
const REMEMBERED = new RegExp(`^${MAY_BE_REMEMBERED}$`)
const ALL_REMEMBERED = new RegExp(MAY_BE_REMEMBERED, 'g')
const ESCAPE_CHARACTERS = 6
const HEX = /^[0-9a-f]{4}$/i

/** Told of what looks like a placeholder when it is whole. */
export interface RestoreListener {
  /** One was put back. */
  onRestored(placeholder: string): void
  /** Nobody knows one that looks like those of the request: the model has made it up, or it has ended. */
  onUnknown(placeholder: string): void
}

const NOBODY: RestoreListener = { onRestored() {}, onUnknown() {} }

/** What may be put back in an answer: values by their placeholders. Read by many texts. */
export class Restorable {
  protected readonly listener: RestoreListener
  readonly #values: ReadonlyMap<string, string>
  /** What placeholders are called, with what stands before and behind that. */
  readonly #names = new Set<string>()
  /** All beginnings of those. */
  readonly #beginnings = new Set<string>()
  readonly #longest: number

  constructor(values: ReadonlyMap<string, string>, listener: RestoreListener = NOBODY) {
    this.#values = values
    this.listener = listener
    let longest = MOST_CHARACTERS
    for (const placeholder of values.keys()) {
      longest = Math.max(longest, placeholder.length)
      this.#names.add(nameIn(placeholder))
    }
    this.#longest = longest
    for (const name of this.#names)
      for (let end = 1; end <= name.length; end += 1) this.#beginnings.add(name.slice(0, end))
  }

  /** Can a placeholder begin so? */
  begins(text: string): boolean {
    if (text.length >= this.#longest) return false
    return this.#beginnings.has(text) || this.#isCalled(text)
  }

  /** What is put back in the place of a text that ends as placeholders do; undefined where that is none. */
  take(text: string): string | undefined {
    if (!this.begins(text.slice(0, -END.length))) return undefined
    const value = this.valueOf(text)
    if (value !== undefined) this.listener.onRestored(text)
    else if (this.isAlike(text)) this.listener.onUnknown(text)
    return value
  }

  protected valueOf(text: string): string | undefined {
    return this.#values.get(text)
  }

  /** Could nobody but a guardrail have made it up, but that it has no value? */
  protected isAlike(text: string): boolean {
    return this.#isCalled(text.slice(0, -END.length)) && WHOLE.test(text)
  }

  /** Is it the name of a placeholder of the request, with or without digits? */
  #isCalled(text: string): boolean {
    const name = nameIn(text)
    return this.#names.has(name) && DIGITS.test(text.slice(name.length))
  }

  /** Puts back what stands in a text that is whole. */
  restore(text: string): string {
    if (!text.includes(BEGIN)) return text
    const restoring = new RestoringText(this, 'plain')
    return restoring.push(text) + restoring.end()
  }
}

/** As `Restorable`, where placeholders of other requests may be put back as well. */
export class OpenRestorable extends Restorable {
  readonly #elsewhere: (placeholder: string) => string | undefined

  /** @param elsewhere asked for what looks like a placeholder that is remembered and is none of the request */
  constructor(
    values: ReadonlyMap<string, string>,
    elsewhere: (placeholder: string) => string | undefined,
    listener?: RestoreListener,
  ) {
    super(values, listener)
    this.#elsewhere = elsewhere
  }

  override begins(text: string): boolean {
    return super.begins(text) || (text.length < MOST_CHARACTERS && MAY_BEGIN.test(text))
  }

  protected override valueOf(text: string): string | undefined {
    return super.valueOf(text) ?? (REMEMBERED.test(text) ? this.#elsewhere(text) : undefined)
  }

  protected override isAlike(text: string): boolean {
    return super.isAlike(text) || REMEMBERED.test(text)
  }
}

/** Placeholders in a text that may be remembered. */
export function rememberedIn(text: string): readonly string[] {
  return text.match(ALL_REMEMBERED) ?? []
}

function nameIn(placeholder: string): string {
  return placeholder.slice(0, placeholder.lastIndexOf('_') + 1)
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
        const word = wordAt(text, at)
        if (word !== undefined) {
          shown += this.#tell(word)
          at += word.length
          continue
        }
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
    if (this.#restorable.begins(placeholder)) return this.#hold(placeholder, asWritten)
    const before = this.#written
    if (said === BEGIN) {
      this.#hold(said, written)
      return this.#pass(before)
    }
    this.#hold('', '')
    const value = said === END ? this.#restorable.take(placeholder) : undefined
    return value === undefined ? this.#pass(asWritten) : this.#put(value, asWritten.length)
  }

  /** A word that is whole: what stands for it, else itself. */
  #tell(word: string): string {
    const value = word.endsWith(END) ? this.#restorable.take(word) : undefined
    return value === undefined ? this.#pass(word) : this.#put(value, word.length)
  }

  #put(value: string, length: number): string {
    const shown = this.#spelling === 'json' ? JSON.stringify(value).slice(1, -1) : value
    this.#edits.note({ at: this.#at, length, by: shown.length - length })
    this.#at += length
    return shown
  }

  #pass(written: string): string {
    this.#at += written.length
    return written
  }

  #hold(said: string, written: string): string {
    this.#said = said
    this.#written = written
    return ''
  }
}

/**
 * What begins like a placeholder at a place, up to its end, or to what no placeholder has; undefined where that is not there yet, or may be
 * spelled in another way. It is read at once, because an answer may be full of them.
 */
function wordAt(text: string, at: number): string | undefined {
  if (text.charAt(at) !== BEGIN) return undefined
  let end = at + 1
  while (isOfPlaceholder(text.charCodeAt(end))) end += 1
  const behind = text.charAt(end)
  if (behind === '' || behind === '\\') return undefined
  return text.slice(at, behind === END ? end + 1 : end)
}

/** A-Z, 0-9 and _. */
function isOfPlaceholder(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
}

/** What one character says, and how it is written. */
interface Unit {
  readonly said: string
  readonly written: string
}
