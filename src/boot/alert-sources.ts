import { HISTORY_SETTING, readHistory } from '../drills/rehearse/history.ts'
import type { AlertSources, MeasureSource, WatchedTrouble } from '../alerts/sources.ts'
import type { StatusReport } from '../admin/status-report.ts'
import type { Plan } from '../gateway/plan.ts'
import { measureFacts, MEASURE_NAMES, type SeriesMeasure } from '../insight/series-measures.ts'
import { readQuery } from '../insight/read-query.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { HealthBoard } from '../routing/health.ts'
import { SERIES_DIMENSIONS, type SeriesStore } from '../store/series.ts'
import type { Store } from '../store/store.ts'
import { createBudgetSource, type BudgetSourceNeeds } from './alert-budgets.ts'

export interface AlertSourceNeeds extends BudgetSourceNeeds {
  readonly store: Pick<Store, 'series' | 'settings' | 'alerts' | 'keys' | 'ledger'>
  readonly health: Pick<HealthBoard, 'entries'>
  readonly plan: () => Plan
  readonly report: () => Pick<StatusReport, 'troubles' | 'configHealthy'>
  /** Lines of the request log that were not kept, so far. */
  readonly dropped: () => number
  readonly clock: Clock
}

/** What rules look at while the gateway runs. */
export function createAlertSources(needs: AlertSourceNeeds): AlertSources {
  const { store, health, plan, report, clock } = needs
  const drops = createDropWatch(needs)
  return {
    measures: createMeasureSource(store.series, clock),
    budgets: createBudgetSource(needs),
    resting: () =>
      health.entries().flatMap(({ kind, target, credential, caller }) => {
        const name = target ?? credential ?? ''
        // What rests for one caller alone is that caller's affair.
        if (caller !== undefined || name === '') return []
        return [{ name, provider: name.split('/')[0] ?? '', why: kind.replace('-', ' ') }]
      }),
    unusedKeys: (unusedMs) => {
      const nowMs = clock.nowMs()
      const declared = plan().declaredKeys.map(({ id, name }) => ({ id, name }))
      return store.alerts.unusedKeys({ declared, sinceMs: nowMs - unusedMs, nowMs, most: LIMITS.alertNames })
    },
    troubles: () => [...report().troubles, ...drops()],
    drills: async () => {
      const { drills } = plan()
      const seen = new Set<string>()
      return readHistory(await store.settings.get(HISTORY_SETTING)).flatMap(({ drill, passed, routes }) => {
        if (seen.has(drill) || drills?.has(drill) !== true) return []
        seen.add(drill)
        return [{ drill, passed, broken: routes.flatMap((route) => route.broken) }]
      })
    },
    isConfigRefused: () => !report().configHealthy,
  }
}

const DROPS_TOLD_MS = 600_000

/** Lines that were dropped are told for a while: they are gone at once, and nobody sees them go. */
function createDropWatch({ dropped, clock }: AlertSourceNeeds): () => readonly WatchedTrouble[] {
  let known = 0
  let untilMs = 0
  return () => {
    const count = dropped()
    if (count > known) untilMs = clock.elapsedMs() + DROPS_TOLD_MS
    known = count
    if (clock.elapsedMs() >= untilMs) return []
    return [{ part: 'request-log', text: `${count} lines of the request log were dropped since the start` }]
  }
}

/** Figures over time, as charts have them. */
function createMeasureSource(series: SeriesStore, clock: Clock): MeasureSource {
  return {
    async read({ measure, when = '', by, fromMs, toMs, stepMs }) {
      const facts = measureFacts(named(measure))
      const dimension = SERIES_DIMENSIONS.find((one) => one === by)
      const answer = await series.read({
        filter: readQuery(when, clock.nowMs()),
        ...defined({ by: dimension }),
        fromMs,
        toMs,
        stepMs,
        names: LIMITS.seriesShown,
        attempts: facts.ofAttempts === true,
        times: facts.ofTimes === true,
      })
      return { series: answer.series, ...defined({ lookedBackToMs: answer.lookedAt?.atMs }) }
    },
    valueOf: (measure, point) => {
      const value = measureFacts(named(measure)).read(point)
      return value === undefined ? undefined : Number(value)
    },
    countOf: (measure, { sums }) =>
      measureFacts(named(measure)).ofAttempts === true ? sums.attempts : sums.requests,
    unitOf: (measure) => measureFacts(named(measure)).unit,
  }
}

function named(measure: string): SeriesMeasure {
  const known = MEASURE_NAMES.find((name) => name === measure)
  if (known === undefined) throw new Error(`there is no measure ${measure}`)
  return known
}
