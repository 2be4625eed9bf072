import type { ConfigVersion } from '../store/releases.ts'
import type { NamedSeries, SeriesPoint } from '../store/series.ts'

/** Something that was not so before. */
export type Changed =
  | {
      /** A provider failed more than now and then. */
      readonly kind: 'incident'
      readonly atMs: number
      /** Absent: it still does. */
      readonly untilMs?: number
      readonly provider: string
      readonly failed: number
      readonly calls: number
    }
  | {
      /** Requests end in a way in which none ended in the time before. */
      readonly kind: 'new-outcome'
      readonly atMs: number
      readonly outcome: string
      readonly requests: number
    }
  | {
      /** A target is called that was not called in the time before. */
      readonly kind: 'new-target'
      readonly atMs: number
      readonly target: string
      readonly calls: number
    }
  | {
      /** Another configuration came into force: what costs what is in `prices`, everything else in `config`. */
      readonly kind: 'config' | 'prices'
      readonly atMs: number
      readonly version: Pick<ConfigVersion, 'number' | 'by' | 'author' | 'changes'>
    }

/** What is compared: the time, and the one before it. */
export interface Compared {
  readonly providers: readonly NamedSeries[]
  readonly outcomes: readonly NamedSeries[]
  readonly targets: readonly NamedSeries[]
  /** Names of outcomes and targets that there were before; absent: nothing was before, so that all would be new. */
  readonly before:
    | { readonly outcomes: ReadonlySet<string>; readonly targets: ReadonlySet<string> }
    | undefined
  /** Versions of the configuration that were made in the time. */
  readonly versions?: readonly ConfigVersion[]
  readonly stepMs: number
  readonly nowMs: number
}

/** From this share of its calls on a provider that fails is told of. */
const FAILING = 0.2
/** And this many of them. */
const LEAST_FAILED = 5
/** Intervals without a call do not end an incident at once. */
const QUIET_STEPS = 2

/** What changed in a time, the newest first. */
export function whatChanged(compared: Compared): readonly Changed[] {
  const { providers, outcomes, targets, before, versions = [] } = compared
  const found: Changed[] = [
    ...providers.flatMap((provider) => incidentsOf(provider, compared)),
    ...versions.flatMap(versionChange),
  ]
  if (before === undefined) return sorted(found)
  for (const { name, points } of outcomes) {
    const first = firstOf(points, ({ sums }) => sums.requests)
    if (before.outcomes.has(name) || name === 'ok' || name === '' || first === undefined) continue
    found.push({ kind: 'new-outcome', atMs: first.atMs, outcome: name, requests: first.sum })
  }
  for (const { name, points } of targets) {
    const first = firstOf(points, ({ sums }) => sums.attempts)
    if (before.targets.has(name) || name === '' || first === undefined) continue
    found.push({ kind: 'new-target', atMs: first.atMs, target: name, calls: first.sum })
  }
  return sorted(found)
}

/** A change as versions tell it begins with its section. */
const OF_PRICES = /^(price|pricing)\b/

/** The first one changed nothing, because nothing was before. */
function versionChange(version: ConfigVersion): Changed[] {
  const { number, atMs, changes } = version
  if (number === 1 || changes.length === 0) return []
  return [{ kind: changes.some((change) => OF_PRICES.test(change)) ? 'prices' : 'config', atMs, version }]
}

function sorted(found: readonly Changed[]): readonly Changed[] {
  return found.toSorted((left, right) => right.atMs - left.atMs)
}

function firstOf(
  points: ReadonlyMap<number, SeriesPoint>,
  read: (point: SeriesPoint) => number,
): { readonly atMs: number; readonly sum: number } | undefined {
  let atMs = Number.POSITIVE_INFINITY
  let sum = 0
  for (const [at, point] of points) {
    const many = read(point)
    if (many === 0) continue
    atMs = Math.min(atMs, at)
    sum += many
  }
  return sum === 0 ? undefined : { atMs, sum }
}

/** Intervals in which a provider failed, those that follow each other as one. */
function incidentsOf(
  { name, points }: NamedSeries,
  { stepMs, nowMs }: Compared,
): readonly (Changed & { readonly kind: 'incident' })[] {
  const spans: { fromMs: number; endMs: number; failed: number; calls: number }[] = []
  for (const [atMs, { sums }] of [...points].toSorted(([left], [right]) => left - right)) {
    if (sums.attempts === 0 || sums.failedAttempts / sums.attempts < FAILING) continue
    const last = spans.at(-1)
    if (last === undefined || atMs - last.endMs > QUIET_STEPS * stepMs)
      spans.push({ fromMs: atMs, endMs: atMs + stepMs, failed: sums.failedAttempts, calls: sums.attempts })
    else {
      last.endMs = atMs + stepMs
      last.failed += sums.failedAttempts
      last.calls += sums.attempts
    }
  }
  return spans
    .filter(({ failed }) => failed >= LEAST_FAILED && name !== '')
    .map(({ fromMs, endMs, failed, calls }) => ({
      kind: 'incident',
      atMs: fromMs,
      ...(endMs <= nowMs && { untilMs: endMs }),
      provider: name,
      failed,
      calls,
    }))
}
