/** Where an attempt went, and for whom. Ids of targets, credentials and callers hold no line breaks. */
export interface HealthSubject {
  readonly target: string
  readonly credential: string
  /** The project that asked, or the key where it has none; empty for the house itself. */
  readonly caller: string
}
