import { z } from 'zod'
import type { Changed } from '../insight/what-changed.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { toTimeJson } from './to-json.ts'

export const changeAnswer = z.object({
  kind: z.enum(['incident', 'new-outcome', 'new-target', 'config', 'prices']),
  at: z.iso.datetime(),
  until: z.iso.datetime().optional().describe('Of an incident; absent: it lasts.'),
  name: z.string().describe('The provider, the outcome, the target or the version.'),
  count: z.int().describe('Calls that failed, requests that ended so, calls, or what a version changed.'),
  of: z.int().optional().describe('Of an incident: of so many calls.'),
  by: z.string().optional().describe('Of a version: the name that was given with it, or where it came from.'),
  changes: z.array(z.string()).optional().describe('Of a version: what it changed, the first of it.'),
})

/** Changes of a version that are told here; all are on the page of the version. */
const MOST_TOLD = 3

/** Something that was not so before. */
export function toChangeJson(changed: Changed): JsonObject {
  const at = toTimeJson(changed.atMs)
  const { kind } = changed
  switch (changed.kind) {
    case 'new-outcome':
      return { kind, at, name: changed.outcome, count: changed.requests }
    case 'new-target':
      return { kind, at, name: changed.target, count: changed.calls }
    case 'config':
    case 'prices': {
      const { number, by, author, changes } = changed.version
      return {
        kind,
        at,
        name: String(number),
        count: changes.length,
        by: author ?? by,
        changes: changes.slice(0, MOST_TOLD),
      }
    }
    case 'incident': {
      const until = changed.untilMs === undefined ? undefined : toTimeJson(changed.untilMs)
      return {
        kind,
        at,
        ...defined({ until }),
        name: changed.provider,
        count: changed.failed,
        of: changed.calls,
      }
    }
  }
}
