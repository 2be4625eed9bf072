import type { NanoUsd } from '../kit/money.ts'

/** Money that a request under way may not go beyond. */
export interface Hold {
  /** `<scope>:<id>:<window>:<window start>` */
  readonly account: string
  readonly limitNanoUsd: NanoUsd
  /** Spent in this window already, according to the ledger. Heeded only where the account is not known; see `HoldVerdict`. */
  readonly openingNanoUsd?: NanoUsd
  /** When the window ends and the account may be forgotten, wall time. */
  readonly endsAtMs: number
}

/** What is spent of an account in its window, and what requests under way hold of it. */
export interface HeldBalance {
  readonly spentNanoUsd: NanoUsd
  readonly heldNanoUsd: NanoUsd
  /** Requests that hold some of it. */
  readonly holds: number
}

/** What comes of asking for holds. */
export type HoldVerdict =
  | { readonly admitted: true }
  | {
      readonly admitted: false
      /** Index of the account without room: the first that waiting does not help, else the first that others hold. */
      readonly refusedBy: number
      readonly spentNanoUsd: NanoUsd
      readonly heldNanoUsd: NanoUsd
    }
  | {
      readonly admitted: false
      /** Accounts that are not known and came without an opening. Whoever asks again with those is told. */
      readonly unknown: readonly string[]
    }
