import { requestBytes } from '../../exchange/exchange.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { EndedContent } from '../../policies/request/keep-content.ts'
import type { ContentRow, ContentStore } from '../../store/contents.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { composeContent, type ComposeParts } from './compose-content.ts'

/** Takes what was said in requests, puts it in order and hands it to the store. */
export interface ContentLog {
  /** Neither waits nor throws. Beyond `LIMITS.contentQueueBytes` content is dropped and counted: it is not the ledger. */
  keep(ended: EndedContent): void
  /** Waits until what was taken so far is stored or dropped. */
  flush(): Promise<void>
}

export interface ContentLogNeeds extends ComposeParts {
  readonly store: Pick<ContentStore, 'append'>
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
  }
}

interface Waiting {
  readonly ended: EndedContent
  readonly bytes: number
}

/** One that is being put in order. */
interface Open {
  readonly steps: Generator<void, string>
  readonly waiting: Waiting
}

class ContentQueue {
  readonly #needs: ContentLogNeeds
  readonly #waiting: Waiting[] = []
  /** What is being put in order, as far as that has come. */
  #open: Open | undefined
  #isDue = false
  readonly #storing = new Set<Promise<void>>()
  /** Of everything that waits, or is on its way to the store. */
  bytes = 0

  constructor(needs: ContentLogNeeds) {
    this.#needs = needs
  }

  add(ended: EndedContent): void {
    const { isPaused } = this.#needs
    const bytes = requestBytes(ended.exchange)
    if (isPaused()) return this.#drop('disk')
    if (this.bytes + bytes > LIMITS.contentQueueBytes) return this.#drop('queue')
    this.bytes += bytes
    this.#waiting.push({ ended, bytes })
    this.#soon()
  }

  async flush(): Promise<void> {
    const { clock } = this.#needs
    while (this.#waiting.length > 0 || this.#open !== undefined) {
      this.#work(LIMITS.contentTurnMs)
      await new Promise<void>((resolve) => clock.afterTurn(resolve))
    }
    await Promise.all(this.#storing)
  }

  /** Clients get their last pieces first. */
  #soon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#needs.clock.afterTurn(() => {
      this.#isDue = false
      this.#work(LIMITS.contentTurnMs)
      if (this.#waiting.length > 0 || this.#open !== undefined) this.#soon()
    })
  }

  /** Works for so long; a step is never interrupted. */
  #work(forMs: number): void {
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
    return waiting && { steps: composeContent(waiting.ended, this.#needs), waiting }
  }

  #step({ steps, waiting }: Open): void {
    try {
      const step = steps.next()
      if (step.done !== true) return
      this.#open = undefined
      this.#store(waiting, step.value)
    } catch (error) {
      this.#open = undefined
      this.bytes -= waiting.bytes
      this.#drop('defect')
      this.#needs.telemetry.log('error', 'what was said in a request could not be put in order', {
        ...requestFields(waiting.ended.exchange),
        error,
      })
    }
  }

  #store({ ended, bytes }: Waiting, text: string): void {
    const { exchange, record } = ended
    const { store, telemetry } = this.#needs
    const row: ContentRow = {
      requestId: exchange.id,
      atMs: exchange.startedAtMs,
      keep: record.keep,
      owners: exchange.caller.owners,
      text,
    }
    const stored = store
      .append(row)
      .then(
        () => telemetry.count('gatehouse_content_kept_total', { keep: record.keep }),
        () => this.#drop('store'),
      )
      .finally(() => {
        this.bytes -= bytes
        this.#storing.delete(stored)
      })
    this.#storing.add(stored)
  }

  #drop(reason: 'disk' | 'queue' | 'store' | 'defect'): void {
    this.#needs.telemetry.count('gatehouse_content_dropped_total', { reason })
  }
}
