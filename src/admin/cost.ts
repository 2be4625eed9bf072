import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { gatherCost, type CostAsked, type GatheredCost } from '../insight/gather-cost.ts'
import type { SpendSource } from '../insight/spend-source.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { KeyStore } from '../store/store.ts'
import { LOGGED_DIMENSIONS, SPEND_DIMENSIONS, type LoggedSpend } from '../store/spend.ts'
import type { RequestLogStore } from '../store/store.ts'
import { SPEND_DRIVERS } from '../insight/spend-drivers.ts'
import { amountOf } from '../insight/cost-report.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import {
  COST_DIMENSIONS,
  costAnswer,
  toCellJson,
  toDriverJson,
  toGroupJson,
  toLineJson,
  toLossJson,
  toPivotJson,
  type LabelOf,
} from './cost-json.ts'
import { keyNames } from './key-names.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { partialBody } from './request-filter.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

const MOST_LOGGED = 100

/** Query parameters that say whose spending is meant. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names of members
const SCOPE_QUERY = Object.fromEntries(
  SPEND_DIMENSIONS.map((dimension) => [
    dimension,
    z.string().max(200).optional().describe(`Only of this ${dimension}; the empty text: of none.`),
  ]),
) as Record<(typeof SPEND_DIMENSIONS)[number], z.ZodOptional<z.ZodString>>

const costQuery = z.strictObject({
  ...PERIOD_QUERY,
  by: z.enum(COST_DIMENSIONS).default('model').describe('What to tell apart.'),
  rows: z
    .enum(SPEND_DIMENSIONS)
    .optional()
    .describe('Rows of a table whose columns are those of `by`; left out: no table.'),
  compare: z
    .enum(['weekdays', 'none'])
    .default('weekdays')
    .describe('With the same weekdays before, as many weeks back as the time is long.'),
  ...SCOPE_QUERY,
})

export interface CostNeeds extends SpendSource {
  readonly requests: Pick<RequestLogStore, 'savings'>
  readonly keys: KeyStore
  readonly plan: () => Plan
  readonly nowMs: () => number
}

/** Where the money goes: everything that the page needs, in one answer. */
export function costRoutes(needs: CostNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/cost',
      summary:
        'Where the money goes: over time, by name, against the weeks before and why it moved, what was wasted and saved.',
      query: costQuery,
      answer: { status: 200, schema: costAnswer },
      async handle({ query }) {
        const { by, rows, compare, from, to, ...scope } = parseQuery(costQuery, query)
        const nowMs = needs.nowMs()
        const period = readPeriod({ from, to }, nowMs)
        if (period.toMs <= period.fromMs) throw endsBeforeItBegins()
        const names = await keyNames(needs)
        const labelOf = (dimension: string): LabelOf =>
          dimension === 'key' ? (id) => names.get(id) : () => undefined
        const logged = LOGGED_DIMENSIONS.find((dimension) => dimension === by)
        const asked: CostAsked = {
          ...period,
          nowMs,
          by: SPEND_DIMENSIONS.find((dimension) => dimension === by) ?? 'model',
          scope: defined(scope),
          isCompared: compare === 'weekdays',
          ...defined({ rows }),
        }
        const [gathered, told] = await Promise.all([
          gatherCost(
            { ...needs, savings: (query) => needs.requests.savings(query), plan: needs.plan() },
            asked,
          ),
          logged === undefined
            ? undefined
            : needs.spend.logged({ ...period, by: logged, limit: MOST_LOGGED }),
        ])
        const json = toCostJson(gathered, { by, labelOf, rows })
        if (told === undefined) return jsonResponse(json)
        return jsonResponse({
          ...json,
          groups: told.groups.map((group) => toLoggedJson(group, gathered)),
          lines: [],
          ...partialBody(told.lookedAt),
        })
      },
    },
  ]
}

function endsBeforeItBegins(): AdminProblem {
  return new AdminProblem('invalid-request', {
    detail: 'The query has mistakes.',
    errors: [{ path: 'to', message: 'The time ends before it begins.', hint: 'Let `from` be before `to`.' }],
  })
}

interface Telling {
  readonly by: string
  readonly rows: string | undefined
  readonly labelOf: (dimension: string) => LabelOf
}

function toCostJson(gathered: GatheredCost, { by, rows, labelOf }: Telling): JsonObject {
  const { time, kind, total, groups, lines, waste, saved, lookedAt } = gathered
  const told = labelOf(by)
  return {
    from: toTimeJson(time.fromMs),
    to: toTimeJson(time.toMs),
    step: time.name,
    by,
    money: kind,
    total: {
      ...toCellJson(total.cell),
      amount: toMoneyJson(amountOf(total.cell, kind)),
      ...defined({
        estimated: total.estimatedNanoUsd === undefined ? undefined : toMoneyJson(total.estimatedNanoUsd),
        requests: total.requests,
        per_request: perUnit(amountOf(total.cell, kind), total.requests),
        per_1k_output: perUnit(amountOf(total.cell, kind) * 1_000n, total.outputTokens),
      }),
    },
    ...defined({ compared: toComparedJson(gathered) }),
    at: time.begins.map(toTimeJson),
    ...defined({ unfinished: time.unfinished }),
    lines: lines.lines.map((line) => toLineJson(line, told)),
    others: { names: lines.otherNames, amounts: lines.others.map(toMoneyJson) },
    groups: groups.map((group) => toGroupJson(group, told)),
    ...(gathered.pivot === undefined || rows === undefined
      ? {}
      : {
          pivot: {
            ...toPivotJson(gathered.pivot.table, { rowsBy: rows, labelOf: labelOf(rows), labelColumn: told }),
            ...partialBody(gathered.pivot.lookedAt),
          },
        }),
    waste: {
      lost: toMoneyJson(waste.lostNanoUsd),
      beside: toMoneyJson(waste.besideNanoUsd),
      losses: waste.losses.map((loss) => toLossJson(loss, amountOf(loss, kind))),
      ...partialBody(waste.lookedAt),
    },
    saved: defined({
      provider_caches: saved.cachesNanoUsd === undefined ? undefined : toMoneyJson(saved.cachesNanoUsd),
      rungs: saved.rungsNanoUsd === undefined ? undefined : toMoneyJson(saved.rungsNanoUsd),
      kept_answers: saved.answersNanoUsd === undefined ? undefined : toMoneyJson(saved.answersNanoUsd),
    }),
    ...partialBody(lookedAt),
  }
}

function toComparedJson({ compared, time }: GatheredCost): JsonObject | undefined {
  if (compared === undefined) return undefined
  const { split, evidence, shiftMs, requestsNow, requestsBefore } = compared
  return {
    from: toTimeJson(time.fromMs),
    to: toTimeJson(time.finishedToMs),
    with_from: toTimeJson(time.fromMs - shiftMs),
    with_to: toTimeJson(time.finishedToMs - shiftMs),
    days_before: Math.round(shiftMs / 86_400_000),
    now: toMoneyJson(split.afterNanoUsd),
    before: toMoneyJson(split.beforeNanoUsd),
    change: toMoneyJson(split.afterNanoUsd - split.beforeNanoUsd),
    ...defined({ requests_now: requestsNow, requests_before: requestsBefore }),
    drivers: SPEND_DRIVERS.map((driver) => toDriverJson(driver, split.byDriver[driver], evidence[driver])),
  }
}

function toLoggedJson(group: LoggedSpend, { kind }: GatheredCost): JsonObject {
  return {
    name: group.name,
    amount: toMoneyJson(amountOf(group, kind)),
    finished: toMoneyJson(amountOf(group, kind)),
    attempts: group.requests,
    requests: group.requests,
    unpriced: group.unpriced,
  }
}

/** What one of so many costs; undefined of nothing. */
function perUnit(amount: bigint, count: number | undefined): JsonObject | undefined {
  return count === undefined || count === 0 ? undefined : toMoneyJson(amount / BigInt(Math.round(count)))
}
