/** What is known about the health of targets, for whoever chooses among them. All times are monotonic milliseconds of one clock. */
export interface HealthView {
  /** When a resting target next takes a call of this caller (the project, or the key without one); undefined: now. */
  targetRestsUntil(target: string, caller: string): number | undefined
  /** Does a target that rests fail in part only? */
  answersInPart(target: string, caller: string): boolean
  /** When a credential is next worth a try at a target; undefined: now. */
  credentialRestsUntil(target: string, credential: string, caller: string): number | undefined
  /** True while a credential is refused, as opposed to merely limited. */
  isCredentialOff(target: string, credential: string, caller: string): boolean
  nowMs(): number
}
