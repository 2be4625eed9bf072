import type { Random } from '../kit/random.ts'
import type { Credential, Target } from '../exchange/target.ts'
import type { HealthView } from './health.ts'

/** What a credential is picked from and with. */
export interface CredentialPick {
  readonly target: Target
  readonly health: HealthView
  readonly random: Random
  /** Ids of credentials that this exchange has used up at this target. */
  readonly spent: readonly string[]
}

/** Picks one of the target's credentials that do not rest, by weight; undefined when there is none. */
export function pickCredential(pick: CredentialPick): Credential | undefined {
  const { random } = pick
  const { credentials } = pick.target
  const only = credentials[0]
  if (credentials.length <= 1) return only !== undefined && isFree(only, pick) ? only : undefined
  const free = credentials.filter((credential) => isFree(credential, pick))
  let total = 0
  for (const credential of free) total += credential.weight
  let draw = random.next() * total
  for (const credential of free) {
    draw -= credential.weight
    if (draw < 0) return credential
  }
  return free.at(-1)
}

function isFree({ id }: Credential, { target, health, spent }: CredentialPick): boolean {
  return !spent.includes(id) && health.credentialRestsUntil(target.id, id) === undefined
}
