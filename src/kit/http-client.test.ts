import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'
import { createHttpClient, type HttpRequest } from './http-client.ts'
import { errorOf } from './http-error-of.fixture.ts'
import { openRawUpstream, RAW_STREAM, rawAnswer } from './raw-upstream.fixture.ts'
import { createTickingClock } from './ticking-clock.fixture.ts'

interface Wire {
  readonly url: string
  /** Connections accepted so far. */
  readonly accepted: () => number
  /** Resolves with the time of the next close. */
  readonly closed: () => Promise<number>
}

type Answer = (socket: Bun.Socket<{ reads: number }>, text: string) => void

const clock = createTickingClock(5)
beforeAll(() => clock.start())
afterAll(() => clock.stop())

const decoder = new TextDecoder()
const servers: { stop(force: boolean): void }[] = []
afterAll(() => servers.forEach((server) => server.stop(true)))

/** A raw TCP server: every read of a connection is answered by `answer`. */
function listen(answer: Answer): Wire {
  let accepted = 0
  let onClose = Promise.withResolvers<number>()
  const server = Bun.listen<{ reads: number }>({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      open(socket) {
        accepted += 1
        socket.data = { reads: 0 }
      },
      data(socket, bytes) {
        socket.data.reads += 1
        answer(socket, decoder.decode(bytes))
      },
      close() {
        onClose.resolve(clock.elapsedMs())
        onClose = Promise.withResolvers<number>()
      },
    },
  })
  servers.push(server)
  return {
    url: `http://127.0.0.1:${server.port}/v1/chat`,
    accepted: () => accepted,
    closed: () => onClose.promise,
  }
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

/** Less than any limit of a request; a busy machine takes its time. */
const AT_ONCE_MS = 1_900

function requestTo(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: { authorization: 'Bearer hush-hush', 'content-type': 'application/json' },
    body: '{"model":"m"}',
    controller: new AbortController(),
    connectTimeoutMs: 2_000,
    firstByteTimeoutMs: 5_000,
    freshConnection: false,
    pool: 'openai/main',
    egress: 'any',
    ...changes,
  }
}

/** As many calls at once as leave several kept connections. */
const CALLERS = 8

const openClient = () => createHttpClient({ clock })

describe('an ordinary call', () => {
  test('carries method, path, headers and body, and asks for no coding', async () => {
    let seen = ''
    const wire = listen((socket, text) => {
      seen = text
      socket.write(OK)
    })
    const response = await openClient().send(requestTo(`${wire.url}?alt=sse`))
    expect(response.status).toBe(200)
    expect(decoder.decode(await response.readAll(100))).toBe('ok')
    expect(seen).toStartWith('POST /v1/chat?alt=sse HTTP/1.1\r\n')
    expect(seen.toLowerCase()).toContain('\r\nauthorization: bearer hush-hush\r\n')
    expect(seen.toLowerCase()).toContain('\r\naccept-encoding: identity\r\n')
    expect(seen).toEndWith('\r\n\r\n{"model":"m"}')
  })

  test('gives a body part by part as it arrives, then undefined for ever', async () => {
    const proceed = Promise.withResolvers<void>()
    const wire = listen((socket) => {
      socket.write(`${CHUNKED}3\r\nabc\r\n`)
      void proceed.promise.then(() => socket.write('3\r\ndef\r\n0\r\n\r\n'))
    })
    const response = await openClient().send(requestTo(wire.url))
    expect(decoder.decode(await response.read())).toBe('abc')
    proceed.resolve()
    expect(decoder.decode(await response.read())).toBe('def')
    expect(await response.read()).toBeUndefined()
    expect(await response.read()).toBeUndefined()
    response.cancel()
  })

  test('tells of every part of a whole body that comes in parts', async () => {
    const proceed = Promise.withResolvers<void>()
    const wire = listen((socket) => {
      socket.write(`${CHUNKED}1\r\n\n\r\n`)
      void proceed.promise.then(() => socket.write('2\r\nok\r\n0\r\n\r\n'))
    })
    let parts = 0
    const response = await openClient().send(requestTo(wire.url))
    const body = await response.readAll(100, {
      came() {
        parts += 1
        proceed.resolve()
      },
    })
    expect(decoder.decode(body)).toBe('\nok')
    expect(parts).toBe(2)
  })

  test('has an empty body where HTTP has none', async () => {
    const wire = listen((socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'))
    const client = openClient()
    expect(await (await client.send(requestTo(wire.url))).read()).toBeUndefined()
    expect(await (await client.send(requestTo(wire.url))).readAll(10)).toHaveLength(0)
  })

  test('does not follow redirects', async () => {
    const wire = listen((socket) =>
      socket.write(
        'HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n',
      ),
    )
    const response = await openClient().send(requestTo(wire.url))
    expect(response.status).toBe(307)
  })

  test('gives a body that was compressed unasked as it came', async () => {
    const packed = Bun.gzipSync(new Uint8Array(1_000_000))
    const server = Bun.serve({
      port: 0,
      fetch: () => new Response(packed, { headers: { 'content-encoding': 'gzip' } }),
    })
    servers.push(server)
    const response = await openClient().send(requestTo(server.url.href))
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.readAll(packed.length)).toEqual(packed)
  })
})

test('a proxy is given the calls, but not those that must be public', async () => {
  let seen = ''
  const proxy = listen((socket, text) => {
    seen += text
    socket.write(OK)
  })
  const client = createHttpClient({ clock, proxy: new URL(proxy.url).origin })
  const response = await client.send(requestTo('http://api.example.test/v1/chat'))
  expect(decoder.decode(await response.readAll(10))).toBe('ok')
  expect(seen).toStartWith('POST http://api.example.test/v1/chat HTTP/1.1\r\n')
  seen = ''
  const direct = createHttpClient({
    clock,
    proxy: new URL(proxy.url).origin,
    publicEgress: { resolveHost: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true },
  })
  const error = await errorOf(
    direct.send(requestTo('https://api.example.test:9/', { egress: 'public-only' })),
  )
  expect(error.kind).toBe('connect-failed')
  expect(seen).toBe('')
})

test('nothing is left on the signal when a call is over, however it ended', async () => {
  const wire = listen((socket, text) => {
    if (text.includes('reset')) socket.terminate()
    else socket.write(OK)
  })
  const client = openClient()
  const controllers = Array.from({ length: 4 }, () => new AbortController())
  const [whole, piecewise, cancelled, reset] = controllers
  await (await client.send(requestTo(wire.url, { controller: whole! }))).readAll(10)
  const read = await client.send(requestTo(wire.url, { controller: piecewise! }))
  while ((await read.read()) !== undefined);
  ;(await client.send(requestTo(wire.url, { controller: cancelled! }))).cancel()
  await errorOf(client.send(requestTo(`${wire.url}?reset`, { controller: reset!, freshConnection: true })))
  for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

describe('connections', () => {
  test('are reused within a pool and never shared between pools', async () => {
    const wire = listen((socket) => socket.write(OK))
    const client = openClient()
    const call = async (pool: string) => (await client.send(requestTo(wire.url, { pool }))).readAll(10)
    await call('a')
    await call('a')
    expect(wire.accepted()).toBe(1)
    await call('b')
    expect(wire.accepted()).toBe(2)
    await call('a')
    expect(wire.accepted()).toBe(2)
  })

  test('that are fresh are neither taken from the pool nor kept', async () => {
    const wire = listen((socket) => socket.write(OK))
    const client = openClient()
    const call = async (freshConnection: boolean) =>
      (await client.send(requestTo(wire.url, { freshConnection }))).readAll(10)
    await call(false)
    await call(true)
    await call(true)
    expect(wire.accepted()).toBe(3)
    await call(false)
    expect(wire.accepted()).toBe(3)
  })

  test('that are idle are closed with the client', async () => {
    const wire = listen((socket) => socket.write(OK))
    const client = openClient()
    await (await client.send(requestTo(wire.url))).readAll(10)
    const closed = wire.closed()
    client.close()
    await closed
  })

  for (const way of ['end', 'terminate'] as const) {
    test(`that the server closes (${way}) on reuse are stale, and a fresh one works`, async () => {
      const wire = listen((socket) => {
        if (socket.data.reads === 1) socket.write(OK)
        else socket[way]()
      })
      const client = openClient()
      await (await client.send(requestTo(wire.url))).readAll(10)
      expect((await errorOf(client.send(requestTo(wire.url)))).kind).toBe('stale-connection')
      const again = await client.send(requestTo(wire.url, { freshConnection: true }))
      expect(again.status).toBe(200)
    })
  }

  test('that turn out closed all at once, and late, are all stale', async () => {
    const all = Promise.withResolvers<void>()
    let waiting = 0
    const upstream = await openRawUpstream(async (call) => {
      if (call.request === 1) {
        // Nobody is answered before all have come, so that each comes on a connection of its own.
        if (++waiting === CALLERS) all.resolve()
        await all.promise
        return call.write(rawAnswer('ok'))
      }
      await call.wait(400)
      call.reset()
    })
    servers.push({ stop: () => void upstream.close() })
    const client = openClient()
    const callers = Array.from({ length: CALLERS })
    await Promise.all(callers.map(async () => (await client.send(requestTo(upstream.url))).readAll(10)))
    expect(upstream.connections()).toBe(CALLERS)
    const errors = await Promise.all(callers.map(() => errorOf(client.send(requestTo(upstream.url)))))
    expect(errors.map(({ kind }) => kind)).toEqual(callers.map(() => 'stale-connection'))
    expect(upstream.connections()).toBe(CALLERS)
  })

  test('that were asked for as new ones are never stale', async () => {
    const upstream = await openRawUpstream((call) =>
      call.connection === 2 ? call.reset() : call.write(rawAnswer('ok')),
    )
    servers.push({ stop: () => void upstream.close() })
    const client = openClient()
    await (await client.send(requestTo(upstream.url))).readAll(10)
    const repeat = requestTo(upstream.url, { freshConnection: true })
    expect((await errorOf(client.send(repeat))).kind).toBe('connection-reset')
    await (await client.send(repeat)).readAll(10)
  })

  test('that break on first use are reset, not stale', async () => {
    const wire = listen((socket) => socket.terminate())
    expect((await errorOf(openClient().send(requestTo(wire.url)))).kind).toBe('connection-reset')
  })

  test('that break after part of the headers are reset', async () => {
    const wire = listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-le')
      socket.flush()
      setTimeout(() => socket.terminate(), 5)
    })
    expect((await errorOf(openClient().send(requestTo(wire.url)))).kind).toBe('connection-reset')
  })
})

describe('a call that cannot be made', () => {
  test('to a closed port is connect-failed', async () => {
    const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const { port } = server
    server.stop(true)
    const error = await errorOf(openClient().send(requestTo(`http://127.0.0.1:${port}/`)))
    expect(error.kind).toBe('connect-failed')
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('in TLS to a plain server is connect-failed', async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response('') })
    servers.push(server)
    const error = await errorOf(openClient().send(requestTo(`https://127.0.0.1:${server.port}/`)))
    expect(error.kind).toBe('connect-failed')
  })

  for (const [name, changes] of [
    ['with an unreadable URL', { url: 'http://[::1' }],
    ['with an unknown scheme', { url: 'ftp://127.0.0.1/' }],
    ['with a line break in a header', { headers: { authorization: 'Bearer hush-hush\r\nx: y' } }],
  ] as const) {
    test(`${name} is connect-failed, and the error says nothing of the request`, async () => {
      const error = await errorOf(openClient().send(requestTo('http://127.0.0.1:9/?key=hush-hush', changes)))
      expect(error.kind).toBe('connect-failed')
      expect(Bun.inspect(error)).not.toContain('hush-hush')
      expect(`${error.message} ${String(error.cause)}`).not.toContain('hush-hush')
    })
  }

  test('because what answers does not speak HTTP is connection-reset', async () => {
    const wire = listen((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
    expect((await errorOf(openClient().send(requestTo(wire.url)))).kind).toBe('connection-reset')
  })
})

describe('limits', () => {
  test('a server that accepts and never answers is first-byte-timeout, and its connection is closed', async () => {
    const wire = listen(() => {})
    const closed = wire.closed()
    const startedMs = clock.elapsedMs()
    const error = await errorOf(
      openClient().send(requestTo(wire.url, { connectTimeoutMs: 40, firstByteTimeoutMs: 120 })),
    )
    expect(error.kind).toBe('first-byte-timeout')
    expect(clock.elapsedMs() - startedMs).toBeGreaterThanOrEqual(120)
    await closed
  })

  test('a slow answer outlives the connect limit', async () => {
    const wire = listen((socket) => void setTimeout(() => socket.write(OK), 120))
    const response = await openClient().send(requestTo(wire.url, { connectTimeoutMs: 40 }))
    expect(response.status).toBe(200)
  })

  test('a body may take longer than the limit until the headers', async () => {
    const wire = listen((socket) => {
      socket.write(`${CHUNKED}3\r\nabc\r\n`)
      setTimeout(() => socket.write('0\r\n\r\n'), 120)
    })
    const response = await openClient().send(requestTo(wire.url, { firstByteTimeoutMs: 60 }))
    expect(await response.readAll(10)).toHaveLength(3)
  })

  test('many slow calls share one probe', async () => {
    const wire = listen((socket) => void setTimeout(() => socket.write(OK), 150))
    const client = openClient()
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const response = await client.send(requestTo(wire.url, { connectTimeoutMs: 40 }))
        await response.readAll(10)
      }),
    )
    expect(wire.accepted()).toBeLessThanOrEqual(12)
  })
})

describe('a body', () => {
  test('of announced length that is cut by a close is connection-reset', async () => {
    const wire = listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc')
      setTimeout(() => socket.end(), 5)
    })
    const client = openClient()
    expect((await errorOf((await client.send(requestTo(wire.url))).readAll(1_000))).kind).toBe(
      'connection-reset',
    )
    const response = await client.send(requestTo(wire.url))
    expect(decoder.decode(await response.read())).toBe('abc')
    expect((await errorOf(response.read())).kind).toBe('connection-reset')
    expect((await errorOf(response.read())).kind).toBe('connection-reset')
  })

  for (const [name, rest] of [
    ['between chunks', ''],
    ['inside a chunk', '10\r\nhal'],
  ] as const) {
    test(`in chunks that is cut ${name} is connection-reset`, async () => {
      const wire = listen((socket) => {
        socket.write(`${CHUNKED}3\r\nabc\r\n${rest}`)
        setTimeout(() => socket.end(), 5)
      })
      const response = await openClient().send(requestTo(wire.url))
      expect((await errorOf(response.readAll(1_000))).kind).toBe('connection-reset')
    })
  }

  test('that is reset half-way is connection-reset, never stale', async () => {
    const wire = listen((socket) => {
      if (socket.data.reads === 1) {
        socket.write(OK)
        return
      }
      socket.write(`${CHUNKED}3\r\nabc\r\n`)
      setTimeout(() => socket.terminate(), 5)
    })
    const client = openClient()
    await (await client.send(requestTo(wire.url))).readAll(10)
    const response = await client.send(requestTo(wire.url))
    expect((await errorOf(response.readAll(1_000))).kind).toBe('connection-reset')
  })

  test('without length or chunks ends cleanly where the connection ends', async () => {
    const wire = listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n')
      setTimeout(() => socket.end(), 5)
    })
    const response = await openClient().send(requestTo(wire.url))
    expect(decoder.decode(await response.readAll(100))).toBe('data: 1\n\n')
  })

  for (const [name, head] of [
    ['announced', 'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n'],
    ['unannounced', CHUNKED],
  ] as const) {
    test(`that is larger than the limit (${name}) is refused and its connection closed`, async () => {
      const wire = listen((socket) => socket.write(`${head}400\r\n${'x'.repeat(1_024)}\r\n`))
      const closed = wire.closed()
      const response = await openClient().send(requestTo(wire.url))
      expect((await errorOf(response.readAll(1_000))).kind).toBe('body-too-large')
      await closed
    })
  }

  test('that is reset is given as far as it had come, however late it is read', async () => {
    const upstream = await openRawUpstream(async (call) => {
      call.write(RAW_STREAM)
      for (let part = 0; part < 20; part += 1) {
        call.chunk(`${part} `)
        await call.wait(1)
      }
      await call.wait(20)
      call.reset()
    })
    servers.push({ stop: () => void upstream.close() })
    const client = openClient()
    const read = async (): Promise<string> => {
      const response = await client.send(requestTo(upstream.url))
      let text = decoder.decode(await response.read())
      await upstream.closed()
      for (;;) {
        try {
          text += decoder.decode(await response.read())
        } catch (error) {
          expect(error).toMatchObject({ kind: 'connection-reset' })
          return text
        }
      }
    }
    const whole = Array.from({ length: 20 }, (_, part) => `${part} `).join('')
    expect(await read()).toBe(whole)
  })

  test('that is read slowly slows the sender down', async () => {
    let sent = 0
    const part = new Uint8Array(65_536)
    const push = (socket: Bun.Socket<{ reads: number }>): void => {
      for (let wrote = part.length; wrote === part.length && sent < 100_000_000; sent += wrote)
        wrote = socket.write(part)
    }
    const server = Bun.listen<{ reads: number }>({
      hostname: '127.0.0.1',
      port: 0,
      socket: {
        data(socket) {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          push(socket)
        },
        drain: push,
      },
    })
    servers.push(server)
    const response = await openClient().send(requestTo(`http://127.0.0.1:${server.port}/`))
    await response.read()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(sent).toBeLessThan(50_000_000)
    response.cancel()
  })
})

describe('aborting', () => {
  test('before the headers closes the connection at once', async () => {
    const arrived = Promise.withResolvers<void>()
    const wire = listen(() => arrived.resolve())
    const controller = new AbortController()
    const outcome = errorOf(openClient().send(requestTo(wire.url, { controller })))
    await arrived.promise
    const closed = wire.closed()
    const abortedMs = clock.elapsedMs()
    controller.abort()
    expect((await outcome).kind).toBe('aborted')
    expect((await closed) - abortedMs).toBeLessThan(AT_ONCE_MS)
  })

  test('before sending sends nothing', async () => {
    const wire = listen((socket) => socket.write(OK))
    const error = await errorOf(openClient().send(requestTo(wire.url, { controller: aborted() })))
    expect(error.kind).toBe('aborted')
    expect(wire.accepted()).toBe(0)
  })

  for (const how of ['read', 'readAll', 'cancel'] as const) {
    test(`within the body closes the connection at once (${how})`, async () => {
      const wire = listen((socket) => socket.write(`${CHUNKED}3\r\nabc\r\n`))
      const controller = new AbortController()
      const response = await openClient().send(requestTo(wire.url, { controller }))
      expect(await response.read()).toHaveLength(3)
      const pending = errorOf(how === 'readAll' ? response.readAll(100) : response.read())
      const closed = wire.closed()
      const abortedMs = clock.elapsedMs()
      if (how === 'cancel') response.cancel()
      else controller.abort()
      expect((await pending).kind).toBe('aborted')
      expect((await closed) - abortedMs).toBeLessThan(AT_ONCE_MS)
    })
  }

  test('within a unary body of announced length closes the connection at once', async () => {
    const wire = listen((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'))
    const controller = new AbortController()
    const response = await openClient().send(requestTo(wire.url, { controller }))
    const pending = errorOf(response.readAll(100))
    const closed = wire.closed()
    controller.abort()
    expect((await pending).kind).toBe('aborted')
    await closed
  })

  test('after the end changes nothing', async () => {
    const wire = listen((socket) => socket.write(OK))
    const controller = new AbortController()
    const client = openClient()
    const response = await client.send(requestTo(wire.url, { controller }))
    await response.readAll(10)
    controller.abort()
    expect(await response.read()).toBeUndefined()
    await (await client.send(requestTo(wire.url))).readAll(10)
    expect(wire.accepted()).toBe(1)
  })
})

function aborted(): AbortController {
  const controller = new AbortController()
  controller.abort()
  return controller
}
