import { sha256Hex } from '../kit/hash.ts'
import { isKeptNumber } from '../kit/json.ts'
import type { Fate, Shape } from './fates.ts'

/** Longer texts, media above all, stand in a key by their hash. */
const LONG_TEXT = 4_096

type Members = Readonly<Record<string, unknown>>

/**
 * Writes what an answer depends on as one text: the same for the same question, however its members are ordered. Numbers are written
 * as they were read. O(size of the value).
 */
export class CanonicalWriter {
  /** False where a number was met that the platform does not hold exactly, so that two that differ may be written alike. */
  isExact = true

  /** @param fate what of the value counts */
  write(value: unknown, fate: Exclude<Fate, 'delivery'>): string {
    if (typeof fate !== 'function') return this.#plain(value)
    return Array.isArray(value)
      ? `[${value.map((one) => this.#shaped(one, fate())).join(',')}]`
      : this.#shaped(value, fate())
  }

  #shaped(value: unknown, shape: Shape): string {
    if (!isMembers(value)) return this.#plain(value)
    const fields = 'fields' in shape ? shape.fields : shape.kinds[String(value[shape.by])]
    return this.#members(value, (name) => fieldFate(fields, name))
  }

  #plain(value: unknown): string {
    if (typeof value === 'string')
      return value.length > LONG_TEXT ? `#${sha256Hex(value)}` : JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number') this.isExact &&= Number.isSafeInteger(value) || !Number.isInteger(value)
    if (Array.isArray(value)) return `[${value.map((one) => this.#plain(one)).join(',')}]`
    return isMembers(value) ? this.#members(value, () => 'answer') : JSON.stringify(value ?? null)
  }

  #members(value: Members, fateOf: (name: string) => Fate): string {
    const parts: string[] = []
    for (const name of Object.keys(value).sort()) {
      const fate = fateOf(name)
      if (fate === 'delivery' || value[name] === undefined) continue
      parts.push(`${JSON.stringify(name)}:${this.write(value[name], fate)}`)
    }
    return `{${parts.join(',')}}`
  }
}

/** What nobody has classified counts: a miss too many is no wrong answer. */
function fieldFate(fields: Readonly<Record<string, Fate>> | undefined, name: string): Fate {
  return fields !== undefined && Object.hasOwn(fields, name) ? (fields[name] ?? 'answer') : 'answer'
}

/** A plain object. Numbers that are kept as text are none: they are written as they were read. */
function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isKeptNumber(value)
}
