/** Neighbouring buckets differ by this factor: what is read is off by 2 % at most. */
const GROWTH = 1.04
const LOG_GROWTH = Math.log(GROWTH)
/** From 1 ms to 15 minutes. */
const BUCKETS = Math.ceil(Math.log(900_000) / LOG_GROWTH)
/** Below this a quantile would be chance. */
const LEAST_TIMES = 50
/** When so many were counted all counts are halved, so that the latest thousands matter. */
const MOST_TIMES = 4_000

/** How times are distributed, in logarithmic buckets: about 700 bytes, however many were seen. */
export class TimeSketch {
  readonly #counts = new Uint16Array(BUCKETS)
  #times = 0

  observe(ms: number): void {
    const bucket = ms <= 1 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log(ms) / LOG_GROWTH))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#times += 1
    if (this.#times >= MOST_TIMES) this.#halve()
  }

  /** The time that this share of the times does not exceed; undefined where too few were seen. */
  quantileMs(share: number): number | undefined {
    if (this.#times < LEAST_TIMES) return undefined
    let further = Math.ceil(this.#times * share)
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      further -= this.#counts[bucket] ?? 0
      if (further <= 0) return GROWTH ** (bucket + 0.5)
    }
    return undefined
  }

  #halve(): void {
    this.#times = 0
    for (const [bucket, count] of this.#counts.entries()) {
      this.#counts[bucket] = count >> 1
      this.#times += count >> 1
    }
  }
}
