import type { Owners } from './owner.ts'
import type { Standing } from './standing.ts'

/** Who is asking, established by their key, and everything that holds for them. */
export interface Caller extends Standing {
  readonly owners: Owners
  readonly keyName: string
}

/**
 * By whom callers are told apart where none may suffer for what another one sends: the project, or the key that has none;
 * empty for the house itself.
 */
export function callerId(caller: Caller | undefined): string {
  const { project, key } = caller?.owners ?? {}
  return project ?? key ?? ''
}
