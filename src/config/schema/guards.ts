import { z } from 'zod'
import { LIMITS } from '../../kit/limits.ts'
import { flagSchema, timeLimitSchema } from './values.ts'

const ERRORS = 'a share such as 50%, or a whole number of faults in a row from 2 to 1000'
const CALLS = 'a whole number from 2 to 1000'
const PROBES = 'a whole number from 1 to 8'
const WAITING = `a whole number from 1 to ${LIMITS.queuedRequests}`
const LONGEST_WAIT_MS = 300_000

/** When the models of a provider are left alone, where that is not as for all others. */
export const breakerSchema = z
  .strictObject({
    errors: z
      .union(
        [
          z
            .string({ error: ERRORS })
            .regex(/^([1-9]\d?|100)%$/, { error: ERRORS })
            .transform((text) => ({ share: Number.parseInt(text, 10) / 100 })),
          z
            .int({ error: ERRORS })
            .min(2, { error: ERRORS })
            .max(1_000, { error: ERRORS })
            .transform((inRow) => ({ inRow })),
        ],
        { error: ERRORS },
      )
      .optional()
      .describe(
        'Faults after which a model rests: a share of the calls of the last half minute (50%), or so many in a row (5). Default: as in health.',
      ),
    of_last: z
      .int({ error: CALLS })
      .min(2, { error: CALLS })
      .max(1_000, { error: CALLS })
      .optional()
      .describe('So many calls make a share mean something. Default: 20.'),
    open: timeLimitSchema
      .optional()
      .describe('How long it rests at first; it doubles with every failed try up to health.longest_rest.'),
    half_open: z
      .int({ error: PROBES })
      .min(1, { error: PROBES })
      .max(8, { error: PROBES })
      .optional()
      .describe('Requests that try at once whether it is well when a rest is over. Default: 1.'),
  })
  .describe('When its models are left alone, where that is not as in health.')

/** Who waits where there is no room, and for how long. */
export const queueSchema = z
  .strictObject({
    max: z
      .int({ error: WAITING })
      .min(1, { error: WAITING })
      .max(LIMITS.queuedRequests, { error: WAITING })
      .describe('Most that wait at a time. Callers take turns, whoever of them has more waiting.'),
    wait: timeLimitSchema
      .refine((ms) => ms <= LONGEST_WAIT_MS, { error: 'at most 5m' })
      .describe('The longest that one of them waits.'),
  })
  .describe('Requests wait for room instead of being turned away.')

const AT_A_TIME = 'a whole number from 1 to 100000'
const atATimeSchema = z
  .int({ error: AT_A_TIME })
  .min(1, { error: AT_A_TIME })
  .max(100_000, { error: AT_A_TIME })

/** `20`, or at length. */
export const concurrentSchema = z.union([
  atATimeSchema.transform((max) => ({ max, adaptive: false, queue: undefined })),
  z.strictObject({
    max: atATimeSchema.describe('Most attempts under way at a time.'),
    adaptive: flagSchema
      .default(false)
      .describe(
        'Lower it when the provider limits or does not answer in time, and raise it again as it answers.',
      ),
    queue: queueSchema.optional(),
  }),
])

export type BreakerConfig = z.output<typeof breakerSchema>
export type ConcurrentConfig = z.output<typeof concurrentSchema>
export type QueueConfig = z.output<typeof queueSchema>
