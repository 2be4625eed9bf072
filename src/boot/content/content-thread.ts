import type { Clock, Timer } from '../../kit/clock.ts'
import { workerUrl } from '../../kit/worker-url.ts'
import type { ContentReply, ContentRequest } from './content-messages.ts'

/** Puts what was said in order, beside the thread that serves. */
export interface ContentThread {
  /** Gives a row for each job, whose memory is the thread's from then on. One call at a time. Rejects when the thread died over it. */
  compose(jobs: ContentRequest): Promise<ContentReply>
  /** Ends the thread; what is under way is rejected. */
  close(): void
}

/** A thread that has nothing to do any more gives its memory back. */
const IDLE_MS = 60_000

/** Creates the handle of a thread that is started by the first job, and ended when none came for a minute. */
export function createContentThread(clock: Clock): ContentThread {
  return new Thread(clock)
}

class Thread implements ContentThread {
  readonly #clock: Clock
  #worker: Worker | undefined
  #underWay: PromiseWithResolvers<ContentReply> | undefined
  #idle: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  compose(jobs: ContentRequest): Promise<ContentReply> {
    this.#idle?.cancel()
    const underWay = Promise.withResolvers<ContentReply>()
    this.#underWay = underWay
    const worker = (this.#worker ??= this.#start())
    // A process must not end with jobs waiting.
    worker.ref()
    worker.postMessage(jobs, [jobs.buffer])
    return underWay.promise
  }

  close(): void {
    this.#end(new Error('the thread for content is closed'))
  }

  #start(): Worker {
    const worker = new Worker(workerUrl('boot/content/content-worker'))
    worker.addEventListener('message', ({ data }: MessageEvent<ContentReply>) => {
      if (this.#worker === worker) this.#hear(worker, data)
    })
    const die = (reason: string): void => {
      if (this.#worker === worker) this.#end(new Error(`the thread for content ended${reason}`))
    }
    worker.addEventListener('error', ({ message }) => die(`: ${message}`))
    worker.addEventListener('close', () => die(''))
    return worker
  }

  #hear(worker: Worker, reply: ContentReply): void {
    const underWay = this.#underWay
    this.#underWay = undefined
    worker.unref()
    this.#idle = this.#clock.after(IDLE_MS, () => this.close())
    underWay?.resolve(reply)
  }

  #end(error: Error): void {
    this.#idle?.cancel()
    const worker = this.#worker
    const underWay = this.#underWay
    this.#worker = undefined
    this.#underWay = undefined
    worker?.terminate()
    underWay?.reject(error)
  }
}
