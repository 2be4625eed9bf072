import { z } from 'zod'
import { sizeSchema } from './values.ts'

const DISK = 'a size in bytes such as 500MB or 20GB, unlimited, or false'

/** Where answers lie that routes keep (`routes.<name>.cache`). */
export const keptAnswersSchema = z
  .strictObject({
    disk: z
      .union([z.literal(false), sizeSchema], { error: DISK })
      .prefault('1GB')
      .describe(
        'How much room kept answers take in the store, sealed, before those go that were not used for longest. With false they are kept in memory only, and gone when the gateway stops.',
      ),
  })
  .describe(
    'Where the answers lie that routes keep. See docs/caching.md. Read at the start only: a change here needs a restart.',
  )
