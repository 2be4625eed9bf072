import { connect, type Socket } from 'node:net'

/** An address at which handshakes are never answered. */
export interface SilentAddress {
  readonly url: string
  close(): void
}

/** Most connections that are tried before the queue of a stopped listener must be full. */
const MOST_CONNECTIONS = 5_000
const REFUSALS = 3

/**
 * Opens an address that swallows connections: a listener in a stopped process accepts nothing, and once its queue is full the
 * kernel drops every further handshake.
 */
export async function openSilentAddress(): Promise<SilentAddress> {
  const script = "console.log(Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } }).port)"
  const listener = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', env: { BUN_BE_BUN: '1' } })
  const first = await listener.stdout.getReader().read()
  const port = Number(new TextDecoder().decode(first.value))
  process.kill(listener.pid, 'SIGSTOP')
  const held: Socket[] = []
  // One refusal may be a busy machine; several in a row are a full queue.
  for (let refusals = 0; refusals < REFUSALS && held.length < MOST_CONNECTIONS;)
    refusals = (await occupy(port, held)) ? 0 : refusals + 1
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      listener.kill('SIGKILL')
      for (const socket of held) socket.destroy()
    },
  }
}

/** Gives true when a connection is accepted within 200 ms, and keeps it. */
function occupy(port: number, held: Socket[]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    held.push(socket)
    socket.once('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    setTimeout(() => resolve(false), 200)
  })
}
