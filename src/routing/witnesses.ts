/** Faults of a row that must come from others than the caller who met most of them; of a short row half of it. */
const FAULTS_OF_OTHERS = 2
/** How long the faults of two callers count as met by several. */
const SEVERAL_MS = 30_000
/** For so long after a rest the caller who met the last fault lets others be the probe: his requests may be what fails. */
const YIELD_MS = 2_000

/** Who met the faults of a target, by which it is known whether one caller's requests may have caused them. Times are monotonic. */
export class Witnesses {
  /** Of the present row, one entry for each fault that counted. */
  #row: string[] = []
  #last: string | undefined
  /** Since when the faults of more than one caller are known, the last time that it was found out. */
  #severalAtMs = -SEVERAL_MS

  /** Hears of a fault. Gives false when this caller has met as many as one may in a row of `faults`. */
  hear(caller: string, faults: number, nowMs: number): boolean {
    const most = faults - Math.min(FAULTS_OF_OTHERS, Math.floor(faults / 2))
    if (this.#row.filter((witness) => witness === caller).length >= most) return false
    if (this.#last !== undefined && this.#last !== caller) this.#severalAtMs = nowMs
    this.#last = caller
    return true
  }

  /** Did several callers meet faults lately? */
  areSeveral(nowMs: number): boolean {
    return nowMs - this.#severalAtMs < SEVERAL_MS
  }

  /** The fault of a caller counted in the row. */
  count(caller: string): void {
    this.#row.push(caller)
  }

  /** The row has ended: by an answer, or because the target rests. */
  endRow(): void {
    if (this.#row.length > 0) this.#row = []
  }

  /** The target rests by the fault of this caller; undefined: by one that no request can have caused. */
  rest(caller: string | undefined): void {
    this.endRow()
    this.#last = caller
  }

  /** Until when a caller leaves the probe to others, after a rest that ends at `restedMs`; 0: he does not. */
  yieldsUntil(caller: string, restedMs: number): number {
    return this.#last === caller ? restedMs + YIELD_MS : 0
  }
}
