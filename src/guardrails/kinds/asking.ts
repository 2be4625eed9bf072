import { z } from 'zod'
import { JUDGED_TEXTS } from '../judged-texts.ts'

const MODEL = 'the name of a route, or provider/model'

/** Whom a check asks. */
export const modelSchema = z
  .string({ error: MODEL })
  .min(1, { error: MODEL })
  .max(200, { error: MODEL })
  .describe('Who is asked: a route, or provider/model.')

/** About which texts of a conversation. */
export const textsSchema = z
  .enum(JUDGED_TEXTS, { error: JUDGED_TEXTS.join(', ') })
  .default('all')
  .describe(
    'What is judged of what is asked. all: everything that is said in it, system prompts and descriptions of tools included; user: the turns of the user, results of tools included; last: the last of these alone. Of what is no conversation, and of answers, it is always everything.',
  )
