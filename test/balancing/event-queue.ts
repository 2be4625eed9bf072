interface Event {
  readonly atMs: number
  readonly action: () => void
}

/** What happens at which time, and a clock that stands at the time of what happens. Events of one time run in any order. */
export class EventQueue {
  readonly #heap: Event[] = []
  nowMs = 0

  at(atMs: number, action: () => void): void {
    const heap = this.#heap
    let index = heap.length
    heap.push({ atMs, action })
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#time(parent) <= atMs) break
      this.#swap(index, parent)
      index = parent
    }
  }

  /** Runs until nothing more happens. */
  run(): void {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      this.nowMs = event.atMs
      event.action()
    }
  }

  #pop(): Event | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    heap[0] = last
    this.#sink()
    return first
  }

  #sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1
      const least = this.#time(left + 1) < this.#time(left) ? left + 1 : left
      if (this.#time(least) >= this.#time(index)) return
      this.#swap(index, least)
      index = least
    }
  }

  #time(index: number): number {
    return this.#heap[index]?.atMs ?? Number.POSITIVE_INFINITY
  }

  #swap(one: number, other: number): void {
    const [left, right] = [this.#heap[one], this.#heap[other]]
    if (left === undefined || right === undefined) return
    this.#heap[one] = right
    this.#heap[other] = left
  }
}
