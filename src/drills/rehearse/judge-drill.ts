import type { Drill, DrillBound, DrillExpectations, DrillFault } from '../../exchange/drill.ts'
import { defined } from '../../kit/defined.ts'
import { formatDuration } from '../../kit/duration.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Observed, RouteReport, TimelinePoint } from './report.ts'

/** What was seen of one route, without the fault and with it. */
export interface Pair {
  readonly route: string
  readonly well: readonly Observed[]
  readonly struck: readonly Observed[]
}

const PERCENTILE = 0.95

/** Says what came of a drill at a route, and which expectations do not hold. */
export function judgeRoute({ expect }: Drill, { route, ...pair }: Pair): RouteReport {
  // Whom a rule of the route refuses is refused with the fault and without it: nothing follows from that.
  const [well, struck] = [pair.well.filter(isAsked), pair.struck.filter(isAsked)]
  const refused = pair.struck.length - struck.length
  const whole = struck.filter((seen) => seen.whole)
  const p95Ms = percentile(whole.map(({ tookMs }) => tookMs))
  const costs = [costOf(whole), costOf(well)] as const
  const costTimes = timesOf(costs, [whole.length, well.length])
  const measured = {
    route,
    requests: struck.length,
    answered: whole.length,
    struck: sum(struck.map((seen) => seen.struck)),
    servedBy: count(whole.map(({ target = 'the gateway' }) => target)),
    outcomes: count(struck.map(({ outcome }) => outcome)),
    statuses: count(struck.map(({ status }) => String(status))),
    timeline: timelineOf(pair.struck),
    p95Ms,
    p95AddedMs: whole.length === 0 ? 0 : Math.max(0, p95Ms - percentile(well.map(({ tookMs }) => tookMs))),
    ...defined({ costTimes }),
    ...(refused === 0 ? {} : { refusedByRule: refused }),
  }
  const untried =
    refused > 0 && struck.length === 0 ? ['every request is refused by a rule of the route'] : []
  return {
    ...measured,
    broken: [...untried, ...brokenBefore(well), ...brokenExpectations(expect, measured)],
  }
}

/** So many of the requests as there is room for, the first and the last among them. */
function timelineOf(seen: readonly Observed[]): readonly TimelinePoint[] {
  const inOrder = seen.toSorted((left, right) => left.atMs - right.atMs)
  const most = Math.min(inOrder.length, LIMITS.drillTimelinePoints)
  return Array.from({ length: most }, (_, index) => {
    const place = most < 2 ? 0 : Math.round((index * (inOrder.length - 1)) / (most - 1))
    return inOrder[place]
  }).flatMap((one) => (one === undefined ? [] : [toPoint(one)]))
}

function toPoint({ atMs, outcome, struck, target }: Observed): TimelinePoint {
  return { atMs: Math.round(atMs), outcome, struck, ...defined({ target }) }
}

function isAsked({ outcome }: Observed): boolean {
  return outcome !== 'refused-by-rule'
}

/** A fault in few words: `outage of anthropic for 2m`. */
export function tellFault({ kind, provider, credential, model, forMs }: DrillFault): string {
  const whom = credential ?? (model === undefined ? provider : `${provider ?? '*'}/${model}`)
  const where = whom === undefined ? '' : ` of ${whom}`
  return `${kind}${where}${forMs === undefined ? '' : ` for ${formatDuration(forMs)}`}`
}

/** What fails without the fault says nothing about it. */
function brokenBefore(well: readonly Observed[]): string[] {
  const failed = well.filter(({ whole }) => !whole)
  if (failed.length === 0) return []
  const outcomes = tell(count(failed.map(({ outcome, status }) => `${outcome} ${status}`)))
  return [`${failed.length} of ${well.length} requests fail without the fault already (${outcomes})`]
}

type Measured = Omit<RouteReport, 'broken'>

function brokenExpectations(expect: DrillExpectations, seen: Measured): string[] {
  const { success, p95AddedMs, costTimes, statuses, servedBy } = expect
  const share = seen.requests === 0 ? 1 : seen.answered / seen.requests
  const broken: string[] = []
  const hold = (bound: DrillBound | undefined, value: number | undefined, told: () => string): void => {
    if (bound !== undefined && value !== undefined && !keeps(value, bound)) broken.push(told())
  }
  hold(
    success,
    share,
    () => `success ${toPercent(share)}, expected ${success?.text} (${tell(seen.outcomes)})`,
  )
  hold(
    p95AddedMs,
    seen.answered === 0 ? undefined : seen.p95AddedMs,
    () => `p95_added ${(seen.p95AddedMs / 1_000).toFixed(2)}s, expected ${p95AddedMs?.text}`,
  )
  hold(costTimes, seen.costTimes, () => `cost ${seen.costTimes?.toFixed(2)}x, expected ${costTimes?.text}`)
  const others = Object.keys(seen.statuses).filter((status) => statuses?.includes(Number(status)) === false)
  if (others.length > 0) broken.push(`status ${tell(seen.statuses)}, expected ${statuses?.join(' or ')}`)
  const strangers = Object.keys(seen.servedBy).filter(
    (target) => servedBy !== undefined && !isAmong(target, servedBy),
  )
  if (strangers.length > 0) broken.push(`served by ${tell(seen.servedBy)}, expected ${servedBy?.join(', ')}`)
  return broken
}

function isAmong(target: string, named: readonly string[]): boolean {
  return named.some(
    (name) => target === name || target.startsWith(`${name}/`) || target.startsWith(`${name}@`),
  )
}

function keeps(value: number, { comparison, value: bound }: DrillBound): boolean {
  switch (comparison) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
  }
}

/** What an answer costs with the fault, as a multiple of what it costs without. */
function timesOf(costs: readonly [bigint, bigint], counts: readonly [number, number]): number | undefined {
  const [struck, well] = costs
  if (well === 0n || counts[0] === 0) return undefined
  return Number(struck) / counts[0] / (Number(well) / counts[1])
}

function costOf(seen: readonly Observed[]): bigint {
  return seen.reduce((total, { costNanoUsd = 0n }) => total + costNanoUsd, 0n)
}

/** By nearest rank; 0 where there is nothing. */
function percentile(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1] ?? 0
}

function count(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([, left], [, right]) => right - left))
}

function tell(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, times]) => `${times} × ${name}`)
    .join(', ')
}

function toPercent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
