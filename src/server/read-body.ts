import { Failure } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { readContentCoding, unpack, UNPACKED_CODINGS, type ContentCoding } from '../kit/content-coding.ts'
import { createDeadlines, type Deadline } from '../kit/deadlines.ts'
import { LIMITS } from '../kit/limits.ts'
import type { BodyHold } from './body-budget.ts'

/** The rest of a body that was refused may still come: on a connection that stays open it would be read as the next request. */
const CLOSE = { connection: 'close' }
/** Between two looks at bodies that do not come. */
const SLACK_MS = 1_000

/** The waits for bodies, so that a client that stops in the middle of one does not hold its connection for ever. */
export interface BodyWaits {
  /** Rejects with `client-too-slow` when the body takes too long, and with `client-gone` when its client leaves. */
  inTime(arriving: Promise<Uint8Array>): Promise<Uint8Array>
  /** Gives up on every body that is still on its way: their waits reject with the failure. */
  giveUp(failure: Failure): void
  readonly size: number
}

interface Wait extends Deadline {
  fail(failure: Failure): void
}

/** Creates the waits of one client API. */
export function createBodyWaits(clock: Clock): BodyWaits {
  const deadlines = createDeadlines<Wait>(clock, SLACK_MS)
  return {
    get size() {
      return deadlines.size
    },
    giveUp(failure) {
      for (const wait of deadlines.all()) {
        deadlines.remove(wait)
        wait.fail(failure)
      }
    },
    // One promise and no race of several: every request waits here.
    inTime: (arriving) =>
      new Promise((resolve, reject) => {
        const wait: Wait = {
          dueMs: clock.elapsedMs() + LIMITS.requestBodyMs,
          expire: () => reject(new Failure('client-too-slow', { headers: CLOSE })),
          fail: reject,
        }
        deadlines.add(wait)
        arriving.then(
          (bytes) => {
            deadlines.remove(wait)
            resolve(bytes)
          },
          (error: unknown) => {
            deadlines.remove(wait)
            reject(error instanceof Failure ? error : new Failure('client-gone', { cause: error }))
          },
        )
      }),
  }
}

/**
 * Reads a body into memory, unpacked, as much as there may be of it. What the head is refused for is thrown at once, the rest rejects.
 *
 * @param hold what the bytes are counted on, before they are held
 * @throws Failure `body-too-large`, `overloaded`, `bodies-of-address`, `unknown-coding`, `invalid-request`, `client-gone`,
 * `client-too-slow`
 */
export function readBody(request: Request, waits: BodyWaits, hold: BodyHold): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding')
  const coding = encoding === null ? undefined : codingOf(encoding)
  const declared = request.headers.get('content-length')
  const size = declared === null ? undefined : Number(declared)
  if (size !== undefined && size > LIMITS.requestBodyBytes) throw tooLarge({})
  if (coding !== undefined) return waits.inTime(gatherUnpacked(request, coding, hold))
  if (size === undefined) return waits.inTime(gather(request, hold))
  hold.take(size)
  return waits.inTime(size > LIMITS.largeBodyBytes ? fill(request, size) : request.bytes())
}

function codingOf(header: string): ContentCoding | undefined {
  const coding = readContentCoding(header)
  if (coding === 'unknown') {
    throw new Failure('unknown-coding', {
      message: `The body is packed in an unknown way. Send it as it is, or as one of ${UNPACKED_CODINGS}.`,
      headers: { 'accept-encoding': UNPACKED_CODINGS },
    })
  }
  return coding
}

/** A large body is put together while it comes: done at its end, that would hold everybody else up. */
async function fill({ body }: Request, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size)
  let at = 0
  for await (const chunk of body ?? []) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return at === size ? bytes : bytes.subarray(0, at)
}

/** A body that does not say its size is counted while it comes. */
async function gather({ body }: Request, hold: BodyHold): Promise<Uint8Array> {
  const gathered = new Gathered(hold)
  for await (const chunk of body ?? []) gathered.take(chunk)
  return gathered.whole()
}

/** What a packed body unfolds to nobody knows before: it is counted while it does. */
async function gatherUnpacked({ body }: Request, coding: ContentCoding, hold: BodyHold): Promise<Uint8Array> {
  const gathered = new Gathered(hold)
  try {
    await unpack(untilGone(body), coding, (piece) => gathered.take(piece))
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const message = `The request body is not whole, or not in the content-encoding that the request names: ${coding}.`
    throw new Failure('invalid-request', { cause, message, headers: CLOSE })
  }
  return gathered.whole()
}

/** What breaks on the way here is not the fault of the coding. */
async function* untilGone(body: Request['body']): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? []
  } catch (cause) {
    throw new Failure('client-gone', { cause })
  }
}

/** A body piece by piece, counted before it is held. */
class Gathered {
  readonly #hold: BodyHold
  readonly #pieces: Uint8Array[] = []
  #size = 0

  constructor(hold: BodyHold) {
    this.#hold = hold
  }

  take(piece: Uint8Array): void {
    this.#size += piece.length
    if (this.#size > LIMITS.requestBodyBytes) throw tooLarge(CLOSE)
    this.#hold.take(piece.length)
    this.#pieces.push(piece)
  }

  whole(): Uint8Array {
    return Buffer.concat(this.#pieces)
  }
}

function tooLarge(headers: Readonly<Record<string, string>>): Failure {
  return new Failure('body-too-large', { facts: { limit_bytes: LIMITS.requestBodyBytes }, headers })
}
