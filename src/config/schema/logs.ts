import { z } from 'zod'
import { contentSchema } from './content.ts'
import { ageSchema, sizeSchema } from './values.ts'

const retentionSchema = z
  .strictObject({
    requests: ageSchema
      .prefault('30d')
      .describe('How long the lines of the request log are kept, or forever.'),
    size: sizeSchema
      .prefault('2GB')
      .describe('About how much room the request log takes before its oldest lines go, or unlimited.'),
    shadows: ageSchema
      .prefault('90d')
      .describe(
        'How long it is kept how answers of shadows compare, or forever: at most a million of the newest.',
      ),
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
    content: contentSchema,
    retention: retentionSchema.prefault({}),
  })
  .describe('What the request log keeps, and for how long.')
