import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import { parseJson, type Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { DrillReport } from './report.ts'

/** The setting of an installation that holds what came of its drills. */
export const HISTORY_SETTING = 'drill-reports'

const countsSchema = z.record(z.string(), z.number())
const pointSchema = z
  .object({ atMs: z.number(), target: z.string().optional(), outcome: z.string(), struck: z.number() })
  .transform(({ target, ...rest }) => ({ ...rest, ...defined({ target }) }))
const reportSchema = z.object({
  drill: z.string(),
  atMs: z.number(),
  tookMs: z.number(),
  faults: z.array(z.string()),
  traffic: z.string(),
  passed: z.boolean(),
  routes: z.array(
    z
      .object({
        route: z.string(),
        requests: z.number(),
        answered: z.number(),
        struck: z.number(),
        servedBy: countsSchema,
        outcomes: countsSchema,
        statuses: countsSchema,
        p95Ms: z.number(),
        p95AddedMs: z.number(),
        costTimes: z.number().optional(),
        refusedByRule: z.number().optional(),
        timeline: z.array(pointSchema).optional(),
        broken: z.array(z.string()),
      })
      .transform(({ costTimes, refusedByRule, timeline, ...rest }) => ({
        ...rest,
        ...defined({ costTimes, refusedByRule, timeline }),
      })),
  ),
  books: z.object({ attempts: z.number(), billed: z.number(), broken: z.array(z.string()) }),
  left: z.array(z.string()),
})

/** What is kept, the latest first. What cannot be read any more is not there. */
export function readHistory(text: string | undefined): readonly DrillReport[] {
  if (text === undefined) return []
  const kept = z.array(z.unknown()).safeParse(readJson(text)).data ?? []
  return kept.map((one) => reportSchema.safeParse(one).data).filter((one) => one !== undefined)
}

function readJson(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The history with a report more, as it is kept: the latest of them, as many as there is room for. */
export function addToHistory(text: string | undefined, report: DrillReport): string {
  const kept: string[] = []
  let length = 0
  for (const one of [report, ...readHistory(text)].slice(0, LIMITS.drillReports)) {
    const written = JSON.stringify(one)
    length += written.length
    if (kept.length > 0 && length > LIMITS.drillHistoryBytes) break
    kept.push(written)
  }
  return `[${kept.join(',')}]`
}
