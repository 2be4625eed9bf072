import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import type { JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { MintedKey } from '../exchange/virtual-key.ts'
import type { KeyStore } from '../store/store.ts'
import { PAGE_QUERY, moneySchema, pageBody, pageSchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { createKey, createKeySchema, type CreateKeyNeeds } from './create-key.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toKeyJson } from './to-json.ts'
import { defined } from '../kit/defined.ts'

export interface KeyRoutesNeeds {
  readonly keys: KeyStore
  readonly mint: () => MintedKey
  readonly nowMs: () => number
  readonly plan: () => Plan
  /** Called after a change, so that this process need not wait for its next look. */
  readonly onKeysChanged: () => void
  /** Refuses a key in this process from now on, before the store is told. */
  readonly refuseKey: (id: string, atMs: number) => void
}

const keyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  origin: z.enum(['api', 'file']),
  status: z.enum(['active', 'revoked', 'expired']),
  project: z.string().optional(),
  models: z.array(z.string()).optional().describe('Absent: all.'),
  endpoints: z.array(z.string()).optional().describe('Absent: all.'),
  only: z
    .object({
      region: z.array(z.string()).optional(),
      retention: z.string().optional(),
      data_policy: z.string().optional(),
      providers: z.array(z.string()).optional(),
      tags: z.array(z.string()).optional(),
    })
    .optional()
    .describe('What every target must fulfil that answers it.'),
  limits: z.object({
    rpm: z.int().optional(),
    tpm: z.int().optional(),
    concurrent: z.int().optional(),
  }),
  queue: z
    .object({ max: z.int(), wait: z.string() })
    .optional()
    .describe('Who waits where its limits are reached; absent: nobody.'),
  budgets: z.array(moneySchema.extend({ per: z.string() })),
  allow: z.array(z.string()),
  created_at: z.iso.datetime().optional(),
  expires_at: z.iso.datetime().optional(),
  revoked_at: z.iso.datetime().optional(),
})

const listQuery = z.strictObject(PAGE_QUERY)

/** Keys: make, list, look at, revoke. */
export function keyRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  const { keys, nowMs, plan } = needs
  return [
    {
      method: 'POST',
      path: '/api/v1/keys',
      summary: 'Creates a key. Its text is in this answer and nowhere else.',
      body: createKeySchema,
      answer: { status: 201, schema: keyAnswer.extend({ key: z.string().describe('Shown once.') }) },
      async handle({ body }) {
        const { record, key } = await createKey(body, { ...needs, ...knownTo(plan()) })
        needs.onKeysChanged()
        return jsonResponse({ ...toKeyJson(record, 'api', nowMs()), key: key.reveal() }, 201)
      },
    },
    {
      method: 'GET',
      path: '/api/v1/keys',
      summary: 'Lists keys, newest first; the first page begins with those of the configuration file.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(keyAnswer) },
      async handle({ query }) {
        const { limit, after } = parseQuery(listQuery, query)
        const page = await keys.list({ limit, ...defined({ after }) })
        const declared = after === undefined ? plan().declaredKeys : []
        const rows = [
          ...declared.map((key) => toKeyJson(key, 'file', nowMs())),
          ...page.rows.map((key) => toKeyJson(key, 'api', nowMs())),
        ]
        return jsonResponse(pageBody(rows, page.next))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/keys/{id}',
      summary: 'One key, without its text.',
      answer: { status: 200, schema: keyAnswer },
      handle: async ({ params: { id = '' } }) => jsonResponse(await findKey(id, needs)),
    },
    {
      method: 'DELETE',
      path: '/api/v1/keys/{id}',
      summary: 'Revokes a key. Revoking it again changes nothing.',
      answer: { status: 200, schema: keyAnswer },
      async handle({ params: { id = '' } }) {
        if (plan().declaredKeys.some((key) => key.id === id)) {
          throw new AdminProblem('read-only', { detail: 'Remove the key from the configuration file.' })
        }
        needs.refuseKey(id, nowMs())
        if (!(await revokeInStore(id, needs))) throw await unknownKey(id, keys)
        needs.onKeysChanged()
        return jsonResponse(await findKey(id, needs))
      },
    },
  ]
}

/** What a key is checked against. */
function knownTo({ projects, onlyProblems }: Plan): Pick<CreateKeyNeeds, 'projects' | 'onlyProblems'> {
  return { projects: [...projects.keys()], ...defined({ onlyProblems }) }
}

async function revokeInStore(id: string, { keys, nowMs }: KeyRoutesNeeds): Promise<boolean> {
  try {
    return await keys.revoke(id, nowMs())
  } catch (thrown) {
    const detail =
      'This gateway refuses the key from now on, but the store could not be told: after a restart, and elsewhere, it would be taken. Revoke it again.'
    throw new AdminProblem('store-failing', { detail, cause: thrown })
  }
}

async function findKey(id: string, { keys, nowMs, plan }: KeyRoutesNeeds): Promise<JsonObject> {
  const declared = plan().declaredKeys.find((key) => key.id === id)
  if (declared !== undefined) return toKeyJson(declared, 'file', nowMs())
  const key = await keys.find(id)
  if (key === undefined) throw await unknownKey(id, keys)
  return toKeyJson(key, 'api', nowMs())
}

/** The problem of a wrong id, with ids and names that look like it. */
async function unknownKey(id: string, keys: KeyStore): Promise<AdminProblem> {
  const { rows } = await keys.list({ limit: 500 })
  const byName = new Map(rows.map((key) => [key.name, key.id]))
  const nearest = [
    ...nearestNames(
      id,
      rows.map((key) => key.id),
    ),
    ...nearestNames(id, byName.keys()).flatMap((name) => byName.get(name) ?? []),
  ]
  return new AdminProblem('not-found', {
    detail: `There is no key ${id.slice(0, 100)}.`,
    nearest: [...new Set(nearest)],
  })
}
