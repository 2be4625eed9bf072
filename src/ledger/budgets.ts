import type { Account, Budget } from '../exchange/caller.ts'
import { Failure, type FailureDetails } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { formatUsd, type NanoUsd } from '../kit/money.ts'
import type { Soon } from '../kit/soon.ts'
import type { CounterStore, Hold, HoldVerdict } from '../store/store.ts'
import { Openings, type SpendingSource } from './openings.ts'
import { windowAt, type WindowSpan } from './windows.ts'

export interface BudgetsOptions {
  readonly counters: CounterStore
  /** Where opening balances come from: the ledger, which knows rows on their way to the store as well. */
  readonly ledger: SpendingSource
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
   * Throws or rejects with `budget-exceeded` (402: spent), `request-exceeds-budget` (402: this request could cost more than what is left), `budget-reserved`
   * (429: only other requests' holds are in the way), or `ledger-unavailable` when the spending is not known.
   */
  reserve(id: string, accounts: readonly Account[], amountNanoUsd: NanoUsd): Soon<void>
  /** Replaces the hold by what was spent; once per id, in the windows in which it was reserved. */
  settle(id: string, actualNanoUsd: NanoUsd): Soon<void>
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

/** The budgets of some accounts, as long as none of their windows ends. */
interface Stakes {
  readonly list: readonly Stake[]
  readonly holds: readonly Hold[]
  readonly fromMs: number
  readonly untilMs: number
}

/** A reservation that is not decided at once. */
interface Undecided {
  readonly counters: CounterStore
  readonly openings: Openings
  readonly id: string
  readonly amount: NanoUsd
  readonly list: readonly Stake[]
  readonly nowMs: number
}

/** Creates the budgets of a process. */
export function createBudgets({ counters, ledger, clock }: BudgetsOptions): Budgets {
  const openings = new Openings(ledger)

  // A caller's list of accounts stands for him, so windows and their names are worked out once in each.
  const known = new WeakMap<readonly Account[], Stakes>()
  const stakesAt = (accounts: readonly Account[], nowMs: number): Stakes => {
    const remembered = known.get(accounts)
    if (remembered !== undefined && remembered.fromMs <= nowMs && nowMs < remembered.untilMs)
      return remembered
    const list = stakesOf(accounts, nowMs)
    const stakes: Stakes = {
      list,
      holds: list.map(toHold),
      fromMs: Math.max(...list.map(({ span }) => span.startMs)),
      untilMs: Math.min(...list.map(({ span }) => span.endMs)),
    }
    known.set(accounts, stakes)
    return stakes
  }

  return {
    reserve(id, accounts, amountNanoUsd) {
      const nowMs = clock.nowMs()
      const { list, holds } = stakesAt(accounts, nowMs)
      if (list.length === 0) return
      const amount = amountNanoUsd > 0n ? amountNanoUsd : 1n
      let verdict: Soon<HoldVerdict>
      try {
        verdict = counters.reserve(id, amount, holds, nowMs)
      } catch (thrown) {
        return refuseUnknown(thrown)
      }
      return verdict instanceof Promise || 'unknown' in verdict
        ? reserveLater({ counters, openings, id, amount, list, nowMs }, verdict).catch(refuseUnknown)
        : refuseUnlessAdmitted(verdict, list, amount)
    },
    settle: (id, actualNanoUsd) => counters.settle(id, actualNanoUsd),
    async remaining(accounts) {
      const balances: BudgetBalance[] = []
      for (const { account, budget, span, name } of stakesAt(accounts, clock.nowMs()).list) {
        const balance = await counters.balance(name)
        if (balance === undefined) continue
        const left = budget.limitNanoUsd - balance.spentNanoUsd - balance.heldNanoUsd
        balances.push({ account, budget, remainingNanoUsd: left > 0n ? left : 0n, resetsAtMs: span.endMs })
      }
      return balances
    },
  }
}

/** Where an account has several budgets for one window, the smallest holds: two would count the same spending twice. */
function stakesOf(accounts: readonly Account[], nowMs: number): Stake[] {
  const stakes = new Map<string, Stake>()
  for (const account of accounts) {
    for (const budget of account.budgets) {
      const span = windowAt(budget.window, nowMs)
      const name = `${account.scope}:${account.id}:${budget.window}:${span.startMs}`
      const known = stakes.get(name)
      if (known !== undefined && known.budget.limitNanoUsd <= budget.limitNanoUsd) continue
      stakes.set(name, { account, budget, span, name })
    }
  }
  return [...stakes.values()]
}

/** Waits for the verdict of counters, which are asked again with the openings of what they do not know. */
async function reserveLater(undecided: Undecided, first: Soon<HoldVerdict>): Promise<void> {
  const { counters, openings, id, amount, list, nowMs } = undecided
  const unknown = new Set<string>()
  let verdict = await first
  // Accounts may be forgotten while the openings of others are read, but there are only so many.
  while ('unknown' in verdict && unknown.size < list.length) {
    for (const account of verdict.unknown) unknown.add(account)
    const holds = await Promise.all(
      list.map(async (stake) => (unknown.has(stake.name) ? toOpenedHold(stake, openings) : toHold(stake))),
    )
    verdict = await counters.reserve(id, amount, holds, nowMs)
  }
  refuseUnlessAdmitted(verdict, list, amount)
}

async function toOpenedHold(stake: Stake, openings: Openings): Promise<Hold> {
  const { name, account, span } = stake
  return { ...toHold(stake), openingNanoUsd: await openings.read(name, account, span.startMs) }
}

function toHold({ budget, span, name }: Stake): Hold {
  return { account: name, limitNanoUsd: budget.limitNanoUsd, endsAtMs: span.endMs }
}

function refuseUnlessAdmitted(verdict: HoldVerdict, stakes: readonly Stake[], amountNanoUsd: NanoUsd): void {
  if (verdict.admitted) return
  if ('unknown' in verdict) throw new Failure('internal', { cause: 'counters do not take openings' })
  const stake = stakes[verdict.refusedBy]
  throw stake === undefined ? new Failure('internal') : refusal(stake, verdict, amountNanoUsd)
}

/** The spending so far is not known, so nothing may be added to it. */
function refuseUnknown(error: unknown): never {
  throw error instanceof Failure ? error : new Failure('ledger-unavailable', { cause: error })
}

/** Names what stands in the way: money that is spent, a request too large for the rest, or other requests' holds. */
function refusal(
  { account, budget, span }: Stake,
  { spentNanoUsd, heldNanoUsd }: Extract<HoldVerdict, { refusedBy: number }>,
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
