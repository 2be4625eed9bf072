import type { Clock, Timer } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { workerUrl } from '../../kit/worker-url.ts'
import type { Expiry, Pruned } from '../store.ts'
import type { BatchedTable, RowWriter } from './row-writer.ts'
import type { WriterReply, WriterRequest } from './writer-messages.ts'

export interface WorkerWriterOptions {
  readonly path: string
  readonly clock: Clock
  /** Longest time that rows wait for company. */
  readonly flushWithinMs: number
  /** Starts the thread before there is anything to write. */
  readonly atOnce?: boolean
}

/** One call of `write` that is not committed yet. */
interface Waiting {
  readonly table: BatchedTable
  readonly rows: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * Opens a writer with a thread of its own, which the first write starts. Rows of all callers are gathered for `flushWithinMs` (or until a full
 * batch) and committed together; one batch is under way at a time, so that a slow disk makes batches larger and not longer queues of
 * messages. When the thread dies, what was waiting is rejected and the next write starts another. Where it starts `atOnce`, rejects when it
 * cannot.
 */
export async function openWorkerWriter(options: WorkerWriterOptions): Promise<RowWriter> {
  const writer = new WorkerWriter(options)
  if (options.atOnce === true) await writer.start()
  return writer
}

class WorkerWriter implements RowWriter {
  readonly #options: WorkerWriterOptions
  #worker: Worker | undefined
  #queue: Waiting[] = []
  #queuedRows = 0
  #underWay: Waiting[] = []
  #batchNumber = 0
  #timer: Timer | undefined
  #closing: (() => void) | undefined
  #pruning: PromiseWithResolvers<Pruned> | undefined

  constructor(options: WorkerWriterOptions) {
    this.#options = options
  }

  /** Starts the thread and waits until its connection is open. */
  start(): Promise<void> {
    const worker = new Worker(workerUrl('store/sqlite/writer-worker'))
    this.#worker = worker
    const started = Promise.withResolvers<void>()
    worker.addEventListener('message', (event: MessageEvent<WriterReply>) => {
      const reply = event.data
      if (reply.type === 'ready') started.resolve()
      else if (reply.type === 'failed')
        started.reject(new Error(`the database writer failed: ${reply.reason}`))
      else this.#hear(reply)
    })
    worker.addEventListener('error', (event) => {
      const error = new Error(`the database writer failed: ${event.message}`)
      started.reject(error)
      this.#die(worker, error)
    })
    worker.addEventListener('close', () => this.#die(worker, new Error('the database writer ended')))
    this.#tell({ type: 'open', path: this.#options.path })
    return started.promise.then(
      () => {
        if (this.#queue.length + this.#underWay.length === 0) worker.unref()
      },
      (error: unknown) => {
        worker.terminate()
        throw error
      },
    )
  }

  write(table: BatchedTable, rows: readonly string[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve()
    if (this.#closing !== undefined) return Promise.reject(new Error('the database is closed'))
    if (this.#queuedRows + rows.length > LIMITS.storeQueueRows) {
      return Promise.reject(new Error('too many rows wait for the database'))
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#queue.push({ table, rows, resolve, reject })
    this.#queuedRows += rows.length
    // A process must not end with rows waiting: timers do not keep it alive, the thread does.
    this.#ensureThread()
    this.#worker?.ref()
    if (this.#queuedRows >= LIMITS.storeBatchRows) this.#flush()
    else this.#timer ??= this.#options.clock.after(this.#options.flushWithinMs, () => this.#flush())
    return promise
  }

  prune(expiry: Expiry): Promise<Pruned> {
    if (this.#closing !== undefined || this.#pruning !== undefined)
      return Promise.reject(new Error('the database writer has no time for this'))
    this.#pruning = Promise.withResolvers()
    this.#ensureThread()
    this.#tell({ type: 'prune', expiry })
    return this.#pruning.promise
  }

  async close(): Promise<void> {
    if (this.#closing !== undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#closing = resolve
    this.#flush()
    if (this.#worker === undefined) return
    if (this.#underWay.length === 0) this.#tell({ type: 'close' })
    await promise
  }

  #flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#underWay.length > 0 || this.#queue.length === 0) return
    const batch = toBatchText(this.#queue)
    this.#underWay = this.#queue
    this.#queue = []
    this.#queuedRows = 0
    this.#batchNumber += 1
    this.#tell({ type: 'write', number: this.#batchNumber, batch })
  }

  /** Starts the thread where there is none, or none any more. If it dies as well, its end rejects what waits for it. */
  #ensureThread(): void {
    if (this.#worker === undefined) this.start().catch(() => undefined)
  }

  #hear(reply: Exclude<WriterReply, { type: 'ready' | 'failed' }>): void {
    if (reply.type === 'closed') {
      this.#worker?.terminate()
      this.#worker = undefined
      this.#closing?.()
      return
    }
    if (reply.type === 'pruned' || reply.type === 'unpruned') return this.#endPruning(reply)
    if (reply.number !== this.#batchNumber) return
    const done = this.#underWay
    this.#underWay = []
    if (this.#queue.length === 0) this.#worker?.unref()
    for (const waiting of done) {
      if (reply.type === 'committed') waiting.resolve()
      else waiting.reject(new Error(`the database refused rows: ${reply.reason}`))
    }
    // Whoever waited during this batch has waited long enough.
    this.#flush()
    if (this.#closing !== undefined && this.#underWay.length === 0) this.#tell({ type: 'close' })
  }

  #endPruning(reply: Extract<WriterReply, { type: 'pruned' | 'unpruned' }>): void {
    const pruning = this.#pruning
    this.#pruning = undefined
    if (reply.type === 'pruned') pruning?.resolve(reply.pruned)
    else pruning?.reject(new Error(`the database refused to remove rows: ${reply.reason}`))
  }

  #die(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#pruning?.reject(error)
    this.#pruning = undefined
    const lost = [...this.#underWay, ...this.#queue]
    this.#underWay = []
    this.#queue = []
    this.#queuedRows = 0
    for (const waiting of lost) waiting.reject(error)
    this.#closing?.()
  }

  #tell(request: WriterRequest): void {
    this.#worker?.postMessage(request)
  }
}

/** A `WriteBatch` as JSON. */
function toBatchText(queue: readonly Waiting[]): string {
  const texts: Record<BatchedTable, string[]> = {
    answers: [],
    contents: [],
    ledger: [],
    replies: [],
    requests: [],
    responses: [],
    shadows: [],
    vault: [],
  }
  for (const { table, rows } of queue) for (const row of rows) texts[table].push(row)
  const members = Object.entries(texts).map(([table, rows]) => `"${table}":[${rows.join(',')}]`)
  return `{${members.join(',')}}`
}
