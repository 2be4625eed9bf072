import { PortBusy, serveHttp, type HttpServer, type HttpServerOptions } from '../kit/http-server.ts'

/** Ports tried after a busy one that nobody asked for. */
const MOST_TRIES = 20

/**
 * Starts a listener. A port that somebody chose must be free; a default one gives way to the next free one, because two
 * installations on one machine are no mistake.
 *
 * @throws PortBusy
 */
export function listenNear(options: HttpServerOptions, chosen: boolean): HttpServer {
  for (let offset = 0; ; offset += 1) {
    try {
      return serveHttp({ ...options, port: options.port === 0 ? 0 : options.port + offset })
    } catch (error) {
      if (!(error instanceof PortBusy) || chosen || offset + 1 >= MOST_TRIES) throw error
    }
  }
}
