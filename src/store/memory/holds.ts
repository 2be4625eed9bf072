import { Failure } from '../../exchange/failure.ts'
import type { NanoUsd } from '../../kit/money.ts'
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

/** Money held and spent per account and window. */
export interface Holds {
  reserve(id: string, amountNanoUsd: NanoUsd, holds: readonly Hold[], nowMs: number): Promise<HoldVerdict>
  settle(id: string, actualNanoUsd: NanoUsd): void
  balance(account: string): { readonly spentNanoUsd: NanoUsd; readonly heldNanoUsd: NanoUsd } | undefined
  readonly size: number
}

/**
 * Creates the authority over budgets of one process. The decision itself is synchronous: between looking and holding,
 * nothing else runs. Only the opening balance of an account not seen before is waited for, once for all who ask meanwhile.
 *
 * @param capacity accounts held at once; ended windows leave first, then accounts without holds, whose balance the ledger knows
 */
export function createHolds(capacity: number): Holds {
  const balances = new Map<string, Balance>()
  const reservations = new Map<string, Reservation>()
  const admitted: Promise<HoldVerdict> = Promise.resolve({ admitted: true })

  const load = (hold: Hold, nowMs: number): Promise<void> => {
    const room = makeRoom(balances, capacity, (balance) => {
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
        balances.delete(hold.account)
        throw error
      },
    )
    balance.opening = opening
    balances.set(hold.account, balance)
    return opening
  }

  /** The balances of all accounts when every one is known, otherwise what to wait for. */
  const find = (holds: readonly Hold[], nowMs: number): readonly Balance[] | Promise<unknown> => {
    const found: Balance[] = []
    const openings: Promise<void>[] = []
    for (const hold of holds) {
      const balance = balances.get(hold.account)
      if (balance === undefined) openings.push(load(hold, nowMs))
      else if (balance.opening !== undefined) openings.push(balance.opening)
      else found.push(balance)
    }
    return openings.length === 0 ? found : Promise.all(openings)
  }

  const decide = (
    id: string,
    amountNanoUsd: NanoUsd,
    holds: readonly Hold[],
    found: readonly Balance[],
  ): Promise<HoldVerdict> => {
    for (const [index, balance] of found.entries()) {
      const limit = holds[index]?.limitNanoUsd ?? 0n
      if (balance.spentNanoUsd + balance.heldNanoUsd + amountNanoUsd > limit) {
        const { spentNanoUsd, heldNanoUsd } = balance
        return Promise.resolve({ admitted: false, refusedBy: index, spentNanoUsd, heldNanoUsd })
      }
    }
    for (const balance of found) {
      balance.heldNanoUsd += amountNanoUsd
      balance.holds += 1
    }
    reservations.set(id, { amountNanoUsd, balances: found })
    return admitted
  }

  const reserve: Holds['reserve'] = (id, amountNanoUsd, holds, nowMs) => {
    if (reservations.has(id)) return admitted
    const found = find(holds, nowMs)
    if (!(found instanceof Promise)) return decide(id, amountNanoUsd, holds, found)
    return found.then(() => reserve(id, amountNanoUsd, holds, nowMs))
  }

  return {
    reserve,
    settle(id, actualNanoUsd) {
      const reservation = reservations.get(id)
      if (reservation === undefined) return
      reservations.delete(id)
      for (const balance of reservation.balances) {
        balance.heldNanoUsd -= reservation.amountNanoUsd
        balance.spentNanoUsd += actualNanoUsd
        balance.holds -= 1
      }
    },
    balance(account) {
      const balance = balances.get(account)
      if (balance === undefined || balance.opening !== undefined) return undefined
      return { spentNanoUsd: balance.spentNanoUsd, heldNanoUsd: balance.heldNanoUsd }
    },
    get size() {
      return balances.size
    },
  }
}
