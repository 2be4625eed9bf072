import { connect, type Socket } from 'node:net'

/** What a client saw on one connection. */
export interface Seen {
  readonly text: string
  /** Did the server end the connection, or did the client grow tired of waiting? */
  readonly isClosed: boolean
}

/** A client that writes bytes as they are, for what no proper client would send. */
export interface RawClient {
  write(text: string | Uint8Array): void
  /** What came until the server closed the connection, or until the text came. */
  until(text?: string): Promise<Seen>
  /** What came so far. */
  readonly seen: string
  close(): void
}

/** Connects to a listener by its URL. */
export function connectRaw(url: string): Promise<RawClient> {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect(Number(port), hostname)
  let seen = ''
  let isClosed = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
  }
  socket.on('data', (bytes) => {
    seen += bytes.toString('latin1')
    wake()
  })
  socket.on('close', () => {
    isClosed = true
    wake()
  })
  const client: RawClient = {
    write: (text) => void socket.write(text),
    until: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!isClosed && (text === undefined || !seen.includes(text))) return
          waiting.delete(look)
          resolve({ text: seen, isClosed })
        }
        waiting.add(look)
        look()
      }),
    get seen() {
      return seen
    },
    close: () => void socket.destroy(),
  }
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client))
    socket.once('error', reject)
    // A server that closes while it is written to is no defect of the test.
    socket.on('error', wake)
  })
}

/** The head of a request. */
export function head(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: 'localhost', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`
}
