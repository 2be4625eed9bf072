import { NOTHING, type Detector, type Span } from './detector.ts'
import {
  CALLED_AFTER,
  CLOSINGS,
  DEAR,
  GIVEN_NAMES,
  GREETINGS,
  LABELS,
  NO_NAMES,
  PARTICLES,
  TITLES,
} from './given-names.ts'

const LETTER = /[\p{L}\p{M}'’-]/u
const CAPITAL = /\p{Lu}/u
const LONGEST_WORD = 24
const MOST_WORDS = 4
/** Most characters of a name, and of what is looked at before it. */
const REACH = 160
const BEFORE = 40

/** Introduces by name, whoever it is. */
const INTRODUCED =
  /(?:\b(?:my|his|her|the|their) (?:full |first |last )?name(?:'s| is| was)|\b(?:is|was|am) called|\bich hei(?:ß|ss)e|\b[Mm]ein Name (?:ist|lautet)|\b[Jj]e m['’]appelle|\b[Mm]on nom est|\b[Mm]e llamo|\b[Mm]i nombre es|\b[Mm]i chiamo|\b[Ii]l mio nome è|\b[Mm]eu nome é|\b[Cc]hamo-me|\b[Ii]k heet) $/iu
/** Introduces by name, where it is one that is known. */
const SAID_TO_BE =
  /\b(?:I am|I'm|I’m|this is|speaking with|spoke to|spoke with|ich bin|hier ist|je suis|c'est|soy|sono|sou|ik ben|met) $/iu

/** Names of people, by a list of given names and by what stands around. */
export const personName: Detector = {
  name: 'person-name',
  kind: 'personal',
  says: 'behind titles (`Mr`, `Frau`, `Mme`), greetings and closings of letters, `my name is`, `customer:` and the like in eight languages; elsewhere a common given name (some 700 are known) with a surname. A heuristic: given names alone and surnames alone are not found, nor is what is written without capitals',
  reach: REACH,
  find(text) {
    let spans: Span[] | undefined
    for (let at = nextCapital(text, 0); at >= 0; at = nextCapital(text, at)) {
      const whole = nameAt(text, at)
      const end = whole === undefined ? undefined : withoutOwner(text, whole)
      if (end !== undefined) (spans ??= []).push({ start: at, end })
      at = end ?? wordEnd(text, at)
    }
    return spans ?? NOTHING
  },
}

/** `Ana's` is what Ana has. */
function withoutOwner(text: string, end: number): number {
  return /['’]s/.test(text.slice(end - 2, end)) ? end - 2 : end
}

/** Where the next capitalised word begins. */
function nextCapital(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const mayBe = (code >= 65 && code <= 90) || code >= 0xc0
    if (mayBe && CAPITAL.test(text.charAt(at)) && (at === 0 || !LETTER.test(text.charAt(at - 1)))) return at
  }
  return -1
}

function wordEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && end - from < LONGEST_WORD && LETTER.test(text.charAt(end))) end += 1
  return Math.max(end, from + 1)
}

/** Where the name ends that begins at a place; undefined where none does. */
function nameAt(text: string, start: number): number | undefined {
  const first = text.slice(start, wordEnd(text, start)).toLowerCase()
  if (TITLES.has(first) || NO_NAMES.has(first) || GREETINGS.has(first) || first.length < 2) return undefined
  const name = sequenceAt(text, start)
  const isKnown = GIVEN_NAMES.has(first)
  if (isKnown && name.words > 1) {
    const { word } = wordBefore(text.slice(Math.max(0, start - BEFORE), start))
    return name.isOther || CALLED_AFTER.has(word) ? undefined : name.end
  }
  return isCalledSo(text, { start, end: name.end, words: name.words, isKnown }) ? name.end : undefined
}

interface Sequence {
  readonly end: number
  /** Capitalised ones. */
  readonly words: number
  /** Does a word follow that makes it the name of a company, a place or a thing? */
  readonly isOther: boolean
}

/** Capitalised words that stand together, with particles and initials between them. */
function sequenceAt(text: string, start: number): Sequence {
  let end = wordEnd(text, start)
  let words = 1
  let at = end
  while (words < MOST_WORDS && text.charAt(at) === ' ') {
    const next = wordEnd(text, at + 1)
    const word = text.slice(at + 1, next)
    const isInitial = word.length === 1 && CAPITAL.test(word) && text.charAt(next) === '.'
    if (!isInitial && !PARTICLES.has(word.toLowerCase())) {
      if (!CAPITAL.test(word.charAt(0)) || word === word.toUpperCase()) return { end, words, isOther: false }
      if (NO_NAMES.has(word.toLowerCase())) return { end, words, isOther: true }
      end = next
      words += 1
    }
    at = isInitial ? next + 1 : next
  }
  return { end, words, isOther: false }
}

interface Candidate extends Span {
  readonly words: number
  readonly isKnown: boolean
}

/** Does what stands around say that it is somebody's name? */
function isCalledSo(text: string, candidate: Candidate): boolean {
  const { start, end, words, isKnown } = candidate
  const isLikely = isKnown || words > 1
  const before = text.slice(Math.max(0, start - BEFORE), start)
  const { word, between } = wordBefore(before)
  if (TITLES.has(word)) return /^\.? $/.test(between)
  if (GREETINGS.has(word) && between === ' ')
    return ENDS_GREETING.test(text.slice(end, end + 4)) && (isLikely || DEAR.has(word))
  if (LABELS.has(word) && BEHIND_LABEL.test(between)) return isLikely
  if (CLOSINGS.has(word) && NEXT_LINE.test(between))
    return words <= 3 && ENDS_LINE.test(text.slice(end, end + 2))
  return between === ' ' && (INTRODUCED.test(before) || (isKnown && SAID_TO_BE.test(before)))
}

const ENDS_GREETING = /^(?:[,!:]|\s*\n|$)/
const BEHIND_LABEL = /^["']? ?: ?["']?$/
const NEXT_LINE = /^[,.!]?\s*\n\s*$/
const ENDS_LINE = /^\s*(?:\n|$)/

/** The last word before a place, lower case, and what stands behind it. */
function wordBefore(before: string): { readonly word: string; readonly between: string } {
  let end = before.length
  while (end > 0 && !LETTER.test(before.charAt(end - 1))) end -= 1
  let start = end
  while (start > 0 && LETTER.test(before.charAt(start - 1))) start -= 1
  return { word: before.slice(start, end).toLowerCase(), between: before.slice(end) }
}
