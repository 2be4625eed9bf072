import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { AuditEntry } from '../store/audit.ts'
import { PAGE_QUERY, pageBody, pageSchema, parseQuery, type AdminRoute } from './admin-route.ts'
import type { AuditDesk, ChainState } from './audit-desk.ts'
import { OPEN_PERIOD_QUERY, readPeriod } from './period.ts'
import { jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const word = z.string().min(1).max(200).optional()

const listQuery = z.strictObject({
  ...PAGE_QUERY,
  act: word.describe('`POST /api/v1/keys`, `config reload`, or how it begins: `POST`, `config`.'),
  actor: word.describe('`admin token`, `file`, `process`, `command`.'),
  subject: word.describe('`key:3f9aBc…`, or its kind: `key`.'),
  ...OPEN_PERIOD_QUERY,
})

/** As far back as anything is kept. */
const EVER = '1970-01-01'

/** An entry as it is told; what it is hashed as is in docs/audit.md. */
const entryAnswer = z.object({
  sequence: z.int(),
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  address: z.string().optional(),
  act: z.string(),
  subject: z.string().optional(),
  outcome: z.string().describe('The status of the answer, or a word; `unknown`: it broke off.'),
  digest: z.string().optional().describe('SHA-256 of what was asked, without what is secret in it.'),
  summary: z.string(),
  prev: z.string().describe('The hash of the entry before.'),
  hash: z.string(),
  signer: z.string(),
  signature: z.string(),
})

const stateAnswer = z.object({
  whole: z.boolean(),
  up_to: z.int().describe('The last entry that everything is right with up to.'),
  hash: z.string(),
  entries: z.int(),
  checked_at: z.iso.datetime(),
  public_key: z.string(),
  fault: z
    .object({ kind: z.string(), sequence: z.int(), message: z.string() })
    .optional()
    .describe('The first entry that is not as it was added, and what is wrong with it.'),
})

export interface AuditRoutesNeeds {
  readonly audit: AuditDesk
  readonly nowMs: () => number
}

/** What was done, by whom, and whether the chain of it is whole. */
export function auditRoutes({ audit, nowMs }: AuditRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/audit',
      summary: 'What was done to the gateway and through its admin API, newest first.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(entryAnswer) },
      async handle({ query }) {
        const { limit, after, act, actor, subject, from, to } = parseQuery(listQuery, query)
        const { fromMs } = readPeriod({ from: from ?? EVER }, nowMs())
        const toMs = to === undefined ? undefined : readPeriod({ from: EVER, to }, nowMs()).toMs
        const page = await audit.list({
          limit,
          ...defined({ after, act, actor, subject, fromMs, toMs }),
        })
        return jsonResponse(pageBody(page.rows.map(toEntryJson), page.next))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/audit/state',
      summary:
        'Whether the chain is whole: the hash of every entry, the signature of the last, and the end that is kept beside the store. Looked at once a minute at most.',
      answer: { status: 200, schema: stateAnswer },
      handle: async () => jsonResponse(toStateJson(await audit.state())),
    },
  ]
}

function toEntryJson({ atMs, ...entry }: AuditEntry): JsonObject {
  return { ...entry, at: toTimeJson(atMs) }
}

function toStateJson({ sequence, hash, entries, checkedAtMs, publicKey, fault }: ChainState): JsonObject {
  return {
    whole: fault === undefined,
    up_to: sequence,
    hash,
    entries,
    checked_at: toTimeJson(checkedAtMs),
    public_key: publicKey,
    ...(fault === undefined
      ? {}
      : { fault: { kind: fault.kind, sequence: fault.sequence, message: fault.message } }),
  }
}
