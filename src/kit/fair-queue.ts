/** Beyond this share of its room a queue is overloaded: those who came last have the best chance that somebody still waits for them. */
const OVERLOADED = 0.5

/**
 * A bounded queue of parties who take turns, each with as many as it has waiting. Where there is no room, whoever has most waiting gives
 * up the one that waits longest: nobody is kept out by the many of another. Within a party the oldest is next, or the newest while the
 * queue is overloaded.
 */
export class FairQueue<Item> {
  readonly #most: number
  /** In the order of their turns; none is empty. */
  readonly #parties = new Map<string, Item[]>()
  #size = 0

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  /** Has an item wait. Gives the one that has to go for it: another, or the item itself. */
  push(party: string, item: Item): Item | undefined {
    const goes = this.#size < this.#most ? undefined : this.#makeRoom(party)
    if (this.#size >= this.#most) return item
    const waiting = this.#parties.get(party)
    if (waiting === undefined) this.#parties.set(party, [item])
    else waiting.push(item)
    this.#size += 1
    return goes
  }

  /** Takes out the next one. */
  shift(): Item | undefined {
    const [first] = this.#parties
    if (first === undefined) return undefined
    const [party, waiting] = first
    const item = this.#size > this.#most * OVERLOADED ? waiting.pop() : waiting.shift()
    this.#size -= 1
    // Its next turn comes after those of all others.
    this.#parties.delete(party)
    if (waiting.length > 0) this.#parties.set(party, waiting)
    return item
  }

  /** Takes out one that waits no longer. False: it was not there. */
  remove(party: string, item: Item): boolean {
    const waiting = this.#parties.get(party)
    const index = waiting?.indexOf(item) ?? -1
    if (waiting === undefined || index < 0) return false
    waiting.splice(index, 1)
    if (waiting.length === 0) this.#parties.delete(party)
    this.#size -= 1
    return true
  }

  /** Takes out the oldest of whoever has most waiting, unless that is the party itself. */
  #makeRoom(party: string): Item | undefined {
    let greediest: [string, Item[]] | undefined
    for (const one of this.#parties)
      if (greediest === undefined || one[1].length > greediest[1].length) greediest = one
    if (greediest === undefined) return undefined
    const [name, waiting] = greediest
    const [oldest] = waiting
    const own = this.#parties.get(party)?.length ?? 0
    if (oldest === undefined || waiting.length <= own + 1) return undefined
    this.remove(name, oldest)
    return oldest
  }
}
