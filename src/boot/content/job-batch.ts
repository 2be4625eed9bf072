import { LIMITS } from '../../kit/limits.ts'

/** What the thread that puts content in order is told of one request: a job as JSON, and the bodies that belong to it as they were sent. */
export interface SpelledJob {
  readonly job: string
  /** What the client sent; absent where the job says it. */
  readonly asked: Uint8Array | undefined
  /** What went upstream, where it is to be compared. */
  readonly sent: string | Uint8Array | undefined
}

/** The same on the other side. */
export interface ReceivedJob {
  readonly job: string
  /** Empty where there is none. */
  readonly asked: Uint8Array
  readonly sent: Uint8Array
}

/** The most bytes that UTF-8 takes for a unit of a string. */
const UTF8_BYTES = 3
const LENGTH_BYTES = 4
const NO_BYTES = new Uint8Array(0)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Jobs one behind the other in one piece of memory, which threads hand over and do not copy: texts apart cost six times as much. */
export class JobBatch {
  #bytes = NO_BYTES
  #length = 0

  add({ job, asked = NO_BYTES, sent = NO_BYTES }: SpelledJob): void {
    this.#add(job)
    this.#add(asked)
    this.#add(sent)
  }

  /** All that was added, which is empty then. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#bytes = NO_BYTES
    this.#length = 0
    return taken
  }

  #add(piece: string | Uint8Array): void {
    const isText = typeof piece === 'string'
    this.#makeRoom(LENGTH_BYTES + piece.length * (isText ? UTF8_BYTES : 1))
    const at = this.#length + LENGTH_BYTES
    if (!isText) this.#bytes.set(piece, at)
    const length = isText ? encoder.encodeInto(piece, this.#bytes.subarray(at)).written : piece.length
    new DataView(this.#bytes.buffer).setUint32(this.#length, length)
    this.#length = at + length
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(LIMITS.contentBatchBytes, needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** The jobs of a batch, in their order. */
export function* readJobs(batch: Uint8Array): Generator<ReceivedJob> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  let at = 0
  const next = (): Uint8Array => {
    const from = at + LENGTH_BYTES
    at = from + view.getUint32(at)
    return batch.subarray(from, at)
  }
  while (at < batch.length) yield { job: decoder.decode(next()), asked: next(), sent: next() }
}
