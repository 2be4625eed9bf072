import { expect, test } from 'bun:test'
import { systemClock } from './clock.ts'
import { createManualClock } from './manual-clock.fixture.ts'
import { answersTcp } from './tcp-probe.ts'

test('an accepted connection is an answer, and it is closed again', async () => {
  const closed = Promise.withResolvers<void>()
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { data() {}, close: () => closed.resolve() },
  })
  expect(await answersTcp({ host: '127.0.0.1', port: server.port }, 1_000, systemClock)).toBe(true)
  await closed.promise
  server.stop(true)
})

test('a refused connection is an answer too, and so is a name that does not exist', async () => {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  expect(await answersTcp({ host: '127.0.0.1', port }, 1_000, systemClock)).toBe(true)
  expect(await answersTcp({ host: 'nowhere.invalid', port: 80 }, 10_000, systemClock)).toBe(true)
})

test('silence until the limit is none', async () => {
  const clock = createManualClock()
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const outcome = answersTcp({ host: '127.0.0.1', port: server.port }, 1_000, clock)
  // The limit passes before the event loop could see the handshake.
  clock.advance(1_000)
  expect(await outcome).toBe(false)
  server.stop(true)
})
