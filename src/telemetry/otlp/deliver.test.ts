import { afterAll, expect, test } from 'bun:test'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createHttpClient } from '../../kit/http-client.ts'
import { LIMITS } from '../../kit/limits.ts'
import { Secret } from '../../kit/secret.ts'
import { deliver } from './deliver.ts'

const HEADERS = new Map([['authorization', new Secret('t')]])

let arrived: () => void = () => undefined
const collector = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const path = new URL(request.url).pathname.slice(1)
    arrived()
    if (path === 'hang') return new Promise<Response>(() => undefined)
    if (path === 'half')
      return new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }))
    if (path === 'partial')
      return Response.json({ partialSuccess: { rejectedSpans: '3', errorMessage: 'no' } })
    return path === 'nonsense' ? new Response('<html>{') : new Response('', { status: Number(path) })
  },
})
afterAll(() => collector.stop(true))

function send(path: string, clock = createManualClock()) {
  const http = createHttpClient({ clock })
  return deliver({ http, clock }, { url: collector.url.href + path, headers: HEADERS }, '{}')
}

test.each([
  ['200', { result: 'delivered', rejected: 0 }],
  ['nonsense', { result: 'delivered', rejected: 0 }],
  ['partial', { result: 'delivered', rejected: 3 }],
  ['503', { result: 'unavailable', why: 'status 503' }],
  ['429', { result: 'unavailable', why: 'status 429' }],
  ['400', { result: 'refused', why: 'status 400' }],
  ['301', { result: 'refused', why: 'status 301' }],
] as const)('a collector that answers %s', async (path, delivery) => {
  expect(await send(path)).toEqual(delivery)
})

test('a collector that hangs is left when its time is over', async () => {
  const clock = createManualClock()
  const reached = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const sent = send('hang', clock)
  await reached
  clock.advance(LIMITS.sinkMs + LIMITS.deadlineSlackMs + 1)
  expect(await sent).toMatchObject({ result: 'unavailable' })
})

test('a collector that is not there', async () => {
  const clock = createManualClock()
  const http = createHttpClient({ clock })
  const gone = await deliver({ http, clock }, { url: 'http://127.0.0.1:1/v1/traces', headers: HEADERS }, '{}')
  expect(gone).toEqual({ result: 'unavailable', why: 'connect-failed' })
})
