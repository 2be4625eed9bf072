/** A bound on attempts that are under way at a time. */
export interface Cap {
  /** Of what: a provider, or one of its models. Caps of one name are one. */
  readonly name: string
  readonly limit: number
  /** Is it lowered when the provider limits or does not answer in time, and raised again as it answers? */
  readonly adapts: boolean
  /** Absent: nobody waits, the next target is asked. */
  readonly queue?: QueueTerms
}

/** Who waits, and for how long. */
export interface QueueTerms {
  /** Most that wait at a time. */
  readonly max: number
  readonly waitMs: number
}
