/** Who is at the other end of the connection. */
export interface Peer {
  /** IP address, or the empty string when the connection is gone. */
  readonly address: string
}

/** The port is taken, or may not be used. */
export class PortBusy extends Error {
  readonly host: string
  readonly port: number

  constructor(host: string, port: number, cause?: unknown) {
    super(`port ${port} on ${host} is busy`, cause === undefined ? {} : { cause })
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
  /** Larger request bodies are refused with 413 before the handler sees them all. */
  readonly maxBodyBytes: number
  /** Lets several processes share the port (SO_REUSEPORT). */
  readonly reusePort?: boolean
  /** Told what the handler threw; the client gets a 500 without details. */
  readonly onError?: (error: unknown) => void
}

export interface HttpServer {
  readonly host: string
  /** The port in use. */
  readonly port: number
  /** Requests being handled, response bodies included. */
  readonly pending: number
  /**
   * `graceful`: stops accepting connections and resolves when all running requests have ended.
   * `now`: closes every connection at once.
   */
  stop(how: 'graceful' | 'now'): Promise<void>
}

/** Starts listening. Throws PortBusy. */
export function serveHttp(_options: HttpServerOptions): HttpServer {
  throw new Error('not built yet')
}
