import type { Account } from './account.ts'
import type { Caller } from './caller.ts'
import { standingOf, type Permissions } from './standing.ts'

/** For tests: what a key says of who presents it. */
export type SampleKey = Partial<
  Permissions & Pick<Caller, 'owners' | 'keyName'> & { readonly accounts: readonly Account[] }
>

/** For tests: a caller that may do everything, unless the changes say otherwise. */
export function sampleCaller({ accounts = [], ...changes }: SampleKey = {}): Caller {
  const standing = standingOf(accounts, { allowedOptions: ['*'] })
  return { ...standing, owners: { key: 'key000000001' }, keyName: 'tests', ...changes }
}
