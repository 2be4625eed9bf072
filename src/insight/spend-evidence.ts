import type { NanoUsd } from '../kit/money.ts'
import type { SpendDriver, SpendGroup, SpendPeriod } from './spend-drivers.ts'

/** What one target has to do with a driver. */
export interface SpendEvidence {
  readonly name: string
  /** Its part of the driver, about: rounded by itself. */
  readonly amountNanoUsd: NanoUsd
  /** What of it changed, before and after: requests or attempts in all, or what one attempt used or cost. */
  readonly before: number
  readonly after: number
}

/** How many targets are named for a driver. */
const MOST_NAMED = 3

/** The targets that have most to do with each driver, those that moved the bill most first. */
export function evidenceFor(
  before: SpendPeriod,
  after: SpendPeriod,
): Readonly<Record<SpendDriver, readonly SpendEvidence[]>> {
  const known = new Map(before.groups.map((group) => [group.name, group]))
  const now = new Map(after.groups.map((group) => [group.name, group]))
  const growths = growthsOf(before, after)
  const all = [...new Set([...known.keys(), ...now.keys()])].map((name) =>
    partsOf(known.get(name), now.get(name), growths),
  )
  const named = (driver: SpendDriver): readonly SpendEvidence[] =>
    all
      .flatMap((parts) => parts[driver] ?? [])
      .toSorted(largestFirst)
      .slice(0, MOST_NAMED)
  return {
    volume: named('volume'),
    tries: named('tries'),
    mix: named('mix'),
    tokens: named('tokens'),
    price: named('price'),
  }
}

function largestFirst(one: SpendEvidence, other: SpendEvidence): number {
  const size = ({ amountNanoUsd }: SpendEvidence): NanoUsd =>
    amountNanoUsd < 0n ? -amountNanoUsd : amountNanoUsd
  const [left, right] = [size(one), size(other)]
  return left === right ? 0 : left > right ? -1 : 1
}

interface Growths {
  readonly volume: number
  readonly tries: number
}

function growthsOf(before: SpendPeriod, after: SpendPeriod): Growths | undefined {
  const attempts = ({ groups }: SpendPeriod): number => groups.reduce((sum, one) => sum + one.attempts, 0)
  if (before.requests === 0 || attempts(before) === 0) return undefined
  return { volume: after.requests / before.requests, tries: attempts(after) / attempts(before) }
}

type Parts = { readonly [D in SpendDriver]?: SpendEvidence | undefined }

const NOTHING: Omit<SpendGroup, 'name'> = { attempts: 0, costNanoUsd: 0n, workPerAttempt: 0 }

/** The parts that one target has in each driver; they are made as `splitSpend` makes the whole. */
function partsOf(
  before: SpendGroup | undefined,
  after: SpendGroup | undefined,
  growths: Growths | undefined,
): Parts {
  const name = after?.name ?? before?.name ?? ''
  const [old, now] = [before ?? { ...NOTHING, name }, after ?? { ...NOTHING, name }]
  const [paid, pays] = [Number(old.costNanoUsd), Number(now.costNanoUsd)]
  if (growths === undefined)
    return { volume: evidence(name, pays - paid, { before: old.attempts, after: now.attempts }) }
  const one = paidForOne(old.attempts === 0 ? now : old)
  const more = old.workPerAttempt > 0 && now.workPerAttempt > 0 ? now.workPerAttempt / old.workPerAttempt : 1
  const [grown, tried] = [paid * growths.volume, paid * growths.tries]
  const [moved, used] = [now.attempts * one, now.attempts * one * more]
  const attempts = { before: old.attempts, after: now.attempts }
  const work = { before: old.workPerAttempt, after: now.workPerAttempt }
  return {
    volume: evidence(name, grown - paid, attempts),
    tries: evidence(name, tried - grown, attempts),
    mix: evidence(name, moved - tried, attempts),
    tokens: evidence(name, used - moved, work),
    price: evidence(name, pays - used, { before: paidForOne(old), after: paidForOne(now) }),
  }
}

function paidForOne({ attempts, costNanoUsd }: Omit<SpendGroup, 'name'>): number {
  return attempts === 0 ? 0 : Number(costNanoUsd) / attempts
}

function evidence(
  name: string,
  amount: number,
  change: { readonly before: number; readonly after: number },
): SpendEvidence | undefined {
  const amountNanoUsd = BigInt(Math.round(Number.isFinite(amount) ? amount : 0))
  return amountNanoUsd === 0n ? undefined : { name, amountNanoUsd, ...change }
}
