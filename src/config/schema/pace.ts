import { z } from 'zod'
import { parseDuration } from '../../kit/duration.ts'
import { LIMITS } from '../../kit/limits.ts'
import { timeLimitSchema, usdSchema } from './values.ts'

const SHARE = 'a share such as 5%'

/** `5%` → 0.05. */
const shareSchema = z
  .string({ error: SHARE })
  .regex(/^\d{1,3}(\.\d{1,3})?%$/, { error: SHARE })
  .transform((text) => Number(text.slice(0, -1)) / 100)

const COUNT = `a whole number from 2 to ${LIMITS.attempts}`

const countSchema = z.int({ error: COUNT }).min(2, { error: COUNT }).max(LIMITS.attempts, { error: COUNT })

const AFTER = 'a duration such as 800ms, or a share of answers such as p95, from p50 to p99.9'

/** `800ms`, or `p95`: the time within which 95 % of the answers begin. */
const afterSchema = z
  .string({ error: AFTER })
  .regex(/^(p([5-9]\d)(\.\d)?|(\d+(\.\d+)?(ms|s|m))+)$/, { error: AFTER, abort: true })
  .transform(readAfter)
  .refine((after) => !('ms' in after) || after.ms > 0, { error: AFTER })

function readAfter(text: string): { readonly ms: number } | { readonly share: number } {
  if (text.startsWith('p')) return { share: Number(text.slice(1)) / 100 }
  return { ms: Math.round(parseDuration(text) ?? 0) }
}

const ceilingSchema = usdSchema
  .optional()
  .describe('US dollars: an attempt that may cost more than this is not begun beside another.')

/** Several targets at once. */
export const raceSchema = z
  .union([
    countSchema,
    // For a step of a route that says otherwise.
    z.literal('none', { error: `${COUNT}, or none` }),
    z.strictObject({
      of: countSchema.describe('How many targets are asked at once, each at another place.'),
      accept: z
        .enum(['first-token', 'whole'])
        .default('first-token')
        .describe(
          'What an answer wins by: its first token, or being whole, which holds a stream back until then.',
        ),
      max_extra_starts: shareSchema
        .optional()
        .describe('Of which share of the requests attempts are begun beside the first. Default: of all.'),
      max_extra_cost: shareSchema
        .optional()
        .describe(
          'What attempts that lose may cost, as a share of what answers cost. Default: as much as they do.',
        ),
      cost_ceiling: ceilingSchema,
    }),
  ])
  .transform((written) =>
    typeof written === 'number' ? { of: written, accept: 'first-token' as const } : written,
  )

/** A second target when the first is slow. */
export const hedgeSchema = z
  .union([
    afterSchema,
    z.literal('none'),
    z.strictObject({
      after: afterSchema.describe(
        'How long the first target has to begin its answer: a duration, or a share such as p95, which is the time within which 95 % of its streams began, of requests about as long. Until 50 of them were seen, and for answers that come whole, a share means nothing and no second target is asked.',
      ),
      min: timeLimitSchema.optional().describe('A share never means less than this. Default: 300ms.'),
      max_extra_starts: shareSchema
        .optional()
        .describe(
          'Of which share of the requests a second attempt is begun; from 100% on it is not counted. Default: 5%.',
        ),
      max_extra_cost: shareSchema
        .optional()
        .describe('What attempts that lose may cost, as a share of what answers cost. Default: 10%.'),
      cost_ceiling: ceilingSchema,
    }),
  ])
  .transform((written) => (typeof written === 'string' || 'after' in written ? written : { after: written }))

export type RaceConfig = z.output<typeof raceSchema>
export type HedgeConfig = z.output<typeof hedgeSchema>
