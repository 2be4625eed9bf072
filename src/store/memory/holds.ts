import { Failure } from '../../exchange/failure.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { HeldBalance, Hold, HoldVerdict } from '../holds.ts'
import { makeRoom } from './make-room.ts'

interface Balance {
  spentNanoUsd: NanoUsd
  heldNanoUsd: NanoUsd
  /** Reservations that are not settled: the balance must stay while there are any. */
  holds: number
  readonly endsAtMs: number
}

interface Reservation {
  amountNanoUsd: NanoUsd
  readonly holds: readonly Hold[]
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
 * Money held and spent per account and window: the authority over budgets of one process. It never waits: between looking and
 * holding, nothing else runs. What an account opens with is brought by whoever asks.
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

  /**
   * Holds the amount where it fits everywhere, or what is missing to it. Throws `overloaded` when there is no room for a further
   * account.
   */
  reserve({ id, amountNanoUsd, holds, nowMs }: HoldRequest): HoldVerdict {
    const reservation = this.#reservations.get(id)
    if (reservation !== undefined) return raise(reservation, amountNanoUsd)
    let balances = this.#find(holds)
    if (balances === undefined) {
      const unknown = this.#withoutOpening(holds)
      if (unknown.length > 0) return { admitted: false, unknown }
      balances = this.#open(holds, nowMs)
    }
    const refusal = refusalOf(amountNanoUsd, 0n, { holds, balances })
    if (refusal !== undefined) return refusal
    for (const balance of balances) {
      balance.heldNanoUsd += amountNanoUsd
      balance.holds += 1
    }
    this.#reservations.set(id, { amountNanoUsd, holds, balances })
    return ADMITTED
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

  /** What is spent and held of an account; undefined when it is not known. */
  used(account: string): NanoUsd | undefined {
    const balance = this.#balances.get(account)
    return balance === undefined ? undefined : balance.spentNanoUsd + balance.heldNanoUsd
  }

  /** What is spent and what is held of an account; undefined when it is not known. */
  balance(account: string): HeldBalance | undefined {
    const balance = this.#balances.get(account)
    if (balance === undefined) return undefined
    const { spentNanoUsd, heldNanoUsd, holds } = balance
    return { spentNanoUsd, heldNanoUsd, holds }
  }

  /** The balances of all accounts; undefined when one of them is not known. */
  #find(holds: readonly Hold[]): readonly Balance[] | undefined {
    const found: Balance[] = []
    for (const { account } of holds) {
      const balance = this.#balances.get(account)
      if (balance === undefined) return undefined
      found.push(balance)
    }
    return found
  }

  #withoutOpening(holds: readonly Hold[]): readonly string[] {
    return holds
      .filter(({ account, openingNanoUsd }) => openingNanoUsd === undefined && !this.#balances.has(account))
      .map(({ account }) => account)
  }

  /** Opens the accounts that are not known, each with what its hold says. */
  #open(holds: readonly Hold[], nowMs: number): readonly Balance[] {
    const known = holds.flatMap(({ account }) => this.#balances.get(account) ?? [])
    // They stay meanwhile: making room for one account must not put out another.
    for (const balance of known) balance.holds += 1
    try {
      return holds.map((hold) => this.#balances.get(hold.account) ?? this.#create(hold, nowMs))
    } finally {
      for (const balance of known) balance.holds -= 1
    }
  }

  #create({ account, openingNanoUsd = 0n, endsAtMs }: Hold, nowMs: number): Balance {
    const room = makeRoom(this.#balances, this.#capacity, (balance) => {
      if (balance.holds > 0) return 'busy'
      return balance.endsAtMs <= nowMs ? 'over' : 'idle'
    })
    if (!room) throw new Failure('overloaded')
    const balance: Balance = { spentNanoUsd: openingNanoUsd, heldNanoUsd: 0n, holds: 0, endsAtMs }
    this.#balances.set(account, balance)
    return balance
  }
}

/** Holds what is missing to an amount. */
function raise(reservation: Reservation, toNanoUsd: NanoUsd): HoldVerdict {
  const { amountNanoUsd } = reservation
  if (toNanoUsd <= amountNanoUsd) return ADMITTED
  const refusal = refusalOf(toNanoUsd, amountNanoUsd, reservation)
  if (refusal !== undefined) return refusal
  for (const balance of reservation.balances) balance.heldNanoUsd += toNanoUsd - amountNanoUsd
  reservation.amountNanoUsd = toNanoUsd
  return ADMITTED
}

/**
 * The account that has no room for the amount: the first where waiting does not help, else the first where others hold the room.
 *
 * @param own what is held of the amount already
 */
function refusalOf(
  amountNanoUsd: NanoUsd,
  own: NanoUsd,
  { holds, balances }: Pick<Reservation, 'holds' | 'balances'>,
): HoldVerdict | undefined {
  let held: HoldVerdict | undefined
  let index = 0
  for (const balance of balances) {
    const { spentNanoUsd } = balance
    const heldNanoUsd = balance.heldNanoUsd - own
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
