import type { Exchange } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { OWN_HEADERS } from '../exchange/own-headers.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Told } from './packed-reply.ts'
import { toBody } from './respond.ts'

/** Takes an answer that is to be kept, and lets go of what it is kept under, exactly once. */
export interface ReplyKeeping {
  /** Resolves when it is kept, or cannot be; never rejects. */
  keep(told: Told, pieces: readonly Uint8Array[]): Promise<void>
  tooLarge(): void
  letGo(): void
}

/** Statuses of refusals that say what is wrong with the request, whoever asks and whenever: asking again brings the same. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 422])

/** What is true of one request and not of those that get its answer again: whose it is, how long it took, what was left of limits, what it cost. */
const OF_THE_FIRST =
  /ratelimit|^retry-after$|^(?:x-)?request-id$|^server-timing$|^date$|^content-length$|^cache-control$/
const OWN_OF_THE_FIRST: ReadonlySet<string> = new Set([
  OWN_HEADERS.attempts,
  OWN_HEADERS.cost,
  OWN_HEADERS.decision,
])

/** The first request with an idempotency key, while it is under way: it takes down what goes out, and keeps it when it is whole. */
export class ReplyTurn {
  readonly #keeping: ReplyKeeping
  #pieces: Uint8Array[] = []
  #size = 0
  #told: Told | undefined
  #isOver = false

  constructor(keeping: ReplyKeeping) {
    this.#keeping = keeping
  }

  /** Keeps an answer that is there whole, where it is final, and gives it to be sent. */
  async whole(response: Response, exchange: Exchange, failure?: Failure): Promise<Response> {
    const { status, headers } = response
    const isFinal = failure === undefined || (FINAL_STATUSES.has(status) && !failure.row.clientRetry)
    if (!isFinal) {
      this.leave()
      return response
    }
    const body = await response.bytes()
    this.head(exchange, { status, headers: Object.fromEntries(headers), outcome: failure?.code ?? 'ok' })
    this.take(body)
    await this.finish()
    return new Response(toBody(body), { status, headers })
  }

  /** The head of an answer whose body is taken piece by piece. */
  head(exchange: Exchange, { status, headers, outcome }: Pick<Told, 'status' | 'headers' | 'outcome'>): void {
    const { request, trail } = exchange
    const kept = Object.entries(headers).filter(([name]) => !isOfTheFirst(name))
    this.#told = {
      requestId: exchange.id,
      status,
      headers: Object.fromEntries(kept),
      stream: request.stream,
      model: request.model,
      ...defined({ route: trail.route, target: trail.served?.id }),
      outcome,
    }
  }

  /** Takes down what goes to the client. */
  take(bytes: Uint8Array): void {
    if (this.#isOver) return
    this.#size += bytes.length
    if (this.#size <= LIMITS.replyBytes) this.#pieces.push(bytes)
    else this.#pieces = []
  }

  /** Keeps what was taken, before the client is told the last of it. */
  async finish(): Promise<void> {
    if (this.#isOver || this.#told === undefined) return
    this.#isOver = true
    if (this.#size > LIMITS.replyBytes) this.#keeping.tooLarge()
    else await this.#keeping.keep(this.#told, this.#pieces)
    this.#keeping.letGo()
  }

  /** The answer is not whole, or not final: whoever asks again is answered anew. Harmless when it is kept. */
  leave(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#pieces = []
    this.#keeping.letGo()
  }
}

function isOfTheFirst(header: string): boolean {
  const name = header.toLowerCase()
  return OF_THE_FIRST.test(name) || OWN_OF_THE_FIRST.has(name)
}
