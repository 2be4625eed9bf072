import { z } from 'zod'
import { madeId } from './audit-terms.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { MintedKey } from '../exchange/virtual-key.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { PAGE_QUERY, pageBody, pageSchema, parseQuery, type AdminRoute } from './admin-route.ts'
import { createKey, createKeySchema, type CreateKeyNeeds } from './create-key.ts'
import { standingsOf, type StandingNeeds } from './key-standings.ts'
import { actAnswer, keyAnswer, toActJson, toKeyJson } from './keys-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

export interface KeyRoutesNeeds extends Omit<StandingNeeds, 'keys' | 'plan'> {
  readonly keys: KeyStore
  readonly mint: (id?: string) => MintedKey
  readonly plan: () => Plan
  /** Called after a change, so that this process need not wait for its next look. */
  readonly onKeysChanged: () => void
  /** Refuses a key in this process from now on, before the store is told. */
  readonly refuseKey: (id: string, atMs: number) => void
}

const listQuery = z.strictObject(PAGE_QUERY)

/** Keys: make, list, look at, revoke. What becomes of one meanwhile: `key-changes.ts`. */
export function keyRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  return [...writingRoutes(needs), ...readingRoutes(needs)]
}

function writingRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  const { keys, plan } = needs
  const { nowMs } = needs.clock
  return [
    {
      method: 'POST',
      path: '/api/v1/keys',
      summary: 'Creates a key. Its text is in this answer and nowhere else.',
      body: createKeySchema,
      audit: { subject: 'key', idIn: madeId, tells: Object.keys(createKeySchema.shape) },
      answer: { status: 201, schema: keyAnswer.extend({ key: z.string().describe('Shown once.') }) },
      async handle({ body }) {
        const making = { ...needs, ...knownTo(plan()), nowMs, via: 'api' } as const
        const { record, key } = await createKey(body, making)
        needs.onKeysChanged()
        return jsonResponse({ ...toKeyJson(record, { nowMs: nowMs() }), key: key.reveal() }, 201)
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/keys/{id}',
      summary: 'Revokes a key. Revoking it again changes nothing.',
      audit: { subject: 'key', isUrgent: true },
      answer: { status: 200, schema: keyAnswer },
      async handle({ params: { id = '' } }) {
        refuseDeclared(id, plan())
        needs.refuseKey(id, nowMs())
        if (!(await revokeInStore(id, needs))) throw await unknownKey(id, keys)
        needs.onKeysChanged()
        return jsonResponse(toKeyJson(await findStored(id, keys), { nowMs: nowMs() }))
      },
    },
  ]
}

function readingRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  const { keys, plan } = needs
  const { nowMs } = needs.clock
  return [
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
        const records = [...declared, ...page.rows]
        const standings = await standingsOf(needs, records)
        const rows = records.map((key, index) =>
          toKeyJson(key, {
            origin: index < declared.length ? 'file' : 'api',
            nowMs: nowMs(),
            standing: standings[index],
          }),
        )
        return jsonResponse(pageBody(rows, page.next))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/keys/{id}',
      summary: 'One key, without its text, and what was done to it.',
      answer: {
        status: 200,
        schema: keyAnswer.extend({ acts: z.array(actAnswer).describe('The latest first.') }),
      },
      async handle({ params: { id = '' } }) {
        const declared = plan().declaredKeys.find((key) => key.id === id)
        const record = declared ?? (await findStored(id, keys))
        const [[standing], acts] = await Promise.all([standingsOf(needs, [record]), keys.acts(id)])
        const json = toKeyJson(record, {
          origin: declared === undefined ? 'api' : 'file',
          nowMs: nowMs(),
          standing,
        })
        return jsonResponse({ ...json, acts: acts.map(toActJson) })
      },
    },
  ]
}

/** What a key is checked against. */
export function knownTo({ projects, onlyProblems }: Plan): Pick<CreateKeyNeeds, 'projects' | 'onlyProblems'> {
  return { projects: [...projects.keys()], ...defined({ onlyProblems }) }
}

/** Throws AdminProblem `read-only` for a key of the file. */
export function refuseDeclared(id: string, { declaredKeys }: Plan): void {
  if (declaredKeys.some((key) => key.id === id))
    throw new AdminProblem('read-only', { detail: 'Change or remove the key in the configuration file.' })
}

async function revokeInStore(id: string, { keys, clock: { nowMs } }: KeyRoutesNeeds): Promise<boolean> {
  const atMs = nowMs()
  try {
    return await keys.revoke(id, atMs, { atMs, what: 'revoked', via: 'api', detail: '' })
  } catch (thrown) {
    const detail =
      'This gateway refuses the key from now on, but the store could not be told: after a restart, and elsewhere, it would be taken. Revoke it again.'
    throw new AdminProblem('store-failing', { detail, cause: thrown })
  }
}

/** A key of the store. Throws AdminProblem `not-found` with ids and names that look like it. */
export async function findStored(id: string, keys: KeyStore): Promise<KeyRecord> {
  const key = await keys.find(id)
  if (key === undefined) throw await unknownKey(id, keys)
  return key
}

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
