import { NO_COUNTS, UNIT_NAMES, type Counts } from '../exchange/units.ts'
import { defined } from '../kit/defined.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { LedgerStore, RequestLogStore } from '../store/store.ts'
import {
  isSavingsGrouping,
  type SavingsGroup,
  type UsageGroup,
  type UsageQuery,
} from '../store/usage-report.ts'

/** What is read for a report. */
export interface ReportNeeds {
  readonly ledger: Pick<LedgerStore, 'usage'>
  readonly requests: Pick<RequestLogStore, 'savings'>
}

/** What was used, and what it saved to look at answers; without savings where nothing is known of them. */
export interface ReportedGroup extends UsageGroup {
  readonly saved?: SavingsGroup
  /** What the answers had cost that the cache gave again. */
  readonly kept?: SavingsGroup
}

/** What was used and saved in a time, by group and in all. */
export async function reportUsage(
  { ledger, requests }: ReportNeeds,
  query: UsageQuery,
): Promise<{ readonly groups: readonly ReportedGroup[]; readonly total: ReportedGroup }> {
  const { groupBy, ...time } = query
  const [groups, total, savings, kept, [saved], [keptInAll]] = await Promise.all([
    ledger.usage(query),
    totalUsage(ledger, query),
    isSavingsGrouping(groupBy) ? requests.savings({ ...time, groupBy }) : [],
    isSavingsGrouping(groupBy) ? requests.savings({ ...time, groupBy, of: 'cache' }) : [],
    requests.savings({ ...time, limit: 1 }),
    requests.savings({ ...time, limit: 1, of: 'cache' }),
  ])
  const byName = new Map(savings.map((group) => [group.name, group]))
  const keptByName = new Map(kept.map((group) => [group.name, group]))
  return {
    groups: groups.map((group) => ({
      ...group,
      ...defined({ saved: byName.get(group.name), kept: keptByName.get(group.name) }),
    })),
    total: { ...total, ...defined({ saved, kept: keptInAll }) },
  }
}

/** Days that fit into one answer of the store. */
const MOST_DAYS = 400
const DAY_MS = 86_400_000
/** There was no ledger before. */
const EARLIEST_MS = Date.UTC(2020)

/** Everything that was used in a time. Summed over days, because groups of another kind may be more than a list shows. */
export async function totalUsage(
  ledger: Pick<LedgerStore, 'usage'>,
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
