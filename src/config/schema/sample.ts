import { z } from 'zod'
import { durationSchema, flagSchema, usdSchema } from './values.ts'

const RATIO = 'a number from 0 to 1'

/** Which requests are exported as traces. */
export const sampleSchema = z
  .strictObject({
    ratio: z
      .number({ error: RATIO })
      .min(0, { error: RATIO })
      .max(1, { error: RATIO })
      .default(1)
      .describe('Of all traces. A client that has decided for its own trace (traceparent) is followed.'),
    errors: flagSchema
      .default(true)
      .describe('Requests that failed, or that only a further attempt answered, are exported all the same.'),
    slow: durationSchema.optional().describe('Requests that take longer are exported all the same.'),
    expensive: usdSchema
      .optional()
      .describe('Requests that cost as much, in US dollars, are exported all the same.'),
  })
  .describe('Which requests are exported as traces.')

/** What a file says of it. */
export type SampleTerms = z.output<typeof sampleSchema>
