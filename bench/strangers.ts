import { connect, type Socket } from 'node:net'

/**
 * Strangers at the door, in a process of their own so that what they cost is not taken from whoever is measured: connections
 * with large bodies, heads that never end, connections that idle, and keys that are none. Sends to loopback only, for at
 * most as long as it is told, and says what became of it in one line of JSON.
 */
const [portText = '0', secondsText = '10', badKeysText = '0'] = process.argv.slice(2)
const port = Number(portText)
const untilMs = performance.now() + Number(secondsText) * 1000
const BAD_KEYS = Number(badKeysText)

const BODIES = 200
const SLOW_HEADS = 100
const IDLERS = 100
const GUESSERS = 32
const BODY_BYTES = 31 * 1024 * 1024
const PART = Buffer.alloc(256 * 1024, ' ')

const seen = { bodies: 0, bodyBytes: 0, slowHeads: 0, idlers: 0, guesses: 0, refused: 0, connectErrors: 0 }
const isOver = (): boolean => performance.now() >= untilMs

function open(onOpen: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => onOpen(socket))
    socket.on('error', () => (seen.connectErrors += 1))
    socket.on('close', () => resolve())
    socket.on('data', () => {})
    const end = setTimeout(() => socket.destroy(), Math.max(0, untilMs - performance.now()))
    socket.on('close', () => clearTimeout(end))
  })
}

async function again(one: () => Promise<void>): Promise<void> {
  while (!isOver()) {
    await one()
    await Bun.sleep(20)
  }
}

/** A body of 31 MB without a key, as fast as it is taken. */
const body = (): Promise<void> =>
  open((socket) => {
    seen.bodies += 1
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${BODY_BYTES}\r\n\r\n`,
    )
    const pour = (): void => {
      for (;;) {
        if (socket.destroyed || isOver()) return
        seen.bodyBytes += PART.length
        if (!socket.write(PART)) break
      }
      socket.once('drain', () => setTimeout(pour, 5))
    }
    pour()
  })

/** A head of which a byte comes every second. */
const slowHead = (): Promise<void> =>
  open((socket) => {
    seen.slowHeads += 1
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ')
    const drip = setInterval(() => socket.write('a'), 1_000)
    socket.on('close', () => clearInterval(drip))
  })

/** A connection on which one request was made and then nothing. */
const idler = (): Promise<void> =>
  open((socket) => {
    seen.idlers += 1
    socket.write('GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  })

const GUESS_BODY = '{"model":"bench","messages":[{"role":"user","content":"let me in"}]}'

/** Well-formed keys that are none, on a kept connection. */
const guesser = (): Promise<void> =>
  open((socket) => {
    const ask = (): void => {
      if (seen.guesses >= BAD_KEYS || isOver()) return void socket.destroy()
      seen.guesses += 1
      const key = `gh_live_${String(seen.guesses).padStart(12, '0')}_${'x'.repeat(43)}_000000`
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${GUESS_BODY.length}\r\n\r\n${GUESS_BODY}`,
      )
    }
    socket.on('data', (bytes: Buffer) => {
      if (bytes.includes('HTTP/1.1 401')) seen.refused += 1
      ask()
    })
    ask()
  })

const crowd = (count: number, one: () => Promise<void>): Promise<void>[] =>
  Array.from({ length: count }, () => again(one))

const guessing = async (): Promise<void> => {
  while (!isOver() && seen.guesses < BAD_KEYS) await guesser()
}

await Promise.all([
  ...crowd(BODIES, body),
  ...crowd(SLOW_HEADS, slowHead),
  ...crowd(IDLERS, idler),
  ...Array.from({ length: GUESSERS }, guessing),
])
console.log(JSON.stringify(seen))
process.exit(0)
