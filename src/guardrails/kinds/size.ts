import { z } from 'zod'
import { createSizeCheck } from '../check-size.ts'
import { defineKind } from './kind.ts'

const MOST = 1_000_000_000
const COUNT = 'a whole number from 1 to 1000000000'
const ONE = 'max_characters or max_tokens'

const countSchema = z.int({ error: COUNT }).min(1, { error: COUNT }).max(MOST, { error: COUNT }).optional()

/** More than may be asked or answered. */
export const size = defineKind({
  name: 'size',
  summary: 'more text than may be asked or answered, altogether (characters, tokens)',
  isCheck: true,
  options: z
    .strictObject({
      max_characters: countSchema.describe('Most characters of all texts together.'),
      max_tokens: countSchema.describe('Most tokens of all texts together, as they are estimated.'),
    })
    .refine((said) => said.max_characters !== undefined || said.max_tokens !== undefined, { error: ONE }),
  compile: (said) => ({
    check: createSizeCheck({ characters: said.max_characters, tokens: said.max_tokens }),
  }),
})
