import type { Owner } from '../exchange/owner.ts'
import type { NanoUsd } from '../kit/money.ts'

/** Where it is known what was spent. */
export interface SpendingSource {
  /** What an owner has spent from a time on. Rejects when that is not known. */
  spentSince(owner: Owner, fromMs: number): Promise<NanoUsd>
}

/** What accounts open with that counters do not know, each read once for all who ask meanwhile. */
export class Openings {
  readonly #source: SpendingSource
  /** Under way, by account. Bounded by the requests in flight. */
  readonly #reads = new Map<string, Promise<NanoUsd>>()

  constructor(source: SpendingSource) {
    this.#source = source
  }

  /** What an account opens with: what its owner has spent from a time on. */
  read(account: string, owner: Owner, fromMs: number): Promise<NanoUsd> {
    const known = this.#reads.get(account)
    if (known !== undefined) return known
    const read = this.#source.spentSince(owner, fromMs).finally(() => this.#reads.delete(account))
    this.#reads.set(account, read)
    return read
  }
}
