import { LIMITS } from '../../kit/limits.ts'
import { workerUrl } from '../../kit/worker-url.ts'
import type { Near } from './flat-index.ts'
import type { IndexReply, IndexRequest } from './index-messages.ts'

/** Vectors somewhere else, searched there. */
export interface SimilarityIndex {
  put(partition: string, id: number, vector: Float32Array): void
  remove(partition: string, id: number): void
  /** The nearest first; nothing where too many wait already, or the index was lost. Never rejects. */
  find(partition: string, vector: Float32Array, most: number): Promise<readonly Near[]>
  close(): void
}

export interface IndexEvents {
  /** An entry that was put has no room. */
  readonly onFull: (partition: string, id: number) => void
  /** Everything that was put is gone. */
  readonly onLost: (reason: string) => void
}

const NOTHING: readonly Near[] = []

/** Creates an index with a thread of its own, which is started by the first entry. One that dies is started again by the next, empty. */
export function createIndexThread(events: IndexEvents): SimilarityIndex {
  return new IndexThread(events)
}

class IndexThread implements SimilarityIndex {
  readonly #events: IndexEvents
  readonly #asked = new Map<number, (near: readonly Near[]) => void>()
  #worker: Worker | undefined
  #number = 0
  #isClosed = false

  constructor(events: IndexEvents) {
    this.#events = events
  }

  put(partition: string, id: number, vector: Float32Array): void {
    if (this.#isClosed) return
    this.#worker ??= this.#start()
    this.#tell({ type: 'put', partition, id, vector })
  }

  remove(partition: string, id: number): void {
    this.#tell({ type: 'remove', partition, id })
  }

  find(partition: string, vector: Float32Array, most: number): Promise<readonly Near[]> {
    if (this.#worker === undefined || this.#asked.size >= LIMITS.similarSearches)
      return Promise.resolve(NOTHING)
    this.#number += 1
    const { promise, resolve } = Promise.withResolvers<readonly Near[]>()
    this.#asked.set(this.#number, resolve)
    this.#worker.ref()
    this.#tell({ type: 'find', number: this.#number, partition, vector, most })
    return promise
  }

  close(): void {
    this.#isClosed = true
    this.#end()
  }

  #start(): Worker {
    const worker = new Worker(workerUrl('caching/semantic/index-worker'))
    worker.unref()
    worker.addEventListener('message', ({ data }: MessageEvent<IndexReply>) => {
      if (this.#worker === worker) this.#hear(data)
    })
    const die = (reason: string): void => {
      if (this.#worker !== worker) return
      this.#end()
      this.#events.onLost(reason)
    }
    worker.addEventListener('error', ({ message }) => die(message))
    worker.addEventListener('close', () => die('it ended'))
    return worker
  }

  #hear(reply: IndexReply): void {
    if (reply.type === 'full') return this.#events.onFull(reply.partition, reply.id)
    const resolve = this.#asked.get(reply.number)
    this.#asked.delete(reply.number)
    if (this.#asked.size === 0) this.#worker?.unref()
    resolve?.(reply.near)
  }

  #end(): void {
    const worker = this.#worker
    this.#worker = undefined
    worker?.terminate()
    const waiting = [...this.#asked.values()]
    this.#asked.clear()
    for (const resolve of waiting) resolve(NOTHING)
  }

  #tell(request: IndexRequest): void {
    this.#worker?.postMessage(request)
  }
}
