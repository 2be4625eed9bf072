/** The last so many numbers, and what can be said of them. */
export class Sample {
  readonly #values: number[] = []
  readonly #most: number
  #next = 0

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most
  }

  add(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#most
  }

  get count(): number {
    return this.#values.length
  }

  get mean(): number {
    return this.#values.reduce((sum, value) => sum + value, 0) / Math.max(1, this.count)
  }

  /** The value that so much of them stays below; 0 of nothing. */
  quantile(share: number): number {
    const sorted = this.#values.toSorted((left, right) => left - right)
    return sorted[Math.min(this.count - 1, Math.floor(share * this.count))] ?? 0
  }
}
