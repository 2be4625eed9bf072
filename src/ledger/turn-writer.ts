import type { Clock } from '../kit/clock.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Journal } from './journal.ts'
import type { JournalEntry } from './segment.ts'

/** What follows for whoever wants an entry written, once it is known whether it is. */
export type AfterWriting = (entry: JournalEntry, isWritten: boolean) => MaybePromise<void>

/** An entry that waits for the end of the turn. */
interface Waiting {
  readonly entry: JournalEntry
  readonly after: AfterWriting
  readonly resolve: (over: MaybePromise<void>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes entries into the journal: one by one, or all those together that come in one turn of the event loop. The system call is
 * shared, and what follows for each of them is done for all one behind the other, while its code is still in the processor's caches.
 */
export class TurnWriter {
  readonly #journal: Pick<Journal, 'write'>
  readonly #clock: Pick<Clock, 'afterTurn'>
  /** Bounded by the requests in flight. */
  #waiting: Waiting[] = []

  constructor(journal: Pick<Journal, 'write'>, clock: Pick<Clock, 'afterTurn'>) {
    this.#journal = journal
    this.#clock = clock
  }

  /** True while entries wait for the end of the turn. */
  get isGathering(): boolean {
    return this.#waiting.length > 0
  }

  /** Writes an entry at once. */
  write(entry: JournalEntry, after: AfterWriting): MaybePromise<void> {
    return after(entry, this.#journal.write([entry]) === 1)
  }

  /** Writes an entry when the turn ends; over when that is done and what follows is over. */
  gather(entry: JournalEntry, after: AfterWriting): Promise<void> {
    if (this.#waiting.length === 0) this.#clock.afterTurn(this.end)
    return new Promise((resolve, reject) => this.#waiting.push({ entry, after, resolve, reject }))
  }

  /** Writes what waits, without waiting for the event loop. */
  readonly end = (): void => {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    try {
      const written = this.#journal.write(waiting.map(({ entry }) => entry))
      // Counted by hand: pairs of position and entry would be made for each.
      let position = 0
      for (const each of waiting) {
        tell(each, position < written)
        position += 1
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}

function tell({ entry, after, resolve, reject }: Waiting, isWritten: boolean): void {
  try {
    resolve(after(entry, isWritten))
  } catch (error) {
    reject(error)
  }
}
