import { requestBytes } from '../../exchange/exchange.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { EndedContent } from '../../policies/request/keep-content.ts'
import type { ContentStore } from '../../store/contents.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { spellJob } from './content-job.ts'
import type { ContentReply } from './content-messages.ts'
import type { ContentThread } from './content-thread.ts'
import { JobBatch, type SpelledJob } from './job-batch.ts'

/** Takes what was said in requests, has it put in order and hands it to the store. */
export interface ContentLog {
  /** Neither waits nor throws. Beyond `LIMITS.contentQueueBytes` content is dropped and counted: it is not the ledger. */
  keep(ended: EndedContent): void
  /** Waits until what was taken so far is stored or dropped. */
  flush(): Promise<void>
  /** The same, and gives the thread back. */
  close(): Promise<void>
}

export interface ContentLogNeeds {
  readonly store: Pick<ContentStore, 'append'>
  readonly thread: ContentThread
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Asked for each: true while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
}

/** Creates the queue in front of the store of content. */
export function createContentLog(needs: ContentLogNeeds): ContentLog {
  const queue = new ContentQueue(needs)
  needs.telemetry.gauge('gatehouse_content_queue_bytes', () => queue.bytes)
  return {
    keep: (ended) => queue.add(ended),
    flush: () => queue.flush(),
    async close() {
      await queue.flush()
      needs.thread.close()
    },
  }
}

interface Waiting {
  readonly ended: EndedContent
  readonly bytes: number
}

/** One that is being spelled. */
interface Open {
  readonly steps: Generator<void, SpelledJob>
  readonly waiting: Waiting
}

type DropReason = 'disk' | 'queue' | 'store' | 'defect'

class ContentQueue {
  readonly #needs: ContentLogNeeds
  readonly #waiting: Waiting[] = []
  /** What is being spelled, as far as that has come. */
  #open: Open | undefined
  readonly #batch = new JobBatch()
  /** Those whose jobs are in the batch, in their order. */
  #spelled: Waiting[] = []
  /** What is with the thread or the store. */
  #underWay: Promise<void> | undefined
  #isDue = false
  /** Of everything that waits, or is on its way to the store. */
  bytes = 0

  constructor(needs: ContentLogNeeds) {
    this.#needs = needs
  }

  add(ended: EndedContent): void {
    const { isPaused, clock } = this.#needs
    const bytes = requestBytes(ended.exchange)
    if (isPaused()) return this.#drop('disk')
    if (this.bytes + bytes > LIMITS.contentQueueBytes) return this.#drop('queue')
    this.bytes += bytes
    this.#waiting.push({ ended, bytes })
    if (this.#isDue) return
    this.#isDue = true
    // Clients get their last pieces first; and what comes together is one message to each of two threads.
    clock.after(LIMITS.contentGatherMs, () => this.#work())
  }

  async flush(): Promise<void> {
    while (this.#isBusy() || this.#spelled.length > 0 || this.#underWay !== undefined) {
      this.#spell(LIMITS.contentTurnMs)
      this.#handOn()
      await (this.#underWay ?? new Promise<void>((resolve) => this.#needs.clock.afterTurn(resolve)))
    }
  }

  #isBusy(): boolean {
    return this.#waiting.length > 0 || this.#open !== undefined
  }

  #work(): void {
    this.#spell(LIMITS.contentTurnMs)
    this.#handOn()
    this.#isDue = this.#isBusy()
    if (this.#isDue) this.#needs.clock.afterTurn(() => this.#work())
  }

  /** Spells for so long; a step is never interrupted. */
  #spell(forMs: number): void {
    const { clock } = this.#needs
    const beganMs = clock.elapsedMs()
    do {
      const open = (this.#open ??= this.#next())
      if (open === undefined) return
      this.#step(open)
    } while (clock.elapsedMs() - beganMs < forMs)
  }

  #next(): Open | undefined {
    const waiting = this.#waiting.shift()
    return waiting && { steps: spellJob(waiting.ended, waiting.bytes), waiting }
  }

  #step({ steps, waiting }: Open): void {
    try {
      const step = steps.next()
      if (step.done !== true) return
      this.#open = undefined
      this.#batch.add(step.value)
      this.#spelled.push(waiting)
    } catch (error) {
      this.#open = undefined
      this.#lose(waiting, error)
    }
  }

  /** Gives what is spelled to the thread and then to the store, once what went before it has arrived. */
  #handOn(): void {
    if (this.#underWay !== undefined || this.#spelled.length === 0) return
    const batch = this.#spelled
    this.#spelled = []
    this.#underWay = this.#store(batch).finally(() => {
      this.#underWay = undefined
      this.#handOn()
    })
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const { store, thread, telemetry } = this.#needs
    let reply: ContentReply
    try {
      reply = await thread.compose(this.#batch.take())
    } catch (error) {
      for (const waiting of batch) this.#lose(waiting, error)
      return
    }
    const kept: Waiting[] = []
    const rows: string[] = []
    for (const [place, waiting] of batch.entries()) {
      const row = reply[place]
      if (typeof row === 'string') {
        rows.push(row)
        kept.push(waiting)
      } else this.#lose(waiting, row?.defect)
    }
    const isStored = await store.append(rows).then(
      () => true,
      () => false,
    )
    for (const { ended, bytes } of kept) {
      this.bytes -= bytes
      if (isStored) telemetry.count('gatehouse_content_kept_total', { keep: ended.record.keep })
      else this.#drop('store')
    }
  }

  #lose({ ended, bytes }: Waiting, error: unknown): void {
    this.bytes -= bytes
    this.#drop('defect')
    const fields = { ...requestFields(ended.exchange), error }
    this.#needs.telemetry.log('error', 'what was said in a request could not be put in order', fields)
  }

  #drop(reason: DropReason): void {
    this.#needs.telemetry.count('gatehouse_content_dropped_total', { reason })
  }
}
