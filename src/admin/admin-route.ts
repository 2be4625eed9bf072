import { z } from 'zod'
import { formatPath, type PathStep } from '../config/problems.ts'
import { describeIssues } from '../config/schema-issues.ts'
import { toJsonSchema } from '../config/schema-names.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Peer } from '../kit/http-server.ts'
import type { AuditTerms } from './audit-terms.ts'
import { AdminProblem } from './problem.ts'
import { defined } from '../kit/defined.ts'

/** A request that reached its handler. */
export interface AdminCall {
  /** Values of `{name}` parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  /** Who is at the other end of the connection. */
  readonly peer?: Peer
  /** The body of POST and PUT requests. */
  readonly body: Json
}

/** One method of one path: everything that the router, the audit and the OpenAPI document know of it. */
export type AdminRoute = RouteFacts & (ReadingRoute | QuestionRoute | ActingRoute)

/** It leaves an entry where what it shows is worth one. */
interface ReadingRoute {
  readonly method: 'GET'
  readonly changesNothing?: never
  readonly audit?: AuditTerms
}

interface QuestionRoute {
  readonly method: 'POST'
  /** A question that is too long for a path: it makes no difference how often it is asked. */
  readonly changesNothing: true
  readonly audit?: AuditTerms
}

/** It does something, and does not compile without saying what the audit takes down. */
interface ActingRoute {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly changesNothing?: false
  readonly audit: AuditTerms
}

interface RouteFacts {
  /** For example `/api/v1/keys/{id}`. */
  readonly path: string
  readonly summary: string
  /** Open routes are answered without the admin token. */
  readonly open?: boolean
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Absent: `LIMITS.adminBodyBytes`. */
  readonly maxBodyBytes?: number
  /** The successful answer; absent where it is not JSON. */
  readonly answer?: { readonly status: number; readonly schema: z.ZodType }
  /** What the data of each server-sent event holds, by its name, where the answer is a stream of them. */
  readonly events?: Readonly<Record<string, z.ZodType>>
  readonly handle: (call: AdminCall) => Promise<Response> | Response
}

/**
 * Whether a request to a route may carry an idempotency key: it does something, and what it does twice is done twice. What is told while it
 * happens is not kept.
 */
export function mayComeAgain({ method, changesNothing = false, events }: AdminRoute): boolean {
  return method === 'POST' && !changesNothing && events === undefined
}

/** Checks a body. Throws AdminProblem `invalid-request` that names every mistake, unknown keys included. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: Json): z.output<Schema> {
  return parse(schema, body, 'The body has mistakes.')
}

/** Checks query parameters. Throws AdminProblem `invalid-request`. */
export function parseQuery<Schema extends z.ZodObject>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  return parse(schema, Object.fromEntries(query), 'The query has mistakes.')
}

function parse<Schema extends z.ZodType>(schema: Schema, value: Json, detail: string): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const never = (_path: readonly PathStep[]): boolean => false
  const drafts = describeIssues(result.error.issues, {
    value,
    schema: toJsonSchema(schema),
    isKeyNotYet: never,
    isValueNotYet: never,
  })
  throw new AdminProblem('invalid-request', {
    detail,
    errors: drafts.map(({ path, message, value: found, hint }) => ({
      path: formatPath(path),
      message: found === undefined ? message : `${message}, found ${found}`,
      ...defined({ hint }),
    })),
  })
}

const LIMIT = 'a whole number from 1 to 500'

/** Query parameters of every list. */
export const PAGE_QUERY = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: LIMIT })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 500, { error: LIMIT })
    .prefault('50')
    .describe('How many rows, 1 to 500.'),
  after: z.string().max(500).optional().describe('`next` of the page before.'),
}

/** A list as it is answered. */
export function pageSchema(row: z.ZodType): z.ZodObject {
  return z.object({
    data: z.array(row),
    has_more: z.boolean(),
    next: z.string().optional().describe('Pass as `after` for the next page.'),
  })
}

/** The answer for one page of rows. */
export function pageBody(data: readonly Json[], next: string | undefined): JsonObject {
  return { data, has_more: next !== undefined, ...defined({ next }) }
}

export const moneySchema = z.object({
  usd: z.string().describe('Decimal US dollars.'),
  nano_usd: z.string().describe('The same in whole billionths of a dollar, exact.'),
})
