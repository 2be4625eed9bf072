import { z } from 'zod'
import { DRILL_FAULT_KINDS, type Drill, type DrillBound } from '../../exchange/drill.ts'
import { scheduleProblem } from '../../kit/cron.ts'
import { parseDuration } from '../../kit/duration.ts'
import { LIMITS } from '../../kit/limits.ts'
import { nameSchema, flagSchema, textSchema, timeLimitSchema, usdSchema } from './values.ts'

const SECONDS = 'a whole number of seconds from 0 to 86400'
const TOKENS = 'a whole number of tokens from 0 to 1000'
const RATE = 'a number of tokens per second above 0'
const REQUESTS = `a whole number from 1 to ${LIMITS.drillRequests}`
const STATUS = 'a status from 100 to 599'
const TARGET = 'a provider, or a target as provider/model'
const ROUTE = 'the name of a route, a list of them, or all'

const faultSchema = z.strictObject({
  kind: z.enum(DRILL_FAULT_KINDS).describe('What goes wrong; docs/drills.md tells what each kind does.'),
  provider: nameSchema.optional().describe('The provider that it strikes.'),
  credential: z
    .string({ error: 'a credential as provider/name' })
    .regex(/^[^\s/]+\/[^\s/]+$/, { error: 'a credential as provider/name' })
    .optional()
    .describe('The one credential that it strikes, as provider/name.'),
  model: z
    .string({ error: 'a model as provider/model' })
    .regex(/^[^\s/]+\/\S+$/, { error: 'a model as provider/model' })
    .optional()
    .describe('The one model that it strikes, as provider/model.'),
  for: timeLimitSchema.optional().describe('How long it lasts; default: to the end of the drill.'),
  retry_after: z
    .int({ error: SECONDS })
    .min(0, { error: SECONDS })
    .max(86_400, { error: SECONDS })
    .optional()
    .describe('429-storm: seconds after which callers are told to come again. Default: 30.'),
  after_tokens: z
    .int({ error: TOKENS })
    .min(0, { error: TOKENS })
    .max(1_000, { error: TOKENS })
    .optional()
    .describe('cut: tokens that are said before. Default: 3.'),
  delay: timeLimitSchema.optional().describe('slow-first-token: how late it comes. Default: 20s.'),
  tokens_per_second: z
    .number({ error: RATE })
    .gt(0, { error: RATE })
    .optional()
    .describe('slow-tokens: how fast they come. Default: 2.'),
  usd: usdSchema.optional().describe('budget-cap: US dollars that may still be spent. Default: 0.'),
})

/** `>=99.5%` → a bound on a share. */
const shareSchema = boundSchema('a bound such as ">=99.5%"', (text) =>
  /^\d{1,3}(\.\d{1,6})?%$/.test(text) && Number(text.slice(0, -1)) <= 100
    ? Number(text.slice(0, -1)) / 100
    : undefined,
)
/** `<1.5s` → a bound on milliseconds. */
const addedSchema = boundSchema('a bound such as "<1.5s"', (text) => parseDuration(text))
/** `<=1.5x` → a bound on a multiple. */
const timesSchema = boundSchema('a bound such as "<=1.5x"', (text) =>
  /^\d{1,6}(\.\d{1,6})?x$/.test(text) ? Number(text.slice(0, -1)) : undefined,
)

function boundSchema(expected: string, read: (text: string) => number | undefined) {
  const parse = (text: string): DrillBound | undefined => {
    const [, comparison, amount = ''] = /^(<=|>=|<|>) ?(\S+)$/.exec(text) ?? []
    const value = read(amount)
    const isKnown = comparison === '<' || comparison === '<=' || comparison === '>' || comparison === '>='
    return isKnown && value !== undefined ? { text, comparison, value } : undefined
  }
  return z
    .string({ error: expected })
    .refine((text) => parse(text) !== undefined, { error: expected })
    .transform((text): DrillBound => parse(text) ?? { text, comparison: '>=', value: 0 })
}

const statusSchema = z.int({ error: STATUS }).min(100, { error: STATUS }).max(599, { error: STATUS })

const expectSchema = z.strictObject({
  success: shareSchema.optional().describe('Requests that are answered whole, such as ">=99.5%".'),
  p95_added: addedSchema
    .optional()
    .describe('What the fault adds to the time of a whole answer, 95th percentile, such as "<1.5s".'),
  served_by: z
    .array(z.string({ error: TARGET }).regex(/^\S{1,200}$/, { error: TARGET }))
    .min(1, { error: 'at least one provider or target' })
    .optional()
    .describe('Providers, or targets as provider/model: every answer is given by one of them.'),
  status: z
    .union([statusSchema, z.array(statusSchema).min(1, { error: 'at least one status' })])
    .transform((status) => (typeof status === 'number' ? [status] : status))
    .optional()
    .describe('The status of every answer, or those that it may be.'),
  cost: timesSchema
    .optional()
    .describe('What answers cost, as a multiple of what they cost without the fault, such as "<=1.5x".'),
})

/** A rehearsed outage. */
export const drillSchema = z.strictObject({
  description: textSchema.optional().describe('What it is for.'),
  cron: z
    .string({ error: 'five fields of a crontab such as "0 9 * * 1"' })
    .refine((text) => scheduleProblem(text) !== 'no schedule', {
      error: 'five fields of a crontab such as "0 9 * * 1", or a name such as @weekly',
      abort: true,
    })
    .refine((text) => scheduleProblem(text) !== 'never', { error: 'a time that comes; this one never does' })
    .optional()
    .describe('When the gateway runs it by itself, in UTC; left out: only `gatehouse drill run` does.'),
  route: z
    .union(
      [
        z.string({ error: ROUTE }),
        z.array(z.string({ error: ROUTE })).min(1, { error: 'at least one route' }),
      ],
      {
        error: ROUTE,
      },
    )
    .default('all')
    .describe('The names that are asked for, or all: every route and alias.'),
  faults: z
    .array(faultSchema)
    .min(1, { error: 'at least one fault' })
    .max(LIMITS.drillFaults, { error: `at most ${LIMITS.drillFaults} faults` })
    .describe('What goes wrong, all of it at once.'),
  traffic: z
    .enum(['synthetic', 'mirrored'])
    .default('synthetic')
    .transform((traffic): Drill['traffic'] => (traffic === 'synthetic' ? 'invented' : traffic))
    .describe('Invented requests, or invented texts in the shapes of the last requests of the log.'),
  requests: z
    .int({ error: REQUESTS })
    .min(1, { error: REQUESTS })
    .max(LIMITS.drillRequests, { error: REQUESTS })
    .default(20)
    .describe('Requests for each route, spread over the time of the fault.'),
  stream: z
    .union([flagSchema, z.literal('mixed')], { error: 'true, false or mixed' })
    .default('mixed')
    .describe('Whether invented requests want their answers in pieces; mixed: every other one.'),
  key: nameSchema
    .optional()
    .describe(
      'The key of this file for which it asks, with its permissions and limits; default: one that may do everything.',
    ),
  expect: expectSchema
    .prefault({})
    .describe(
      'What must hold of every route. Default: all requests succeed; where a budget is capped, all end with 402.',
    ),
})

export type DrillConfig = z.output<typeof drillSchema>
export type DrillFaultConfig = z.output<typeof faultSchema>
