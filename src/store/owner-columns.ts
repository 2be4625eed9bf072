import { SCOPES, type Scope } from '../exchange/owner.ts'
import type { Column } from './columns.ts'

/**
 * Where the ids of owners are kept, in rows of the ledger, in lines of the request log, in sums and in reports. The names of key
 * and project are as old as the tables; `user` alone is a word of SQL.
 */
export const OWNER_NAMES: Readonly<Record<Scope, string>> = {
  key: 'key_id',
  user: 'user_id',
  customer: 'customer_id',
  project: 'project',
  team: 'team_id',
  organisation: 'organisation_id',
}

/** The columns of `Owners`. The ledger has always had a text for the key, so nobody's key is the empty one. */
export const OWNER_COLUMNS: readonly Column[] = SCOPES.map((scope) => ({
  field: scope,
  name: OWNER_NAMES[scope],
  kind: 'name',
  optional: true,
  nothing: scope === 'key' ? '' : null,
}))
