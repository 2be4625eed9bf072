import type { HttpServer, HttpServerOptions } from './http-server.ts'

/** Asks a listener by its URL, as `fetch` does. Rejects where nobody listens there. */
export type AskByUrl = (request: Request) => Promise<Response>

/** Listeners without a network: each has a port that nobody else can reach. */
export interface InProcessServers {
  /** In the place of `serveHttp`. */
  readonly serve: (options: HttpServerOptions) => HttpServer
  readonly fetch: AskByUrl
}

const PEER = { address: '127.0.0.1' }

/** Creates a place for listeners that are asked in this process only. */
export function createInProcessServers(): InProcessServers {
  const open = new Map<number, HttpServerOptions['handle']>()
  let last = 0
  return {
    serve({ host, handle }) {
      const port = (last += 1)
      open.set(port, handle)
      return {
        host,
        port,
        announceClose() {},
        shut() {},
        reopen() {},
        stop: async () => void open.delete(port),
      }
    },
    async fetch(request) {
      const handle = open.get(Number(new URL(request.url).port))
      if (handle === undefined) throw new TypeError(`nobody listens at ${request.url}`)
      return handle(request, PEER)
    },
  }
}
