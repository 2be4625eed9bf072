import type { Detector, Span } from './detector.ts'
import { surveyText, type Survey } from './survey.ts'

/** How often something was found, by the name of its detector. */
export type FoundCounts = Record<string, number>

/** Puts marks such as `[email]` in the place of what detectors find in a text. Counts what it masks. */
export type MaskText = (text: string, counts: FoundCounts) => string

/** Shorter texts hold nothing that a detector could find. */
const SHORTEST = 6
/** Nor does a name of a member, or a word: too short for base64, with nothing between a label and its value, and without digits. */
const WORD = /^[a-z_]{1,23}$/
/** A character as JSON may write it within a text that holds JSON; those of ASCII that can be seen. */
const ESCAPED = /\\u00([2-7][0-9a-fA-F])/g
/** Of each such text, so much is read. */
const MOST_BASE64 = 65_536
/** Texts have no other control characters. */
const NO_TEXT = /[^\t\n\r\u0020-\u007E\u0080-\u00FF]/
const HEAD_BYTES = 48

interface Found extends Span {
  readonly name: string
}

/**
 * Creates what masks texts. Looks through the escapes of JSON that stands within a text, and into base64: a run that says something
 * which would have been masked is masked as a whole.
 */
export function createMask(detectors: readonly Detector[]): MaskText {
  const anywhere = detectors.filter(({ isNumber }) => isNumber !== true)
  const aroundNumbers = detectors.filter(({ isNumber }) => isNumber === true)
  const look = (text: string, { numbers }: Survey): readonly Found[] => {
    const found: Found[] = []
    for (const { name, find } of anywhere) for (const span of find(text)) found.push({ ...span, name })
    for (const { start, end } of numbers) {
      const piece = text.slice(start, end)
      for (const { name, find } of aroundNumbers)
        for (const span of find(piece)) found.push({ start: start + span.start, end: start + span.end, name })
    }
    return found
  }
  return (text, counts) => {
    if (text.length < SHORTEST || WORD.test(text)) return text
    const readable = text.includes('\\u00') ? text.replaceAll(ESCAPED, toCharacter) : text
    const survey = surveyText(readable)
    const found = [...look(readable, survey), ...inBase64(readable, survey.base64, look)]
    return found.length === 0 ? text : masked(readable, found, counts)
  }
}

function toCharacter(escaped: string, code: string): string {
  const character = String.fromCharCode(Number.parseInt(code, 16))
  // These two keep their escapes: without them the JSON around would be another one.
  return character === '"' || character === '\\' ? escaped : character
}

function inBase64(
  text: string,
  runs: readonly Span[],
  look: (text: string, survey: Survey) => readonly Found[],
): readonly Found[] {
  return runs.flatMap(({ start, end }) => {
    const said = readBase64(text.slice(start, end))
    const [first] = said === undefined ? [] : look(said, surveyText(said))
    return first === undefined ? [] : [{ start, end, name: first.name }]
  })
}

/** What a run says in base64, where that is text. */
function readBase64(run: string): string | undefined {
  const plain = run.slice(0, MOST_BASE64).replaceAll('-', '+').replaceAll('_', '/')
  const whole = plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0))
  // Mostly it is none, which its beginning tells.
  if (NO_TEXT.test(atob(whole.slice(0, HEAD_BYTES)))) return undefined
  const said = atob(whole)
  return NO_TEXT.test(said) ? undefined : said
}

/** Writes marks in the place of what was found: of two that overlap, the one that begins first, then the longer one. */
function masked(text: string, found: readonly Found[], counts: FoundCounts): string {
  let written = ''
  let at = 0
  for (const { start, end, name } of found.toSorted(byPlace)) {
    if (end <= at) continue
    if (start >= at) {
      written += `${text.slice(at, start)}[${name}]`
      counts[name] = (counts[name] ?? 0) + 1
    }
    at = end
  }
  return written + text.slice(at)
}

function byPlace(left: Span, right: Span): number {
  return left.start - right.start || right.end - left.end
}
