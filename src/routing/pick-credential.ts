import type { Random } from '../kit/random.ts'
import type { Credential, Target } from '../exchange/target.ts'
import type { HealthView } from '../exchange/health-view.ts'
import type { RoomView } from '../exchange/load-view.ts'

/** What a credential is picked from and with. */
export interface CredentialPick {
  readonly target: Target
  readonly health: HealthView
  readonly rooms: RoomView
  readonly random: Random
  /** An estimate of what the request takes of a limit of tokens. */
  readonly tokens: number
  /** Who asks, as in `HealthSubject`. */
  readonly caller: string
  /** Ids of credentials that this exchange has used up at this target. */
  readonly spent: readonly string[]
  /** True when nothing better is there: of credentials that all rest, the one whose rest ends first is taken. */
  readonly lastResort: boolean
}

/**
 * Picks one of the target's credentials that do not rest, by weight and by what is left of its limits, so that another is used before
 * one is refused; undefined when there is none.
 */
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
  const shares = free.map(
    ({ id, weight }) => weight * (pick.rooms.room(pick.target.id, id, pick.tokens) ?? 1),
  )
  let total = 0
  for (const share of shares) total += share
  // Where nothing is left for any, the provider has the last word.
  if (total === 0)
    return drawn(
      free,
      free.map(({ weight }) => weight),
      pick.random,
    )
  return drawn(free, shares, pick.random)
}

function drawn(
  credentials: readonly Credential[],
  shares: readonly number[],
  random: Random,
): Credential | undefined {
  let draw = random.next() * shares.reduce((sum, share) => sum + share, 0)
  for (const [index, credential] of credentials.entries()) {
    draw -= shares[index] ?? 0
    if (draw < 0) return credential
  }
  return credentials.at(-1)
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
