import { sha256Hex } from '../kit/hash.ts'
import { isKeptNumber } from '../kit/json.ts'
import type { Fate, Shape } from './fates.ts'

/** Longer texts, media above all, stand in a key by their hash. */
const LONG_TEXT = 4_096

/** Of a schema: models write the members of an object in the order in which they are described, and may reason in one before the next. */
const IN_ORDER = 'properties'

type Members = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, Fate>>

/** A field that counts, with how its name is written. */
interface WrittenField {
  readonly name: string
  readonly prefix: string
  readonly fate: Exclude<Fate, 'delivery'>
}

/**
 * Writes what an answer depends on as one text: the same for the same question, however its members are ordered. Numbers are written
 * as they were read. O(size of the value). May be used again; what it knows of tables of fates is worked out once.
 */
export class CanonicalWriter {
  /** False where a number was met that the platform does not hold exactly, so that two that differ may be written alike. */
  isExact = true
  readonly #fields = new WeakMap<Fields, readonly WrittenField[]>()

  /** @param fate what of the value counts */
  write(value: unknown, fate: Exclude<Fate, 'delivery'>): string {
    if (typeof fate !== 'function') return this.#plain(value)
    if (!Array.isArray(value)) return this.#shaped(value, fate())
    let text = '['
    for (const one of value) text += `${this.#shaped(one, fate())},`
    return `${text}]`
  }

  #shaped(value: unknown, shape: Shape): string {
    if (!isMembers(value)) return this.#plain(value)
    const fields = 'fields' in shape ? shape.fields : shape.kinds[String(value[shape.by])]
    return fields === undefined ? this.#members(value) : this.#known(value, fields)
  }

  /** The fields of a table in the order of their names, and behind them what nobody has classified: a miss too many is no wrong answer. */
  #known(value: Members, fields: Fields): string {
    let text = '{'
    for (const { name, prefix, fate } of this.#fieldsOf(fields)) {
      const member = value[name]
      if (member !== undefined) text += `${prefix}${this.write(member, fate)},`
    }
    let others: string[] | undefined
    for (const name in value) if (!Object.hasOwn(fields, name)) (others ??= []).push(name)
    if (others !== undefined) text += this.#named(value, others)
    return `${text}}`
  }

  #fieldsOf(fields: Fields): readonly WrittenField[] {
    const known = this.#fields.get(fields)
    if (known !== undefined) return known
    const written = Object.keys(fields)
      .sort()
      .flatMap((name) => {
        const fate = fields[name] ?? 'answer'
        return fate === 'delivery' ? [] : [{ name, prefix: `${JSON.stringify(name)}:`, fate }]
      })
    this.#fields.set(fields, written)
    return written
  }

  #plain(value: unknown): string {
    if (typeof value === 'string')
      return value.length > LONG_TEXT ? `#${sha256Hex(asUnicode(value))}` : JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number') this.isExact &&= isHeldExactly(value)
    if (Array.isArray(value)) {
      let text = '['
      for (const one of value) text += `${this.#plain(one)},`
      return `${text}]`
    }
    return isMembers(value) ? this.#members(value) : JSON.stringify(value ?? null)
  }

  #members(value: Members): string {
    return `{${this.#named(value, Object.keys(value))}}`
  }

  #named(value: Members, names: string[]): string {
    let text = ''
    for (const name of names.sort()) {
      const member = value[name]
      if (member === undefined) continue
      text += `${JSON.stringify(name)}:`
      text += name === IN_ORDER && isMembers(member) ? this.#inOrder(member) : this.#plain(member)
      text += ','
    }
    return text
  }

  #inOrder(value: Members): string {
    let text = '{'
    for (const [name, member] of Object.entries(value))
      if (member !== undefined) text += `${JSON.stringify(name)}:${this.#plain(member)},`
    return `${text}}`
  }
}

/** A half of a character alone is no Unicode, and is the same as every other when it is written as bytes; as JSON it is not. */
function asUnicode(text: string): string {
  return text.isWellFormed() ? text : JSON.stringify(text)
}

/** What is too large is rounded, or infinite, which JSON cannot say. */
function isHeldExactly(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
}

/** A plain object. Numbers that are kept as text are none: they are written as they were read. */
function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isKeptNumber(value)
}
