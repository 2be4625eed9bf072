import { LIMITS } from '../kit/limits.ts'
import type { Detector, NumberForm, Span } from './detector.ts'
import { digitsNeeded, hasDigits, type Digits } from './digit-shapes.ts'
import type { Found, Looker } from './looker.ts'
import { characterSet } from './runs.ts'
import { beginOfNumber, surveyText, WIDEST_BEGIN, type NumberSpan, type Survey } from './survey.ts'

/** Shorter texts hold nothing that a detector could find. */
const SHORTEST = 6
/** Nor does a name of a member, or a word: too short for base64, with nothing between a label and its value, and without digits. */
const WORD = /^[a-z_]{1,23}$/
/** A character as JSON may write it within a text that holds JSON; those of ASCII that can be seen. */
const ESCAPED = /\\u00([2-7][0-9a-fA-F])/g
const ESCAPE = '\\u00'
const ESCAPE_CHARACTERS = 6
/** Of each run of base64 so much is read, and so much of one that says text waits in a stream. */
const MOST_BASE64 = 65_536
/** As it is written, with escapes. */
const LONGEST_RUN = MOST_BASE64 * ESCAPE_CHARACTERS
/** Texts have no other control characters. */
const NO_TEXT = /[^\t\n\r\u0020-\u007E\u0080-\u00FF]/
const HEAD_BYTES = 48
/** Most characters of what a detector finds that does not say so. */
const USUAL_REACH = 512

/** Characters of base64, and of an escape. */
const IN_RUN = characterSet(/[A-Za-z0-9+/_=\\-]/)
/** Of what is longer it is asked whether it says text: mostly it is a picture, and shown as it comes. */
const LONGEST_ANY_RUN = 4_096
/** An escape that is read: these two keep theirs. */
const READ_ESCAPE = /\\u00(?!22|5[cC])[2-7][0-9a-fA-F]/
const BACKSLASH = 0x5c
const PADDING = 0x3d
const ALL_BASE64 = /^[A-Za-z0-9+/_-]*$/

/** Nothing was found. */
const NOTHING: readonly Found[] = []

/** Blanks that break no line, hyphens that are none of ASCII, and the wide forms of what ASCII has. */
const UNUSUAL = /[\u00A0\u2002-\u200A\u2010-\u2012\u202F\uFF01-\uFF5E]/
const ALL_UNUSUAL = new RegExp(UNUSUAL, 'g')
const FIRST_WIDE = 0xff01
const FIRST_HYPHEN = 0x2010
const LAST_HYPHEN = 0x2012

/** What pages and documents write in the place of characters of ASCII, as those: each stands where it stood. */
function inUsualForms(text: string): string {
  return UNUSUAL.test(text) ? text.replaceAll(ALL_UNUSUAL, usualForm) : text
}

function usualForm(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= FIRST_WIDE) return String.fromCharCode(code - FIRST_WIDE + 0x21)
  return code >= FIRST_HYPHEN && code <= LAST_HYPHEN ? '-' : ' '
}

/**
 * Makes a looker of detectors. It looks through other forms of blanks, hyphens and ASCII, through the escapes of JSON that stands within a text, and into base64: a run that says
 * something which would have been found is found as a whole.
 */
export function createLookThrough(detectors: readonly Detector[]): Looker {
  const look = createLook(detectors)
  const settled = createSettled(detectors)
  return {
    reach: Math.max(LONGEST_RUN, ...detectors.map(({ reach = USUAL_REACH }) => reach)),
    look(written) {
      if (written.length < SHORTEST || WORD.test(written)) return NOTHING
      const text = inUsualForms(written)
      return text.includes(ESCAPE) ? lookBehindEscapes(text, look) : lookAt(text, look)
    },
    settled: (text, shown = 0) => settled(inUsualForms(text), shown),
  }
}

/** What waits at the end of a text: what may be base64 or an escape, and what any of the detectors may still find. */
function createSettled(detectors: readonly Detector[]): (text: string, shown: number) => number {
  const numbers = detectors.filter((one) => one.settled === undefined && one.numbers !== undefined)
  const unbroken = detectors.filter((one) => one.settled === undefined && one.isUnbroken === true)
  const others = detectors.filter((one) => !numbers.includes(one) && !unbroken.includes(one))
  const settledIn = (text: string): number => {
    let settled = text.length
    if (numbers.length > 0) settled = Math.min(settled, beginOfNumber(text, beyond(numbers, text)))
    if (unbroken.length > 0) settled = Math.min(settled, beginOfUnbroken(text, beyond(unbroken, text)))
    for (const detector of others)
      settled = Math.min(settled, Math.max(beyond([detector], text), detector.settled?.(text) ?? 0))
    return settled
  }
  return (text, shown) => {
    const run = beginOfRun(text, shown)
    if (!text.includes(ESCAPE)) return Math.min(run, settledIn(text))
    const { said, written } = behindEscapes(text)
    return Math.min(run, written(settledIn(said)))
  }
}

/** Where that begins in a text which is within reach of its end. */
function beyond(detectors: readonly Detector[], text: string): number {
  let longest = 0
  for (const { reach = USUAL_REACH } of detectors) longest = Math.max(longest, reach)
  return Math.max(0, text.length - longest)
}

/** Where what stands behind the last blank, quote or angle bracket begins. */
function beginOfUnbroken(text: string, least: number): number {
  let at = text.length
  while (at > least && !/[\s"<>]/.test(text.charAt(at - 1))) at -= 1
  return at
}

/**
 * Where a run of characters of base64 begins, or of an escape, that is not over at the end of a text and may still say something.
 *
 * @param shown of which so much was shown: a run that begins there was known to say nothing
 */
function beginOfRun(text: string, shown: number): number {
  let at = text.length
  const least = Math.max(0, at - LONGEST_RUN)
  /** Behind the last character that breaks it. */
  let broken = 0
  while (at > least && IN_RUN[text.charCodeAt(at - 1)] === 1) {
    at -= 1
    if (broken === 0 && breaksRun(text, at)) broken = at + 1
    if (broken > 0 && text.length - at > LONGEST_ANY_RUN) break
  }
  if (at >= shown && text.length - at <= LONGEST_ANY_RUN) return at
  if (broken === 0 && at === least && least > 0) return text.length
  const from = Math.max(at, broken)
  if (from < shown) return text.length
  const said = text.length - from - escapesIn(text, from) * (ESCAPE_CHARACTERS - 1)
  return said <= MOST_BASE64 && maySayText(text.slice(from, from + HEAD_BYTES * ESCAPE_CHARACTERS))
    ? from
    : text.length
}

/** Whether a run of base64 ends at a place within it: padding does that, and any escape but those that stand for a character of ASCII. */
function breaksRun(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code !== BACKSLASH) return code === PADDING
  const escape = text.slice(at, at + ESCAPE_CHARACTERS)
  if (escape.length === ESCAPE_CHARACTERS) return !READ_ESCAPE.test(escape)
  return !escape.startsWith(ESCAPE) && !ESCAPE.startsWith(escape)
}

/** How many escapes stand in a text from a place on. */
function escapesIn(text: string, from: number): number {
  let count = 0
  for (let at = text.indexOf(ESCAPE, from); at >= 0; at = text.indexOf(ESCAPE, at + ESCAPE_CHARACTERS))
    count += 1
  return count
}

/** Whether what a run begins with is text in base64, or too little to tell. */
function maySayText(begin: string): boolean {
  const head = begin
    .replaceAll(ESCAPED, (_escaped, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .slice(0, HEAD_BYTES)
  if (head.length < HEAD_BYTES || !ALL_BASE64.test(head)) return true
  return !NO_TEXT.test(atob(toBase64(head)))
}

type Look = (text: string, survey: Survey) => readonly Found[]

/** Each detector looks where it is worth it: everywhere, or around numbers of its shape. */
function createLook(detectors: readonly Detector[]): Look {
  const anywhere = detectors.filter(({ numbers }) => numbers === undefined)
  const formsFor = createFormsFor(detectors)
  return (text, { numbers }) => {
    const found: Found[] = []
    for (const { name, find } of anywhere) for (const span of find(text)) found.push({ ...span, name })
    for (const stretch of numbers) {
      const forms = formsFor(stretch.digits)
      if (forms.length > 0) lookAround(stretch, { text, forms, found })
    }
    return found
  }
}

interface Looking {
  readonly text: string
  readonly forms: readonly NamedForm[]
  readonly found: Found[]
}

/** Looks around a number. What lies wholly before or behind belongs to another one, and may be cut here. */
function lookAround({ start, end, from, to }: NumberSpan, { text, forms, found }: Looking): void {
  const piece = text.slice(start, end)
  const begin = Math.max(0, from - start - WIDEST_BEGIN)
  for (const { name, find } of forms)
    for (const span of find(piece, begin))
      if (start + span.end > from && start + span.start < to)
        found.push({ start: start + span.start, end: start + span.end, name })
}

type NamedForm = Pick<Detector, 'name'> & Pick<NumberForm, 'find'>

/** Gives the forms of numbers that may stand in a stretch. There are few kinds of stretches, so each is thought about once. */
function createFormsFor(detectors: readonly Detector[]): (digits: Digits) => readonly NamedForm[] {
  const forms = detectors.flatMap(({ name, numbers = [] }) =>
    numbers.map(({ shape, find }) => ({ name, find, needs: shape && digitsNeeded(shape) })),
  )
  const known = new Map<Digits, readonly NamedForm[]>()
  return (digits) => {
    const before = known.get(digits)
    if (before !== undefined) return before
    const possible = forms.filter(({ needs }) => needs?.some((needed) => hasDigits(digits, needed)) ?? true)
    if (known.size < LIMITS.digitShapes) known.set(digits, possible)
    return possible
  }
}

function lookAt(text: string, look: Look): readonly Found[] {
  const survey = surveyText(text)
  const found = look(text, survey)
  return survey.base64.length === 0 ? found : [...found, ...inBase64(text, survey.base64, look)]
}

/** Places in the text as it is written, of what was found in the text that it says. */
function lookBehindEscapes(text: string, look: Look): readonly Found[] {
  const { said, written } = behindEscapes(text)
  return lookAt(said, look).map(({ start, end, name }) => ({
    start: written(start),
    end: written(end),
    name,
  }))
}

interface BehindEscapes {
  readonly said: string
  /** Where a place in what is said stands in the text as it is written. */
  written(place: number): number
}

/** What a text with escapes says. */
function behindEscapes(text: string): BehindEscapes {
  /** Where each escape stands in what the text says. */
  const escapes: number[] = []
  const said = text.replaceAll(ESCAPED, (escaped, code: string, at: number) => {
    const character = String.fromCharCode(Number.parseInt(code, 16))
    // These two keep their escapes: without them the JSON around would be another one.
    if (character === '"' || character === '\\') return escaped
    escapes.push(at - escapes.length * (ESCAPE_CHARACTERS - 1))
    return character
  })
  return {
    said,
    written: (place) => place + countBefore(escapes, place) * (ESCAPE_CHARACTERS - 1),
  }
}

/** How many of some places, in their order, stand before one. */
function countBefore(places: readonly number[], place: number): number {
  let from = 0
  let to = places.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((places[middle] ?? 0) < place) from = middle + 1
    else to = middle
  }
  return from
}

function inBase64(text: string, runs: readonly Span[], look: Look): readonly Found[] {
  return runs.flatMap(({ start, end }) => {
    const said = readBase64(text.slice(start, end))
    const [first] = said === undefined ? [] : look(said, surveyText(said))
    // What is not read of a run is not masked either, in streams as elsewhere.
    return first === undefined ? [] : [{ start, end: Math.min(end, start + MOST_BASE64), name: first.name }]
  })
}

/** What a run says in base64, where that is text. */
function readBase64(run: string): string | undefined {
  const plain = toBase64(run.slice(0, MOST_BASE64))
  const whole = plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0))
  // Mostly it is none, which its beginning tells.
  if (NO_TEXT.test(atob(whole.slice(0, HEAD_BYTES)))) return undefined
  const said = atob(whole)
  return NO_TEXT.test(said) ? undefined : said
}

/** The usual letters for those of addresses. */
function toBase64(run: string): string {
  return run.replaceAll('-', '+').replaceAll('_', '/')
}
