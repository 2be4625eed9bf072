/** Parts that a window is cut into. */
const PARTS = 20
/** One part more than the window has, so that what was taken counts for at least the whole window. */
const SLOTS = PARTS + 1

/**
 * A sliding window of units, counted in parts of a twentieth. It never lets more than the limit through in any stretch
 * of one window's length, admits the whole limit at once when it is empty, and forgets what was taken a window to a
 * window and a twentieth later. (A token bucket would admit twice the limit around a burst; a log of times would cost memory per request.)
 */
export class RateWindow {
  readonly windowMs: number
  readonly #partMs: number
  readonly #parts = new Float64Array(SLOTS)
  /** Number of the current part since the epoch. */
  #current: number
  #total = 0

  constructor(windowMs: number, nowMs: number) {
    this.windowMs = windowMs
    this.#partMs = windowMs / PARTS
    this.#current = Math.floor(nowMs / this.#partMs)
  }

  /** Units taken and not forgotten. */
  get total(): number {
    return this.#total
  }

  /** Forgets what has become old. A clock that steps back changes nothing. */
  advance(nowMs: number): void {
    const current = Math.floor(nowMs / this.#partMs)
    if (current <= this.#current) return
    const steps = Math.min(current - this.#current, SLOTS)
    for (let step = 1; step <= steps; step += 1) {
      const slot = (this.#current + step) % SLOTS
      this.#total -= this.#parts[slot] ?? 0
      this.#parts[slot] = 0
    }
    if (steps === SLOTS) this.#total = 0
    this.#current = current
  }

  take(units: number): void {
    const slot = this.#current % SLOTS
    this.#parts[slot] = (this.#parts[slot] ?? 0) + units
    this.#total += units
  }

  /** Gives back units that were taken at a time, never more than were; what is forgotten by now is not there to be given back. */
  giveBack(units: number, takenAtMs: number): void {
    const age = this.#current - Math.floor(takenAtMs / this.#partMs)
    if (age < 0 || age >= SLOTS) return
    const slot = (this.#current - age) % SLOTS
    const taken = this.#parts[slot] ?? 0
    const returned = Math.min(taken, units)
    this.#parts[slot] = taken - returned
    this.#total -= returned
  }

  /** Milliseconds until at least `units` of what was taken are forgotten; 0 when none need be. */
  msUntilFreed(units: number, nowMs: number): number {
    if (units <= 0) return 0
    let freed = 0
    for (let age = SLOTS - 1; age >= 0; age -= 1) {
      freed += this.#parts[(this.#current - age + SLOTS) % SLOTS] ?? 0
      if (freed >= units) return Math.max(1, Math.ceil((this.#current - age + SLOTS) * this.#partMs - nowMs))
    }
    return this.windowMs
  }

  /** Milliseconds until everything that was taken is forgotten; 0 when nothing was. */
  msUntilEmpty(nowMs: number): number {
    for (let age = 0; age < SLOTS; age += 1) {
      const taken = this.#parts[(this.#current - age + SLOTS) % SLOTS] ?? 0
      if (taken > 0) return Math.max(1, Math.ceil((this.#current - age + SLOTS) * this.#partMs - nowMs))
    }
    return 0
  }
}
