import { z } from 'zod'
import { nameSchema, textSchema, urlSchema } from '../config/schema/values.ts'
import { nearestNames } from '../kit/nearest.ts'
import { Secret } from '../kit/secret.ts'
import { AddressError } from '../providers/place-offers.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import type { KeyTrial, TriedKey } from '../providers/try-key.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { secretTextSchema } from './stored-secrets.ts'

const tryBody = z.strictObject({
  key: secretTextSchema.describe('The key. It is sent to this provider, kept nowhere, and never told.'),
  base_url: urlSchema.optional().describe("In place of the provider's address."),
  settings: z
    .record(nameSchema, textSchema)
    .default({})
    .describe("Parts of the provider's address, for example an account id."),
})

const tryAnswer = z.object({
  verdict: z
    .enum(['taken', 'unproven', 'refused', 'unreachable'])
    .describe(
      '`taken`, `refused`; `unproven`: the provider is there, and what it answers says nothing of the key; `unreachable`: it is not.',
    ),
  host: z.string().describe('Who was asked.'),
  status: z.int().optional().describe('Absent: there was no answer, or nothing could be asked.'),
  says: z.string().optional().describe("The provider's own words, without the key."),
  models: z.int().optional().describe('Models in its list.'),
})

export interface ProviderKeyNeeds {
  readonly definitions: readonly ProviderDefinition[]
  readonly tryKey: (trial: KeyTrial) => Promise<TriedKey>
}

/** Keys of providers, before they are kept. */
export function providerKeyRoutes({ definitions, tryKey }: ProviderKeyNeeds): AdminRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/providers/{name}/try',
      summary:
        'Tries a key of a known provider by asking for its list of models. It costs nothing, and nothing is kept.',
      body: tryBody,
      changesNothing: true,
      audit: { subject: 'provider' },
      answer: { status: 200, schema: tryAnswer },
      async handle({ params: { name = '' }, body }) {
        const { key, base_url: baseUrl, settings } = parseBody(tryBody, body)
        const definition = findDefinition(name, definitions)
        const trial = { definition, key: new Secret(key), baseUrl, settings }
        return jsonResponse({ ...(await tryKey(trial).catch(explainAddress)) })
      },
    },
  ]
}

function findDefinition(name: string, definitions: readonly ProviderDefinition[]): ProviderDefinition {
  const found = definitions.find((one) => one.name === name)
  if (found !== undefined) return found
  throw new AdminProblem('not-found', {
    detail: `There is no known provider ${name.slice(0, 100)}.`,
    nearest: nearestNames(
      name,
      definitions.map((one) => one.name),
    ),
  })
}

function explainAddress(thrown: unknown): never {
  if (!(thrown instanceof AddressError)) throw thrown
  const { setting, message } = thrown
  throw new AdminProblem('invalid-request', {
    detail: 'The body has mistakes.',
    errors: [{ path: setting === undefined ? 'base_url' : `settings.${setting}`, message }],
  })
}
