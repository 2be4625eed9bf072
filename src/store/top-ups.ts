import type { BudgetWindow } from '../exchange/account.ts'
import type { Owner } from '../exchange/owner.ts'
import type { NanoUsd } from '../kit/money.ts'

/** More money for a budget until a time: who said so, and why. Never changed once written, but for when it was ended. */
export interface TopUp {
  readonly id: string
  readonly atMs: number
  readonly owner: Owner
  /** Which of the owner's budgets. */
  readonly window: BudgetWindow
  /** So much more in each of its windows, as long as it holds. */
  readonly extraNanoUsd: NanoUsd
  /** It ends by itself then, exclusive. */
  readonly untilMs: number
  readonly reason: string
  readonly by?: string
  /** When somebody ended it before its time. */
  readonly endedAtMs?: number
}

/** Top-ups of budgets. People make them, so they are few. */
export interface TopUpStore {
  /** Adds one. Gives false where `LIMITS.topUps` hold at its time already. */
  add(topUp: TopUp): Promise<boolean>
  /** Those that hold at a time, oldest first. */
  holdingAt(atMs: number): Promise<readonly TopUp[]>
  /** The latest, newest first, those that ended included; 500 at most. */
  latest(limit: number): Promise<readonly TopUp[]>
  /** Ends one that still holds; gives false where none of this id does. */
  end(id: string, atMs: number): Promise<boolean>
}
