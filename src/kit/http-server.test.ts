import { afterEach, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { PortBusy, serveHttp, type HttpServer, type HttpServerOptions } from './http-server.ts'

const running: HttpServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('now')
})

function serve(handle: HttpServerOptions['handle'], changes: Partial<HttpServerOptions> = {}): HttpServer {
  const server = serveHttp({ host: '127.0.0.1', port: 0, maxBodyBytes: 1_000, handle, ...changes })
  running.push(server)
  return server
}

const urlOf = (server: HttpServer): string => `http://127.0.0.1:${server.port}/`

/** Sends raw text and gives everything that comes back until the server closes. */
function talk(server: HttpServer, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = ''
    const socket = connect(server.port, '127.0.0.1')
    socket.on('data', (bytes) => (seen += bytes.toString()))
    socket.on('error', () => {})
    socket.on('close', () => resolve(seen))
    socket.write(text)
  })
}

test('port 0 picks a free port and the handler sees request and peer', async () => {
  const server = serve(
    (request, peer) => new Response(`${request.method} ${new URL(request.url).pathname} ${peer.address}`),
  )
  expect(server.port).toBeGreaterThan(0)
  const response = await fetch(`${urlOf(server)}hello`, { method: 'PUT' })
  expect(await response.text()).toBe('PUT /hello 127.0.0.1')
})

test('a busy port is a typed error', () => {
  const first = serve(() => new Response())
  let caught: unknown
  try {
    serve(() => new Response(), { port: first.port })
  } catch (error) {
    caught = error
  }
  expect(caught).toBeInstanceOf(PortBusy)
  expect(caught).toMatchObject({ host: '127.0.0.1', port: first.port })
})

for (const [name, handle] of [
  [
    'throws',
    (): Response => {
      throw new Error('secret detail')
    },
  ],
  ['rejects', (): Promise<Response> => Promise.reject(new Error('secret detail'))],
] as const) {
  test(`a handler that ${name} answers 500 without details and tells the owner`, async () => {
    const told: unknown[] = []
    const server = serve(handle, { onError: (error) => void told.push(error) })
    const response = await fetch(urlOf(server))
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('')
    expect(String(told[0])).toContain('secret detail')
  })
}

test('a body within the bound arrives whole', async () => {
  const server = serve(async (request) => new Response(String((await request.bytes()).length)))
  expect(await (await fetch(urlOf(server), { method: 'POST', body: 'x'.repeat(1_000) })).text()).toBe('1000')
})

test('a larger body is refused with 413, announced or chunked', async () => {
  const server = serve(async (request) => new Response(await request.text()))
  const announced = await fetch(urlOf(server), { method: 'POST', body: 'x'.repeat(1_001) })
  expect(announced.status).toBe(413)
  const chunk = `7d0\r\n${'x'.repeat(2_000)}\r\n0\r\n\r\n`
  const chunked = await talk(
    server,
    `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`,
  )
  expect(chunked).toStartWith('HTTP/1.1 413 ')
})

test('the request is aborted when the client leaves', async () => {
  const entered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  const server = serve(async (request) => {
    request.signal.addEventListener('abort', () => left.resolve())
    entered.resolve()
    await left.promise
    return new Response()
  })
  const controller = new AbortController()
  const outcome = fetch(urlOf(server), { signal: controller.signal }).catch(() => 'aborted')
  await entered.promise
  controller.abort()
  await left.promise
  expect(await outcome).toBe('aborted')
})

test('a graceful stop refuses new connections and lets running requests finish', async () => {
  const entered = Promise.withResolvers<void>()
  const proceed = Promise.withResolvers<void>()
  const server = serve(async () => {
    entered.resolve()
    await proceed.promise
    return new Response('finished')
  })
  const running = fetch(urlOf(server))
  await entered.promise
  let stopped = false
  const stopping = server.stop('graceful').then(() => (stopped = true))
  expect(await fetch(urlOf(server)).catch(() => 'refused')).toBe('refused')
  expect(stopped).toBe(false)
  proceed.resolve()
  expect(await (await running).text()).toBe('finished')
  await stopping
})

test('a graceful stop waits for a stream that is still being sent', async () => {
  const proceed = Promise.withResolvers<void>()
  const server = serve(
    () =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(new TextEncoder().encode('one '))
            await proceed.promise
            controller.enqueue(new TextEncoder().encode('two'))
            controller.close()
          },
        }),
      ),
  )
  const response = await fetch(urlOf(server))
  const stopping = server.stop('graceful')
  proceed.resolve()
  expect(await response.text()).toBe('one two')
  await stopping
})

test('stopping now ends a graceful stop that waits', async () => {
  const entered = Promise.withResolvers<void>()
  const server = serve(() => {
    entered.resolve()
    return new Promise<Response>(() => {})
  })
  const outcome = fetch(urlOf(server)).catch(() => 'cut')
  await entered.promise
  void server.stop('graceful')
  await server.stop('now')
  expect(await outcome).toBe('cut')
})

test('after the announcement every response closes its connection', async () => {
  const server = serve(() => new Response('ok'))
  server.announceClose()
  const text = await talk(server, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  expect(text.toLowerCase()).toContain('\r\nconnection: close\r\n')
})

test('a connection that stands idle between two requests is closed, and one that is being answered is not', async () => {
  const goOn = Promise.withResolvers<void>()
  const handle = async (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname === '/slow') await goOn.promise
    return new Response('here')
  }
  const server = serve(handle, { idleMs: 1_000 })
  const slow = talk(server, 'GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await talk(server, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')).toEndWith('here')
  goOn.resolve()
  expect(await slow).toEndWith('here')
})

test('a server that is shut takes no connections, finishes what it is answering, and opens again at its port', async () => {
  const begun = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const server = serve(async (request) => {
    if (new URL(request.url).pathname === '/slow') {
      begun.resolve()
      await goOn.promise
    }
    return new Response('here')
  })
  const slow = fetch(`${urlOf(server)}slow`)
  await begun.promise
  server.shut()
  expect(fetch(urlOf(server))).rejects.toThrow()
  goOn.resolve()
  expect(await (await slow).text()).toBe('here')
  server.reopen()
  expect(await (await fetch(urlOf(server))).text()).toBe('here')
})
