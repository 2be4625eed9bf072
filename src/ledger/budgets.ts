import type { Account, Budget } from '../exchange/exchange.ts'
import { Failure, type FailureDetails } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { formatUsd, type NanoUsd } from '../kit/money.ts'
import type { CounterStore, Hold, HoldVerdict } from '../store/store.ts'
import { windowAt, type WindowSpan } from './windows.ts'

export interface BudgetsOptions {
  readonly counters: CounterStore
  /** Where opening balances come from: the ledger, which knows rows on their way to the store as well. */
  readonly ledger: {
    spentSince(
      account: { readonly scope: 'key' | 'project'; readonly id: string },
      fromMs: number,
    ): Promise<NanoUsd>
  }
  readonly clock: Clock
}

/** What is left of one budget. */
interface BudgetBalance {
  readonly account: Account
  readonly budget: Budget
  /** Neither spent nor held; never negative. */
  readonly remainingNanoUsd: NanoUsd
  /** When the window ends, wall time; `Infinity` for `total`. */
  readonly resetsAtMs: number
}

/** Reserves before and settles after; check-then-add does not exist (law 10). */
export interface Budgets {
  /**
   * Holds an amount in every budget of the accounts, or in none. At least one nano-USD is held, so that a spent budget
   * refuses even what costs nothing or has no price. Accounts without budgets hold nothing.
   *
   * Rejects with `budget-exceeded` (402: spent), `request-exceeds-budget` (402: this request could cost more than what is left), `budget-reserved`
   * (429: only other requests' holds are in the way), or `ledger-unavailable` when the spending is not known.
   */
  reserve(id: string, accounts: readonly Account[], amountNanoUsd: NanoUsd): Promise<void>
  /** Replaces the hold by what was spent; once per id, in the windows in which it was reserved. */
  settle(id: string, actualNanoUsd: NanoUsd): Promise<void>
  /** What is left of every budget that has been looked at since the start; for headers. */
  remaining(accounts: readonly Account[]): Promise<readonly BudgetBalance[]>
}

/** How soon to try again when other requests hold the money: they last seconds, but nobody knows how many. */
const HELD_RETRY_MS = 1_000

/** One budget of one account in one window. */
interface Stake {
  readonly account: Account
  readonly budget: Budget
  readonly span: WindowSpan
  readonly name: string
}

/** Creates the budgets of a process. */
export function createBudgets({ counters, ledger, clock }: BudgetsOptions): Budgets {
  const done = Promise.resolve()

  const toHold = ({ account, budget, span, name }: Stake): Hold => ({
    account: name,
    limitNanoUsd: budget.limitNanoUsd,
    openingNanoUsd: () => ledger.spentSince(account, span.startMs),
    endsAtMs: span.endMs,
  })

  const admit = async (id: string, stakes: readonly Stake[], amountNanoUsd: NanoUsd): Promise<void> => {
    let verdict: HoldVerdict
    try {
      verdict = await counters.reserve(id, amountNanoUsd, stakes.map(toHold), clock.nowMs())
    } catch (error) {
      throw error instanceof Failure ? error : new Failure('ledger-unavailable', { cause: error })
    }
    const stake = verdict.admitted ? undefined : stakes[verdict.refusedBy]
    if (!verdict.admitted)
      throw stake === undefined ? new Failure('internal') : refusal(stake, verdict, amountNanoUsd)
  }

  return {
    reserve(id, accounts, amountNanoUsd) {
      const stakes = stakesOf(accounts, clock.nowMs())
      if (stakes.length === 0) return done
      return admit(id, stakes, amountNanoUsd > 0n ? amountNanoUsd : 1n)
    },
    settle: (id, actualNanoUsd) => counters.settle(id, actualNanoUsd),
    async remaining(accounts) {
      const balances: BudgetBalance[] = []
      for (const { account, budget, span, name } of stakesOf(accounts, clock.nowMs())) {
        const balance = await counters.balance(name)
        if (balance === undefined) continue
        const left = budget.limitNanoUsd - balance.spentNanoUsd - balance.heldNanoUsd
        balances.push({ account, budget, remainingNanoUsd: left > 0n ? left : 0n, resetsAtMs: span.endMs })
      }
      return balances
    },
  }
}

function stakesOf(accounts: readonly Account[], nowMs: number): Stake[] {
  const stakes: Stake[] = []
  for (const account of accounts) {
    for (const budget of account.budgets) {
      const span = windowAt(budget.window, nowMs)
      const name = `${account.scope}:${account.id}:${budget.window}:${span.startMs}`
      stakes.push({ account, budget, span, name })
    }
  }
  return stakes
}

/** Names what stands in the way: money that is spent, a request too large for the rest, or other requests' holds. */
function refusal(
  { account, budget, span }: Stake,
  { spentNanoUsd, heldNanoUsd }: Extract<HoldVerdict, { admitted: false }>,
  amountNanoUsd: NanoUsd,
): Failure {
  const { scope, id, name } = account
  const { window, limitNanoUsd } = budget
  const resetsAt = Number.isFinite(span.endMs) ? new Date(span.endMs).toISOString() : null
  const facts: FailureDetails['facts'] = {
    scope,
    id,
    name,
    window,
    limit_usd: formatUsd(limitNanoUsd),
    spent_usd: formatUsd(spentNanoUsd),
    reserved_usd: formatUsd(heldNanoUsd),
    resets_at: resetsAt,
  }
  const whose = `The ${window} budget of ${scope} ${name}`
  const until = resetsAt === null ? 'It does not reset.' : `It resets at ${resetsAt}.`
  const left = limitNanoUsd - spentNanoUsd
  if (left <= 0n) {
    return new Failure('budget-exceeded', {
      message: `${whose} is spent: $${formatUsd(spentNanoUsd)} of $${formatUsd(limitNanoUsd)}. ${until}`,
      facts,
    })
  }
  if (amountNanoUsd > left) {
    const estimate = formatUsd(amountNanoUsd)
    return new Failure('request-exceeds-budget', {
      message: `${whose} has $${formatUsd(left)} left and the request could cost $${estimate}. Lower the maximum of output tokens. ${until}`,
      facts: { ...facts, estimate_usd: estimate },
    })
  }
  return new Failure('budget-reserved', {
    message: `${whose} is held by requests under way: $${formatUsd(heldNanoUsd)} of $${formatUsd(left)} left. Try again shortly.`,
    facts,
    retryAfterMs: HELD_RETRY_MS,
  })
}
