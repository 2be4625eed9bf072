import type { Counts } from '../exchange/units.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { LookedAt } from './request-query.ts'

/** What spending can be told apart by from the sums of hours, in any combination. */
export const SPEND_DIMENSIONS = [
  'provider',
  'model',
  'target',
  'route',
  'key',
  'project',
  'user',
  'customer',
  'team',
  'organisation',
  'purpose',
] as const

export type SpendDimension = (typeof SPEND_DIMENSIONS)[number]

/** What only lines of the request log tell. */
export const LOGGED_DIMENSIONS = ['session', 'tag', 'operation', 'client', 'arm'] as const

export type LoggedDimension = (typeof LOGGED_DIMENSIONS)[number]

/** Whose spending is meant: what stands here must be so, the empty text for nobody. */
export type SpendScope = { readonly [D in SpendDimension]?: string }

export interface SpendQuestion {
  readonly fromMs: number
  readonly toMs: number
  /** None: all in one. */
  readonly by: readonly SpendDimension[]
  readonly scope: SpendScope
  /** False where tokens are not asked for, which are most of the work. */
  readonly usage?: false
  /** Length of the intervals that it is told by; absent: the whole time at once. Whole hours. */
  readonly stepMs?: number
}

/** What was used and paid under some names in an interval. */
export interface SpendCell {
  /** In the order that was asked for; the empty text: nobody. */
  readonly names: readonly string[]
  /** The begin of the interval. */
  readonly atMs: number
  readonly attempts: number
  readonly usage: Counts
  /** Real money, estimates included. */
  readonly costNanoUsd: NanoUsd
  /** Invented money, never added to the real. */
  readonly simulatedNanoUsd: NanoUsd
  /** Attempts that used something and have no price. */
  readonly unpriced: number
  /** Attempts whose usage is not, or not all, the provider's report. */
  readonly estimated: number
}

export interface SpendAnswer {
  readonly cells: readonly SpendCell[]
  /** Where there was more to look at than one may: sums from before this time are not in it. */
  readonly lookedAt?: LookedAt
}

/**
 * Why money bought nothing that was shown, or was spent beside: the answer came from another attempt (`retried`); no attempt answered (`failed`);
 * the client left (`abandoned`); another attempt that ran beside it was quicker (`hedged`); the house asked of its own accord (`beside`).
 */
export const LOSSES = ['failed', 'abandoned', 'retried', 'hedged', 'beside'] as const

export type Loss = (typeof LOSSES)[number]

export interface LostSpend {
  readonly loss: Loss
  readonly attempts: number
  readonly costNanoUsd: NanoUsd
  readonly simulatedNanoUsd: NanoUsd
}

/** What requests of one name cost, by lines of the request log. */
export interface LoggedSpend {
  readonly name: string
  readonly requests: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd: NanoUsd
  readonly simulatedNanoUsd: NanoUsd
  readonly unpriced: number
  readonly estimated: number
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** Who was held back, and what providers refused without a client noticing. */
export interface Throttled {
  readonly refused: readonly {
    /** The empty text: no key. */
    readonly keyId: string
    readonly project: string
    readonly outcome: string
    readonly requests: number
    readonly lastMs: number
  }[]
  readonly absorbed: readonly { readonly provider: string; readonly attempts: number }[]
}

/** Where money went. Every answer looks at no more than `LIMITS.spendRows` rows, the newest first, and says so where there were more. */
export interface SpendStore {
  /** By names and intervals, exact. */
  split(question: SpendQuestion): Promise<SpendAnswer>
  /** Money that bought no answer, or was spent beside. */
  lost(
    question: Span & { readonly scope: SpendScope },
  ): Promise<{ readonly losses: readonly LostSpend[]; readonly lookedAt?: LookedAt }>
  /** By what requests say of themselves, dearest first; `limit` at most. */
  logged(
    question: Span & { readonly by: LoggedDimension; readonly limit: number },
  ): Promise<{ readonly groups: readonly LoggedSpend[]; readonly lookedAt?: LookedAt }>
  /** Requests of some outcomes by their keys, and 429s of providers behind which an answer came all the same. */
  throttled(question: Span & { readonly outcomes: readonly string[] }): Promise<Throttled>
}
