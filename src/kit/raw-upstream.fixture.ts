import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

/** One request as it came in, and the socket to answer it on, byte by byte. */
export interface RawCall {
  /** Which connection it came on, from 1. */
  readonly connection: number
  /** Which request of its connection it is, from 1. */
  readonly request: number
  /** Request line and headers, as sent. */
  readonly head: string
  readonly body: string
  /** Sends bytes as they are. */
  write(data: string | Uint8Array): void
  /** Sends data as one piece of a body in `transfer-encoding: chunked`. */
  chunk(data: string): void
  /** Lets time pass; false when the connection was closed meanwhile. */
  wait(ms: number): Promise<boolean>
  /** Closes in good order (FIN), behind what was written. */
  end(): void
  /** Breaks the connection off (RST), behind what was written. */
  reset(): void
}

/** A server of which every byte and every delay is written by a test. */
export interface RawUpstream {
  readonly url: string
  readonly port: number
  /** Requests in the order in which they came. */
  readonly calls: readonly RawCall[]
  /** Connections accepted so far. */
  readonly connections: () => number
  /** Resolves when the next connection closes. */
  closed(): Promise<void>
  close(): Promise<void>
}

export interface RawUpstreamOptions {
  /** Speaks TLS with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
}

/** The head of an answer; `\r\n` and the blank line are added. */
export function rawHead(status: string, headers: Readonly<Record<string, string | number>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`
}

/** A whole answer of announced length. */
export function rawAnswer(body: string, headers: Readonly<Record<string, string | number>> = {}): string {
  return rawHead('200 OK', { ...headers, 'content-length': Buffer.byteLength(body) }) + body
}

/** The head of a stream of events in chunks. */
export const RAW_STREAM = rawHead('200 OK', {
  'content-type': 'text/event-stream',
  'transfer-encoding': 'chunked',
})

/** What ends a body in chunks. */
export const RAW_LAST_CHUNK = '0\r\n\r\n'

/**
 * Opens a server on loopback that hands every whole request to `script`, which answers on the socket itself. A script that
 * returns without writing leaves the call waiting.
 */
export async function openRawUpstream(
  script: (call: RawCall) => void | Promise<void>,
  { tls }: RawUpstreamOptions = {},
): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  const calls: RawCall[] = []
  let accepted = 0
  let nextClose = Promise.withResolvers<void>()
  let opened = 0
  const accept = (socket: Socket): void => {
    opened += 1
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      nextClose.resolve()
      nextClose = Promise.withResolvers()
    })
    readRequests(socket, opened, (call) => {
      calls.push(call)
      void script(call)
    })
  }
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
  // A connection counts although its TLS handshake is never finished.
  server.on('connection', () => (accepted += 1))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    calls,
    connections: () => accepted,
    closed: () => nextClose.promise,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const HEAD_END = '\r\n\r\n'

/** Cuts what arrives into requests: a head, and as many bytes as its `content-length` says. */
function readRequests(socket: Socket, connection: number, onCall: (call: RawCall) => void): void {
  let held = Buffer.alloc(0)
  let request = 0
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const headEnd = held.indexOf(HEAD_END)
      if (headEnd < 0) return
      const head = held.toString('latin1', 0, headEnd)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      const bodyStart = headEnd + HEAD_END.length
      if (held.length < bodyStart + length) return
      const body = held.toString('utf8', bodyStart, bodyStart + length)
      held = held.subarray(bodyStart + length)
      request += 1
      onCall({ connection, request, head, body, ...answering(socket) })
    }
  })
}

/** Most parts of a wait. */
const PARTS = 8

/** In parts, each of them a turn of the event loop: a process that got no processor for a while has not waited. */
async function waitInParts(socket: Socket, ms: number): Promise<boolean> {
  const parts = Math.min(PARTS, Math.max(1, Math.floor(ms)))
  for (let part = 0; part < parts && !socket.destroyed; part += 1)
    await new Promise((resolve) => setTimeout(resolve, ms / parts))
  return !socket.destroyed
}

function answering(socket: Socket): Pick<RawCall, 'write' | 'chunk' | 'wait' | 'end' | 'reset'> {
  return {
    write: (data) => void socket.write(data),
    chunk: (data) => void socket.write(`${Buffer.byteLength(data).toString(16)}\r\n${data}\r\n`),
    wait: (ms) => waitInParts(socket, ms),
    end: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
  }
}
