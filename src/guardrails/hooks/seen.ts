import { LIMITS } from '../../kit/limits.ts'
import type { CheckFinding } from '../check.ts'
import type { Span } from '../detector.ts'
import type { Found } from '../looker.ts'
import { HookFailure } from './letter.ts'
import type { Portion } from '../portions.ts'

/** Where something was seen: offsets in UTF-16 code units of the words of the portion. */
export interface SeenPlace extends Span {
  readonly portion: Portion
}

/** Something that a server has seen. */
export interface Seen {
  /** As the server calls it. */
  readonly name: string
  /** Absent: somewhere in what it was asked about. */
  readonly place?: SeenPlace
}

/** What a server says of a letter; undefined where it is of another form than its documents say. */
export type Reading = readonly Seen[] | undefined

/** What may be a placeholder. */
const LOOKS_ALIKE = /<[A-Z][A-Z0-9_]*_[0-9A-Z]+>/g

/** Gathers what was seen in the letters of one request or answer. */
export class Sighting {
  readonly #isPlaceholder: (words: string) => boolean
  /** By name; of a place that was seen twice, once. */
  readonly #counts = new Map<string, number>()
  /** Names of what was seen without a place. */
  readonly #placeless = new Set<string>()
  /** By the text, then by where it is and what. */
  readonly #places = new Map<string, Map<string, Found>>()
  readonly #placeholders = new Map<string, readonly Span[]>()
  readonly #known = new Set<string>()
  #size = 0

  /**
   * @param isPlaceholder true for what stands in the place of a value that is put back: servers take it for something, and masked again it
   * would never be
   */
  constructor(isPlaceholder: (words: string) => boolean) {
    this.#isPlaceholder = isPlaceholder
  }

  /** Throws HookFailure where more was seen than anybody can look at. */
  add(seen: readonly Seen[]): void {
    this.#size += seen.length
    if (this.#size > LIMITS.hookFindings) throw new HookFailure('it has found more than can be looked at')
    for (const { name, place } of seen) {
      const told = this.#nameOf(name)
      if (place === undefined) this.#placeless.add(told)
      else this.#note(told, place)
    }
  }

  /** Was something seen of which nobody knows where it stands? */
  get isVague(): boolean {
    return [...this.#placeless].some((name) => !this.#counts.has(name))
  }

  finding(): CheckFinding {
    const counts = new Map(this.#counts)
    for (const name of this.#placeless) if (!counts.has(name)) counts.set(name, 1)
    if (counts.size === 0) return {}
    const found = Object.fromEntries(counts)
    if (this.#places.size === 0) return { found }
    return { found, places: new Map([...this.#places].map(([text, places]) => [text, [...places.values()]])) }
  }

  #note(name: string, { portion: { text, start: before }, start, end }: SeenPlace): void {
    const places = this.#places.get(text) ?? new Map<string, Found>()
    for (const span of this.#withoutPlaceholders(text, { start: before + start, end: before + end })) {
      const key = `${span.start} ${span.end} ${name}`
      if (places.has(key)) continue
      this.#places.set(text, places.set(key, { name, ...span }))
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    }
  }

  #withoutPlaceholders(text: string, { start, end }: Span): readonly Span[] {
    const taken = this.#placeholdersIn(text).filter((one) => one.start < end && one.end > start)
    if (taken.length === 0) return [{ start, end }]
    const edges = [start, ...taken.flatMap((one) => [one.start, one.end]), end]
    return edges.flatMap((from, index) => {
      const to = edges[index + 1] ?? from
      const isBetween = index % 2 === 0 && from < to
      return isBetween && HAS_WORD.test(text.slice(from, to)) ? [{ start: from, end: to }] : []
    })
  }

  #placeholdersIn(text: string): readonly Span[] {
    const known = this.#placeholders.get(text)
    if (known !== undefined) return known
    const spans = [...text.matchAll(LOOKS_ALIKE)]
      .filter(([words]) => this.#isPlaceholder(words))
      .map(({ 0: words, index }) => ({ start: index, end: index + words.length }))
    this.#placeholders.set(text, spans)
    return spans
  }

  #nameOf(name: string): string {
    const told = toName(name)
    if (this.#known.size >= LIMITS.hookNames && !this.#known.has(told)) return OTHER
    this.#known.add(told)
    return told
  }
}

const HAS_WORD = /[\p{L}\p{N}]/u

const OTHER = 'other'
const NAME_CHARACTERS = 48

/**
 * The name of what a server has seen, as detectors are named: `EMAIL_ADDRESS`, `pii/email`, `SelfHarm` → `email-address`, `pii-email`,
 * `self-harm`. Names go to logs, metrics and placeholders, so nothing else of them is let through.
 */
function toName(name: string): string {
  const told = name
    .slice(0, 4 * NAME_CHARACTERS)
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, NAME_CHARACTERS)
    .replace(/-+$/, '')
  // What counts things by name does so in plain objects.
  return told === '' || told in {} ? OTHER : told
}
