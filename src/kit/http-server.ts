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
  /** Lets several processes share the port (SO_REUSEPORT). */
  readonly reusePort?: boolean
  /** Told what the handler threw or rejected with; the client gets a 500 without details. */
  readonly onError?: (error: unknown) => void
}

export interface HttpServer {
  readonly host: string
  /** The port in use. */
  readonly port: number
  /** Requests being handled, those whose response body is still being sent included. */
  readonly pending: number
  /**
   * From now on every response says `connection: close`, while everything is still served. Called some seconds before a
   * graceful stop, it lets clients leave by themselves instead of running into a connection that is being closed.
   */
  announceClose(): void
  /**
   * `graceful` refuses new connections, closes idle ones and resolves when all running requests have ended.
   * `now` closes every connection at once, also in the middle of a graceful stop.
   */
  stop(how: 'graceful' | 'now'): Promise<void>
}

/**
 * Starts listening. Connections have no idle limit, because a stream may be silent for minutes: whoever handles requests
 * sets limits of their own. Throws PortBusy, or the system's error for an address that cannot be listened on.
 */
export function serveHttp(options: HttpServerOptions): HttpServer {
  const { host, handle } = options
  let closing = false
  const server = listen(options, (request, running) => {
    const answer = handle(request, new SocketPeer(request, running))
    return closing ? lastResponse(answer) : answer
  })
  return {
    host,
    port: server.port ?? options.port,
    get pending() {
      return server.pendingRequests
    },
    announceClose() {
      closing = true
    },
    stop: (how) => server.stop(how === 'now'),
  }
}

type Running = Bun.Server<undefined>

function listen(
  { host, port, maxBodyBytes, reusePort = false, onError }: HttpServerOptions,
  fetch: (request: Request, server: Running) => Response | Promise<Response>,
): Running {
  try {
    return Bun.serve({
      hostname: host,
      port,
      reusePort,
      fetch,
      idleTimeout: 0,
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

async function lastResponse(answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer
  response.headers.set('connection', 'close')
  return response
}
