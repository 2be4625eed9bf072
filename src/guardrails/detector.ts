/** Where something stands in a text: offsets in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What a detector finds: something about a person, or something that opens a door. */
export type DetectedKind = 'personal' | 'secret'

/**
 * One kind of thing that can be found in a text: a row of `all.ts`. Pure, and linear in the length of the text: it runs over what
 * strangers have written.
 */
export interface Detector {
  /** For example `email`; settings, counts and masks are named by it. */
  readonly name: string
  readonly kind: DetectedKind
  /** How it is found and checked, for people who have to rely on it. */
  readonly says: string
  /** How it finds, where it is enough to look around numbers: `find` does the same, anywhere. */
  readonly numbers?: readonly NumberForm[]
  /**
   * True where nothing that it finds has a blank, `"`, `<` or `>` in it, or depends on what stands behind the next of these: at the end of
   * a text that is still being written only what follows the last of these waits.
   */
  readonly isUnbroken?: true
  /** Most characters from the first to the last of what it finds; absent: no more than 512. */
  readonly reach?: number
  /**
   * How much of a text that is still being written is settled for it (`looker.ts`); absent: all but the last `reach`, or what the members
   * above say.
   */
  settled?(text: string): number
  /** All places, in no order; they may overlap. */
  find(text: string): readonly Span[]
}

/** One way in which a number is written. */
export interface NumberForm {
  /**
   * In all that it finds stands something that this matches, without a digit right before and behind it: what has no such digits is not
   * looked at (`digit-shapes.ts`). Absent: all stretches with numbers are.
   */
  readonly shape?: RegExp
  /** All places from a character on, in no order; they may overlap. */
  find(text: string, from: number): readonly Span[]
}

type NumberDetector = Omit<Detector, 'find'> & { readonly numbers: readonly NumberForm[] }

/** Makes a detector of the ways in which its numbers are written. */
export function createNumberDetector(detector: NumberDetector): Detector {
  return { ...detector, find: (text) => detector.numbers.flatMap((form) => form.find(text, 0)) }
}

/** What is found in most texts. */
export const NOTHING: readonly Span[] = []

/**
 * All places of a pattern (with the flag `g`) that some check lets pass. Where it does not, the search goes on one character further,
 * so the pattern must look at no more than a bounded number of characters from each place.
 */
export function findAll(
  text: string,
  pattern: RegExp,
  accept: (found: string, start: number) => boolean,
): readonly Span[] {
  return findFrom({ text, from: 0 }, pattern, accept)
}

/** The same, of what begins at a character or behind it. */
export function findFrom(
  { text, from }: { readonly text: string; readonly from: number },
  pattern: RegExp,
  accept: (found: string, start: number) => boolean,
): readonly Span[] {
  let spans: Span[] | undefined
  // Begun anew each time, and to its end: nothing is left in it. A copy per text would cost more than most texts do.
  const search = pattern
  search.lastIndex = from
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const [found] = match
    const { index: start } = match
    if (accept(found, start)) (spans ??= []).push({ start, end: start + found.length })
    else search.lastIndex = start + 1
  }
  return spans ?? NOTHING
}

/** Is the character at a place a letter or a digit of ASCII? */
export function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}

/** Does a text stand alone, with no letter or digit at either side? */
export function standsAlone(text: string, start: number, end: number): boolean {
  return !isWordAt(text, start - 1) && !isWordAt(text, end)
}

/** Stands one of some words shortly before a place? @param words a pattern without flags that need state */
export function isBehind(text: string, at: number, words: RegExp): boolean {
  return words.test(text.slice(Math.max(0, at - WORDS_BEFORE), at))
}

/** How far before something the word may stand that says what it is. */
const WORDS_BEFORE = 32

const GROUP_BEFORE = /(?:^|[^0-9A-Za-z])(?:[A-Z]{2}\d{2}|\d{2,})(?: \d{1,4}){0,8}[ -]$/

/** Goes a number that is written in groups on from before a place? Then what begins there is a piece of a longer one. */
export function goesOnFrom(text: string, at: number): boolean {
  return isBehind(text, at, GROUP_BEFORE)
}
