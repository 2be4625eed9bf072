import { z } from 'zod'
import { BUCKETS, SPLIT_UNITS } from '../../exchange/split.ts'
import { modelSchema, nameSchema, timeLimitSchema } from './values.ts'

const PER_CENT = 100
const PERCENT = 'a percentage from 0 to 100 such as 5 or 2.5%'
const INCREASE = 'an increase such as +20%'
const COUNT = 'a whole number from 20 to 100000'
const UNIT = `one of ${SPLIT_UNITS.join(', ')}`
/** A test cannot say anything of fewer. */
const FEWEST_REQUESTS = 20
const MOST_REQUESTS = 100_000
const LONGEST_RAMP = 20
const MOST_ARMS = 20

/** `5%` or 5 → buckets. */
export const shareSchema = z
  .union(
    [
      z.number().min(0).max(PER_CENT),
      z
        .string()
        .regex(/^\d{1,3}(\.\d{1,2})?%?$/)
        .transform((text) => Number(text.replace('%', '')))
        .refine((percent) => percent <= PER_CENT, { error: PERCENT }),
    ],
    { error: PERCENT },
  )
  .transform((percent) => Math.round((percent / PER_CENT) * BUCKETS))

/** `+20%` → 0.2. */
const increaseSchema = z
  .string({ error: INCREASE })
  .regex(/^\+?\d{1,4}(\.\d+)?%$/, { error: INCREASE })
  .transform((text) => Number(text.replaceAll(/[+%]/g, '')) / PER_CENT)

export const bySchema = z
  .enum(SPLIT_UNITS, { error: UNIT })
  .default('user')
  .describe(
    'Who goes the same way every time: the user, else the session, else the key; or each request by itself.',
  )

const armTargetsSchema = z
  .array(modelSchema)
  .min(1, { error: 'at least one target' })
  .describe('The models, as provider/model or alias; default: those of the route.')

const armSchema = z
  .union([
    shareSchema,
    z.strictObject({
      share: shareSchema.describe('Share of the requests, in per cent.'),
      targets: armTargetsSchema.optional(),
    }),
  ])
  .transform((arm) => (typeof arm === 'number' ? { share: arm, targets: undefined } : arm))

/** How the requests of a route are divided for good. */
export const splitSchema = z
  .strictObject({
    by: bySchema,
    salt: nameSchema
      .optional()
      .describe('Two divisions with the same salt meet the same people; default: the name of the route.'),
    arms: z
      .record(nameSchema, armSchema)
      .refine((arms) => Object.keys(arms).length >= 2 && Object.keys(arms).length <= MOST_ARMS, {
        error: `from 2 to ${MOST_ARMS} arms`,
      })
      .refine(addsUp, { error: 'shares that add up to 100' })
      .describe('The ways by name: a share in per cent, or a share with targets of its own.'),
  })
  .describe('Divides the requests of the route by fixed shares; the same user goes the same way every time.')

function addsUp(arms: Readonly<Record<string, { readonly share: number }>>): boolean {
  return Object.values(arms).reduce((sum, { share }) => sum + share, 0) === BUCKETS
}

/** By how much what is tried may do worse. */
export const guardSchema = z.strictObject({
  error_rate: increaseSchema
    .prefault('+2%')
    .describe('Points by which more requests may fail than of the rest.'),
  ttft_p95: increaseSchema
    .optional()
    .describe('By how much the time to the first event may be longer, within which 95 % of the rest begin.'),
  cost: increaseSchema.optional().describe('By how much a request may cost more.'),
  min_requests: z
    .int({ error: COUNT })
    .min(FEWEST_REQUESTS, { error: COUNT })
    .max(MOST_REQUESTS, { error: COUNT })
    .default(50)
    .describe('Requests of the canary in each step before it goes on, and before it is judged.'),
})

/** How other targets are tried on a growing share of a route's requests. */
export const canarySchema = z
  .strictObject({
    targets: armTargetsSchema.describe('The models that are tried, as provider/model or alias.'),
    by: bySchema,
    share: shareSchema.optional().describe('The first share, in per cent; default: the first of the ramp.'),
    ramp: z
      .array(shareSchema)
      .max(LONGEST_RAMP, { error: `at most ${LONGEST_RAMP} steps` })
      .default([])
      .describe('The shares that follow, each larger than the one before; none: it stays at the first.'),
    every: timeLimitSchema.prefault('10m').describe('How long each step lasts at least.'),
    guard: guardSchema.prefault({}).describe('By how much it may do worse than the rest.'),
    on_breach: z
      .enum(['rollback', 'hold'], { error: 'rollback or hold' })
      .default('rollback')
      .describe('What happens when it does: nobody is sent there any more, or it grows no further.'),
  })
  .refine(({ share, ramp }) => share !== undefined || ramp.length > 0, { error: 'a share or a ramp' })
  .refine(({ ramp }) => ramp.every((share, index) => share > (ramp[index - 1] ?? 0)), {
    error: 'a ramp that only grows',
    path: ['ramp'],
  })
  .describe('Tries other targets on a growing share of the requests, and takes them back when they do worse.')

export type GuardConfig = z.output<typeof guardSchema>
export type SplitConfig = z.output<typeof splitSchema>
export type CanaryConfig = z.output<typeof canarySchema>
