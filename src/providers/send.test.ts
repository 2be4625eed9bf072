import { sampleCaller } from '../exchange/caller.fixture.ts'
import { afterAll, describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createHttpClient, type HttpClient, type HttpRequest } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import { LIMITS } from '../kit/limits.ts'
import { Secret } from '../kit/secret.ts'
import type { ContentAccess } from '../exchange/content-access.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import type { Attempt, Exchange } from '../exchange/exchange.ts'
import { Trail } from '../exchange/trail.ts'
import { Failure } from '../exchange/failure.ts'
import { NoticeList } from '../exchange/notice.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Quirks, SpokenDialect } from '../exchange/target.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { createSender } from './send.ts'
import { createWordDialect, said } from './word-dialect.fixture.ts'
import { scanJson } from '../kit/json-scan.ts'

const RAW = new TextEncoder().encode('{"raw":true}')
const CALLER = sampleCaller()

const DIALECTS = new Map(
  [createWordDialect(), createWordDialect({ name: 'verbs' })].map((one) => [one.name, one]),
)
const closers: (() => void)[] = []
afterAll(() => closers.forEach((close) => close()))

interface Wanted {
  readonly baseUrl: string
  readonly stream?: boolean
  readonly clientDialect?: string
  readonly quirks?: Quirks
  readonly headers?: Readonly<Record<string, string>>
  readonly request?: ModelRequest
  readonly signal?: AbortSignal
  readonly strict?: boolean
  readonly notices?: NoticeList
  /** What a layer has said on the way in. */
  readonly access?: ContentAccess
  /** Has a layer put another request in the client's place? */
  readonly replaced?: boolean
}

function attemptAt(wanted: Wanted, nowMs: number): Attempt {
  const stream = wanted.stream ?? true
  const request = wanted.request ?? { operation: 'chat', model: 'auto', turns: [], stream, wantsUsage: true }
  const signal = wanted.signal ?? new AbortController().signal
  const spoken: SpokenDialect = {
    dialect: 'words',
    baseUrl: wanted.baseUrl,
    auth: { header: 'authorization', prefix: 'Bearer ' },
    headers: {},
    quirks: wanted.quirks ?? {},
  }
  const credential = { id: 'p/default', secret: new Secret('sk-ours'), weight: 1 }
  const exchange: Exchange = {
    id: 'req_1',
    dialect: wanted.clientDialect ?? 'words',
    request: wanted.replaced === true ? { ...request } : request,
    caller: CALLER,
    raw: { form: 'json', bytes: RAW, scan: scanJson(RAW), says: request },
    envelope: sampleEnvelope(wanted.headers),
    requestOptions: wanted.strict === undefined ? {} : { strict: wanted.strict },
    startedAtMs: nowMs,
    startedElapsedMs: 0,
    deadlineAtMs: nowMs + 900_000,
    signal,
    trail: new Trail(),
    planVersion: '1-test',
  }
  exchange.trail.claimContent(wanted.access ?? 'none')
  return {
    id: 'att_1',
    ordinal: 1,
    exchange,
    target: {
      id: 'p/m',
      provider: 'p',
      model: 'm',
      spoken: [spoken],
      credentials: [credential],
      timeouts: {
        connectMs: 5_000,
        firstByteMs: 30_000,
        idleMs: 60_000,
        silenceMs: 600_000,
        totalMs: 600_000,
      },
      capabilities: {},
      simulated: false,
    },
    credential,
    deadlineAtMs: nowMs + 900_000,
    signal,
    notices: wanted.notices ?? new NoticeList(),
    freshConnection: false,
    lastResort: false,
  }
}

/** A sender over real sockets and a clock that the test moves. */
function house() {
  const clock = createManualClock()
  const http = createHttpClient({ clock })
  closers.push(() => http.close())
  const sender = createSender({ dialects: DIALECTS, http, clock, telemetry: SILENT, version: '1.0.0' })
  return { clock, sender, send: (wanted: Wanted) => sender.send(attemptAt(wanted, clock.nowMs())) }
}

function provider(handle: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 0, fetch: handle })
  closers.push(() => void server.stop(true))
  return `http://127.0.0.1:${server.port}`
}

interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly onRead?: () => void
}

/** A sender over a client that answers as told and remembers what it was asked. */
function scripted(answer: HttpError | ScriptedAnswer) {
  const asked: HttpRequest[] = []
  const http: HttpClient = {
    async send(request) {
      asked.push(request)
      if (answer instanceof HttpError) throw answer
      let body = answer.body === undefined ? undefined : new TextEncoder().encode(answer.body)
      const read = async (): Promise<Uint8Array | undefined> => {
        answer.onRead?.()
        const bytes = body
        body = undefined
        return bytes
      }
      return {
        status: answer.status ?? 200,
        headers: new Headers(answer.headers),
        read,
        readAll: async () => (await read()) ?? new Uint8Array(0),
        cancel() {},
      }
    },
    close() {},
  }
  const clock = createManualClock()
  const sender = createSender({ dialects: DIALECTS, http, clock, telemetry: SILENT, version: '1.0.0' })
  return {
    asked,
    send: (wanted: Partial<Wanted> = {}) =>
      sender.send(attemptAt({ baseUrl: 'https://p.example', ...wanted }, clock.nowMs())),
  }
}

const SSE = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }

const laneOf = ({ from }: ModelResponse): string => (from.kind === 'provider' ? from.lane : from.kind)

async function all({ source }: ModelResponse): Promise<ResponseChunk[]> {
  const chunks: ResponseChunk[] = []
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) chunks.push(chunk)
  return chunks
}

async function refusal(sending: Promise<ModelResponse>): Promise<Failure> {
  try {
    await sending
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('what is sent', () => {
  test('is the client’s own bytes in the native lane', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: hi\n\ndata: END\n\n' })
    const response = await send()
    expect(laneOf(response)).toBe('native')
    expect(asked[0]).toMatchObject({
      method: 'POST',
      url: 'https://p.example/words',
      pool: 'p/default',
      egress: 'any',
      connectTimeoutMs: 5_000,
      firstByteTimeoutMs: 31_000,
    })
    expect(new TextDecoder().decode(asked[0]?.body as Uint8Array)).toBe('{"raw":true}')
  })

  test('is written anew for another dialect, and for a provider that keeps badly to its own', async () => {
    for (const wanted of [{ clientDialect: 'verbs' }, { quirks: { conformant: false } }]) {
      const { asked, send } = scripted({ headers: SSE, body: 'data: END\n\n' })
      const response = await send(wanted)
      expect(laneOf(response)).toBe('translated')
      expect(asked[0]?.body).toBe('{"model":"m","lane":"translated"}')
    }
  })

  test('is written anew where the server needs it, while its answer passes untouched', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: hi\n\ndata: END\n\n' })
    const response = await send({ quirks: { imageUrls: false } })
    expect(asked[0]?.body).toBe('{"model":"m","lane":"translated"}')
    expect(laneOf(response)).toBe('native')
    expect((await all(response))[0]?.wire).toBeDefined()
  })

  test('is never the client’s own bytes once a layer has put another request in its place', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: END\n\n' })
    const response = await send({ replaced: true })
    expect(asked[0]?.body).toBe('{"model":"m","lane":"translated"}')
    expect(laneOf(response)).toBe('native')
  })

  test('is the client’s own bytes also where a layer rewrites what is said and left them alone, but the answer is not', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: hi\n\ndata: END\n\n' })
    const response = await send({ access: 'rewrite' })
    expect(new TextDecoder().decode(asked[0]?.body as Uint8Array)).toBe('{"raw":true}')
    expect(laneOf(response)).toBe('translated')
    expect((await all(response)).every(({ wire }) => wire === undefined)).toBe(true)
  })

  test('passes untouched, and its answer too, where a layer reads along', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: hi\n\ndata: END\n\n' })
    const response = await send({ access: 'read' })
    expect(new TextDecoder().decode(asked[0]?.body as Uint8Array)).toBe('{"raw":true}')
    const chunks = await all(response)
    expect(said(chunks)).toBe('hi end')
    expect(new TextDecoder().decode(chunks[0]?.wire)).toBe('data: hi\n\ndata: END\n\n')
  })

  test('carries our credential and nothing of the client’s that the dialect does not forward', async () => {
    const { asked, send } = scripted({ headers: SSE, body: 'data: END\n\n' })
    await send({
      headers: {
        'x-words': '1',
        authorization: 'Bearer gh',
        cookie: 'a=b',
        'x-api-key': 'gh',
        'x-else': '2',
      },
    })
    expect(asked[0]?.headers).toEqual({
      'x-words': '1',
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': 'gatehouse/1.0.0',
      'x-gatehouse-attempt': 'att_1',
      'x-gatehouse-hops': '1',
      authorization: 'Bearer sk-ours',
    })
  })

  test('is nothing at all for an attempt that was stopped before', async () => {
    const { asked, send } = scripted({ headers: SSE })
    expect((await refusal(send({ signal: AbortSignal.abort() }))).code).toBe('client-gone')
    expect(asked).toEqual([])
  })
})

describe('what is lost in translation', () => {
  const answer = { headers: SSE, body: 'data: END\n\n' }

  test('is noted on the attempt', async () => {
    const notices = new NoticeList()
    await scripted(answer).send({ clientDialect: 'verbs', notices })
    expect(notices.all).toEqual([{ code: 'param.dropped', subject: 'seed' }])
  })

  test('keeps a strict request from being sent at all', async () => {
    const { asked, send } = scripted(answer)
    const failure = await refusal(send({ clientDialect: 'verbs', strict: true }))
    expect(failure.code).toBe('lossy-translation')
    expect(failure.details.param).toBe('seed')
    expect(failure.message).toContain('param.dropped=seed')
    expect(asked).toEqual([])
  })

  test('is nothing in the native lane, where strict requests pass', async () => {
    const { asked, send } = scripted(answer)
    await send({ strict: true })
    expect(asked).toHaveLength(1)
  })
})

describe('counting tokens', () => {
  const chat: ModelRequest = {
    operation: 'chat',
    model: 'auto',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'How many tokens is this?' }] }],
    stream: false,
    wantsUsage: false,
  }
  const request: ModelRequest = { operation: 'count-tokens', model: 'auto', chat, stream: false }

  test('is done here when the target cannot', async () => {
    const { asked, send } = scripted({ headers: JSON_TYPE })
    const [chunk] = await all(await send({ request }))
    expect(chunk?.events[0]).toMatchObject({ type: 'token-count', estimated: true })
    expect(chunk?.events[1]).toEqual({ type: 'end' })
    expect(asked).toEqual([])
  })
})

describe('what comes back', () => {
  test.each([
    ['a stream for a stream', true, SSE, 'data: hi\n\ndata: END\n\n', 'native', 'hi end'],
    ['a stream of no declared type', true, {}, 'data: hi\n\ndata: END\n\n', 'native', 'hi end'],
    ['JSON for a stream', true, JSON_TYPE, '{"text":"hi"}', 'translated', 'hi end'],
    ['an error in JSON for a stream', true, JSON_TYPE, '{"error":"no"}', 'translated', '!error-in-success'],
    ['a whole answer', false, JSON_TYPE, '{"text":"hi"}', 'native', 'hi end'],
    ['a stream for a whole answer', false, SSE, 'data: hi\n\ndata: END\n\n', 'translated', 'hi end'],
    ['an error for a whole answer', false, JSON_TYPE, '{"error":"no"}', 'native', '!error-in-success'],
    ['nothing', true, SSE, '', 'native', '!empty-response'],
  ] as const)('as %s is read as what it is', async (_case, stream, headers, body, lane, expected) => {
    const response = await scripted({ headers, body }).send({ stream })
    expect(laneOf(response)).toBe(lane)
    const chunks = await all(response)
    expect(said(chunks)).toBe(expected)
    if (lane === 'translated') expect(chunks.every((chunk) => chunk.wire === undefined)).toBe(true)
  })

  test.each([
    [200, { 'content-type': 'text/html; charset=utf-8' }, 'malformed-response'],
    [302, { location: 'https://elsewhere.example' }, 'malformed-response'],
    [429, JSON_TYPE, 'provider-rate-limited'],
    [500, JSON_TYPE, 'provider-error'],
  ] as const)('as status %d with %j is refused', async (status, headers, code) => {
    const failure = await refusal(scripted({ status, headers, body: '{"error":"slow down"}' }).send())
    expect(failure.code).toBe(code)
    if (status >= 400) {
      expect(failure.message).toBe('slow down')
      expect(failure.details.upstream).toMatchObject({ status, family: 'words' })
    }
  })

  const CODINGS = ['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip'].flatMap((coding) =>
    [200, 429].flatMap((status) => [true, false].map((stream) => [coding, status, stream] as const)),
  )
  test.each(CODINGS)(
    'in %s with status %d (stream: %p) is not read, however small',
    async (coding, status, stream) => {
      let reads = 0
      const headers = { ...(stream ? SSE : JSON_TYPE), 'content-encoding': coding }
      const { send } = scripted({
        status,
        headers,
        body: '{"error":"slow down"}',
        onRead: () => (reads += 1),
      })
      const failure = await refusal(send({ stream }))
      expect(failure.code).toBe(status === 200 ? 'malformed-response' : 'provider-rate-limited')
      expect(failure.message).not.toContain('slow down')
      expect(reads).toBe(0)
    },
  )

  test('as an error is read only up to the limit', async () => {
    const body = 'x'.repeat(LIMITS.errorBodyBytes * 2)
    const failure = await refusal(scripted({ status: 500, body }).send())
    expect(failure.details.upstream?.body?.length).toBe(LIMITS.errorBodyBytes)
  })

  test.each([
    ['connect-failed', 'connect-failed'],
    ['connect-timeout', 'connect-timeout'],
    ['first-byte-timeout', 'first-byte-timeout'],
    ['stale-connection', 'stale-connection'],
    ['connection-reset', 'connection-reset'],
    ['destination-forbidden', 'destination-forbidden'],
  ] as const)('as %s keeps its meaning', async (kind, code) => {
    expect((await refusal(scripted(new HttpError(kind)).send())).code).toBe(code)
  })
})

describe('over real sockets', () => {
  test('a stream arrives byte for byte', async () => {
    const text = ': hi\n\ndata: one\r\n\r\ndata: two\n\ndata: END\n\n'
    const baseUrl = provider(() => new Response(text, { headers: { ...SSE, 'x-request-id': 'up_1' } }))
    const response = await house().send({ baseUrl })
    expect(response.headers).toEqual({ 'x-gatehouse-upstream-request-id': 'up_1' })
    const chunks = await all(response)
    expect(said(chunks)).toBe('one two end')
    expect(chunks.map((chunk) => new TextDecoder().decode(chunk.wire)).join('')).toBe(text)
  })

  test('a body that unfolds to a thousand times its size is never unfolded', async () => {
    const bomb = Bun.gzipSync(new Uint8Array(128 * 1024 * 1024))
    for (const status of [200, 500]) {
      const baseUrl = provider(
        () => new Response(bomb, { status, headers: { ...SSE, 'content-encoding': 'gzip' } }),
      )
      Bun.gc(true)
      const before = process.memoryUsage.rss()
      await refusal(house().send({ baseUrl }))
      expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024)
    }
  })

  test('a provider that never answers is given up at the first-byte limit', async () => {
    const { clock, send } = house()
    const arrived = Promise.withResolvers<void>()
    const baseUrl = provider(() => {
      arrived.resolve()
      return new Promise<Response>(() => {})
    })
    const sending = refusal(send({ baseUrl }))
    await arrived.promise
    clock.advance(30_000)
    expect((await sending).code).toBe('first-byte-timeout')
  })

  test('an error whose body stalls is judged by its status soon', async () => {
    const clock = createManualClock()
    const waiting = Promise.withResolvers<void>()
    const http: HttpClient = {
      send: ({ controller }) =>
        Promise.resolve({
          status: 500,
          headers: new Headers(),
          read() {
            waiting.resolve()
            return new Promise((_resolve, reject) =>
              controller.signal.addEventListener('abort', () => reject(new HttpError('aborted'))),
            )
          },
          readAll: () => Promise.reject(new HttpError('aborted')),
          cancel() {},
        }),
      close() {},
    }
    const sender = createSender({ dialects: DIALECTS, http, clock, telemetry: SILENT, version: '1.0.0' })
    const sending = refusal(sender.send(attemptAt({ baseUrl: 'https://p.example' }, clock.nowMs())))
    await waiting.promise
    clock.advance(5_000)
    expect((await sending).code).toBe('provider-error')
  })

  test('a whole answer that never comes is given up at the limit of the attempt, and called so', async () => {
    const { clock, send } = house()
    const arrived = Promise.withResolvers<void>()
    const baseUrl = provider(() => {
      arrived.resolve()
      return new Promise<Response>(() => {})
    })
    const sending = refusal(send({ baseUrl, stream: false }))
    await arrived.promise
    clock.advance(600_000)
    expect((await sending).code).toBe('attempt-timeout')
  })

  test('a stream that only pings is given up at the idle limit, and the connection is closed', async () => {
    const { clock, send } = house()
    const closed = Promise.withResolvers<void>()
    let pinger: ReadableStreamDefaultController<string> | undefined
    const baseUrl = provider(
      () =>
        new Response(
          new ReadableStream<string>({
            start(controller) {
              pinger = controller
              controller.enqueue('data: one\n\n')
            },
            cancel: () => closed.resolve(),
          }).pipeThrough(new TextEncoderStream()),
          { headers: SSE },
        ),
    )
    const response = await send({ baseUrl })
    expect(said([(await response.source.next()) ?? { events: [] }])).toBe('one')
    for (let pings = 0; pings < 5; pings += 1) {
      clock.advance(10_000)
      pinger?.enqueue(': ping\n\n')
      await response.source.next()
    }
    const last = response.source.next()
    clock.advance(60_000)
    expect(said([(await last) ?? { events: [] }])).toBe('!idle-timeout')
    expect(await response.source.next()).toBeUndefined()
    await closed.promise
  })

  test('a sender that is stopped ends what is under way, in both forms, and sends no more', async () => {
    const { sender, send } = house()
    const arrived = Promise.withResolvers<void>()
    const open = new ReadableStream<string>({ start: (controller) => controller.enqueue('data: one\n\n') })
    const streaming = provider(
      () => new Response(open.pipeThrough(new TextEncoderStream()), { headers: SSE }),
    )
    const silent = provider(() => {
      arrived.resolve()
      return new Promise<Response>(() => {})
    })
    const { source } = await send({ baseUrl: streaming })
    expect(said([(await source.next()) ?? { events: [] }])).toBe('one')
    const waiting = refusal(send({ baseUrl: silent, stream: false }))
    await arrived.promise
    sender.stop()
    expect((await waiting).code).toBe('shutting-down')
    expect((await source.next())?.events.at(-1)).toMatchObject({
      type: 'failure',
      failure: { code: 'shutting-down' },
    })
    expect((await refusal(send({ baseUrl: streaming }))).code).toBe('shutting-down')
  })

  test('a stream that is cut is a failure, not an end', async () => {
    const server = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket) {
          const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'
          socket.write(`${head}data: one\n\ndata: tw`)
          socket.end()
        },
      },
    })
    closers.push(() => server.stop(true))
    const response = await house().send({ baseUrl: `http://127.0.0.1:${server.port}` })
    expect(said(await all(response))).toBe('one !stream-truncated')
  })

  test('cancelling closes the provider’s connection', async () => {
    const closed = Promise.withResolvers<void>()
    const baseUrl = provider((request) => {
      request.signal.addEventListener('abort', () => closed.resolve())
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('data: one\n\n')),
      })
      return new Response(body, { headers: SSE })
    })
    const response = await house().send({ baseUrl })
    await response.source.next()
    response.source.cancel(new Failure('client-gone'))
    await closed.promise
    expect(await response.source.next()).toBeUndefined()
  })

  test('a client that leaves before the head stops the call', async () => {
    const leaving = new AbortController()
    const baseUrl = provider(() => {
      leaving.abort()
      return new Promise<Response>(() => {})
    })
    expect((await refusal(house().send({ baseUrl, signal: leaving.signal }))).code).toBe('client-gone')
  })

  test('the connection of a finished stream is used again', async () => {
    const ports = new Set<number>()
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch(request, self) {
        ports.add(self.requestIP(request)?.port ?? 0)
        return new Response('data: one\n\ndata: END\n\n', { headers: SSE })
      },
    })
    closers.push(() => void server.stop(true))
    const { send } = house()
    for (let turn = 0; turn < 5; turn += 1) {
      await all(await send({ baseUrl: `http://127.0.0.1:${server.port}` }))
      for (let tick = 0; tick < 3; tick += 1) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(ports.size).toBe(1)
  })

  test('a server that cannot be reached is told as such', async () => {
    const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const { port } = server
    server.stop(true)
    expect((await refusal(house().send({ baseUrl: `http://127.0.0.1:${port}` }))).code).toBe('connect-failed')
  })
})
