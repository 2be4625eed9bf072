import type { Span } from '../detector.ts'
import type { InjectionFamily } from './rules.ts'

/** A sign of an attempt, and how much it counts. */
export interface InjectionSign extends Span {
  readonly family: InjectionFamily
  readonly weight: number
}

/** How it is written, whatever it says. */
interface Mark {
  readonly family: InjectionFamily
  readonly weight: number
  /** One of these is in every text that the pattern matches. */
  readonly leads: readonly string[]
  /** With the flag `g`, and of bounded length. */
  readonly pattern: RegExp
}

const MARKS: readonly Mark[] = [
  {
    family: 'fake-turn',
    weight: 3,
    leads: ['<|', '[INST', '[/INST', '<<SYS', '_of_turn>'],
    pattern:
      /<\|(?:im_start|im_end|im_sep|start_header_id|end_header_id|eot_id|eom_id|endoftext|system|user|assistant)\|>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>/g,
  },
  {
    family: 'fake-turn',
    weight: 3,
    leads: ['</system', '[system](#', 'ssistant:', '### '],
    pattern:
      /<\/system>\s{0,4}<(?:system|user|assistant)>|\[(?:system|assistant)\]\(#|\n\s{0,4}(?:Human|User): [^\n]{0,200}\n\s{0,4}Assistant:|^#{2,3} ?System:[^#]{0,400}#{2,3} ?(?:User|Human|Assistant):/gm,
  },
  {
    family: 'exfiltration',
    weight: 3,
    leads: ['!['],
    // An image in whose address something is to be filled in.
    pattern:
      /!\[[^\]\n]{0,80}\]\(https?:\/\/[^\s)]{1,200}[?&][\w-]{1,32}=(?:[{[<$]|%7B|[A-Z]{3,20}_[A-Z_]{3,40}\b)/g,
  },
  {
    family: 'hidden',
    weight: 5,
    leads: ['\uDB40'],
    // Tags of Unicode, which are not shown; flags are made of them too, behind a black one.
    pattern: /(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]{0,8})[\u{E0020}-\u{E007F}]{4,400}/gu,
  },
  {
    family: 'hidden',
    weight: 3,
    leads: ['\u200B', '\u2060', '\uFEFF', '\u200C', '\u200D', '\u00AD'],
    pattern: /(?:[A-Za-z][\u200D\u200B\u2060\uFEFF\u200C\u00AD]){4,200}/g,
  },
  {
    family: 'hidden',
    weight: 3,
    leads: ['\u202D', '\u202E'],
    // Latin letters that are shown in another order than they stand.
    pattern: /[\u202D\u202E][A-Za-z][^\n\u202C]{3,200}/g,
  },
]

/** What those begin with of which much may be written before they are one. */
const BEGINS_LONG = /!\[|\n\s{0,4}(?:Human|User): |#{2,3} ?System:/

/** Where something begins in a text that may become a sign further on; the end of the text where nothing does. */
export function beginOfLongMark(text: string): number {
  const at = text.search(BEGINS_LONG)
  return at < 0 ? text.length : at
}

/** Signs that do not depend on words. */
export function marksIn(text: string): readonly InjectionSign[] {
  return MARKS.flatMap(({ family, weight, leads, pattern }) =>
    leads.some((lead) => text.includes(lead))
      ? Array.from(text.matchAll(pattern), ({ index, 0: found }) => ({
          family,
          weight,
          start: index,
          end: index + found.length,
        }))
      : [],
  )
}
