import { z } from 'zod'
import type { Json, JsonObject } from '../kit/json.ts'
import { defined } from '../kit/defined.ts'

/** One thing wrong with a request, at a path in its body or query. */
export interface ProblemDetail {
  readonly path: string
  readonly message: string
  readonly hint?: string
  /** Of a configuration: the document it is in where that is not the file, and its place there. */
  readonly layer?: 'managed'
  readonly line?: number
  readonly column?: number
}

const TITLES = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'token-missing': { status: 401, title: 'The admin token is missing or wrong' },
  'host-refused': { status: 403, title: 'The request came by a name that is not ours' },
  'origin-refused': { status: 403, title: 'Pages of other origins may not come here' },
  'not-allowed': { status: 403, title: 'The configuration does not allow this' },
  'not-found': { status: 404, title: 'There is nothing of this name' },
  'method-not-allowed': { status: 405, title: 'This path does not take this method' },
  'read-only': { status: 409, title: 'This is declared in the configuration file' },
  'not-so': { status: 409, title: 'It is in no state for this' },
  'being-tried': { status: 409, title: 'A version is being tried' },
  'in-use': { status: 409, title: 'It is in use' },
  'too-much': { status: 409, title: 'There is no room for more' },
  'under-way': { status: 409, title: 'The same request is under way' },
  'changed-meanwhile': { status: 412, title: 'It is not what it was any more' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'media-type': { status: 415, title: 'The body must be application/json' },
  'repeat-differs': { status: 422, title: 'The same idempotency key came with another request' },
  'too-many-guesses': { status: 429, title: 'Too many wrong tokens are waiting for their answer' },
  internal: { status: 500, title: 'The gateway failed' },
  'not-now': { status: 503, title: 'The gateway does not do this now' },
  'store-failing': { status: 503, title: 'The store does not take this now' },
} as const

export type ProblemCode = keyof typeof TITLES

/** What a problem document holds. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(TITLES)),
  detail: z.string().optional(),
  errors: z
    .array(
      z.object({
        path: z.string(),
        message: z.string(),
        hint: z.string().optional(),
        layer: z.literal('managed').optional().describe('The document it is in, where that is not the file.'),
        line: z.int().optional(),
        column: z.int().optional(),
      }),
    )
    .optional()
    .describe('What is wrong, and where in the body or the query.'),
  nearest: z.array(z.string()).optional().describe('Names to offer instead.'),
})

export interface ProblemFacts {
  readonly detail?: string
  readonly errors?: readonly ProblemDetail[]
  /** Names to offer instead. */
  readonly nearest?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** For the log, never shown. */
  readonly cause?: unknown
}

/** What the admin API throws; becomes a problem document (RFC 9457). */
export class AdminProblem extends Error {
  readonly code: ProblemCode
  readonly facts: ProblemFacts

  constructor(code: ProblemCode, facts: ProblemFacts = {}) {
    super(facts.detail ?? TITLES[code].title, { cause: facts.cause })
    this.name = 'AdminProblem'
    this.code = code
    this.facts = facts
  }
}

/** Writes a problem as `application/problem+json` (RFC 9457). */
export function problemResponse(problem: AdminProblem): Response {
  const { status, title } = TITLES[problem.code]
  const { detail, errors, nearest, headers } = problem.facts
  const body: JsonObject = {
    type: `urn:gatehouse:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    ...defined({ detail }),
    ...(errors === undefined ? {} : { errors: errors.map(toJson) }),
    ...(nearest === undefined || nearest.length === 0 ? {} : { nearest }),
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...SAFE_HEADERS, ...headers },
  })
}

function toJson({ path, message, hint, layer, line, column }: ProblemDetail): Json {
  return { path, message, ...defined({ hint, layer, line, column }) }
}

/** Headers of every answer of the admin listener: never cached, never framed, never sniffed. */
export const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
} as const

/** An answer in JSON. */
export function jsonResponse(body: Json, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...SAFE_HEADERS },
  })
}
