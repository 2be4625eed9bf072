import { z } from 'zod'
import { AFFINITY_KEYS, type AffinityTerms } from '../../exchange/affinity.ts'
import { timeLimitSchema } from './values.ts'

const KEY = `one of ${AFFINITY_KEYS.join(', ')}`
const BOUND = 'a number from 1.1 to 100, or none'
const MOST_BOUND = 100
const LEAST_BOUND = 1.1

/** What keeps requests together where a route says nothing: only what clients name. */
const NAMED = AFFINITY_KEYS.filter((key) => key !== 'prompt_prefix')
const CACHE_LIFE = '5m'

const boundSchema = z
  .union(
    [
      z.number().min(LEAST_BOUND).max(MOST_BOUND),
      z.literal('none').transform(() => Number.POSITIVE_INFINITY),
    ],
    { error: BOUND },
  )
  .prefault(2)

const termsSchema = z
  .strictObject({
    by: z
      .array(z.enum(AFFINITY_KEYS, { error: KEY }))
      .min(1, { error: 'at least one key' })
      .default([...NAMED])
      .describe(
        'What belongs together, most specific first: the session that the client names, its key for the prompt cache, or what a prompt begins with (system prompt, tools, first turn of the user).',
      ),
    bound: boundSchema.describe(
      'A target with more than so many times the mean of requests under way is passed by; none: never.',
    ),
    ttl: timeLimitSchema
      .prefault(CACHE_LIFE)
      .describe('For how long the cache of a provider is believed to last.'),
  })
  .transform(({ by, bound, ttl }) => ({ by, bound, ttlMs: ttl }))

const NOT_AT_ALL: AffinityTerms = { by: [], bound: Number.POSITIVE_INFINITY, ttlMs: 0 }

/** How a route keeps requests at one target that belong together. */
export const affinitySchema = z
  .union([z.literal('none').transform(() => NOT_AT_ALL), termsSchema], {
    error: 'none, or a map with by, bound and ttl',
  })
  .describe(
    'Keeps requests at one target that belong together, so that the prompt cache of the provider stays warm; none: not at all.',
  )

/** What holds for a route that says nothing of it. */
export const USUAL_AFFINITY: AffinityTerms = termsSchema.parse({})
