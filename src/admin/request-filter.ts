import { z } from 'zod'
import { QueryError } from '../insight/query-terms.ts'
import { bothOf, filterOf, readListQuery, readQuery } from '../insight/read-query.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseMoment } from '../kit/moment.ts'
import type { LookedAt, RequestField, RequestFilter } from '../store/request-query.ts'
import { AdminProblem } from './problem.ts'
import { toTimeJson } from './to-json.ts'

/** The query parameter in which requests are asked for. */
export const QUERY = z
  .string()
  .max(LIMITS.queryCharacters)
  .optional()
  .describe('Only what this asks for, such as `status:error route:support`; see docs/query.md.')

/** What a list says that had more to look at than it may. */
export const PARTIAL_SHAPE = {
  partial: z
    .literal(true)
    .optional()
    .describe('Not all that was asked for was looked at: `next` goes on where this stopped.'),
  looked_at: z
    .object({
      requests: z.int(),
      back_to: z.iso.datetime().describe('The time of the last request that was looked at.'),
    })
    .optional(),
}

/** The members of `PARTIAL_SHAPE`. */
export function partialBody(lookedAt: LookedAt | undefined): JsonObject {
  if (lookedAt === undefined) return {}
  return { partial: true, looked_at: { requests: lookedAt.rows, back_to: toTimeJson(lookedAt.atMs) } }
}

export interface FilterQuery {
  readonly q?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Fields that must have just these values. */
  readonly fields?: { readonly [F in RequestField]?: string | undefined }
  /** True where it may ask for what was said. */
  readonly isList?: true
}

/** The filter that checked query parameters name. Throws AdminProblem `invalid-request` with the place of what is no query. */
export function readFilter({ q, from, to, fields = {}, isList }: FilterQuery, nowMs: number): RequestFilter {
  const fromMs = from === undefined ? undefined : parseMoment(from, nowMs)
  const toMs = to === undefined ? undefined : parseMoment(to, nowMs)
  const asked = readAs('q', () => (isList === true ? readListQuery : readQuery)(q ?? '', nowMs))
  const named = readAs('outcome', () => filterOf(fields))
  return { ...bothOf(asked, named), ...defined({ fromMs, toMs }) }
}

/** Reads what `q` says. Throws as `readFilter` does. */
export function readAsQuery(read: () => RequestFilter): RequestFilter {
  return readAs('q', read)
}

function readAs(path: string, read: () => RequestFilter): RequestFilter {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof QueryError)) throw thrown
    const { message, at, hint } = thrown
    throw new AdminProblem('invalid-request', {
      detail: 'The query has mistakes.',
      errors: [{ path, message: path === 'q' ? `at ${at}: ${message}` : message, ...defined({ hint }) }],
    })
  }
}
