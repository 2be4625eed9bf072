import { describe, expect, test } from 'bun:test'
import { makeCertificate } from './certificate.fixture.ts'
import { systemClock } from './clock.ts'
import { createManualClock } from './manual-clock.fixture.ts'
import { openRawUpstream } from './raw-upstream.fixture.ts'
import { answersConnection } from './connection-probe.ts'

test('an accepted connection is an answer, and it is closed again', async () => {
  const closed = Promise.withResolvers<void>()
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { data() {}, close: () => closed.resolve() },
  })
  expect(
    await answersConnection({ host: '127.0.0.1', port: server.port, tls: false }, 1_000, systemClock),
  ).toBe(true)
  await closed.promise
  server.stop(true)
})

test('a refused connection is an answer too, and so is a name that does not exist', async () => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  expect(await answersConnection({ host: '127.0.0.1', port, tls: false }, 1_000, systemClock)).toBe(true)
  expect(
    await answersConnection({ host: 'nowhere.invalid', port: 80, tls: false }, 10_000, systemClock),
  ).toBe(true)
})

test('silence until the limit is none', async () => {
  const clock = createManualClock()
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const outcome = answersConnection({ host: '127.0.0.1', port: server.port, tls: false }, 1_000, clock)
  // The limit passes before the event loop could see the handshake.
  clock.advance(1_000)
  expect(await outcome).toBe(false)
  server.stop(true)
})

describe('where TLS is spoken', () => {
  const certificate = makeCertificate('api.example.test')

  test('an accepted connection on which no handshake follows is no answer', async () => {
    const upstream = await openRawUpstream(() => {})
    expect(
      await answersConnection({ host: '127.0.0.1', port: upstream.port, tls: true }, 50, systemClock),
    ).toBe(false)
    expect(upstream.connections()).toBe(1)
    await upstream.close()
  })

  test.skipIf(certificate === undefined)('a handshake is, whatever its certificate says', async () => {
    const upstream = await openRawUpstream(() => {}, { tls: certificate })
    for (const serverName of ['api.example.test', 'other.example.test']) {
      const address = { host: '127.0.0.1', port: upstream.port, tls: true, serverName }
      expect(await answersConnection(address, 5_000, systemClock)).toBe(true)
    }
    await upstream.close()
  })

  test('an answer that is no handshake is one too', async () => {
    const plain = Bun.listen({
      hostname: '127.0.0.1',
      port: 0,
      socket: { data: (socket) => void socket.end('no') },
    })
    expect(
      await answersConnection({ host: '127.0.0.1', port: plain.port, tls: true }, 5_000, systemClock),
    ).toBe(true)
    plain.stop(true)
  })
})
