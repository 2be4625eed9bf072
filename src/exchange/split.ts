/** How finely requests are divided: a bucket is a hundredth of a per cent. */
export const BUCKETS = 10_000

/** By what requests are divided; where a request has none of it, the next one is taken. */
export const SPLIT_UNITS = ['user', 'session', 'key', 'request'] as const

export type SplitUnit = (typeof SPLIT_UNITS)[number]

/** What is the same in every way of dividing the requests of a route. */
interface Division {
  /** Whose buckets these are: the same unit lies elsewhere under another salt. */
  readonly salt: string
  readonly by: SplitUnit
}

/** One of the ways that requests of a route go. */
export interface SplitArm<R> {
  readonly name: string
  /** Buckets. */
  readonly share: number
  /** Absent: the route as it is. */
  readonly route?: R
}

/** Shares of the requests of a route go different ways. `R` is a route. */
export interface SplitTerms<R> extends Division {
  /** The first is of everybody who is in no other. */
  readonly arms: readonly SplitArm<R>[]
}

/** By how much a canary may be worse. Absent: as much as it likes. */
export interface GuardTerms {
  /** Share of requests, added to that of the others: 0.02. */
  readonly errorRate?: number
  /** Share of the others' time to the first event that 95 % of requests meet: 0.3. */
  readonly ttftP95?: number
  /** Share of the others' mean cost of a request. */
  readonly cost?: number
  /** Requests of the canary before anything is said of it. */
  readonly minRequests: number
}

/** A growing share of the requests of a route goes to other targets, as long as these do not do worse. */
export interface CanaryTerms<R> extends Division {
  /** `<route>` or `<route>/<step>`. */
  readonly id: string
  /** Tells whether the file still means the same canary. */
  readonly fingerprint: string
  readonly route: R
  /** Buckets, ascending. */
  readonly ramp: readonly number[]
  /** Between two steps of the ramp. */
  readonly everyMs: number
  readonly guard: GuardTerms
  readonly onBreach: 'rollback' | 'hold'
}
