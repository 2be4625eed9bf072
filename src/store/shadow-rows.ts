import type { NanoUsd } from '../kit/money.ts'

/** What came of one shadow: how its answer and the shown one compare. Nothing of what either says is in it. */
export interface ShadowRow {
  /** The request whose client got the shown answer. */
  readonly requestId: string
  readonly atMs: number
  readonly route: string
  /** The model or route that was asked as well. */
  readonly shadow: string
  /** The target of the shown answer. */
  readonly shown: string
  /** The target of the other. Absent where there is none. */
  readonly target?: string
  /** `compared`, or the code of the failure for which there is no other answer. */
  readonly outcome: string
  /** How long the whole answer took, the shown one and the other. */
  readonly durationMs: number
  readonly shadowMs: number
  /** Absent: unpriced. */
  readonly costNanoUsd?: NanoUsd
  readonly shadowCostNanoUsd?: NanoUsd
  /** Is that money invented? */
  readonly simulated: boolean
  readonly shadowSimulated: boolean
  /** Characters of text. Absent, as all that follows, where answers cannot be compared. */
  readonly length?: number
  readonly shadowLength?: number
  readonly sameRefusal?: boolean
  readonly sameTools?: boolean
  readonly sameJson?: boolean
  readonly jaccard?: number
  /** Do they agree in all that is exact: refusal, tools, JSON? */
  readonly agrees?: boolean
}

/** A row on its way, as `toShadowText` spells it. */
export type ShadowText = string

/** Which comparisons a report is of; all that is absent holds for any. */
export interface ShadowQuery {
  readonly fromMs: number
  readonly toMs: number
  readonly route?: string
}

/** How often something held, of how often it could be told. */
export interface Agreement {
  readonly of: number
  readonly agreed: number
}

/** What both sides cost where both are known, of one kind of money. */
export interface ComparedCost {
  readonly requests: number
  readonly costNanoUsd: NanoUsd
  readonly shadowCostNanoUsd: NanoUsd
}

/** Within how long so many of the whole answers were there, milliseconds. */
export interface ComparedTime {
  readonly durationMs: number
  readonly shadowMs: number
}

/** How the shadows of a route did that asked one model. */
export interface ShadowReport {
  readonly route: string
  readonly shadow: string
  readonly requests: number
  readonly compared: number
  /** How often there was no other answer, by the code of the failure. */
  readonly failures: Readonly<Record<string, number>>
  readonly agreement: Agreement
  readonly refusal: Agreement
  readonly tools: Agreement
  readonly json: Agreement
  /** Mean. Absent where nothing was compared. */
  readonly jaccard?: number
  readonly cost: ComparedCost
  /** Of invented money. */
  readonly simulatedCost: ComparedCost
  /** Absent where nothing was compared. */
  readonly median?: ComparedTime
  /** 95 of 100. */
  readonly slow?: ComparedTime
}
