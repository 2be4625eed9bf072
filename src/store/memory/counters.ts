import { LIMITS } from '../../kit/limits.ts'
import type { CounterStore } from '../store.ts'
import { Holds } from './holds.ts'
import { createPlaces } from './places.ts'
import { createRateAccounts } from './rate-accounts.ts'

export interface MemoryCountersOptions {
  /** Bounds; the house's own by default. */
  readonly limits?: { readonly counterAccounts: number }
}

/**
 * Creates the counters of a single process: the authority itself, not a cache of one. Rates and places are gone when the
 * process ends; budgets are not, because every account opens with what the ledger knows.
 */
export function createMemoryCounters({ limits = LIMITS }: MemoryCountersOptions = {}): CounterStore {
  const rates = createRateAccounts(limits.counterAccounts)
  const places = createPlaces(limits.counterAccounts)
  const holds = new Holds(limits.counterAccounts)
  const done = Promise.resolve()
  const entered: Promise<number | undefined> = Promise.resolve(undefined)
  return {
    takeRate: (charges, nowMs) => Promise.resolve(rates.take(charges, nowMs)),
    adjustRate(charges, nowMs) {
      rates.adjust(charges, nowMs)
      return done
    },
    // oxlint-disable-next-line max-params -- the port's own signature
    enter(id, wanted, untilMs, nowMs) {
      const full = places.enter(id, wanted, { untilMs, nowMs })
      return full === undefined ? entered : Promise.resolve(full)
    },
    leave(id) {
      places.leave(id)
      return done
    },
    // oxlint-disable-next-line max-params -- the port's own signature
    reserve: (id, amountNanoUsd, wanted, nowMs) => holds.reserve({ id, amountNanoUsd, holds: wanted, nowMs }),
    settle(id, actualNanoUsd) {
      holds.settle(id, actualNanoUsd)
      return done
    },
    balance: (account) => Promise.resolve(holds.balance(account)),
  }
}
