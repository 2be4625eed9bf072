import type { NanoUsd } from '../kit/money.ts'
import type { Owner } from './owner.ts'

/** Limits that hold for one owner of requests. Absent means unlimited. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly parallelRequests?: number
}

export type BudgetWindow = 'hour' | 'day' | 'week' | 'month' | 'total'

export interface Budget {
  readonly window: BudgetWindow
  readonly limitNanoUsd: NanoUsd
}

/** An owner whose requests are limited and whose spending is counted. */
export interface Account extends Owner {
  readonly name: string
  readonly limits: RateLimits
  readonly budgets: readonly Budget[]
}

/** Who is asking, established by their key. */
export interface Caller {
  readonly keyId: string
  readonly keyName: string
  readonly project?: string
  /** Patterns (`openai/*`, `smart`) of models and routes that the key may use; absent means all. */
  readonly models?: readonly string[]
  /** Operations that the key may use; absent means all. */
  readonly operations?: readonly string[]
  /** Per-request wishes that the key may set. */
  readonly wishes: readonly string[]
  /** Narrowest first: the key itself, then its project. */
  readonly accounts: readonly Account[]
}

/**
 * By whom callers are told apart where none may suffer for what another one sends: the project, or the key that has none;
 * empty for the house itself.
 */
export function callerId(caller: Caller | undefined): string {
  return caller?.project ?? caller?.keyId ?? ''
}

/** True when something that a caller spends is counted against a budget, of his own or of his project. */
export function hasBudget({ accounts }: Caller): boolean {
  for (const { budgets } of accounts) if (budgets.length > 0) return true
  return false
}
