import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { AlertRow } from '../store/alerts.ts'
import type { Finding } from './finding.ts'

/** What became of one alert. */
export interface Advance {
  /** `seen`: nothing but its words changed, which need not be kept. `forgotten`: it never rang. */
  readonly change: 'pending' | 'fired' | 'seen' | 'calming' | 'again' | 'resolved' | 'forgotten'
  readonly row: AlertRow
}

/** What of a rule says how its alerts come and go. */
export interface AlertTerms {
  readonly name: string
  readonly severity: string
  readonly forMs: number
  readonly resolveAfterMs: number
  /** What the values of its findings are. */
  readonly unit?: string | undefined
}

/** One look at what a rule watches. */
export interface Looked {
  /** Its alerts that are not over, by key. */
  readonly open: ReadonlyMap<string, AlertRow>
  readonly findings: readonly Finding[]
  readonly nowMs: number
  readonly mintId: () => string
}

/**
 * What becomes of the alerts of a rule after a look: one that holds pends, and rings when it has held for long enough; one that rings is over
 * when it has held no more for long enough. Of one key there is never more than one. Pure.
 */
export function advance(terms: AlertTerms, { open, findings, nowMs, mintId }: Looked): readonly Advance[] {
  const steps: Advance[] = []
  const found = new Set<string>()
  for (const finding of findings) {
    const known = open.get(finding.key)
    if (found.has(finding.key)) continue
    // Of more than so many names at a time nobody wants to hear one by one.
    if (known === undefined && Math.max(open.size, found.size) >= LIMITS.alertKeys) continue
    found.add(finding.key)
    steps.push(
      holds(known ?? begun(terms, finding, { nowMs, mintId }), finding, {
        terms,
        nowMs,
        isNew: known === undefined,
      }),
    )
  }
  for (const row of open.values()) if (!found.has(row.key)) steps.push(...holdsNoMore(row, terms, nowMs))
  return steps
}

function begun(
  { name, severity }: AlertTerms,
  { key, text }: Finding,
  { nowMs, mintId }: Pick<Looked, 'nowMs' | 'mintId'>,
): AlertRow {
  return { id: mintId(), rule: name, key, phase: 'pending', severity, text, sinceMs: nowMs, told: [] }
}

interface Holding {
  readonly terms: AlertTerms
  readonly nowMs: number
  readonly isNew: boolean
}

function holds(row: AlertRow, { text, value }: Finding, { terms, nowMs, isNew }: Holding): Advance {
  const { calmSinceMs, ...rest } = row
  const told: AlertRow = { ...rest, severity: terms.severity, text, ...defined({ value, unit: terms.unit }) }
  if (row.phase === 'firing') return { change: calmSinceMs === undefined ? 'seen' : 'again', row: told }
  if (nowMs - row.sinceMs >= terms.forMs)
    return { change: 'fired', row: { ...told, phase: 'firing', firedAtMs: nowMs } }
  return { change: isNew ? 'pending' : 'seen', row: told }
}

function holdsNoMore(row: AlertRow, { resolveAfterMs }: AlertTerms, nowMs: number): readonly Advance[] {
  if (row.phase === 'pending') return [{ change: 'forgotten', row }]
  const { calmSinceMs = nowMs } = row
  if (nowMs - calmSinceMs >= resolveAfterMs)
    return [{ change: 'resolved', row: { ...row, phase: 'resolved', resolvedAtMs: nowMs } }]
  return row.calmSinceMs === undefined ? [{ change: 'calming', row: { ...row, calmSinceMs } }] : []
}
