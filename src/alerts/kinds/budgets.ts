import { defined } from '../../kit/defined.ts'
import type { Finding } from '../finding.ts'
import type { WatchedBudget } from '../sources.ts'
import { showMoment, showSpan, showValue, shownName } from '../words.ts'
import { HOUR_MS, MINUTE_MS, type Watching } from './watching.ts'

/** So much of a budget is used. */
export const budgetWatching: Watching<'budget'> = {
  everyMs: () => MINUTE_MS,
  says: ({ share, of }) => `${showValue(share, 'share')} of ${whose(of)} used`,
  async look({ share, of }, sources) {
    const budgets = await sources.budgets(of)
    const [most] = budgets.toSorted((one, other) => other.share - one.share)
    return {
      findings: budgets
        .filter((budget) => budget.share >= share)
        .map((budget): Finding => ({ key: budget.key, text: tellUse(budget), value: budget.share })),
      stand: {
        text: most === undefined ? 'there is no such budget' : tellUse(most),
        unit: 'share',
        ...defined({ value: most?.share }),
      },
    }
  },
}

/** Of less than this the pace of a day says little. */
const LEAST_SHARE = 0.05

/** At its pace a budget does not last. */
export const forecastWatching: Watching<'forecast'> = {
  everyMs: () => 15 * MINUTE_MS,
  says: ({ overMs, of }) =>
    `${whose(of)} used up before its period ends, at the pace of the last ${showSpan(overMs)}`,
  async look({ overMs, of }, sources, nowMs) {
    const budgets = (await sources.budgets(of)).filter(({ endsAtMs }) => Number.isFinite(endsAtMs))
    const findings: Finding[] = []
    for (const budget of budgets) {
      if (budget.share < LEAST_SHARE || budget.share >= 1) continue
      const finding = await foretell(budget, overMs, nowMs)
      if (finding !== undefined) findings.push(finding)
    }
    const text =
      findings[0]?.text ?? (budgets.length === 0 ? 'there is no such budget' : 'every budget lasts')
    return { findings, stand: { text, unit: 'share', ...defined({ value: findings[0]?.value }) } }
  },
}

async function foretell(budget: WatchedBudget, overMs: number, nowMs: number): Promise<Finding | undefined> {
  const { limitNanoUsd, share, endsAtMs, key, title } = budget
  const pace = (await budget.spentSince(nowMs - overMs)) / overMs
  if (pace <= 0) return undefined
  const usedUpMs = nowMs + (limitNanoUsd * (1 - share)) / pace
  if (usedUpMs >= endsAtMs) return undefined
  const hours = Math.round((endsAtMs - usedUpMs) / HOUR_MS)
  return {
    key,
    text: `the ${shownName(title)} is used up at ${showMoment(usedUpMs)}, ${hours} h before its period ends`,
    value: share + (pace * (endsAtMs - nowMs)) / limitNanoUsd,
  }
}

function tellUse({ title, share, limitNanoUsd }: WatchedBudget): string {
  return `the ${shownName(title)} is used by ${showValue(share, 'share')} of ${showValue(limitNanoUsd, 'usd')}`
}

function whose(of: readonly string[] | undefined): string {
  return of === undefined ? 'a budget' : `a budget of ${of.map(shownName).join(' or ')}`
}
