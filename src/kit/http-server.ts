/** Who is at the other end of the connection. */
export interface Peer {
  /** IP address, or the empty string when the connection is gone. Looked up when asked for. */
  readonly address: string
}

/** The port is taken by another listener. */
export class PortBusy extends Error {
  readonly host: string
  readonly port: number

  constructor(host: string, port: number, cause: unknown) {
    super(`port ${port} on ${host} is taken by another program`, { cause })
    this.name = 'PortBusy'
    this.host = host
    this.port = port
  }
}

export interface HttpServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly handle: (request: Request, peer: Peer) => Response | Promise<Response>
  /** A larger request body is answered with 413 by the runtime; reading it throws. */
  readonly maxBodyBytes: number
  /**
   * How long a connection may stand idle between two requests. The runtime counts in steps of four seconds, up to 255 s.
   * Absent: for ever. A request that is being handled has no such limit, but an answer that is streamed must say something
   * within this time.
   */
  readonly idleMs?: number
  /** Told what the handler threw or rejected with; the client gets a 500 without details. */
  readonly onError?: (error: unknown) => void
}

export interface HttpServer {
  readonly host: string
  /** The port in use. */
  readonly port: number
  /**
   * From now on every response says `connection: close`, while everything is still served. Called some seconds before a
   * graceful stop, it lets clients leave by themselves instead of running into a connection that is being closed.
   */
  announceClose(): void
  /** Takes no new connections for a while and closes those that stand idle; what is being answered is not disturbed. */
  shut(): void
  /** Takes connections again. Throws as `serveHttp` does when somebody else took the port meanwhile. */
  reopen(): void
  /**
   * `graceful` refuses new connections, closes idle ones and resolves when all running requests have ended.
   * `now` closes every connection at once, also in the middle of a graceful stop.
   */
  stop(how: 'graceful' | 'now'): Promise<void>
}

/** Starts listening. Throws PortBusy, or the system's error for an address that cannot be listened on. */
export function serveHttp(options: HttpServerOptions): HttpServer {
  return new Listener(options)
}

type Running = Bun.Server<undefined>

class Listener implements HttpServer {
  readonly host: string
  readonly port: number
  readonly #options: HttpServerOptions
  readonly #idleSeconds: number
  /** Takes connections, unless it is shut. */
  #current: Running
  /** Those that were shut and may still be answering. */
  readonly #shut = new Set<Running>()
  #isShut = false
  #closing = false

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.#idleSeconds = Math.ceil((options.idleMs ?? 0) / 1000)
    this.#current = this.#listen(options.port)
    this.host = options.host
    this.port = this.#current.port ?? options.port
  }

  announceClose(): void {
    this.#closing = true
  }

  shut(): void {
    if (this.#isShut) return
    this.#isShut = true
    const leaving = this.#current
    this.#shut.add(leaving)
    void leaving.stop().finally(() => this.#shut.delete(leaving))
  }

  reopen(): void {
    if (!this.#isShut) return
    this.#current = this.#listen(this.port)
    this.#isShut = false
  }

  async stop(how: 'graceful' | 'now'): Promise<void> {
    const open = this.#isShut ? [...this.#shut] : [this.#current, ...this.#shut]
    await Promise.all(open.map((server) => server.stop(how === 'now')))
  }

  #listen(port: number): Running {
    return listen({ ...this.#options, port }, this.#idleSeconds, (request, server) =>
      this.#answer(request, server),
    )
  }

  /** The idle limit is the connection's, so it is taken off for as long as somebody works at an answer. */
  async #answer(request: Request, server: Running): Promise<Response> {
    server.timeout(request, 0)
    const response = await this.#options.handle(request, new SocketPeer(request, server))
    server.timeout(request, this.#idleSeconds)
    if (this.#closing) response.headers.set('connection', 'close')
    return response
  }
}

function listen(
  { host, port, maxBodyBytes, onError }: HttpServerOptions,
  idleTimeout: number,
  fetch: (request: Request, server: Running) => Promise<Response>,
): Running {
  try {
    return Bun.serve({
      hostname: host,
      port,
      // Said, because the runtime lets two servers share a port where nothing is said.
      reusePort: false,
      fetch,
      idleTimeout,
      maxRequestBodySize: maxBodyBytes,
      development: false,
      error(error) {
        onError?.(error)
        return new Response(null, { status: 500 })
      },
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new PortBusy(host, port, error)
    throw error
  }
}

class SocketPeer implements Peer {
  readonly #request: Request
  readonly #server: Running

  constructor(request: Request, server: Running) {
    this.#request = request
    this.#server = server
  }

  get address(): string {
    return this.#server.requestIP(this.#request)?.address ?? ''
  }
}
