import { z } from 'zod'
import { parseDuration } from '../../kit/duration.ts'
import { parseCount } from '../../kit/quantity.ts'

const AGE = 'an age such as 12h, 30d or 400d, or forever'
const SIZE = 'a size in bytes such as 500MB or 20GB, or unlimited'

/** `30d` → milliseconds; `forever` → Infinity. */
const ageSchema = z
  .string({ error: AGE })
  .refine((text) => text === 'forever' || (parseDuration(text) ?? 0) > 0, { error: AGE })
  .transform((text) => (text === 'forever' ? Number.POSITIVE_INFINITY : (parseDuration(text) ?? 0)))

/** `1GB` → 1 000 000 000; `unlimited` → Infinity. */
const sizeSchema = z
  .string({ error: SIZE })
  .refine((text) => text === 'unlimited' || readSize(text) !== undefined, { error: SIZE })
  .transform((text) => (text === 'unlimited' ? Number.POSITIVE_INFINITY : (readSize(text) ?? 0)))

function readSize(text: string): number | undefined {
  return /^[\d.]+ ?[kmg]?b$/i.test(text) ? parseCount(text.slice(0, -1)) : undefined
}

const retentionSchema = z
  .strictObject({
    requests: ageSchema
      .prefault('30d')
      .describe('How long the lines of the request log are kept, or forever.'),
    size: sizeSchema
      .prefault('2GB')
      .describe('About how much room the request log takes before its oldest lines go, or unlimited.'),
    keys: ageSchema
      .prefault('90d')
      .describe(
        'How long keys are kept after they were revoked or ran out, and damaged pieces of the journal that were set aside.',
      ),
    reserve: sizeSchema
      .prefault('256MB')
      .describe(
        'Room on the disk that is left to the ledger: with less, the request log pauses. At most a tenth of the disk.',
      ),
  })
  .describe('How long things are kept. Rows and sums of the ledger are kept for ever.')

/** What is kept of requests, and for how long. */
export const logsSchema = z
  .strictObject({
    content: z
      .literal('none', { error: 'none' })
      .default('none')
      .describe('How much of what is said is kept: nothing.'),
    retention: retentionSchema.prefault({}),
  })
  .describe('What the request log keeps, and for how long.')
