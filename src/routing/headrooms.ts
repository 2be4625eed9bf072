import type { LimitLeft } from '../exchange/provider-limit.ts'
import type { Credential } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru, type Lru } from '../kit/lru.ts'
import { Allowances } from './allowance.ts'

/** What is left: the share of the scarcest limit, 0 to 1, and the tokens where they are limited. */
export interface Room {
  readonly share: number
  readonly tokens: number
}

/** The limits of one credential at one target. */
export class Account {
  /** As the provider tells them, for each model by itself. */
  readonly told = new Allowances()
  /** As the operator set them, for all that the credential is used for. */
  readonly set: Allowances | undefined

  constructor(set: Allowances | undefined) {
    this.set = set
  }

  /** Something is sent, or more of it was used than was known. */
  take(used: { readonly requests: number; readonly tokens: number; readonly nowMs: number }): void {
    this.told.take(used)
    this.set?.take(used)
  }
}

/** How much is left of the limits of providers, for each target and credential that has any. */
export class Headrooms {
  readonly #byTarget: Lru<string, Map<string, Account>> = createLru(LIMITS.measuredTargets)
  readonly #set: Lru<string, Allowances> = createLru(LIMITS.measuredTargets)

  /** The provider has told of its limits. */
  tell(
    target: string,
    credential: Credential,
    told: { readonly limits: readonly LimitLeft[]; readonly nowMs: number },
  ): void {
    this.#open(target, credential, told.nowMs).told.tell(told.limits, told.nowMs)
  }

  /** What is taken from when a credential is used at a target; undefined where no limits of it are known. */
  accountOf(target: string, credential: Credential, nowMs: number): Account | undefined {
    return credential.limits === undefined
      ? this.#byTarget.get(target)?.get(credential.id)
      : this.#open(target, credential, nowMs)
  }

  /** What is left for a credential; undefined where it has no limits that are known. */
  of(target: string, credential: string, nowMs: number): Room | undefined {
    const account = this.#byTarget.get(target)?.get(credential)
    return account === undefined ? undefined : roomOf(account, nowMs)
  }

  /** What is left at a target for the credential that has the most. */
  best(target: string, nowMs: number): Room | undefined {
    let best: Room | undefined
    for (const account of this.#byTarget.get(target)?.values() ?? []) {
      const room = roomOf(account, nowMs)
      if (room !== undefined && (best === undefined || room.share > best.share)) best = room
    }
    return best
  }

  #open(target: string, credential: Credential, nowMs: number): Account {
    let accounts = this.#byTarget.get(target)
    if (accounts === undefined) {
      accounts = new Map()
      this.#byTarget.set(target, accounts)
    }
    let account = accounts.get(credential.id)
    if (account === undefined) {
      account = new Account(this.#openSet(credential, nowMs))
      accounts.set(credential.id, account)
    }
    return account
  }

  #openSet({ id, limits }: Credential, nowMs: number): Allowances | undefined {
    if (limits === undefined) return undefined
    let set = this.#set.get(id)
    if (set === undefined) {
      set = new Allowances()
      set.tell(limits, nowMs)
      this.#set.set(id, set)
    }
    return set
  }
}

function roomOf({ told, set }: Account, nowMs: number): Room | undefined {
  const shares = [told.shareAt(nowMs), set?.shareAt(nowMs)].filter((share) => share !== undefined)
  if (shares.length === 0) return undefined
  const tokens = Math.min(told.tokensAt(nowMs), set?.tokensAt(nowMs) ?? Number.POSITIVE_INFINITY)
  return { share: Math.min(...shares), tokens }
}
