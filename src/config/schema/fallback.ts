import { z } from 'zod'
import type { Backoff, ContinueTerms, CostLimit } from '../../exchange/again.ts'
import { FAILURE_KINDS, failuresNamed, PROVIDER_FAILURES } from '../../exchange/failure-kinds.ts'
import type { FailureKind } from '../../exchange/failure-table.ts'
import { defined } from '../../kit/defined.ts'
import { parseDuration } from '../../kit/duration.ts'
import { LIMITS } from '../../kit/limits.ts'
import { parseUsd } from '../../kit/money.ts'
import { flagSchema, modelSchema, timeLimitSchema } from './values.ts'

const ATTEMPTS = `a whole number from 1 to ${LIMITS.attempts}`

const MOST_RETRIES = 3
const RETRIES = `a whole number from 0 to ${MOST_RETRIES}`

const ERROR = 'a kind of failure, or the name of a failure of a provider'

/** Failures that a route may have a say in, by kind or by code. The client's own mistakes are not among them. */
const errorSchema = z
  .string({ error: ERROR })
  .refine((word) => failuresNamed(word).length > 0, { error: ERROR })

/** The names that lists of failures take. */
export function failureNames(): string[] {
  return [...FAILURE_KINDS, ...PROVIDER_FAILURES]
}

const errorsSchema = z.array(errorSchema).default([])

const attemptsSchema = z
  .int({ error: ATTEMPTS })
  .min(1, { error: ATTEMPTS })
  .max(LIMITS.attempts, { error: ATTEMPTS })
  .optional()

const retriesSchema = z
  .int({ error: RETRIES })
  .min(0, { error: RETRIES })
  .max(MOST_RETRIES, { error: RETRIES })
  .optional()

const timeSchema = timeLimitSchema
  .refine((ms) => ms <= LIMITS.exchangeMs, { error: `at most ${LIMITS.exchangeMs / 60_000}m` })
  .optional()

const COST =
  'a multiple of what the first attempt may cost, such as 3x, or an amount of US dollars such as $0.05'

/** `3x`, `$0.05` or `0.05`. */
const costLimitSchema = z.union(
  [
    z
      .string({ error: COST })
      .regex(/^([1-9]\d{0,2}(\.\d{1,3})?x|\$?\d{1,9}(\.\d{1,9})?)$/, { error: COST })
      .transform(readCost),
    z
      .number({ error: COST })
      .min(0, { error: COST })
      .max(1e9, { error: COST })
      .transform((amount) => ({ nanoUsd: parseUsd(amount) })),
  ],
  { error: COST },
)

function readCost(text: string): CostLimit {
  if (text.endsWith('x')) return { times: Number(text.slice(0, -1)) }
  return { nanoUsd: parseUsd(text.replace('$', '')) }
}

const budgetSchema = z
  .strictObject({
    attempts: attemptsSchema.describe('Attempts in all, the first included; the same as attempts beside it.'),
    time: timeSchema.describe('Time for all attempts together; the same as time beside it.'),
    cost: costLimitSchema
      .optional()
      .describe(
        'What all attempts may cost together: a multiple of the most that the first may cost (3x), or an amount ($0.05). A further attempt is made only where the most that it may cost still fits beside what was spent; the first one always is.',
      ),
  })
  .describe('One purse for retries, fallbacks and whatever else is tried beside the first attempt.')

const kindSchema = (what: string) =>
  z.array(modelSchema).min(1, { error: 'at least one model' }).optional().describe(what)

/** One member for each kind, which do not compile without it. */
const KINDS = {
  timeout: kindSchema('After a provider that took too long.'),
  'rate-limit': kindSchema('After a limit.'),
  'server-error': kindSchema('After an error of the provider, or a connection that failed.'),
  refused: kindSchema(
    "After a refusal by the provider's filter, which leads nowhere by itself; only these are asked then.",
  ),
  'context-overflow': kindSchema(
    'After a conversation that was too long. Default: the target that is known to take the longest comes next.',
  ),
  'bad-output': kindSchema('After an answer that is none: malformed, empty, or against what was asked for.'),
} satisfies Record<FailureKind, unknown>

const afterSchema = z
  .strictObject(KINDS)
  .describe('Models that come first after a failure of a kind, before the other targets.')

const MID_STREAM = 'resume, fail, or an object'
const MOST_MARK_CHARACTERS = 200
const MARK = `a text of 1 to ${MOST_MARK_CHARACTERS} characters`

/** `resume`, `fail`, or `resume` at length. */
const midStreamSchema = z
  .union(
    [
      z.enum(['resume', 'fail'], { error: MID_STREAM }),
      z.strictObject({
        mark: z
          .string({ error: MARK })
          .min(1, { error: MARK })
          .max(MOST_MARK_CHARACTERS, { error: MARK })
          .optional()
          .describe(
            'Said where the one breaks off and the other goes on, as if it were text. Default: nothing.',
          ),
        instruct: flagSchema
          .default(true)
          .describe(
            'Ask models, too, that take no beginning of an answer (prefill): they are told by an instruction behind it. Default: true.',
          ),
      }),
    ],
    { error: MID_STREAM },
  )
  .transform((written): ContinueTerms | undefined => {
    if (written === 'fail') return undefined
    if (written === 'resume') return { instructs: true }
    const { mark, instruct } = written
    return { instructs: instruct, ...defined({ mark }) }
  })

/** What happens when a target fails. */
export const fallbackSchema = z.strictObject({
  to: z.array(modelSchema).default([]).describe('Tried in order after the targets.'),
  attempts: attemptsSchema.describe(
    'Attempts in all, the first included. Default: as many as there are targets and one round of retries, at least 3.',
  ),
  retries: retriesSchema.describe(
    'How often a target is asked again that failed for a moment (500, 502, 503, overloaded, or a limit that ends within two seconds), before the next one is. Never in place of a target that was not asked yet. Default: 1.',
  ),
  time: timeSchema.describe('Time for all attempts together.'),
  budget: budgetSchema.optional(),
  errors: errorsSchema.describe(
    `Failures that lead to the next target in addition to those that always do: kinds (${FAILURE_KINDS.join(', ')}) or single ones.`,
  ),
  never: errorsSchema.describe('Failures that never lead to another target, although they usually do.'),
  after: afterSchema.optional(),
  mid_stream: midStreamSchema
    .optional()
    .describe(
      'What becomes of a streamed plain text that breaks off when some of it was shown: it ends with an error (fail), or the next target goes on with it (resume). Default: fail.',
    ),
})

const BACKOFF = 'a pause, or the first and the longest one, such as 200ms..2s'
const MOST_BACKOFF_MS = 60_000
const DURATION = /^(\d+(\.\d+)?(ms|s|m))+(\.\.(\d+(\.\d+)?(ms|s|m))+)?$/

/** `200ms..2s` → the first and the longest pause. */
const backoffSchema = z
  .string({ error: BACKOFF })
  .regex(DURATION, { error: BACKOFF, abort: true })
  .transform((text): Backoff => {
    const [first, longest = first] = text.split('..').map((part) => parseDuration(part) ?? 0)
    return { fromMs: first ?? 0, toMs: longest ?? 0 }
  })
  .refine(({ fromMs, toMs }) => fromMs > 0 && fromMs <= toMs, {
    error: 'a first pause above 0 and no longer than the longest',
  })
  .refine(({ toMs }) => toMs <= MOST_BACKOFF_MS, { error: 'pauses of at most 1m' })

/** How often, and after what pause, a target is asked again. */
export const retrySchema = z
  .strictObject({
    attempts: retriesSchema.describe('How often a target is asked again; the same as fallback.retries.'),
    backoff: backoffSchema
      .optional()
      .describe(
        'The pause before it: a random one up to the first, doubled with every try up to the longest (200ms..2s). Default: 200ms to 400ms.',
      ),
    respect_retry_after: flagSchema
      .default(true)
      .describe(
        'Wait as long as the provider says, where that is no longer than the longest pause (default: 2s). False: take the pause instead, after a limit too.',
      ),
    errors: errorsSchema.describe(
      'Failures after which it is asked again in addition to those of the moment: kinds such as bad-output, or single ones.',
    ),
  })
  .describe('When the same target is asked again.')
