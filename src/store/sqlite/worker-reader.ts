import type { Clock, Timer } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { workerUrl } from '../../kit/worker-url.ts'
import type { ReaderReply, ReaderRequest } from './reader-messages.ts'
import type { ReadName, ReadQuestion, RowReader, READS } from './reads.ts'

/** A thread that nobody asks any more gives its memory back. */
const IDLE_MS = 60_000

interface Asked {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Creates a reader with a thread of its own, which is started by the first question and ended when none came for a minute.
 * Questions are answered one after another: two heavy ones side by side would only take the disk from the writer.
 */
export function createWorkerReader(path: string, clock: Clock): RowReader {
  return new WorkerReader(path, clock)
}

class WorkerReader implements RowReader {
  readonly #path: string
  readonly #clock: Clock
  readonly #asked = new Map<number, Asked>()
  #worker: Worker | undefined
  #idle: Timer | undefined
  #number = 0
  #isClosed = false

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  read<Name extends ReadName>(
    name: Name,
    ...question: ReadQuestion<Name>
  ): Promise<ReturnType<(typeof READS)[Name]>> {
    if (this.#isClosed) return Promise.reject(new Error('the database is closed'))
    if (this.#asked.size >= LIMITS.storeReads)
      return Promise.reject(new Error('too many reads wait for the database'))
    this.#idle?.cancel()
    this.#number += 1
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#asked.set(this.#number, { resolve, reject })
    if (this.#worker === undefined) this.#start()
    this.#worker?.ref()
    this.#tell({ type: 'read', number: this.#number, name, question })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the thread answers a question with what its read gives
    return promise as Promise<ReturnType<(typeof READS)[Name]>>
  }

  close(): void {
    this.#isClosed = true
    this.#end(new Error('the database is closed'))
  }

  #start(): void {
    const worker = new Worker(workerUrl('store/sqlite/reader-worker'))
    this.#worker = worker
    worker.addEventListener('message', (event: MessageEvent<ReaderReply>) => {
      if (this.#worker === worker) this.#hear(event.data)
    })
    const die = (reason: string): void => {
      if (this.#worker === worker) this.#end(new Error(`the database reader ended${reason}`))
    }
    worker.addEventListener('error', (event) => die(`: ${event.message}`))
    worker.addEventListener('close', () => die(''))
    this.#tell({ type: 'open', path: this.#path })
  }

  #hear(reply: ReaderReply): void {
    const asked = this.#asked.get(reply.number)
    this.#asked.delete(reply.number)
    if (this.#asked.size === 0) {
      this.#worker?.unref()
      this.#idle = this.#clock.after(IDLE_MS, () => this.#end(new Error('the database reader rests')))
    }
    if (reply.type === 'answer') asked?.resolve(reply.answer)
    else asked?.reject(new Error(`the database cannot be read: ${reply.reason}`))
  }

  /** Ends the thread; the next question starts another. */
  #end(error: Error): void {
    this.#idle?.cancel()
    const worker = this.#worker
    this.#worker = undefined
    worker?.terminate()
    const lost = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of lost) reject(error)
  }

  #tell(request: ReaderRequest): void {
    this.#worker?.postMessage(request)
  }
}
