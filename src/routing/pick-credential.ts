import type { Random } from '../kit/random.ts'
import type { Credential, Target } from '../exchange/target.ts'
import type { HealthView } from './health.ts'

/** What a credential is picked from and with. */
export interface CredentialPick {
  readonly target: Target
  readonly health: HealthView
  readonly random: Random
  /** Ids of credentials that this exchange has used up at this target. */
  readonly spent: ReadonlySet<string>
}

/** Picks one of the target's credentials that do not rest, by weight; undefined when there is none. */
export function pickCredential({ target, health, random, spent }: CredentialPick): Credential | undefined {
  const isFree = (credential: Credential): boolean =>
    (spent.size === 0 || !spent.has(credential.id)) &&
    health.credentialRestsUntil(target.id, credential.id) === undefined
  const { credentials } = target
  const [only] = credentials
  if (credentials.length <= 1) return only !== undefined && isFree(only) ? only : undefined
  const free = credentials.filter(isFree)
  let total = 0
  for (const credential of free) total += credential.weight
  let draw = random.next() * total
  for (const credential of free) {
    draw -= credential.weight
    if (draw < 0) return credential
  }
  return free.at(-1)
}
