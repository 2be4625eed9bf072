import type { CacheMark, Extra, Family } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import { isArray, isObject, readString, toFiniteNumber, type Json, type JsonObject } from '../kit/json.ts'
import { unknownMembers, unknownWithin, type HeldObject } from './unknown-members.ts'

/** How a dialect words its refusals, so that its clients read what they are used to. */
export interface FieldWords {
  /** The sentence about a field: `` `n` must be a number. `` */
  readonly sentence: (path: string, complaint: string) => string
  /** Of a field that is not there and has to be: `is required`. */
  readonly required: string
  /** Stands before what a field should be, for example `a string`: `must be`. */
  readonly mustBe: string
}

const USUAL_WORDS: FieldWords = {
  sentence: (path, complaint) => `\`${path}\` ${complaint}.`,
  required: 'is required',
  mustBe: 'must be',
}

interface Options {
  /** That of the dialect, which gets back what is not understood here. */
  readonly family: Family
  /** Where they are not the usual ones. */
  readonly words?: Partial<FieldWords>
  /** Names under which an object carries a mark for the prompt cache, the first one wins; none where the wire has no marks. */
  readonly marks: readonly string[]
}

/**
 * Typed readers of what a client of a dialect wrote. Null means absent, as the official SDKs of several languages write it; any
 * other wrong type is refused with `Failure('invalid-request', { param })` that names the field in the client's own words. A field
 * is found by its object and key; `within` is the place of the object, `messages[2]`, and `''` for the body itself.
 */
export class Fields {
  readonly family: Family
  readonly #words: FieldWords
  readonly #marks: readonly string[]
  /** The one that is the dialect's own. */
  readonly #mark: string

  constructor({ family, words, marks }: Options) {
    this.family = family
    this.#words = { ...USUAL_WORDS, ...words }
    this.#marks = marks
    this.#mark = marks[0] ?? ''
  }

  /** Refuses the request for what stands at `path`; the dialect makes a sentence of the complaint. */
  refuse(path: string, complaint: string): never {
    throw new Failure('invalid-request', { param: path, message: this.#words.sentence(path, complaint) })
  }

  /** Refuses a value that is of another kind, for example not `an object`. */
  refuseKind(path: string, kind: string): never {
    return this.refuse(path, `${this.#words.mustBe} ${kind}`)
  }

  /** Refuses a request for what it lacks. */
  refuseAbsent(path: string): never {
    return this.refuse(path, this.#words.required)
  }

  text(object: JsonObject, key: string, within = ''): string | undefined {
    const value = object[key]
    if (isAbsent(value) || typeof value === 'string') return value ?? undefined
    return this.refuseKind(pathOf(key, within), 'a string')
  }

  /** A string that must be there; may be empty. */
  requiredText(object: JsonObject, key: string, within = ''): string {
    return this.text(object, key, within) ?? this.refuseAbsent(pathOf(key, within))
  }

  /** A finite number. */
  number(object: JsonObject, key: string, within = ''): number | undefined {
    const value = object[key]
    if (isAbsent(value)) return undefined
    return toFiniteNumber(value) ?? this.refuseKind(pathOf(key, within), 'a number')
  }

  /** A whole number ≥ 0. */
  count(object: JsonObject, key: string, within = ''): number | undefined {
    const value = this.number(object, key, within)
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value
    return this.refuseKind(pathOf(key, within), 'a whole number of at least 0')
  }

  /** A whole number ≥ 1. */
  positive(object: JsonObject, key: string, within = ''): number | undefined {
    const value = this.number(object, key, within)
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value
    return this.refuseKind(pathOf(key, within), 'a whole number of at least 1')
  }

  flag(object: JsonObject, key: string, within = ''): boolean | undefined {
    const value = object[key]
    if (isAbsent(value) || typeof value === 'boolean') return value ?? undefined
    return this.refuseKind(pathOf(key, within), 'true or false')
  }

  object(object: JsonObject, key: string, within = ''): JsonObject | undefined {
    const value = object[key]
    return isAbsent(value) ? undefined : this.asObject(value, within, key)
  }

  array(object: JsonObject, key: string, within = ''): readonly Json[] | undefined {
    const value = object[key]
    if (isAbsent(value) || isArray(value)) return value ?? undefined
    return this.refuseKind(pathOf(key, within), 'an array')
  }

  /** The value as an object. It stands at `place`, or under a key of what stands there. */
  asObject(value: Json | undefined, place: string, key?: string): JsonObject {
    if (isObject(value)) return value
    return this.refuseKind(key === undefined ? place : pathOf(key, place), 'an object')
  }

  /** The mark for the prompt cache that an object carries, with the lifetime that the client wrote. */
  mark(object: JsonObject): { cache?: CacheMark } {
    const mark = this.#markIn(object)
    if (mark === undefined) return NO_MARK
    const ttl = readString(mark, 'ttl')
    return { cache: ttl === undefined ? {} : { ttl } }
  }

  /** Does the family itself say in unknown members that something is to be cached? */
  isMarked({ extra }: { readonly extra?: Extra }): boolean {
    const own = extra?.[this.family]
    return own !== undefined && this.#marks.some((name) => own[name] !== undefined)
  }

  /**
   * What of an object is not understood here, kept for the family, or nothing. A mark that says more than a `CacheMark` can is kept
   * whole.
   *
   * @param held the objects in it, whose unknown members are kept below their keys
   */
  unknown(object: JsonObject, known: ReadonlySet<string>, held?: readonly HeldObject[]): { extra?: Extra } {
    let unknown = unknownWithin(object, known, held)
    const name = this.#mark
    if (object[name] !== undefined && known.has(name) && saysMore(object[name]))
      unknown = { ...unknown, [name]: object[name] }
    return unknown === undefined ? NOTHING : { extra: { [this.family]: unknown } }
  }

  /**
   * What of an object is not understood, where the family is told the object in another form: it belongs to the question, is told to
   * nobody, and that is noted wherever the question is written anew.
   */
  untold(object: JsonObject, known: ReadonlySet<string>, held?: readonly HeldObject[]): { extra?: Extra } {
    const unknown = unknownWithin(object, known, held)
    return unknown === undefined ? NOTHING : { extra: { [`${this.family}, untold`]: unknown } }
  }

  #markIn(object: JsonObject): JsonObject | undefined {
    for (const name of this.#marks) {
      const mark = object[name]
      if (isObject(mark)) return mark
    }
    return undefined
  }
}

const NO_MARK: { cache?: CacheMark } = {}
const NOTHING: { extra?: Extra } = {}

/** Where a member stands. */
export function pathOf(key: string, within: string): string {
  return within === '' ? key : `${within}.${key}`
}

/** True for a member that is not there or null: the same thing to a client. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null
}

const MARK_FIELDS: ReadonlySet<string> = new Set(['type', 'ttl'])

function saysMore(mark: Json | undefined): boolean {
  return isObject(mark) && unknownMembers(mark, MARK_FIELDS) !== undefined
}
