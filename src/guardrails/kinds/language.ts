import { z } from 'zod'
import { LANGUAGES } from '../../kit/language.ts'
import { createLanguageCheck } from '../check-language.ts'
import { defineKind } from './kind.ts'

const CODE = `one of ${LANGUAGES.join(', ')}`

/** Texts in other languages than some. */
export const language = defineKind({
  name: 'language',
  summary: `what users or answers say in other languages than those allowed; what is too short or mixed is not found. Told apart are ${LANGUAGES.join(', ')}`,
  isCheck: true,
  options: z.strictObject({
    allow: z
      .array(z.enum(LANGUAGES, { error: CODE }))
      .min(1, { error: 'at least one language' })
      .max(LANGUAGES.length, { error: 'each language once' })
      .describe('Codes of languages (ISO 639-1) in which people may write.'),
  }),
  compile: ({ allow }) => ({ check: createLanguageCheck(allow) }),
})
