import { toKeyTerms } from '../config/compile-accounts.ts'
import { keyFieldsSchema } from '../config/schema/accounts.ts'
import type { Json } from '../kit/json.ts'
import type { Secret } from '../kit/secret.ts'
import type { MintedKey } from '../policies/request/virtual-key.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { parseBody } from './admin-route.ts'

export interface CreateKeyNeeds {
  readonly keys: KeyStore
  readonly mint: () => MintedKey
  readonly nowMs: () => number
}

/** What a key may be created with: the fields of a declared key, without its text. */
export const createKeySchema = keyFieldsSchema

/**
 * Creates a key from a body in the words of the configuration file.
 *
 * @throws AdminProblem `invalid-request` with every mistake
 */
export async function createKey(
  body: Json,
  needs: CreateKeyNeeds,
): Promise<{ readonly record: KeyRecord; readonly key: Secret }> {
  const terms = toKeyTerms(parseBody(createKeySchema, body))
  const { text, ...identity } = needs.mint()
  const record: KeyRecord = { ...identity, ...terms, createdAtMs: needs.nowMs() }
  await needs.keys.create(record)
  return { record, key: text }
}
