import { z } from 'zod'
import { NO_COUNTS, UNIT_NAMES, type Counts } from '../exchange/units.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { LedgerStore } from '../store/store.ts'
import { USAGE_GROUPINGS, type UsageGroup, type UsageQuery } from '../store/usage-report.ts'
import { COUNTS_SHAPE } from './units-json.ts'
import { moneySchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { jsonResponse } from './problem.ts'
import { parseMoment } from './moment.ts'
import { toTimeJson, toUsageJson } from './to-json.ts'

const MOMENT = 'a time such as 2026-11-20T12:00:00Z, a day such as 2026-11-20, or an age such as 24h or 30d'
const momentSchema = z
  .string()
  .max(40)
  .refine((text) => parseMoment(text, 0) !== undefined, { error: MOMENT })

const usageQuery = z.strictObject({
  from: momentSchema.default('30d').describe(`Begin: ${MOMENT}.`),
  to: momentSchema.optional().describe('End, exclusive; default: now.'),
  by: z.enum(USAGE_GROUPINGS).default('model').describe('What to group by.'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|[1-4]\d\d|500)$/, { error: 'a whole number from 1 to 500' })
    .transform(Number)
    .prefault('100')
    .describe('Most groups.'),
})

const groupAnswer = z.object({
  name: z.string(),
  attempts: z.int(),
  input_tokens: z.int().describe('All input that was billed, of whatever kind.'),
  output_tokens: z.int().describe('All output that was billed, of whatever kind.'),
  usage: z.object(COUNTS_SHAPE).describe('The same unit by unit, each counted once.'),
  cost: moneySchema.describe('Real money.'),
  charged: moneySchema.describe(
    'What budgets were charged: the cost, and where a bill is not known the most that it may come to.',
  ),
  simulated: moneySchema.describe('Invented money of the simulator, never part of cost.'),
  unpriced_attempts: z.int().describe('Attempts that used something and have no price.'),
  estimated_attempts: z
    .int()
    .describe('Attempts whose usage is not, or not all, what the provider reported.'),
  anomalous_attempts: z.int().describe('Attempts whose provider reported what cannot be true.'),
})

/** What was used and what it cost. */
export function usageRoutes(needs: {
  readonly ledger: LedgerStore
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/usage',
      summary: 'Attempts, tokens and money by group.',
      query: usageQuery,
      answer: {
        status: 200,
        schema: z.object({
          from: z.iso.datetime(),
          to: z.iso.datetime(),
          by: z.enum(USAGE_GROUPINGS),
          data: z.array(groupAnswer),
          total: groupAnswer,
        }),
      },
      async handle({ query }) {
        const { from, to, by, limit } = parseQuery(usageQuery, query)
        const nowMs = needs.nowMs()
        const fromMs = parseMoment(from, nowMs) ?? 0
        const toMs = to === undefined ? nowMs + 1 : (parseMoment(to, nowMs) ?? nowMs)
        const groups = await needs.ledger.usage({ fromMs, toMs, groupBy: by, limit })
        return jsonResponse({
          from: toTimeJson(fromMs),
          to: toTimeJson(toMs),
          by,
          data: groups.map(toUsageJson),
          total: { ...toUsageJson(await totalUsage(needs.ledger, { fromMs, toMs })) },
        })
      },
    },
  ]
}

/** Days that fit into one answer of the store. */
const MOST_DAYS = 400
const DAY_MS = 86_400_000
/** There was no ledger before. */
const EARLIEST_MS = Date.UTC(2020)

/** Everything that was used in a time. Summed over days, because groups of another kind may be more than a list shows. */
export async function totalUsage(
  ledger: LedgerStore,
  { fromMs, toMs }: Pick<UsageQuery, 'fromMs' | 'toMs'>,
): Promise<UsageGroup> {
  const days: UsageGroup[] = []
  for (let beginMs = Math.max(fromMs, EARLIEST_MS); beginMs < toMs; beginMs += MOST_DAYS * DAY_MS) {
    const endMs = Math.min(beginMs + MOST_DAYS * DAY_MS, toMs)
    days.push(...(await ledger.usage({ fromMs: beginMs, toMs: endMs, groupBy: 'day', limit: 500 })))
  }
  return sumUsage(days)
}

function addCounts(sum: Mutable<Counts>, counts: Counts): void {
  for (const unit of UNIT_NAMES) {
    const count = counts[unit]
    if (count !== undefined) sum[unit] = (sum[unit] ?? 0) + count
  }
}

function sumUsage(groups: readonly UsageGroup[]): UsageGroup {
  const total: Mutable<UsageGroup> & { readonly usage: Mutable<Counts> } = {
    name: 'total',
    attempts: 0,
    usage: { ...NO_COUNTS },
    costNanoUsd: 0n,
    chargedNanoUsd: 0n,
    simulatedNanoUsd: 0n,
    unpriced: 0,
    estimated: 0,
    anomalous: 0,
  }
  for (const group of groups) {
    total.attempts += group.attempts
    addCounts(total.usage, group.usage)
    total.costNanoUsd += group.costNanoUsd
    total.chargedNanoUsd += group.chargedNanoUsd
    total.simulatedNanoUsd += group.simulatedNanoUsd
    total.unpriced += group.unpriced
    total.estimated += group.estimated
    total.anomalous += group.anomalous
  }
  return total
}
