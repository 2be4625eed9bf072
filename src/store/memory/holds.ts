import { Failure } from '../../exchange/failure.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { Soon } from '../../kit/soon.ts'
import type { Hold, HoldVerdict } from '../store.ts'
import { makeRoom } from './make-room.ts'

interface Balance {
  spentNanoUsd: NanoUsd
  heldNanoUsd: NanoUsd
  /** Reservations that are not settled. */
  holds: number
  readonly endsAtMs: number
  /** Set until the opening balance is known. */
  opening?: Promise<void>
}

interface Reservation {
  readonly amountNanoUsd: NanoUsd
  readonly balances: readonly Balance[]
}

const ADMITTED: HoldVerdict = { admitted: true }

/** An amount to be held in every account, or in none. */
export interface HoldRequest {
  readonly id: string
  readonly amountNanoUsd: NanoUsd
  readonly holds: readonly Hold[]
  readonly nowMs: number
}

/**
 * Money held and spent per account and window: the authority over budgets of one process. The decision itself is synchronous:
 * between looking and holding, nothing else runs. Only the opening balance of an account not seen before is waited for, once for
 * all who ask meanwhile.
 */
export class Holds {
  readonly #capacity: number
  readonly #balances = new Map<string, Balance>()
  /** Bounded by the requests in flight: each is settled when its attempt is over. */
  readonly #reservations = new Map<string, Reservation>()

  /** @param capacity accounts held at once; ended windows leave first, then accounts without holds, whose balance the ledger knows */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Holds the amount where it fits everywhere. Rejects when an opening balance cannot be read. */
  reserve(request: HoldRequest): Soon<HoldVerdict> {
    if (this.#reservations.has(request.id)) return ADMITTED
    const found = this.#find(request)
    if (found instanceof Promise) return found.then(() => this.reserve(request))
    return this.#decide(request, found)
  }

  /** Replaces the hold by what was spent; once. */
  settle(id: string, actualNanoUsd: NanoUsd): void {
    const reservation = this.#reservations.get(id)
    if (reservation === undefined) return
    this.#reservations.delete(id)
    for (const balance of reservation.balances) {
      balance.heldNanoUsd -= reservation.amountNanoUsd
      balance.spentNanoUsd += actualNanoUsd
      balance.holds -= 1
    }
  }

  /** Spent and held of an account, or undefined when it is not known yet. */
  balance(account: string): { readonly spentNanoUsd: NanoUsd; readonly heldNanoUsd: NanoUsd } | undefined {
    const balance = this.#balances.get(account)
    if (balance === undefined || balance.opening !== undefined) return undefined
    return { spentNanoUsd: balance.spentNanoUsd, heldNanoUsd: balance.heldNanoUsd }
  }

  /** The balances of all accounts when every one is known, otherwise what to wait for. */
  #find({ holds, nowMs }: HoldRequest): readonly Balance[] | Promise<unknown> {
    const found: Balance[] = []
    for (const hold of holds) {
      const balance = this.#balances.get(hold.account)
      if (balance === undefined || balance.opening !== undefined) return this.#open(holds, nowMs)
      found.push(balance)
    }
    return found
  }

  /** Waits for the opening balances of all accounts that lack one. */
  #open(holds: readonly Hold[], nowMs: number): Promise<unknown> {
    const openings: Promise<void>[] = []
    for (const hold of holds) {
      const balance = this.#balances.get(hold.account)
      if (balance === undefined) openings.push(this.#load(hold, nowMs))
      else if (balance.opening !== undefined) openings.push(balance.opening)
    }
    return Promise.all(openings)
  }

  #load(hold: Hold, nowMs: number): Promise<void> {
    const room = makeRoom(this.#balances, this.#capacity, (balance) => {
      if (balance.holds > 0 || balance.opening !== undefined) return 'busy'
      return balance.endsAtMs <= nowMs ? 'over' : 'idle'
    })
    if (!room) return Promise.reject(new Failure('overloaded'))
    const balance: Balance = { spentNanoUsd: 0n, heldNanoUsd: 0n, holds: 0, endsAtMs: hold.endsAtMs }
    const opening = hold.openingNanoUsd().then(
      (spent) => {
        balance.spentNanoUsd = spent
        delete balance.opening
      },
      (error: unknown) => {
        this.#balances.delete(hold.account)
        throw error
      },
    )
    balance.opening = opening
    this.#balances.set(hold.account, balance)
    return opening
  }

  #decide({ id, amountNanoUsd, holds }: HoldRequest, found: readonly Balance[]): HoldVerdict {
    const refusal = refusalOf(amountNanoUsd, holds, found)
    if (refusal !== undefined) return refusal
    for (const balance of found) {
      balance.heldNanoUsd += amountNanoUsd
      balance.holds += 1
    }
    this.#reservations.set(id, { amountNanoUsd, balances: found })
    return ADMITTED
  }
}

/** The account that has no room for the amount: the first where waiting does not help, else the first where others hold the room. */
function refusalOf(
  amountNanoUsd: NanoUsd,
  holds: readonly Hold[],
  found: readonly Balance[],
): HoldVerdict | undefined {
  let held: HoldVerdict | undefined
  let index = 0
  for (const { spentNanoUsd, heldNanoUsd } of found) {
    const unheld = (holds[index]?.limitNanoUsd ?? 0n) - spentNanoUsd - amountNanoUsd
    if (unheld < heldNanoUsd) {
      const refusal: HoldVerdict = { admitted: false, refusedBy: index, spentNanoUsd, heldNanoUsd }
      if (unheld < 0n) return refusal
      held ??= refusal
    }
    index += 1
  }
  return held
}
