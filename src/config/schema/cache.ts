import { z } from 'zod'
import { CACHE_SCOPES } from '../../exchange/cache.ts'
import { LIMITS } from '../../kit/limits.ts'
import { similarSchema } from './similar.ts'
import { durationSchema, flagSchema, nameSchema, timeLimitSchema } from './values.ts'

const SCOPE = `one of ${CACHE_SCOPES.join(', ')}`
const BUCKETS = `a whole number from 1 to ${LIMITS.cacheBuckets}`

const TOO_LONG = 'at most 365d'
const isKeepable = (ms: number): boolean => ms <= LIMITS.cacheTtlMs
const moreTimeSchema = durationSchema.refine(isKeepable, { error: TOO_LONG })

const termsSchema = z.strictObject({
  ttl: timeLimitSchema
    .refine(isKeepable, { error: TOO_LONG })
    .optional()
    .describe('How long an answer is given again. Default: 1h.'),
  scope: z
    .enum(CACHE_SCOPES, { error: SCOPE })
    .optional()
    .describe(
      'Who shares answers: all requests of a key, user, customer, project, team or organisation, or everybody (shared). Who has no team shares with the project, who has no project with nobody. Default: team.',
    ),
  stale_while_revalidate: moreTimeSchema
    .optional()
    .describe('How much longer an answer is given while somebody fetches a new one. Default: 0s.'),
  stale_if_error: moreTimeSchema
    .optional()
    .describe('How much longer an answer is given where no new one can be had. Default: 0s.'),
  buckets: z
    .int({ error: BUCKETS })
    .min(1, { error: BUCKETS })
    .max(LIMITS.cacheBuckets, { error: BUCKETS })
    .optional()
    .describe('How many different answers are kept of one question. Default: 1.'),
  tags: z
    .array(nameSchema)
    .max(LIMITS.cacheTags, { error: `at most ${LIMITS.cacheTags} tags` })
    .optional()
    .describe('Words by which answers can be removed.'),
  sampled: flagSchema
    .optional()
    .describe(
      'Keep answers too that would be different each time: those of chats without temperature 0 or a seed. Default: false.',
    ),
  semantic: similarSchema.optional(),
})

type CacheWords = z.output<typeof termsSchema>

/** Whether a route keeps answers, and on what terms. */
export const cacheSchema = z
  .union([flagSchema.transform((isOn): CacheWords | 'off' => (isOn ? {} : 'off')), termsSchema], {
    error: 'true, false, or a map with ttl, scope and the like',
  })
  .describe('Keeps answers and gives them again to whoever asks the same. See docs/caching.md.')

/** Terms as far as they are said, or that no answers are kept. */
export type CacheConfig = z.output<typeof cacheSchema>
