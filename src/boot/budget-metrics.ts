import { BudgetPeriods, type BudgetPeriod } from '../exchange/budget-periods.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { CounterStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** What the metrics of budgets are made of. */
export interface BudgetMetricsNeeds {
  readonly plan: () => Pick<Plan, 'projects'>
  readonly counters: Pick<CounterStore, 'reserve'>
  readonly ledger: Pick<Ledger, 'spentSince'>
  readonly clock: Clock
  readonly telemetry: Pick<Telemetry, 'gauge'>
}

/** How a budget stands, in its window. */
interface Standing {
  readonly limitNanoUsd: NanoUsd
  readonly spentNanoUsd: NanoUsd
  readonly heldNanoUsd: NanoUsd
  readonly endsAtMs: number
}

const EVERY_MS = 15_000
const NANO_PER_USD = 1e9

/** Shows how the budgets of projects stand, as they are looked at every 15 seconds: whoever scrapes waits for nobody. */
export function showBudgets(needs: BudgetMetricsNeeds): { close(): void } {
  const { clock } = needs
  const standings = new Map<string, Standing>()
  let timer: Timer | undefined
  let isClosed = false
  const look = async (): Promise<void> => {
    const found = await readStandings(needs)
    for (const name of standings.keys()) if (!found.has(name)) standings.delete(name)
    for (const [name, { period, standing }] of found) {
      if (!standings.has(name)) register(needs, period, () => standings.get(name))
      standings.set(name, standing)
    }
  }
  const follow = (): void => {
    // What cannot be read now is read the next time.
    void look()
      .catch(() => undefined)
      .finally(() => {
        if (!isClosed) timer = clock.after(EVERY_MS, follow)
      })
  }
  follow()
  return {
    close() {
      isClosed = true
      timer?.cancel()
    },
  }
}

/** Those of the first projects, by their name and their window. */
async function readStandings(needs: BudgetMetricsNeeds) {
  const accounts = [...needs.plan().projects.values()].slice(0, LIMITS.metricOwners)
  const periods = new BudgetPeriods(accounts)
  const found = new Map<string, { readonly period: BudgetPeriod; readonly standing: Standing }>()
  if (periods.isEmpty) return found
  for (const period of periods.at(needs.clock.nowMs())) {
    const { spentNanoUsd, heldNanoUsd } = await balanceOf(needs, period)
    const { limitNanoUsd, endsAtMs, owner, budget } = period
    const standing = { limitNanoUsd, endsAtMs, spentNanoUsd, heldNanoUsd }
    found.set(`${owner.id}\n${budget.window}`, { period, standing })
  }
  return found
}

/** A refusal tells what is spent and held. What nobody has used since the start is asked of the ledger. */
async function balanceOf(
  { counters, ledger }: BudgetMetricsNeeds,
  { account, owner, startsAtMs }: BudgetPeriod,
): Promise<Pick<Standing, 'spentNanoUsd' | 'heldNanoUsd'>> {
  const nothing = { account, limitNanoUsd: -1n, endsAtMs: Number.POSITIVE_INFINITY }
  const verdict = await counters.reserve('metrics', 1n, [nothing], 0)
  if (!verdict.admitted && !('unknown' in verdict)) return verdict
  return { spentNanoUsd: await ledger.spentSince(owner, startsAtMs), heldNanoUsd: 0n }
}

/** A window that never ends has no time at which it does. */
function endOf(standing: Standing | undefined): number {
  return standing !== undefined && Number.isFinite(standing.endsAtMs) ? standing.endsAtMs / 1_000 : Number.NaN
}

function register(
  { telemetry }: BudgetMetricsNeeds,
  { owner, budget }: BudgetPeriod,
  read: () => Standing | undefined,
): void {
  const labels = { project: owner.id, window: budget.window }
  const usd = (of: 'limitNanoUsd' | 'spentNanoUsd' | 'heldNanoUsd') => (): number => {
    const standing = read()
    return standing === undefined ? Number.NaN : Number(standing[of]) / NANO_PER_USD
  }
  telemetry.gauge('gatehouse_budget_limit_usd', usd('limitNanoUsd'), labels)
  telemetry.gauge('gatehouse_budget_spent_usd', usd('spentNanoUsd'), labels)
  telemetry.gauge('gatehouse_budget_reserved_usd', usd('heldNanoUsd'), labels)
  telemetry.gauge('gatehouse_budget_period_end_timestamp_seconds', () => endOf(read()), labels)
}
