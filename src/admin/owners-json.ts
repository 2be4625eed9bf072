import { z } from 'zod'
import { SCOPES, type Owners, type Scope } from '../exchange/owner.ts'
import type { JsonObject } from '../kit/json.ts'
import { OWNER_NAMES } from '../store/owner-columns.ts'

/** The ids of owners, under the names of their columns. */
export function toOwnersJson(owners: Owners): JsonObject {
  const json: Record<string, string> = {}
  for (const scope of SCOPES) {
    const id = owners[scope]
    if (id !== undefined) json[OWNER_NAMES[scope]] = id
  }
  return json
}

/** What `toOwnersJson` gives. */
export const OWNERS_SHAPE: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  SCOPES.map((scope) => [OWNER_NAMES[scope], z.string().optional()]),
)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names of members
export const OWNERS_QUERY = Object.fromEntries(
  SCOPES.map((scope) => [
    scope,
    z.string().max(100).optional().describe(`Only of the ${scope} with this id.`),
  ]),
) as Readonly<Record<Scope, z.ZodOptional<z.ZodString>>>
