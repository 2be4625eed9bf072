import { z } from 'zod'

const MODEL = 'the name of a route, or provider/model'

/** Whom a check asks. */
export const modelSchema = z
  .string({ error: MODEL })
  .min(1, { error: MODEL })
  .max(200, { error: MODEL })
  .describe('Who is asked: a route, or provider/model.')
