import { z } from 'zod'
import type { Account } from '../exchange/account.ts'
import { SCOPES } from '../exchange/owner.ts'
import type { Plan } from '../gateway/plan.ts'
import {
  detailBudget,
  reportBudgets,
  type BudgetNeeds,
  type ReportedBudget,
} from '../insight/budget-report.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { RateStanding } from '../ledger/budget-view.ts'
import type { Gates } from '../routing/gates.ts'
import type { KeyStore } from '../store/store.ts'
import type { Throttled } from '../store/spend.ts'
import type { TopUpStore } from '../store/top-ups.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import {
  budgetAnswer,
  budgetId,
  detailAnswer,
  toBudgetJson,
  toDetailJson,
  topUpAnswer,
  toTopUpJson,
} from './budgets-json.ts'
import { eachKey } from './create-key.ts'
import { accountOf } from './key-standings.ts'
import { keyStatus } from './keys-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

/** Accounts whose budgets and limits are looked at for one answer; those that the file declares come first. */
const MOST_ACCOUNTS = 200
const MOST_TOP_UPS = 50
const HOUR_MS = 3_600_000
/** What the gateway answers whoever is held back. */
const HELD_BACK = ['rate-limited', 'budget-exceeded', 'request-exceeds-budget', 'budget-reserved']

const budgetsQuery = z.strictObject({
  focus: z
    .string()
    .max(300)
    .optional()
    .describe('The budget to look at from near, by its id; default: the one most at risk.'),
})

const limitAnswer = z.object({
  scope: z.enum(SCOPES),
  owner: z.string(),
  name: z.string(),
  metric: z.enum(['requests', 'tokens']).describe('Per minute.'),
  limit: z.int(),
  used: z.int(),
  resets_ms: z.int(),
})

const limitsAnswer = z.object({
  rates: z.array(limitAnswer).describe('Those that are used most first.'),
  queues: z.array(z.object({ name: z.string(), limit: z.int(), in_use: z.int(), waiting: z.int() })),
  refused: z
    .array(
      z.object({
        key: z.string(),
        name: z.string().optional(),
        project: z.string(),
        outcome: z.string(),
        requests: z.int(),
        last_at: z.iso.datetime(),
      }),
    )
    .describe('Requests that the gateway held back in the last hour.'),
  absorbed: z
    .array(z.object({ provider: z.string(), attempts: z.int() }))
    .describe('429s of providers in the last hour behind which the client got its answer all the same.'),
})

const budgetsAnswer = z.object({
  at: z.iso.datetime(),
  data: z.array(budgetAnswer).describe('Those at risk first.'),
  more_accounts: z.boolean().describe('There are more keys than are looked at.'),
  focus: detailAnswer.optional(),
  top_ups: z.array(topUpAnswer).describe('The latest, newest first.'),
  limits: limitsAnswer,
})

export interface BudgetRoutesNeeds extends BudgetNeeds {
  readonly keys: KeyStore
  readonly topUps: TopUpStore
  readonly plan: () => Plan
  readonly gates: Pick<Gates, 'entries'>
  readonly nowMs: () => number
  /** Of the clock that never steps, by which limits per minute go. */
  readonly steadyMs: () => number
}

/** Will we overrun, and what happens then? */
export function budgetRoutes(needs: BudgetRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/budgets',
      summary:
        'Every budget: what is spent, held and left of it, whether it will last; one of them from near; and who is held back by limits.',
      query: budgetsQuery,
      answer: { status: 200, schema: budgetsAnswer },
      async handle({ query }) {
        const { focus } = parseQuery(budgetsQuery, query)
        const nowMs = needs.nowMs()
        const { accounts, hasMore } = await accountsOf(needs, nowMs)
        const budgets = await reportBudgets(needs, accounts, nowMs)
        const chosen = focus === undefined ? budgets[0] : findBudget(budgets, focus)
        const [detail, topUps, rates, throttled] = await Promise.all([
          chosen && detailBudget(needs, chosen, nowMs),
          needs.topUps.latest(MOST_TOP_UPS),
          needs.view.rates(accounts, needs.steadyMs()),
          needs.spend.throttled({ fromMs: nowMs - HOUR_MS, toMs: nowMs + 1, outcomes: HELD_BACK }),
        ])
        const names = new Map(accounts.map(({ id, name }) => [id, name]))
        return jsonResponse({
          at: toTimeJson(nowMs),
          data: budgets.map(toBudgetJson),
          more_accounts: hasMore,
          ...defined({ focus: chosen && detail && toDetailJson(chosen, detail) }),
          top_ups: topUps.map((topUp) => toTopUpJson(topUp, nowMs)),
          limits: toLimitsJson({ rates, throttled, names, gates: needs.gates }),
        })
      },
    },
  ]
}

/** Projects and keys that may be used, the declared ones first. */
export async function accountsOf(
  { plan, keys }: Pick<BudgetRoutesNeeds, 'plan' | 'keys'>,
  nowMs: number,
): Promise<{ readonly accounts: readonly Account[]; readonly hasMore: boolean }> {
  const { projects, declaredKeys, completeKey } = plan()
  const accounts: Account[] = [...projects.values(), ...declaredKeys.map(accountOf)].filter(isHeld)
  for await (const key of eachKey(keys)) {
    if (keyStatus(key, nowMs) !== 'active') continue
    const account = accountOf(completeKey?.(key) ?? key)
    if (!isHeld(account)) continue
    if (accounts.length >= MOST_ACCOUNTS) return { accounts, hasMore: true }
    accounts.push(account)
  }
  return { accounts: accounts.slice(0, MOST_ACCOUNTS), hasMore: accounts.length > MOST_ACCOUNTS }
}

function isHeld({ budgets, limits }: Account): boolean {
  return budgets.length > 0 || Object.keys(limits).length > 0
}

/** Throws AdminProblem `not-found` with the nearest ids. */
function findBudget(budgets: readonly ReportedBudget[], id: string): ReportedBudget {
  const found = budgets.find((budget) => budgetId(budget) === id)
  if (found !== undefined) return found
  throw new AdminProblem('not-found', {
    detail: `There is no budget ${id.slice(0, 100)}.`,
    nearest: nearestNames(id, budgets.map(budgetId)),
  })
}

interface Limited {
  readonly rates: readonly RateStanding[]
  readonly throttled: Throttled
  readonly names: ReadonlyMap<string, string>
  readonly gates: Pick<Gates, 'entries'>
}

function toLimitsJson({ rates, throttled, names, gates }: Limited): JsonObject {
  const share = ({ rate, remaining }: RateStanding): number => 1 - remaining / rate.limit
  return {
    rates: [...rates]
      .sort((one, other) => share(other) - share(one))
      .map(({ account, rate, remaining, resetMs }) => ({
        scope: account.scope,
        owner: account.id,
        name: account.name,
        metric: rate.metric,
        limit: rate.limit,
        used: Math.max(0, Math.round(rate.limit - remaining)),
        resets_ms: Math.max(0, Math.round(resetMs)),
      })),
    queues: [...gates.entries()].map(({ name, limit, inUse, waiting }) => ({
      name,
      limit,
      in_use: inUse,
      waiting,
    })),
    refused: throttled.refused.map(({ keyId, project, outcome, requests, lastMs }) => ({
      key: keyId,
      ...defined({ name: names.get(keyId) }),
      project,
      outcome,
      requests,
      last_at: toTimeJson(lastMs),
    })),
    absorbed: throttled.absorbed.map(({ provider, attempts }) => ({ provider, attempts })),
  }
}
