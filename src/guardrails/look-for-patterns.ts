import { compilePatternSet, type Pattern } from '../kit/pattern.ts'
import type { Found, Looker } from './looker.ts'

/** A pattern of the file, by its name. */
export interface NamedPattern {
  readonly name: string
  readonly source: string
  readonly pattern: Pattern
  /** Most characters of what it finds; what is longer is left alone. */
  readonly reach: number
}

/** Looks for patterns. Time is linear in the text, whatever they are. */
export function createPatternLooker(patterns: readonly NamedPattern[]): Looker {
  const prepared = patterns.map((one) => ({ ...one, lead: literalLead(one.source) }))
  // A pattern with words in it is denied by a look for these; all others are denied together, by one pass.
  const worded = prepared.filter(({ source }) => hasWord(source))
  const others = prepared.filter(({ source }) => !hasWord(source))
  const inSet = others.length === 0 ? () => [] : compilePatternSet(others.map(({ source }) => source))
  return {
    reach: Math.max(...patterns.map(({ reach }) => reach)),
    look(text) {
      const found: Found[] = []
      for (const one of worded) if (one.pattern.test(text)) addTo(found, text, one)
      for (const index of inSet(text)) {
        const one = others[index]
        if (one !== undefined) addTo(found, text, one)
      }
      return found
    },
    settled(text) {
      let settled = text.length
      for (const { lead, reach } of prepared) {
        const least = Math.max(0, text.length - reach)
        settled = Math.min(settled, lead === '' ? least : beginOf(text, lead, least))
      }
      return settled
    },
  }
}

function addTo(found: Found[], text: string, { name, pattern, reach }: NamedPattern): void {
  for (const { start, end } of pattern.find(text)) if (end - start <= reach) found.push({ start, end, name })
}

/** Where a word stands first behind a place, or begins at the end of the text. */
function beginOf(text: string, word: string, from: number): number {
  const at = text.indexOf(word, from)
  if (at >= 0) return at
  let part = Math.min(word.length - 1, text.length)
  while (part > 0 && !text.endsWith(word.slice(0, part))) part -= 1
  return text.length - part
}

const LEAD = /^(?:\\b)?(?<lead>[A-Za-z0-9_#:@ -]+)(?<then>[?*{]?)/
const FLAGS_OR_CHOICE = /\||\(\?/

/** The characters with which everything begins that a pattern finds; empty where that is not plain to see. */
export function literalLead(source: string): string {
  if (FLAGS_OR_CHOICE.test(source)) return ''
  const { lead = '', then = '' } = LEAD.exec(source)?.groups ?? {}
  return then === '' ? lead : lead.slice(0, -1)
}

/** Is there most likely a word in all that it finds? Only how fast it is depends on it. */
function hasWord(source: string): boolean {
  const plain = source.replaceAll(/\\[a-zA-Z]|\[[^\]]*\]|\{[^}]*\}/g, ' ')
  return !FLAGS_OR_CHOICE.test(source) && /[A-Za-z0-9_#:@-]{2}(?![?*])/.test(plain)
}
