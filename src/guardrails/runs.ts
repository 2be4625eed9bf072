import type { Span } from './detector.ts'

/** Characters of ASCII, by their code: 1 where it is one of them. */
export type CharacterSet = Uint8Array

/** @param characters a pattern for one of them */
export function characterSet(characters: RegExp): CharacterSet {
  return Uint8Array.from({ length: 128 }, (_none, code) =>
    characters.test(String.fromCharCode(code)) ? 1 : 0,
  )
}

/**
 * Where so many characters of a set or more stand in a row. Looks at every so-manieth character of a text, and around those that belong
 * to the set: in the words of a language next to none do.
 */
export function runsOf(text: string, least: number, set: CharacterSet): readonly Span[] {
  let runs: Span[] | undefined
  let before = 0
  for (let at = least - 1; at < text.length; at += least) {
    if (set[text.charCodeAt(at)] !== 1) continue
    let start = at
    while (start > before && set[text.charCodeAt(start - 1)] === 1) start -= 1
    let end = at + 1
    while (end < text.length && set[text.charCodeAt(end)] === 1) end += 1
    if (end - start >= least) (runs ??= []).push({ start, end })
    before = end
    at = end
  }
  return runs ?? NO_RUNS
}

const NO_RUNS: readonly Span[] = []
