/** What a client saw of one request of a drill. */
export interface Observed {
  /** The name that was asked for. */
  readonly route: string
  readonly status: number
  /** True where it was answered to the end. */
  readonly whole: boolean
  /** When it was asked, milliseconds from the beginning of the drill. */
  readonly atMs: number
  /** `ok`, or the code of the failure. */
  readonly outcome: string
  /** The target that answered. */
  readonly target?: string
  readonly tookMs: number
  readonly costNanoUsd?: bigint
  /** Calls to providers, and how many of them the fault struck. */
  readonly attempts: number
  readonly struck: number
}

/** What is wrong between the books of the gateway and those of its providers. */
export interface Books {
  /** Rows of the ledger. */
  readonly attempts: number
  /** Entries on the bills of the providers. */
  readonly billed: number
  readonly broken: readonly string[]
}

/** A request of a drill, as it is told in the order of time. */
export interface TimelinePoint {
  readonly atMs: number
  /** Absent: nobody answered. */
  readonly target?: string
  readonly outcome: string
  /** Calls for it that the fault met. */
  readonly struck: number
}

/** What came of a drill at one route. */
export interface RouteReport {
  readonly route: string
  readonly requests: number
  /** Requests that were answered whole. */
  readonly answered: number
  /** Requests that a step of the route refuses, with the fault and without it; they count for nothing else. Absent: none. */
  readonly refusedByRule?: number
  /** Calls that the fault struck. */
  readonly struck: number
  /** Answers by target, the most first. */
  readonly servedBy: Readonly<Record<string, number>>
  readonly outcomes: Readonly<Record<string, number>>
  readonly statuses: Readonly<Record<string, number>>
  /** Requests in the order of time, evenly chosen where there were many. Absent in reports of older versions. */
  readonly timeline?: readonly TimelinePoint[]
  readonly p95Ms: number
  /** Over the same traffic without the fault. */
  readonly p95AddedMs: number
  /** As a multiple of the same traffic without the fault; absent where that has no price. */
  readonly costTimes?: number
  /** Expectations that do not hold, in words. */
  readonly broken: readonly string[]
}

/** What came of a drill. */
export interface DrillReport {
  readonly drill: string
  readonly atMs: number
  /** Of the machine's time. */
  readonly tookMs: number
  /** What was rehearsed, in words. */
  readonly faults: readonly string[]
  readonly traffic: string
  readonly passed: boolean
  readonly routes: readonly RouteReport[]
  readonly books: Books
  /** What could not be rehearsed, in words. */
  readonly left: readonly string[]
}
