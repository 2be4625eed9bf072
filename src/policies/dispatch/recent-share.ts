/** So many of the latest count; older ones fade. */
const MEMORY = 100

/** How often something was so, of the latest times that it could have been. */
export class RecentShare {
  #value = 0
  #seen = 0

  get value(): number {
    return this.#value
  }

  get seen(): number {
    return this.#seen
  }

  observe(happened: boolean): void {
    if (this.#seen < MEMORY) this.#seen += 1
    this.#value += (Number(happened) - this.#value) / this.#seen
  }

  forget(): void {
    this.#value = 0
    this.#seen = 0
  }
}
