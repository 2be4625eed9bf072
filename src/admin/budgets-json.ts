import { z } from 'zod'
import { BUDGET_WINDOWS } from '../exchange/account.ts'
import { SCOPES } from '../exchange/owner.ts'
import type { Forecast } from '../insight/forecast.ts'
import { BUDGET_STATES, spentBy, type BudgetDetail, type ReportedBudget } from '../insight/budget-report.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { TopUp } from '../store/top-ups.ts'
import { moneySchema } from './admin-route.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const forecastAnswer = z.object({
  expected: moneySchema.describe('Spent at the end of the window.'),
  low: moneySchema.describe('In one of ten windows it is less.'),
  high: moneySchema.describe('In one of ten windows it is more.'),
  exhausted_at: z.iso.datetime().optional().describe('When nothing is left, as expected.'),
  earliest_at: z.iso.datetime().optional().describe('When nothing is left, at the earliest that is likely.'),
  founded_on: z.int().describe('Intervals of the past that it comes from.'),
})

export const topUpAnswer = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  scope: z.enum(SCOPES),
  owner: z.string(),
  per: z.enum(BUDGET_WINDOWS),
  extra: moneySchema.describe('So much more in each window until then.'),
  until: z.iso.datetime(),
  reason: z.string(),
  by: z.string().optional(),
  state: z.enum(['holds', 'over', 'ended']),
  ended_at: z.iso.datetime().optional(),
})

export const budgetAnswer = z.object({
  id: z.string().describe('`scope:owner:window`, as `focus` takes it.'),
  scope: z.enum(SCOPES),
  owner: z.string(),
  name: z.string(),
  per: z.enum(BUDGET_WINDOWS),
  starts_at: z.iso.datetime().optional().describe('Absent: it has no windows.'),
  ends_at: z.iso.datetime().optional(),
  limit: moneySchema.describe('Its own limit, and what is added to it.'),
  extra: moneySchema.optional().describe('What is added to it for a time.'),
  settled: moneySchema.describe('Charged in this window.'),
  reserved: moneySchema.describe('Held by requests under way: the most that they may cost.'),
  requests_under_way: z.int(),
  remaining: moneySchema,
  state: z.enum(BUDGET_STATES),
  forecast: forecastAnswer.optional().describe('Absent where too little is known.'),
  at_end: z.literal('refuse').describe('What happens where nothing is left: requests are refused with 402.'),
})

const pointAnswer = z.object({ at: z.iso.datetime(), left: moneySchema })

export const detailAnswer = z.object({
  id: z.string(),
  left: z.array(pointAnswer).describe('What was left, until now.'),
  ahead: z
    .array(z.object({ at: z.iso.datetime(), left: moneySchema, least: moneySchema, most: moneySchema }))
    .describe(
      'What will be left, with the range that eight of ten windows keep within. Below zero: what is missing.',
    ),
  burners: z.array(z.object({ target: z.string(), amount: moneySchema, attempts: z.int() })),
  before: z
    .array(z.object({ starts_at: z.iso.datetime(), ends_at: z.iso.datetime(), spent: moneySchema }))
    .describe('Windows that are over, by cost, the latest first.'),
})

/** How a budget is named. */
export function budgetId({ period: { owner, budget } }: ReportedBudget): string {
  return `${owner.scope}:${owner.id}:${budget.window}`
}

export function toBudgetJson(budget: ReportedBudget): JsonObject {
  const { period, extraNanoUsd } = budget
  const { owner, startsAtMs, endsAtMs } = period
  const hasWindows = Number.isFinite(endsAtMs)
  return {
    id: budgetId(budget),
    scope: owner.scope,
    owner: owner.id,
    name: owner.name,
    per: period.budget.window,
    ...(hasWindows ? { starts_at: toTimeJson(startsAtMs), ends_at: toTimeJson(endsAtMs) } : {}),
    limit: toMoneyJson(budget.limitNanoUsd),
    ...(extraNanoUsd === 0n ? {} : { extra: toMoneyJson(extraNanoUsd) }),
    settled: toMoneyJson(budget.spentNanoUsd),
    reserved: toMoneyJson(budget.heldNanoUsd),
    requests_under_way: budget.holds,
    remaining: toMoneyJson(budget.remainingNanoUsd),
    state: budget.state,
    ...defined({ forecast: budget.forecast && toForecastJson(budget.forecast) }),
    at_end: 'refuse',
  }
}

function toForecastJson({ points, exhaustedAtMs, earliestMs, intervals }: Forecast): JsonObject | undefined {
  const last = points.at(-1)
  if (last === undefined) return undefined
  return {
    expected: toMoneyJson(last.expectedNanoUsd),
    low: toMoneyJson(last.lowNanoUsd),
    high: toMoneyJson(last.highNanoUsd),
    ...defined({
      exhausted_at: exhaustedAtMs === undefined ? undefined : toTimeJson(exhaustedAtMs),
      earliest_at: earliestMs === undefined ? undefined : toTimeJson(earliestMs),
    }),
    founded_on: intervals,
  }
}

/** Points of a forecast that one picture needs at most. */
const MOST_AHEAD = 120

export function toDetailJson(budget: ReportedBudget, { left, burners, before }: BudgetDetail): JsonObject {
  const { limitNanoUsd } = budget
  return {
    id: budgetId(budget),
    left: left.map(({ atMs, nanoUsd }) => ({ at: toTimeJson(atMs), left: toMoneyJson(nanoUsd) })),
    ahead: (budget.forecast?.points ?? [])
      .slice(0, MOST_AHEAD)
      .map(({ atMs, expectedNanoUsd, lowNanoUsd, highNanoUsd }) => ({
        at: toTimeJson(atMs),
        left: toMoneyJson(limitNanoUsd - expectedNanoUsd),
        least: toMoneyJson(limitNanoUsd - highNanoUsd),
        most: toMoneyJson(limitNanoUsd - lowNanoUsd),
      })),
    burners: burners.map((cell) => ({
      target: cell.names[0] ?? '',
      amount: toMoneyJson(spentBy(cell)),
      attempts: cell.attempts,
    })),
    before: before.map(({ startsAtMs, endsAtMs, nanoUsd }) => ({
      starts_at: toTimeJson(startsAtMs),
      ends_at: toTimeJson(endsAtMs),
      spent: toMoneyJson(nanoUsd),
    })),
  }
}

export function toTopUpJson(topUp: TopUp, nowMs: number): JsonObject {
  const { endedAtMs, untilMs } = topUp
  const state = endedAtMs !== undefined ? 'ended' : untilMs <= nowMs ? 'over' : 'holds'
  return {
    id: topUp.id,
    at: toTimeJson(topUp.atMs),
    scope: topUp.owner.scope,
    owner: topUp.owner.id,
    per: topUp.window,
    extra: toMoneyJson(topUp.extraNanoUsd),
    until: toTimeJson(untilMs),
    reason: topUp.reason,
    state,
    ...defined({ by: topUp.by, ended_at: endedAtMs === undefined ? undefined : toTimeJson(endedAtMs) }),
  }
}
