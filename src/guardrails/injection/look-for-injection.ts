import type { Span } from '../detector.ts'
import { byPlace, type Found, type Looker } from '../looker.ts'
import { characterSet, runsOf } from '../runs.ts'
import { TermLooker } from '../terms/look-for-terms.ts'
import { createSkeletons } from '../terms/look-alikes.ts'
import { beginOfLongMark, marksIn, type InjectionSign } from './marks.ts'
import { INJECTION_RULES, LONGEST_RULE, type InjectionFamily, type InjectionRule } from './rules.ts'
import { VOCABULARY, type WordClass } from './vocabulary.ts'

/** How much has to come together. */
const THRESHOLDS = { low: 3, medium: 2, high: 1 } as const

/** How little is enough. */
export type Sensitivity = keyof typeof THRESHOLDS

/** Signs that stand so near each other count together. */
const WINDOW = 512
/** From the first character of a sign to the last. */
const LONGEST_SIGN = 512
const REACH = WINDOW + LONGEST_SIGN
/** No word or phrase is longer, as people write them; what marks and blanks stretch further is left alone, in streams as elsewhere. */
const LONGEST_PHRASE = 96
const LEAST_BASE64 = 24
const MOST_BASE64 = 8_192
const IN_BASE64 = characterSet(/[A-Za-z0-9+/_-]/)
/** Of a run, so much tells mostly that it says no text. */
const HEAD_CHARACTERS = 48
const NO_TEXT = /[^\t\n\r\u0020-\u007E\u0080-\u00FF]/

/** A command begins a clause. */
const BEGINS_CLAUSE =
  /(?:^|[.!?:;,>*"'“”»()\n–—-]\s{0,3}|\b(?:please|and|then|now|must|just|actually|you|first|bitte|und|puis|et|y|e|por favor)\s{1,3})$/i
/** What is forbidden is not asked for. */
const NEGATED =
  /\b(?:not|never|don't|cannot|can't|without|refuse to|decline to|instead of|nicht|niemals|nie|ne|jamais|no|nunca|não|nao|jamás)\s{1,3}(?:\w{1,12}\s{1,3}){0,2}$/i
const BEFORE = 48

/**
 * Looks for attempts to have a model do something else than who runs it wants: heuristics over words in five languages and over how
 * something is written. They miss what is put in other words, and find some that is meant well.
 */
export class InjectionLooker implements Looker {
  /** A run of base64 may stand at the end of it. */
  readonly reach = REACH + MOST_BASE64
  readonly #threshold: number
  readonly #terms: TermLooker
  /** By the words as they are mostly written, and by their keys. */
  readonly #plain: ReadonlyMap<string, readonly WordClass[]>
  readonly #classes: ReadonlyMap<string, readonly WordClass[]>
  readonly #skeletons = createSkeletons()

  constructor(sensitivity: Sensitivity) {
    this.#threshold = THRESHOLDS[sensitivity]
    const words = Object.values(VOCABULARY).flat()
    this.#terms = new TermLooker({ words, evasions: true })
    const classes = new Map<string, WordClass[]>()
    for (const [name, phrases] of Object.entries(VOCABULARY))
      for (const phrase of phrases) {
        const key = this.#keyOf(phrase)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the record are exactly what its type says
        classes.set(key, [...(classes.get(key) ?? []), name as WordClass])
      }
    this.#classes = classes
    this.#plain = new Map(words.map((word) => [word, classes.get(this.#keyOf(word)) ?? []]))
  }

  look(text: string): readonly Found[] {
    return clustersOf(this.#signsIn(text, true), this.#threshold)
  }

  /** Nothing that a word may begin, or a run of base64 or an image. */
  settled(text: string, shown = 0): number {
    const from = Math.max(0, text.length - REACH)
    const tail = text.slice(from)
    let settled = Math.max(from, text.length - LONGEST_PHRASE, 0)
    for (const { start } of [...this.#wordsIn(tail), ...marksIn(tail)])
      settled = Math.min(settled, from + start)
    settled = Math.min(settled, from + beginOfLongMark(tail), beginOfRun(text, shown))
    for (const { start } of runsOf(tail, LEAST_BASE64, IN_BASE64))
      if (start > 0 || from === 0) settled = Math.min(settled, from + start)
    return settled
  }

  #signsIn(text: string, readsBase64: boolean): readonly InjectionSign[] {
    const signs = [...marksIn(text), ...this.#rulesIn(text)]
    if (readsBase64)
      for (const { start, end } of runsOf(text, LEAST_BASE64, IN_BASE64))
        if (this.#saysSo(text.slice(start, Math.min(end, start + MOST_BASE64))))
          signs.push({ family: 'encoded', weight: 3, start, end: Math.min(end, start + MOST_BASE64) })
    return signs
  }

  /** Does a run say in base64 what would be found? */
  #saysSo(run: string): boolean {
    const plain = run.replaceAll('-', '+').replaceAll('_', '/')
    const said = atob(plain.slice(0, plain.length - (plain.length % 4)))
    return !NO_TEXT.test(said) && clustersOf(this.#signsIn(said, false), this.#threshold).length > 0
  }

  #rulesIn(text: string): readonly InjectionSign[] {
    const words = this.#wordsIn(text)
    return INJECTION_RULES.flatMap((rule) =>
      words.flatMap((word, at) => {
        if (!word.classes.includes(rule.words[0] ?? 'about')) return []
        const last = lastOf(rule, { words, at })
        return last === undefined ? [] : signsOf(text, { start: word.start, end: last.end }, rule)
      }),
    )
  }

  /** The words of the vocabulary that stand in a text, in their order. */
  #wordsIn(text: string): readonly Word[] {
    return this.#terms
      .look(text)
      .filter(({ start, end }) => end - start <= LONGEST_PHRASE)
      .toSorted(byPlace)
      .map(({ start, end }) => ({ start, end, classes: this.#classesOf(text.slice(start, end)) }))
      .filter(({ end, classes }) => !classes.includes('address') || text.startsWith('://', end))
  }

  #classesOf(written: string): readonly WordClass[] {
    const plain = this.#plain.get(written.toLowerCase())
    return (
      plain ?? this.#classes.get(this.#keyOf(written)) ?? this.#classes.get(this.#keyOf(written, true)) ?? []
    )
  }

  /** How words are told from each other, whatever stands for their letters and between them. */
  #keyOf(written: string, signsAreLetters = false): string {
    const plain = written
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(signsAreLetters ? /[^\p{L}\p{N}@$!|]/gu : /[^\p{L}\p{N}]/gu, '')
    let key = ''
    for (let at = 0; at < plain.length; at += 1)
      key += String.fromCharCode(this.#skeletons[plain.charCodeAt(at)] ?? 0)
    return key
  }
}

/** Where a run of base64 begins that is not over at the end of a text and may say something still. @param shown how much was shown */
function beginOfRun(text: string, shown: number): number {
  const least = Math.max(0, text.length - MOST_BASE64 - 1)
  let at = text.length
  while (at > least && IN_BASE64[text.charCodeAt(at - 1)] === 1) at -= 1
  if (at < shown || text.length - at > MOST_BASE64) return text.length
  const head = text
    .slice(at, at + HEAD_CHARACTERS)
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  return head.length === HEAD_CHARACTERS && NO_TEXT.test(atob(head)) ? text.length : at
}

interface Word extends Span {
  readonly classes: readonly WordClass[]
}

interface Place {
  readonly words: readonly Word[]
  readonly at: number
}

/** The last of the words that a rule wants behind the one at a place. */
function lastOf({ words: wanted, gap }: InjectionRule, { words, at }: Place): Word | undefined {
  let last = words[at]
  let next = at + 1
  for (const [step, wordClass] of wanted.slice(1).entries()) {
    const from = last?.end ?? 0
    const most = typeof gap === 'number' ? gap : (gap[step] ?? 0)
    while (next < words.length && !fits(words[next], wordClass, from)) {
      if ((words[next]?.start ?? 0) - from > most) return undefined
      next += 1
    }
    const found = words[next]
    if (found === undefined || found.start - from > most) return undefined
    last = found
    next += 1
  }
  return last
}

function fits(word: Word | undefined, wordClass: WordClass, from: number): boolean {
  return word !== undefined && word.start >= from && word.classes.includes(wordClass)
}

function signsOf(
  text: string,
  span: Span,
  { family, weight, isCommand, isOneLine }: InjectionRule,
): readonly InjectionSign[] {
  const before = text.slice(Math.max(0, span.start - BEFORE), span.start)
  if (weight > 0 && NEGATED.test(before)) return []
  if (isOneLine === true && text.slice(span.start, span.end).includes('\n')) return []
  const counts = isCommand === true && !BEGINS_CLAUSE.test(before) ? weight - 1 : weight
  return span.end - span.start > LONGEST_RULE ? [] : [{ family, weight: counts, ...span }]
}

/**
 * Where signs stand together that are enough: from each one to the last of those near it, by the name of what counts most. They overlap, so
 * that what is found from a place on does not depend on what stands before it, which a stream may have shown.
 */
function clustersOf(signs: readonly InjectionSign[], threshold: number): readonly Found[] {
  const inOrder = signs.toSorted(byPlace)
  const found: Found[] = []
  for (const [at, first] of inOrder.entries()) {
    if (first.weight < 0) continue
    const near = inOrder.slice(at, at + MOST_SIGNS).filter(({ end }) => end - first.start <= WINDOW)
    const { score, name } = scoreOf(near.length === 0 ? [first] : near)
    if (score < threshold) continue
    const end = Math.max(first.end, ...near.filter(({ weight }) => weight > 0).map((one) => one.end))
    found.push({ start: first.start, end, name })
  }
  return found
}

/** More of them in a window say nothing new. */
const MOST_SIGNS = 64

function scoreOf(signs: readonly InjectionSign[]): {
  readonly score: number
  readonly name: InjectionFamily
} {
  const most = new Map<InjectionFamily, number>()
  let discount = 0
  for (const { family, weight } of signs) {
    if (weight < 0) discount = Math.min(discount, weight)
    else most.set(family, Math.max(most.get(family) ?? 0, weight))
  }
  const [[name] = ['override' as const]] = [...most].toSorted(([, left], [, right]) => right - left)
  return { score: [...most.values()].reduce((sum, one) => sum + one, discount), name }
}
