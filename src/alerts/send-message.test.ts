import { afterAll, expect, test } from 'bun:test'
import { createServer, type Server, type Socket } from 'node:net'
import type { AlertAddress, AlertChannel } from '../exchange/alert.ts'
import { createHttpClient } from '../kit/http-client.ts'
import { createMailer } from '../kit/mailer.ts'
import { Secret } from '../kit/secret.ts'
import { createTickingClock } from '../kit/ticking-clock.fixture.ts'
import type { AlertDeliveryRow } from '../store/alerts.ts'
import type { Outcome } from './outcome.ts'
import { createSendMessage } from './send-message.ts'
import { testChannel } from './test-alerting.fixture.ts'

/** A limit of ten seconds passes within a moment. */
const clock = createTickingClock(250)
clock.start()
const http = createHttpClient({ clock })
const servers: Server[] = []
const sockets = new Set<Socket>()

afterAll(() => {
  clock.stop()
  http.close()
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
})

/** A server on this machine that does with a connection what it is told to; gives its port. */
async function serve(behave: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    behave(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Writes for as long as anybody reads. */
function flood(socket: Socket, text: string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(text));
  }
  socket.on('drain', write)
  write()
}

const DELIVERY: AlertDeliveryRow = {
  id: 'msg_1',
  channel: 'ops',
  state: 'waiting',
  items: [
    {
      event: 'fired',
      alertId: 'alert_1',
      rule: 'errors',
      kind: 'threshold',
      key: '',
      severity: 'warning',
      text: 'error_rate is 7 %',
      sinceMs: 0,
      atMs: 0,
    },
  ],
  createdAtMs: 0,
  dueAtMs: 0,
  attempts: 0,
}

function tell(address: AlertAddress, more: Partial<AlertChannel> = {}): Promise<Outcome> {
  const channel = testChannel('ops', { address, isPrivate: true, ...more })
  const plan = { rules: new Map(), channels: new Map([['ops', channel]]) }
  const send = createSendMessage({ plan: () => plan, http, mailer: createMailer({ clock }), clock })
  return send(DELIVERY, new AbortController().signal)
}

const webhook = (port: number): AlertAddress => ({
  type: 'webhook',
  url: new Secret(`http://127.0.0.1:${port}/`),
})

const answering = (head: string) => (socket: Socket) => void socket.once('data', () => socket.end(head))

test('a redirect, wherever it leads, is not followed', async () => {
  let asked = 0
  const inner = await serve((socket) => {
    asked += 1
    socket.end()
  })
  const port = await serve(
    answering(`HTTP/1.1 307 Go\r\nlocation: http://127.0.0.1:${inner}/\r\ncontent-length: 0\r\n\r\n`),
  )
  expect(await tell(webhook(port))).toEqual({
    result: 'refused',
    why: 'status 307: redirects are not followed',
  })
  expect(asked).toBe(0)
})

test('what says when to come again is believed, what refuses is asked no more', async () => {
  const later = await serve(answering('HTTP/1.1 429 No\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n'))
  expect(await tell(webhook(later))).toEqual({
    result: 'unavailable',
    why: 'status 429',
    retryAfterMs: 7_000,
  })
  const never = await serve(answering('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n'))
  expect(await tell(webhook(never))).toEqual({ result: 'refused', why: 'status 404' })
})

test('who hangs, answers nonsense or floods ends within the time', async () => {
  const hanging = await serve(() => undefined)
  expect(await tell(webhook(hanging))).toMatchObject({ result: 'unavailable' })
  const nonsense = await serve(answering('SSH-2.0-OpenSSH\r\n\u0000\u0001'))
  expect(await tell(webhook(nonsense))).toMatchObject({ result: 'unavailable' })
  const flooding = await serve(
    (socket) =>
      void socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n')
        flood(socket, 'x'.repeat(65_536))
      }),
  )
  // Its status was told: that it says too much is its own affair.
  expect(await tell(webhook(flooding))).toEqual({ result: 'delivered' })
})

test('an address of this network is asked only where the operator said so', async () => {
  let asked = 0
  const port = await serve(() => void (asked += 1))
  const why = 'the address is not a public one; for your own network: private: true'
  for (const host of [
    '127.0.0.1',
    'localhost',
    '[::1]',
    '169.254.169.254',
    '10.0.0.1',
    '[::ffff:127.0.0.1]',
  ]) {
    const url = new Secret(`https://${host}:${port}/`)
    expect(await tell({ type: 'slack', url }, { isPrivate: false })).toEqual({ result: 'refused', why })
  }
  const mail = {
    type: 'email',
    host: '127.0.0.1',
    port,
    encryption: 'starttls',
    from: 'a@b.example',
    recipients: ['c@d.example'],
  } as const
  expect(await tell(mail, { isPrivate: false })).toEqual({ result: 'refused', why })
  expect(asked).toBe(0)
})

/** A mail server that takes everything, but for what is answered otherwise; keeps what it heard. */
function mailServer(heard: string[], otherwise: Readonly<Record<string, string>> = {}) {
  return (socket: Socket): void => {
    let isText = false
    let rest = ''
    socket.write('220 ready\r\n')
    socket.on('data', (data) => {
      const lines = (rest + data.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        heard.push(line)
        if (isText && line !== '.') continue
        const word = isText ? '.' : (line.split(' ')[0] ?? '')
        isText = word === 'DATA' && otherwise[word] === undefined
        const usual = word === 'DATA' ? '354 go on' : word === 'QUIT' ? '221 bye' : '250 ok'
        socket.write(`${otherwise[word] ?? usual}\r\n`)
      }
    })
  }
}

const mailAt = (port: number): AlertAddress => ({
  type: 'email',
  host: '127.0.0.1',
  port,
  encryption: 'none',
  from: 'gatehouse@b.example',
  recipients: ['ops@d.example'],
})

test('a mail is handed over once, as plain text', async () => {
  const heard: string[] = []
  expect(await tell(mailAt(await serve(mailServer(heard))))).toEqual({ result: 'delivered' })
  expect(heard).toContain('Subject: [Gatehouse] FIRING errors')
  expect(heard).toContain('Message-ID: <msg_1@gatehouse>')
  expect(heard).toContain('Content-Type: text/plain; charset=utf-8')
  expect(heard.filter((line) => line === 'DATA')).toHaveLength(1)
})

test('a mail server that refuses is believed by its number alone', async () => {
  const refusing = await serve(mailServer([], { RCPT: '550 no such user, and your password is hunter2' }))
  expect(await tell(mailAt(refusing))).toEqual({ result: 'refused', why: 'status 550' })
  const busy = await serve(mailServer([], { MAIL: '451 later' }))
  expect(await tell(mailAt(busy))).toEqual({ result: 'unavailable', why: 'status 451' })
})

test('a mail server that hangs, floods or offers no encryption is cut off', async () => {
  expect(await tell(mailAt(await serve(() => undefined)))).toMatchObject({ result: 'unavailable' })
  const flooding = await serve((socket) => flood(socket, `220-${'x'.repeat(4_000)}\r\n`))
  expect(await tell(mailAt(flooding))).toMatchObject({ result: 'unavailable' })
  const heard: string[] = []
  const plain = await serve(mailServer(heard, { STARTTLS: '502 no' }))
  const wanting = {
    ...mailAt(plain),
    encryption: 'starttls',
    user: 'u',
    password: new Secret('hunter2'),
  } as AlertAddress
  expect(await tell(wanting)).toMatchObject({ result: expect.stringMatching(/^(unavailable|refused)$/) })
  expect(heard.join('\n')).not.toMatch(/AUTH|DATA/)
})
