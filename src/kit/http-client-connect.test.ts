import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { makeCertificate } from './certificate.fixture.ts'
import { createPublicAddressTest } from './egress.ts'
import { createHttpClient, type HttpRequest } from './http-client.ts'
import { errorOf } from './http-error-of.fixture.ts'
import { openRawUpstream, rawAnswer } from './raw-upstream.fixture.ts'
import { openSilentAddress, type SilentAddress } from './silent-address.fixture.ts'
import { createTickingClock } from './ticking-clock.fixture.ts'

const clock = createTickingClock(5)
beforeAll(() => clock.start())
afterAll(() => clock.stop())

function requestTo(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    url,
    headers: {},
    body: '{}',
    controller: new AbortController(),
    connectTimeoutMs: 300,
    firstByteTimeoutMs: 5_000,
    freshConnection: false,
    pool: 'tenant',
    egress: 'any',
    ...changes,
  }
}

describe('an address that swallows connections', () => {
  let silence: SilentAddress
  beforeAll(async () => {
    silence = await openSilentAddress()
  })
  afterAll(() => silence.close())

  test('is connect-timeout at the connect limit, long before the limit until the headers', async () => {
    const client = createHttpClient({ clock })
    const startedMs = clock.elapsedMs()
    const error = await errorOf(client.send(requestTo(`${silence.url}/`)))
    expect(error.kind).toBe('connect-timeout')
    expect(clock.elapsedMs() - startedMs).toBeLessThan(2_000)
  })

  test('can still be aborted', async () => {
    const client = createHttpClient({ clock })
    const controller = new AbortController()
    const outcome = errorOf(client.send(requestTo(`${silence.url}/`, { controller })))
    setTimeout(() => controller.abort(), 10)
    expect((await outcome).kind).toBe('aborted')
  })
})

const certificate = makeCertificate('api.example.test')

describe('an address that accepts connections and answers no TLS handshake', () => {
  test('is connect-timeout at the connect limit, although TCP is answered', async () => {
    const upstream = await openRawUpstream(() => {})
    const client = createHttpClient({ clock })
    const startedMs = clock.elapsedMs()
    const error = await errorOf(client.send(requestTo(`https://127.0.0.1:${upstream.port}/`)))
    expect(error.kind).toBe('connect-timeout')
    expect(clock.elapsedMs() - startedMs).toBeWithin(290, 2_000)
    await upstream.close()
  })

  test.skipIf(certificate === undefined)('is not one that is slow to answer a request', async () => {
    const upstream = await openRawUpstream(
      async (call) => {
        await call.wait(500)
        call.write(rawAnswer('ok'))
      },
      { tls: certificate },
    )
    const client = createHttpClient({
      clock,
      trustedCertificates: certificate?.cert ?? '',
      publicEgress: { resolveHost: () => Promise.resolve(['127.0.0.1']), isAllowed: () => true },
    })
    const url = `https://api.example.test:${upstream.port}/`
    const response = await client.send(requestTo(url, { egress: 'public-only' }))
    expect(response.status).toBe(200)
    // The call's own connection, and the one that found out that somebody is there.
    expect(upstream.connections()).toBe(2)
    await upstream.close()
  })
})

describe('public-only egress', () => {
  let server: Bun.Server<undefined> | undefined
  beforeAll(() => {
    if (certificate === undefined) return
    server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      tls: certificate,
      fetch: (request) => new Response(`${request.headers.get('host')} ${new URL(request.url).pathname}`),
    })
  })
  afterAll(() => void server?.stop(true))

  const isPublic = createPublicAddressTest()

  test.skipIf(certificate === undefined)(
    'goes to the address that was checked and verifies the name',
    async () => {
      let resolved = 0
      const client = createHttpClient({
        clock,
        trustedCertificates: certificate?.cert ?? '',
        publicEgress: {
          resolveHost: () => {
            resolved += 1
            return Promise.resolve(['127.0.0.1'])
          },
          isAllowed: (address) => address === '127.0.0.1',
        },
      })
      const url = `https://api.example.test:${server?.port}/v1/chat`
      const response = await client.send(requestTo(url, { egress: 'public-only' }))
      expect(new TextDecoder().decode(await response.readAll(100))).toBe(
        `api.example.test:${server?.port} /v1/chat`,
      )
      const wrongName = requestTo(`https://other.example.test:${server?.port}/`, { egress: 'public-only' })
      expect((await errorOf(client.send(wrongName))).kind).toBe('connect-failed')
      expect(resolved).toBe(2)
    },
  )

  test.skipIf(certificate === undefined)(
    'never opens a connection to a name that resolves to a private address',
    async () => {
      let answers = 0
      const client = createHttpClient({
        clock,
        trustedCertificates: certificate?.cert ?? '',
        publicEgress: {
          // A rebinding resolver: public at first, private afterwards.
          resolveHost: () =>
            Promise.resolve(answers++ === 0 ? ['93.184.216.34', '127.0.0.1'] : ['127.0.0.1']),
          isAllowed: isPublic,
        },
      })
      const before = server?.pendingRequests
      for (let round = 0; round < 2; round += 1) {
        const url = `https://api.example.test:${server?.port}/`
        const error = await errorOf(client.send(requestTo(url, { egress: 'public-only' })))
        expect(error.kind).toBe('destination-forbidden')
      }
      expect(server?.pendingRequests).toBe(before)
    },
  )

  test('refuses loopback, plain http and user info', async () => {
    const client = createHttpClient({ clock })
    for (const url of [
      'https://127.0.0.1/',
      'http://93.184.216.34/',
      'https://a:b@93.184.216.34/',
      'nonsense',
    ]) {
      const error = await errorOf(client.send(requestTo(url, { egress: 'public-only' })))
      expect(error.kind).toBe('destination-forbidden')
    }
  })

  test('is bounded in time while the name is being resolved', async () => {
    const client = createHttpClient({
      clock,
      publicEgress: { resolveHost: () => new Promise(() => {}), isAllowed: isPublic },
    })
    const request = requestTo('https://slow.example.test/', {
      egress: 'public-only',
      connectTimeoutMs: 20,
      firstByteTimeoutMs: 60,
    })
    expect((await errorOf(client.send(request))).kind).toBe('first-byte-timeout')
  })

  test('calls a name that does not resolve connect-failed', async () => {
    const client = createHttpClient({
      clock,
      publicEgress: {
        resolveHost: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
        isAllowed: isPublic,
      },
    })
    const error = await errorOf(
      client.send(requestTo('https://nowhere.example.test/', { egress: 'public-only' })),
    )
    expect(error.kind).toBe('connect-failed')
  })
})
