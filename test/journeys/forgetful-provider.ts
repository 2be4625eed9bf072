import type { Socket } from 'bun'

/** A provider that closes kept-alive connections without saying so. */
export interface ForgetfulProvider {
  readonly url: string
  /** Resets the next requests that come by a connection that was used before, and those that follow at once on new ones. */
  resetReused(requests: number): void
  close(): Promise<void>
}

const ANSWER = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'x',
  choices: [{ index: 0, message: { role: 'assistant', content: 'kept alive' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
})
const RESPONSE = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`

interface Connection {
  received: string
}

/** Opens a server of bare sockets: how a connection ends is what matters here, and HTTP servers hide it. */
export function openForgetfulProvider(): ForgetfulProvider {
  let resets = 0
  const onRequest = (socket: Socket<Connection>): void => {
    if (resets === 0) {
      socket.write(RESPONSE)
      return
    }
    resets -= 1
    socket.terminate()
  }
  const server = Bun.listen<Connection>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        socket.data = { received: '' }
      },
      data(socket, bytes) {
        socket.data.received += bytes.toString()
        if (!isWhole(socket.data.received)) return
        socket.data.received = ''
        onRequest(socket)
      },
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    resetReused(requests) {
      resets = requests
    },
    async close() {
      server.stop(true)
    },
  }
}

function isWhole(request: string): boolean {
  const [head = '', ...rest] = request.split('\r\n\r\n')
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
  return rest.length > 0 && rest.join('\r\n\r\n').length >= length
}
