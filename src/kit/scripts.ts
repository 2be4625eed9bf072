/** Scripts, as far as texts are told apart by them. Chinese, Japanese and Korean share theirs in part. */
const SCRIPTS = {
  latin: /\p{Script=Latin}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
  greek: /\p{Script=Greek}/u,
  arabic: /\p{Script=Arabic}/u,
  hebrew: /\p{Script=Hebrew}/u,
  devanagari: /\p{Script=Devanagari}/u,
  thai: /\p{Script=Thai}/u,
  'east-asian': /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u,
} as const

export type Script = keyof typeof SCRIPTS

export const SCRIPT_NAMES: readonly Script[] = [
  'latin',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'devanagari',
  'thai',
  'east-asian',
]

/** Characters and letters that are looked at. */
const MOST_CHARACTERS = 50_000
const MOST_LETTERS = 2_000

/** The letters of a text, by their scripts. */
export interface ScriptCounts {
  readonly all: number
  /** In [0, 1]. */
  shareOf(script: Script): number
}

/** Code is in Latin letters, whatever is spoken around it. */
export function withoutCode(text: string): string {
  return text
    .split('```')
    .filter((_part, index) => index % 2 === 0)
    .join(' ')
}

/** The first letters of a text, fences of code left out: of each script, how many. */
export function countLetters(text: string): ScriptCounts {
  const counts = new Map<Script, number>()
  let all = 0
  for (const letter of withoutCode(text.slice(0, MOST_CHARACTERS))) {
    const script = scriptOf(letter)
    if (script === undefined) continue
    counts.set(script, (counts.get(script) ?? 0) + 1)
    all += 1
    if (all === MOST_LETTERS) break
  }
  return { all, shareOf: (script) => (counts.get(script) ?? 0) / all }
}

/** Undefined for what is no letter, or of another script. */
function scriptOf(letter: string): Script | undefined {
  const code = letter.charCodeAt(0) | 0x20
  if (code < 0x80) return code >= 0x61 && code <= 0x7a ? 'latin' : undefined
  return SCRIPT_NAMES.find((name) => SCRIPTS[name].test(letter))
}
