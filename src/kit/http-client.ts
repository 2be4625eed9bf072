import { BodyReader } from './body-reader.ts'
import type { Clock } from './clock.ts'
import { createConnectionPools, type ConnectionPool } from './connection-pools.ts'
import { createDeadlines, type Deadline, type Deadlines } from './deadlines.ts'
import type { PublicEgress } from './egress.ts'
import { readFetchError } from './fetch-error.ts'
import { HttpError, type HttpErrorKind } from './http-error.ts'
import { LIMITS } from './limits.ts'
import { startOutboundThread } from './outbound-thread.ts'
import { createReach, type FindReach } from './reach.ts'

/** One request to one origin. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  /** Lower-case names. Sent as they are; `accept-encoding: identity` is added unless given. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string | undefined
  /**
   * Aborting it closes the connection, before and after the headers. The client aborts it too when one of its own limits
   * passes: one controller serves both, because each costs as much as reading a header.
   */
  readonly controller: AbortController
  readonly connectTimeoutMs: number
  /** Until the response headers, counted from `send`. */
  readonly firstByteTimeoutMs: number
  /** True: a connection of its own, closed afterwards. For the one repeat after `stale-connection`. */
  readonly freshConnection: boolean
  /** The scope of connection sharing, one per credential: two pools never share a connection. */
  readonly pool: string
  /**
   * `public-only` takes https to public addresses and nothing else, for URLs that a tenant wrote. Waits for the first of those:
   * webhooks, hooks and media that the gateway fetches itself.
   */
  readonly egress: 'any' | 'public-only'
}

/** A response whose headers have arrived; to be read to its end or cancelled. Redirects are not followed. */
export interface HttpResponse {
  readonly status: number
  /** As received. Nothing is decompressed: a small body may be a large one. */
  readonly headers: Headers
  /** The next bytes, or undefined at the end. Rejects with HttpError. One read at a time. */
  read(): Promise<Uint8Array | undefined>
  /**
   * The whole (rest of the) body. Rejects with HttpError; beyond `maxBytes` it is `body-too-large` and the connection is closed.
   *
   * @param watcher sees every part of a body that comes without an announced length
   */
  readAll(maxBytes: number, watcher?: PartWatcher): Promise<Uint8Array>
  /** Closes the connection without reading on; a read in progress rejects with `aborted`. Harmless when the body is over. */
  cancel(): void
}

/** Somebody who watches a body come. */
export interface PartWatcher {
  came(part: Uint8Array): void
}

export interface HttpClient {
  /** Sends a request and waits for the response headers. Rejects with HttpError only. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Closes the idle connections of all pools. Calls in flight finish. */
  close(): void
}

export interface HttpClientOptions {
  readonly clock: Clock
  /**
   * Proxy for all calls except `public-only` ones. The proxy variables of the environment are not read. Waits for a setting of the
   * file, as do the certificates.
   */
  readonly proxy?: string
  /** Certificates (PEM) to trust instead of the system's. */
  readonly trustedCertificates?: string
  /** Instead of the system's resolver and the public internet. */
  readonly publicEgress?: PublicEgress
}

/**
 * Creates the client through which every call to a provider goes, on top of Bun's `fetch`.
 *
 * Added to it: a connect limit (at half of it a probe, TLS handshake included, tells a silent address from a slow answer), a
 * limit until the headers, and a meaning for its errors; all limits share one timer. A body cut before its announced end is
 * `connection-reset`; one without announced length or chunks ends where the connection ends, so whether a stream is complete
 * is for the dialect to judge. Behind a proxy there is no probe, and only the limit until the headers holds.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, proxy, trustedCertificates } = options
  const deadlines = createDeadlines(clock, LIMITS.deadlineSlackMs)
  const pools = createConnectionPools({ clock, proxy, trustedCertificates })
  const find = createReach(pools, options.publicEgress)
  let started = false
  return {
    send(request) {
      if (!started) startOutboundThread()
      started = true
      if (request.controller.signal.aborted) return Promise.reject(new HttpError('aborted'))
      return new Call(request, clock, deadlines).run(find)
    },
    close: () => pools.close(),
  }
}

/** One call from `send` to the end of its body: its own deadline, its own response. */
class Call implements HttpResponse, Deadline {
  readonly #request: HttpRequest
  readonly #clock: Clock
  readonly #deadlines: Deadlines
  readonly #startedMs: number
  readonly #controller: AbortController
  dueMs: number
  status = 0
  #pool: ConnectionPool | undefined
  #response: Response | undefined
  #reader: BodyReader | undefined
  #failure: HttpError | undefined
  #over = false

  constructor(request: HttpRequest, clock: Clock, deadlines: Deadlines) {
    this.#request = request
    this.#controller = request.controller
    this.#clock = clock
    this.#deadlines = deadlines
    this.#startedMs = clock.elapsedMs()
    this.dueMs = this.#startedMs + Math.min(request.connectTimeoutMs / 2, request.firstByteTimeoutMs)
    deadlines.add(this)
  }

  get headers(): Headers {
    return this.#response?.headers ?? new Headers()
  }

  async run(find: FindReach): Promise<HttpResponse> {
    try {
      const reach = find(this.#request)
      const found = reach instanceof Promise ? await this.#unlessAborted(reach) : reach
      if (found === undefined) throw new HttpError('destination-forbidden')
      const { url, headers, pool } = found
      this.#pool = pool
      const { method, body } = this.#request
      const response = await pool.session.fetch(url, {
        method,
        headers: 'accept-encoding' in headers ? headers : { ...headers, 'accept-encoding': 'identity' },
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing here makes shared memory, which is all that BodyInit rules out
        body: (body ?? null) as string | null,
        redirect: 'manual',
        decompress: false,
        timeout: false,
        signal: this.#controller.signal,
      })
      this.#deadlines.remove(this)
      pool.aliveMs = this.#clock.elapsedMs()
      pool.answered = true
      this.#response = response
      this.status = response.status
      return this
    } catch (error) {
      throw this.#end(this.#explain(error))
    }
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#over) return this.#afterEnd()
    try {
      this.#reader ??= openBody(this.#response)
      const bytes = await this.#reader?.read()
      if (bytes !== undefined) return bytes
    } catch (error) {
      throw this.#end(this.#explain(error))
    }
    this.#settle()
    return undefined
  }

  async readAll(maxBytes: number, watcher?: PartWatcher): Promise<Uint8Array> {
    const declared = this.#declaredBytes()
    if (declared !== undefined && declared > maxBytes) throw this.#stop('body-too-large')
    if (declared === undefined || this.#response === undefined || this.#over)
      return this.#readParts(maxBytes, watcher)
    try {
      const bytes = await this.#response.bytes()
      this.#settle()
      return bytes
    } catch (error) {
      throw this.#end(this.#explain(error))
    }
  }

  cancel(): void {
    if (!this.#over) this.#stop('aborted')
  }

  /** Half the connect limit, or all of the limit until the headers, has passed. */
  expire(): void {
    const headersDueMs = this.#startedMs + this.#request.firstByteTimeoutMs
    if (this.dueMs >= headersDueMs) {
      this.#stop('first-byte-timeout')
      return
    }
    this.dueMs = headersDueMs
    this.#deadlines.add(this)
    void this.#checkConnection(this.#request.connectTimeoutMs / 2)
  }

  async #checkConnection(limitMs: number): Promise<void> {
    const pool = this.#pool
    if (pool === undefined || pool.aliveMs >= this.#startedMs) return
    const answered = await pool.answers(limitMs)
    if (answered) pool.aliveMs = this.#clock.elapsedMs()
    else if (this.#response === undefined) this.#stop('connect-timeout')
  }

  /** The body's length if it is known to be exactly that, which only an unread body that is not in chunks is. */
  #declaredBytes(): number | undefined {
    const { headers } = this
    const length = headers.get('content-length')
    if (length === null || this.#reader !== undefined) return undefined
    return headers.has('transfer-encoding') ? undefined : Number(length)
  }

  async #readParts(maxBytes: number, watcher?: PartWatcher): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let length = 0
    try {
      for (let part = await this.read(); part !== undefined; part = await this.read()) {
        length += part.length
        if (length > maxBytes) throw this.#stop('body-too-large')
        parts.push(part)
        watcher?.came(part)
      }
    } catch (error) {
      if (error instanceof HttpError) error.received = joinBytes(parts)
      throw error
    }
    return joinBytes(parts)
  }

  #unlessAborted<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>()
    this.#controller.signal.addEventListener('abort', () => reject(this.#failure ?? new HttpError('aborted')))
    return Promise.race([work, promise])
  }

  /** Ends the call for a reason of ours and closes its connection. */
  #stop(kind: HttpErrorKind): HttpError {
    const failure = new HttpError(kind)
    if (this.#over) return failure
    this.#end(failure)
    this.#controller.abort()
    return failure
  }

  #end(failure: HttpError): HttpError {
    this.#failure ??= failure
    this.#settle()
    return this.#failure
  }

  #settle(): void {
    this.#over = true
    this.#deadlines.remove(this)
  }

  async #afterEnd(): Promise<undefined> {
    if (this.#failure !== undefined) throw this.#failure
  }

  #explain(error: unknown): HttpError {
    if (this.#failure !== undefined) return this.#failure
    if (error instanceof HttpError) return error
    if (this.#controller.signal.aborted) return new HttpError('aborted')
    const { code, sent } = readFetchError(error)
    if (this.#response === undefined && !sent) return new HttpError('connect-failed', code)
    // The runtime does not say whether it used a connection again, only that it never does so where none was used before.
    const mayBeKept = this.#pool?.answered === true && !this.#request.freshConnection
    const isUnread = this.#response === undefined && code === 'ECONNRESET'
    return new HttpError(mayBeKept && isUnread ? 'stale-connection' : 'connection-reset', code)
  }
}

function openBody(response: Response | undefined): BodyReader | undefined {
  const body = response?.body
  return body === null || body === undefined ? undefined : new BodyReader(body)
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
