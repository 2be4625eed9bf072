import { z } from 'zod'
import { budgetSchema } from './accounts.ts'
import { shareSchema } from './split.ts'
import { modelSchema } from './values.ts'

/** Somebody else who is asked the same, and whose answers nobody gets. */
export const shadowSchema = z
  .strictObject({
    to: modelSchema.describe('The model as provider/model, an alias, or a route.'),
    share: shareSchema.prefault('1%').describe('Share of the requests, in per cent.'),
    budget: budgetSchema
      .prefault({ usd: 1, per: 'day' })
      .describe('What all of them may cost; none is begun that the rest of it does not cover.'),
  })
  .describe(
    'Asks another model the same after a share of the answers, and compares. Nobody waits for it or gets its answers.',
  )

export type ShadowConfig = z.output<typeof shadowSchema>
