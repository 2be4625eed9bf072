import { z } from 'zod'
import type { ChatRequest } from '../exchange/chat.ts'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

/** Scripts that one question and its answer are both written in. Chinese, Japanese and Korean share theirs in part. */
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

type Script = keyof typeof SCRIPTS

const SCRIPT_NAMES: readonly Script[] = [
  'latin',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'devanagari',
  'thai',
  'east-asian',
]

/** Characters and letters that are looked at, and letters that it takes to say something. */
const MOST_CHARACTERS = 50_000
const MOST_LETTERS = 2_000
const LEAST_LETTERS = 20
/** A question is in a script that so much of it is in; an answer in another one has hardly a word of it. */
const CLEAR = 0.8
const HARDLY = 0.05

/** Who asks for a translation, or names a language, wants another one than their own. Word stems in the languages that ask most. */
const OTHER_LANGUAGE =
  /translat|übersetz|traduc|traduz|traduir|vertal|перев|翻译|翻譯|翻訳|번역|ترجم|अनुवाद|tercüme|çevir|english|russian|ukrainian|bulgarian|greek|arabic|persian|hebrew|hindi|thai|chinese|mandarin|japanese|korean|german|french|spanish|englisch|russisch|chinesisch|japanisch|英语|英文|中文|日本語|영어|по-английски|на английск/iu

const scriptSchema = z.enum(['as-asked', ...SCRIPT_NAMES])

/** That the answer is written in the script of the question. Nothing is said of languages that share one. */
export const language = defineVerifier({
  name: 'language',
  summary: 'that the answer is in the script of the question (Latin, Cyrillic, Arabic, …)',
  reasons: { 'other-script': 'The answer is in another script than it should be.' },
  options: z.strictObject({
    script: scriptSchema
      .default('as-asked')
      .describe('The script that answers have to be in; as-asked: that of the last question.'),
  }),
  judgesBeginnings: true,
  judge: ({ request, choice: { blocks } }, { script }) => {
    const wanted = script === 'as-asked' ? askedIn(request) : script
    if (wanted === undefined) return NOTHING
    const letters = countLetters(textOf(blocks))
    if (letters.all < LEAST_LETTERS) return NOTHING
    if (letters.shareOf(wanted) > HARDLY) return PASS
    const other = SCRIPT_NAMES.find((name) => letters.shareOf(name) >= CLEAR)
    return other === undefined ? NOTHING : reject('other-script', `${other} instead of ${wanted}`)
  },
})

function askedIn({ turns }: ChatRequest): Script | undefined {
  let question = ''
  for (const { role, blocks } of turns) {
    if (role === 'system' && OTHER_LANGUAGE.test(textOf(blocks).slice(0, MOST_CHARACTERS))) return undefined
    const text = role === 'user' ? textOf(blocks) : ''
    if (text !== '') question = text
  }
  if (OTHER_LANGUAGE.test(question.slice(0, MOST_CHARACTERS))) return undefined
  const letters = countLetters(question)
  if (letters.all < LEAST_LETTERS) return undefined
  return SCRIPT_NAMES.find((name) => letters.shareOf(name) >= CLEAR)
}

/** Code is in Latin letters, whatever is spoken around it. */
function withoutCode(text: string): string {
  return text
    .split('```')
    .filter((_part, index) => index % 2 === 0)
    .join(' ')
}

/** The first letters of a text: of each script, how many. */
function countLetters(text: string): Letters {
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

interface Letters {
  readonly all: number
  shareOf(script: Script): number
}

/** Undefined for what is no letter, or of another script. */
function scriptOf(letter: string): Script | undefined {
  const code = letter.charCodeAt(0) | 0x20
  if (code < 0x80) return code >= 0x61 && code <= 0x7a ? 'latin' : undefined
  return SCRIPT_NAMES.find((name) => SCRIPTS[name].test(letter))
}
