import type { Random } from '../kit/random.ts'
import type { Credential, Target } from '../exchange/target.ts'
import type { HealthView } from '../exchange/health-view.ts'

/** What a credential is picked from and with. */
export interface CredentialPick {
  readonly target: Target
  readonly health: HealthView
  readonly random: Random
  /** Who asks, as in `HealthSubject`. */
  readonly caller: string
  /** Ids of credentials that this exchange has used up at this target. */
  readonly spent: readonly string[]
  /** True when nothing better is there: of credentials that all rest, the one whose rest ends first is taken. */
  readonly lastResort: boolean
}

/** Picks one of the target's credentials that do not rest, by weight; undefined when there is none. */
export function pickCredential(pick: CredentialPick): Credential | undefined {
  return pickFree(pick) ?? (pick.lastResort ? pickResting(pick) : undefined)
}

function pickFree(pick: CredentialPick): Credential | undefined {
  const { credentials } = pick.target
  if (credentials.length > 1) return pickByWeight(pick)
  const only = credentials[0]
  return only !== undefined && isFree(only, pick) ? only : undefined
}

function pickByWeight(pick: CredentialPick): Credential | undefined {
  const free = pick.target.credentials.filter((credential) => isFree(credential, pick))
  let total = 0
  for (const credential of free) total += credential.weight
  let draw = pick.random.next() * total
  for (const credential of free) {
    draw -= credential.weight
    if (draw < 0) return credential
  }
  return free.at(-1)
}

function pickResting({ target, health, caller, spent }: CredentialPick): Credential | undefined {
  const restsUntilMs = ({ id }: Credential): number => health.credentialRestsUntil(target.id, id, caller) ?? 0
  return target.credentials
    .filter(({ id }) => !spent.includes(id))
    .toSorted((left, right) => restsUntilMs(left) - restsUntilMs(right))[0]
}

function isFree({ id }: Credential, { target, health, caller, spent }: CredentialPick): boolean {
  return !spent.includes(id) && health.credentialRestsUntil(target.id, id, caller) === undefined
}
