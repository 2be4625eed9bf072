import { z } from 'zod'
import { formatPath, type PathStep } from '../config/problems.ts'
import { nameSchema } from '../config/schema/values.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { toTimeJson } from './to-json.ts'

/** Where secrets are kept that the configuration refers to as `stored:NAME`. What they are never leaves. */
export interface SecretDesk {
  names(): readonly { readonly name: string; readonly atMs: number }[]
  /** Keeps one, and has the configuration compiled with it. Gives false where there is no room for another. */
  set(name: string, text: string): Promise<boolean>
  /** Gives false where there is none of this name. */
  remove(name: string): Promise<boolean>
}

const secretAnswer = z.object({
  name: z.string(),
  at: z.iso.datetime().describe('When it was stored last.'),
  used_at: z.array(z.string()).describe('Where the configuration in force refers to it.'),
})

const SECRET = 'the secret: 1 to 8192 characters in one line'

/** The text of a secret, as it comes from a clipboard. */
export const secretTextSchema = z
  .string({ error: SECRET })
  .trim()
  .min(1, { error: SECRET })
  .max(8_192, { error: SECRET })
  .regex(/^\P{Cc}+$/u, { error: SECRET })

const putBody = z.strictObject({
  value: secretTextSchema.describe('The secret itself. It is sealed in the store, and never told.'),
})

export interface SecretRoutesNeeds {
  readonly secrets: SecretDesk
  readonly releases: Pick<ReleaseDesk, 'now'>
}

/** Secrets that the store keeps: their names, and new ones. */
export function storedSecretRoutes({ secrets, releases }: SecretRoutesNeeds): AdminRoute[] {
  const tell = (name: string, atMs: number): JsonObject => ({
    name,
    at: toTimeJson(atMs),
    used_at: usesOf(name, releases),
  })
  const toldNow = (name: string): JsonObject =>
    tell(name, secrets.names().find((one) => one.name === name)?.atMs ?? 0)
  return [
    {
      method: 'GET',
      path: '/api/v1/secrets',
      summary: 'Names of the secrets that are stored here, and where each is used.',
      answer: { status: 200, schema: z.object({ data: z.array(secretAnswer) }) },
      handle: () => jsonResponse({ data: secrets.names().map(({ name, atMs }) => tell(name, atMs)) }),
    },
    {
      method: 'PUT',
      path: '/api/v1/secrets/{name}',
      summary: 'Stores a secret under a name, or another one in its place; it is in force at once.',
      body: putBody,
      audit: { subject: 'secret' },
      answer: { status: 200, schema: secretAnswer },
      async handle({ params: { name: given = '' }, body }) {
        const { name } = parseBody(z.strictObject({ name: nameSchema }), { name: given })
        const { value } = parseBody(putBody, body)
        if (await secrets.set(name, value)) return jsonResponse(toldNow(name))
        throw new AdminProblem('too-much', { detail: `${LIMITS.storedSecrets} secrets can be stored.` })
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/secrets/{name}',
      summary: 'Forgets a secret that the configuration does not use.',
      audit: { subject: 'secret' },
      answer: { status: 200, schema: secretAnswer },
      async handle({ params: { name = '' } }) {
        const told = toldNow(name)
        const uses = usesOf(name, releases)
        if (uses.length > 0)
          throw new AdminProblem('in-use', {
            detail: `stored:${name} stands at ${uses.slice(0, 5).join(', ')}.`,
          })
        if (await secrets.remove(name)) return jsonResponse(told)
        const names = secrets.names().map((one) => one.name)
        throw new AdminProblem('not-found', {
          detail: `No secret called ${name.slice(0, 100)} is stored.`,
          nearest: nearestNames(name, names),
        })
      },
    },
  ]
}

/** The paths at which the configuration in force refers to a secret. */
function usesOf(name: string, releases: Pick<ReleaseDesk, 'now'>): string[] {
  const uses: string[] = []
  const visit = (part: Json, path: readonly PathStep[]): void => {
    if (part === `stored:${name}`) uses.push(formatPath(path))
    else if (isArray(part)) part.forEach((item, index) => visit(item, [...path, index]))
    else if (isObject(part))
      for (const [member, item] of Object.entries(part)) visit(item ?? null, [...path, member])
  }
  visit(releases.now().compiled.loaded.written ?? {}, [])
  return uses
}
