import { z } from 'zod'
import type { ChatRequest } from '../exchange/chat.ts'
import { countLetters, SCRIPT_NAMES, type Script } from '../kit/scripts.ts'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

/** Characters that are looked at for the name of a language, and letters that it takes to say something. */
const MOST_CHARACTERS = 50_000
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
