import { PortBusy, serveHttp, type HttpServer, type HttpServerOptions } from '../kit/http-server.ts'

/** The port of the client API when nobody says another. */
export const DEFAULT_PORT = 4100
/** Ports tried after a busy one that nobody asked for. */
const MOST_TRIES = 20

/** An address that cannot be listened on: not one of this machine, or not allowed. */
export class CannotListen extends Error {
  constructor({ host, port }: { readonly host: string; readonly port: number }, cause: unknown) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    super(`Nothing can listen on port ${port} of ${host}${reason}.`, { cause })
    this.name = 'CannotListen'
  }
}

/** The ports that a listener may end at: the wanted one, and those behind it unless somebody chose it. */
export function portsNear(port: number, chosen: boolean): number[] {
  if (chosen || port === 0) return [port]
  return Array.from({ length: MOST_TRIES }, (_none, offset) => port + offset)
}

/**
 * Starts a listener. A port that somebody chose must be free; a default one gives way to the next free one, because two
 * installations on one machine are no mistake.
 *
 * @throws PortBusy, CannotListen
 */
export function listenNear(options: HttpServerOptions, chosen: boolean, serve = serveHttp): HttpServer {
  let busy: PortBusy | undefined
  for (const port of portsNear(options.port, chosen)) {
    try {
      return serve({ ...options, port })
    } catch (error) {
      if (!(error instanceof PortBusy)) throw new CannotListen({ ...options, port }, error)
      busy ??= error
    }
  }
  throw busy ?? new RangeError('there is no port to listen on')
}

/** Origins at which clients on this machine may reach the listener for applications, before it is open. */
export function ownOrigins(chosen: number | undefined, written: number | undefined): string[] {
  const port = chosen ?? written ?? DEFAULT_PORT
  const isChosen = chosen !== undefined || port !== DEFAULT_PORT
  return portsNear(port, isChosen).map((near) => `http://127.0.0.1:${near}`)
}
