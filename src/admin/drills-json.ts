import type { DrillReport } from '../drills/rehearse/report.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { toTimeJson } from './to-json.ts'

/** What came of a drill. */
export function toDrillReportJson({ atMs, tookMs, routes, ...rest }: DrillReport): JsonObject {
  return {
    drill: rest.drill,
    at: toTimeJson(atMs),
    took_ms: Math.round(tookMs),
    passed: rest.passed,
    faults: [...rest.faults],
    traffic: rest.traffic,
    routes: routes.map((one) => ({
      route: one.route,
      passed: one.broken.length === 0,
      requests: one.requests,
      answered: one.answered,
      ...defined({ refused_by_rule: one.refusedByRule }),
      struck: one.struck,
      served_by: { ...one.servedBy },
      outcomes: { ...one.outcomes },
      statuses: { ...one.statuses },
      p95_ms: Math.round(one.p95Ms),
      p95_added_ms: Math.round(one.p95AddedMs),
      cost_times: one.costTimes ?? null,
      broken: [...one.broken],
      ...defined({
        timeline: one.timeline?.map(({ atMs: afterMs, target, outcome, struck }) => ({
          after_ms: afterMs,
          outcome,
          struck,
          ...defined({ target }),
        })),
      }),
    })),
    books: { attempts: rest.books.attempts, billed: rest.books.billed, broken: [...rest.books.broken] },
    not_rehearsed: [...rest.left],
  }
}
