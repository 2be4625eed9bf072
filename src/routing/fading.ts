/** What is older than this counts for a third. Measured: shorter ones forget a slow target before it is well again. */
const TAU_MS = 30_000
/** Weight of a new value: of one among many, and of the first after a long silence, which is one value all the same. */
const LEAST_WEIGHT = 0.01
const MOST_WEIGHT = 0.5

/** How much is left of something after a time, 0 to 1. */
function leftAfter(elapsedMs: number): number {
  return Math.exp(-elapsedMs / TAU_MS)
}

/** A mean that follows what it is of. Of one value it is that value. */
export class FadingMean {
  #value: number
  #atMs: number

  constructor(value: number, nowMs: number) {
    this.#value = value
    this.#atMs = nowMs
  }

  get value(): number {
    return this.#value
  }

  observe(value: number, nowMs: number): void {
    const weight = 1 - leftAfter(nowMs - this.#atMs)
    this.#value += Math.min(MOST_WEIGHT, Math.max(LEAST_WEIGHT, weight)) * (value - this.#value)
    this.#atMs = nowMs
  }
}

/**
 * A mean that believes a peak at once, and forgets it only with time: one slow answer means that others are about to be slow, a quick
 * one proves little. It fades to the mean also while nobody asks, so that an idle target is not held to its worst moment.
 */
export class FadingPeak {
  readonly #mean: FadingMean
  #peak: number
  #atMs: number

  constructor(value: number, nowMs: number) {
    this.#mean = new FadingMean(value, nowMs)
    this.#peak = value
    this.#atMs = nowMs
  }

  /** The value at a time that is not before the latest observation. */
  at(nowMs: number): number {
    const mean = this.#mean.value
    return Math.max(mean, mean + (this.#peak - mean) * leftAfter(nowMs - this.#atMs))
  }

  observe(value: number, nowMs: number): void {
    const faded = this.at(nowMs)
    this.#mean.observe(value, nowMs)
    this.#peak = Math.max(value, faded)
    this.#atMs = nowMs
  }
}

/** A share that rises with every event and is forgotten with time. */
export class FadingShare {
  #value = 0
  #atMs = 0

  at(nowMs: number): number {
    return this.#value === 0 ? 0 : this.#value * leftAfter(nowMs - this.#atMs)
  }

  /** @param weight of this one among the latest */
  observe(happened: boolean, nowMs: number, weight: number): void {
    if (!happened && this.#value === 0) return
    const value = this.at(nowMs)
    this.#value = value + weight * (Number(happened) - value)
    this.#atMs = nowMs
  }
}
