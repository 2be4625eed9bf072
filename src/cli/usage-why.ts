import { totalUsage } from '../admin/report-usage.ts'
import type { Period } from '../admin/period.ts'
import { toTimeJson } from '../admin/to-json.ts'
import type { Price } from '../exchange/target.ts'
import { pricesIn } from '../insight/receipt.ts'
import {
  splitSpend,
  SPEND_DRIVERS,
  type SpendDriver,
  type SpendGroup,
  type SpendPeriod,
} from '../insight/spend-drivers.ts'
import { workOf } from '../insight/spend-work.ts'
import { LIMITS } from '../kit/limits.ts'
import { showUsd } from '../kit/money.ts'
import { defined } from '../kit/defined.ts'
import type { Store } from '../store/store.ts'
import type { UsageGroup } from '../store/usage-report.ts'
import { EXIT, type CommandCall } from './command.ts'
import { compileOffline } from './offline-plan.ts'

const PAGE_ROWS = 500
const MOST_GROUPS = 500

const SAYS: Readonly<Record<SpendDriver, string>> = {
  volume: 'more or fewer requests',
  tries: 'attempts for each: retries, fallbacks, hedges',
  mix: 'other targets',
  tokens: 'tokens of each attempt',
  price: 'the same at another price',
}

/** Why the bill of a time is another one than that of the time of the same length before it. */
export async function tellWhy(call: CommandCall, store: Store, time: Period): Promise<number> {
  const { output } = call
  const before = { fromMs: time.fromMs - (time.toMs - time.fromMs), toMs: time.fromMs }
  const { compiled } = await compileOffline(call)
  const targetOf = compiled.plan === undefined ? () => undefined : pricesIn(compiled.plan)
  const priceOf = (target: string): Price | undefined => targetOf({ route: target, target })?.price
  const [old, now] = [await gather(store, before), await gather(store, time)]
  const isSimulated = [old, now].every(({ total }) => total.costNanoUsd === 0n)
  const isCounted = old.requests !== undefined && now.requests !== undefined
  const periodOf = ({ requests, groups, total }: Gathered): SpendPeriod => ({
    requests: isCounted ? (requests ?? 0) : total.attempts,
    groups: withOthers(groups, total).map((group) => toSpend(group, isSimulated, priceOf(group.name))),
  })
  const split = splitSpend(periodOf(old), periodOf(now))
  if (output.json) {
    output.value({
      before: {
        from: toTimeJson(before.fromMs),
        to: toTimeJson(before.toMs),
        nano_usd: String(split.beforeNanoUsd),
      },
      after: {
        from: toTimeJson(time.fromMs),
        to: toTimeJson(time.toMs),
        nano_usd: String(split.afterNanoUsd),
      },
      simulated: isSimulated,
      requests_counted: isCounted,
      drivers: Object.fromEntries(SPEND_DRIVERS.map((driver) => [driver, String(split.byDriver[driver])])),
    })
    return EXIT.ok
  }
  const kind = isSimulated ? ' simulated' : ''
  output.line(`${showUsd(split.beforeNanoUsd)} → ${showUsd(split.afterNanoUsd)}${kind}`)
  output.table(
    ['DRIVER', 'CHANGE', 'WHICH IS'],
    SPEND_DRIVERS.map((driver) => [driver, showUsd(split.byDriver[driver]), SAYS[driver]]),
  )
  if (!isCounted) output.say('There are too many requests to count: what retries cost is part of the volume.')
  return EXIT.ok
}

interface Gathered {
  /** Absent: more than are counted. */
  readonly requests?: number
  readonly groups: readonly UsageGroup[]
  readonly total: UsageGroup
}

async function gather({ ledger, requests }: Store, time: Period): Promise<Gathered> {
  const [groups, total, counted] = await Promise.all([
    ledger.usage({ ...time, groupBy: 'target', limit: MOST_GROUPS }),
    totalUsage(ledger, time),
    countAsked(requests, time),
  ])
  return { groups, total, ...defined({ requests: counted }) }
}

/** Requests that somebody was asked for; undefined where they are more than may be looked at. */
async function countAsked(requests: Store['requests'], time: Period): Promise<number | undefined> {
  let count = 0
  let after: string | undefined
  for (let looked = 0; looked < LIMITS.queryRows; looked += PAGE_ROWS) {
    const page = await requests.list({ ...time, limit: PAGE_ROWS, ...defined({ after }) })
    count += page.rows.filter(({ attempts }) => attempts !== '').length
    if (page.next === undefined) return count
    after = page.next
  }
  return undefined
}

/** What is in no group, because there are more than are listed, is one of its own. */
function withOthers(groups: readonly UsageGroup[], total: UsageGroup): readonly UsageGroup[] {
  const rest = groups.reduce(
    (left, group) => ({
      ...left,
      attempts: left.attempts - group.attempts,
      costNanoUsd: left.costNanoUsd - group.costNanoUsd,
      simulatedNanoUsd: left.simulatedNanoUsd - group.simulatedNanoUsd,
    }),
    total,
  )
  return rest.attempts > 0 ? [...groups, { ...rest, name: '' }] : groups
}

function toSpend(group: UsageGroup, isSimulated: boolean, price: Price | undefined): SpendGroup {
  const { name, attempts, usage, costNanoUsd, simulatedNanoUsd } = group
  return {
    name,
    attempts,
    costNanoUsd: isSimulated ? simulatedNanoUsd : costNanoUsd,
    workPerAttempt: workOf(usage, attempts, price),
  }
}
