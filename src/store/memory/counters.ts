import { LIMITS } from '../../kit/limits.ts'
import type { CounterStore } from '../store.ts'
import { Holds } from './holds.ts'
import { createSlots } from './slots.ts'
import { createRateAccounts } from './rate-accounts.ts'

export interface MemoryCountersOptions {
  /** Bounds; the house's own by default. */
  readonly limits?: { readonly counterAccounts: number }
}

/**
 * Creates the counters of a single process: the authority itself, not a cache of one. Rates and slots are gone when the
 * process ends; budgets are not, because every account opens with what the ledger knows.
 */
export function createMemoryCounters({ limits = LIMITS }: MemoryCountersOptions = {}): CounterStore {
  const rates = createRateAccounts(limits.counterAccounts)
  const slots = createSlots(limits.counterAccounts)
  const holds = new Holds(limits.counterAccounts)
  return {
    takeRate: rates.take,
    adjustRate: rates.adjust,
    // oxlint-disable-next-line max-params -- the port's own signature
    enter: (id, wanted, untilMs, nowMs) => slots.enter(id, wanted, { untilMs, nowMs }),
    leave: slots.leave,
    // oxlint-disable-next-line max-params -- the port's own signature
    reserve: (id, amountNanoUsd, wanted, nowMs) => holds.reserve({ id, amountNanoUsd, holds: wanted, nowMs }),
    settle: (id, actualNanoUsd) => holds.settle(id, actualNanoUsd),
    used: (accounts) => accounts.map((account) => holds.used(account)),
    balances: (accounts) => accounts.map((account) => holds.balance(account)),
  }
}
