import { z } from 'zod'
import { madeId } from './audit-terms.ts'
import { BUDGET_WINDOWS } from '../exchange/account.ts'
import { SCOPES } from '../exchange/owner.ts'
import { usdSchema } from '../config/schema/values.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseMoment } from '../kit/moment.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { TopUp } from '../store/top-ups.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { topUpAnswer, toTopUpJson } from './budgets-json.ts'
import { accountsOf, type BudgetRoutesNeeds } from './budgets.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

/** Nobody raises a budget for longer without changing it. */
const LONGEST_MS = 366 * 86_400_000

const topUpBody = z.strictObject({
  scope: z.enum(SCOPES).describe('Whose budget it is.'),
  owner: z.string().min(1).max(200).describe('Id of the owner: of a key, or the name of a project.'),
  per: z.enum(BUDGET_WINDOWS).describe('Which of its budgets.'),
  usd: usdSchema.describe('US dollars more, in each window until then.'),
  until: z
    .string()
    .max(40)
    .describe('When it ends by itself: a time such as 2026-12-04T18:00:00Z, or the first day without it.'),
  reason: z.string().min(1).max(500).describe('Why. It is kept.'),
  by: z.string().min(1).max(200).optional().describe('Who says so.'),
})

export interface TopUpNeeds extends Pick<BudgetRoutesNeeds, 'keys' | 'plan' | 'topUps' | 'nowMs'> {
  readonly newId: () => string
  /** Called when what holds has changed: it is to hold for the next request. */
  readonly onTopUps: (changed: TopUp, did: 'raised' | 'ended') => Promise<void>
}

/** More money for a budget until a time. */
export function topUpRoutes(needs: TopUpNeeds): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/top-ups',
      summary:
        'Raises a budget until a time. It holds for the next request, ends by itself, and stays on record.',
      body: topUpBody,
      audit: { subject: 'top-up', idIn: madeId, tells: Object.keys(topUpBody.shape) },
      answer: { status: 201, schema: topUpAnswer },
      async handle({ body }) {
        const said = parseBody(topUpBody, body)
        const nowMs = needs.nowMs()
        const untilMs = readUntil(said.until, nowMs)
        await expectBudget(needs, said, nowMs)
        const topUp: TopUp = {
          id: needs.newId(),
          atMs: nowMs,
          owner: { scope: said.scope, id: said.owner },
          window: said.per,
          extraNanoUsd: said.usd,
          untilMs,
          reason: said.reason,
          ...defined({ by: said.by }),
        }
        if (!(await needs.topUps.add(topUp)))
          throw new AdminProblem('too-much', {
            detail: `No more than ${LIMITS.topUps} hold at a time. End one of them.`,
          })
        await needs.onTopUps(topUp, 'raised')
        return jsonResponse(toTopUpJson(topUp, nowMs), 201)
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/top-ups/{id}',
      summary: 'Ends what was added to a budget before its time.',
      audit: { subject: 'top-up' },
      answer: { status: 200, schema: topUpAnswer },
      async handle({ params: { id = '' } }) {
        const nowMs = needs.nowMs()
        const known = (await needs.topUps.holdingAt(nowMs)).find((one) => one.id === id)
        if (known === undefined || !(await needs.topUps.end(id, nowMs)))
          throw new AdminProblem('not-found', {
            detail: `Nothing of the id ${id.slice(0, 100)} is added to a budget now.`,
          })
        const ended = { ...known, endedAtMs: nowMs }
        await needs.onTopUps(ended, 'ended')
        return jsonResponse(toTopUpJson(ended, nowMs))
      },
    },
  ]
}

function readUntil(text: string, nowMs: number): number {
  const atMs = /^\d{4}-/.test(text) ? parseMoment(text, nowMs) : undefined
  if (atMs === undefined)
    throw wrong('until', 'expected a time such as 2026-12-04T18:00:00Z, or a day such as 2026-12-04')
  if (atMs <= nowMs) throw wrong('until', 'this time is over')
  if (atMs - nowMs > LONGEST_MS)
    throw wrong('until', 'this is more than a year ahead', 'Change the budget itself.')
  return atMs
}

/** What nobody has cannot be raised. */
async function expectBudget(
  needs: TopUpNeeds,
  { scope, owner, per }: Pick<z.output<typeof topUpBody>, 'scope' | 'owner' | 'per'>,
  nowMs: number,
): Promise<void> {
  const account = await findAccount(needs, { scope, id: owner }, nowMs)
  if (account.budgets.some(({ window }) => window === per)) return
  const windows = [...new Set(account.budgets.map(({ window }) => window))].join(', ')
  throw wrong(
    'per',
    `${scope} ${owner.slice(0, 100)} has no budget per ${per}`,
    windows === '' ? 'It has no budget at all.' : `It has one per ${windows}.`,
  )
}

async function findAccount(
  { plan, keys }: TopUpNeeds,
  { scope, id }: { readonly scope: string; readonly id: string },
  nowMs: number,
) {
  if (scope === 'key') {
    const record = plan().declaredKeys.find((key) => key.id === id) ?? (await keys.find(id))
    if (record !== undefined) return plan().completeKey?.(record) ?? record
  }
  const project = scope === 'project' ? plan().projects.get(id) : undefined
  if (project !== undefined) return project
  const { accounts } = await accountsOf({ plan, keys }, nowMs)
  const [nearest] = nearestNames(
    id,
    accounts.filter((one) => one.scope === scope).map((one) => one.id),
    1,
  )
  throw wrong(
    'owner',
    `there is no ${scope} ${id.slice(0, 100)} with a budget`,
    nearest && `Did you mean ${nearest}?`,
  )
}

function wrong(path: string, message: string, hint?: string): AdminProblem {
  return new AdminProblem('invalid-request', {
    detail: 'The body has mistakes.',
    errors: [{ path, message, ...defined({ hint }) }],
  })
}
