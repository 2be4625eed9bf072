import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import { createEventStreams } from './event-stream.ts'
import { eventRoutes, type EventRoutesNeeds } from './events.ts'
import type { StatusReport } from './status-report.ts'

const clock = createManualClock()
const report = (): StatusReport => ({
  version: '1',
  startedAtMs: 0,
  dataUrl: 'http://127.0.0.1:4100',
  planVersion: '1-a',
  configHealthy: true,
  draining: false,
  troubles: [],
  inFlight: 0,
  providers: [],
  routes: [],
})

const NOTHING_RINGS = { version: 0, firing: () => [] }

type Requests = EventRoutesNeeds['requests']

/** Listens over a log of which only the given is known. */
async function listen(requests: Partial<Requests>) {
  const errors: unknown[] = []
  const streams = createEventStreams({ clock, onError: (error) => void errors.push(error) })
  const nothing: Requests = {
    find: () => Promise.resolve(undefined),
    list: () => Promise.resolve({ rows: [] }),
    since: () => Promise.resolve({ rows: [] }),
  }
  const [route] = eventRoutes({
    requests: { ...nothing, ...requests },
    report,
    alerting: NOTHING_RINGS,
    clock,
    streams,
  })
  const call = { params: {}, query: new URLSearchParams(), headers: new Headers(), body: null }
  const response = await route?.handle(call)
  const reader = response?.body?.getReader()
  const read = async (): Promise<string> => new TextDecoder().decode((await reader?.read())?.value)
  return { read, errors, streams }
}

test('a silent stream says that it is there, and that something changed when it did', async () => {
  const { read } = await listen({})
  expect(await read()).toBe('retry: 2000\n\n')
  expect(await read()).toStartWith('event: health\ndata: {"store":"ok"')
  const beat = read()
  for (let count = 0; count < 60; count += 1) {
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(300)
  }
  expect(await beat).toBe(': hb\n\n')
})

test('who has fallen too far behind goes on with the newest, and is told that there is a gap', async () => {
  const most = LIMITS.eventLinesBehind / 500
  let pages = 0
  let skippedAfter = 0
  const { read } = await listen({
    list: () => {
      skippedAfter = pages
      return Promise.resolve({ rows: [] })
    },
    since: () => {
      pages += 1
      return Promise.resolve(pages > most ? { rows: [] } : { rows: [], last: 'req_a', isFull: true })
    },
  })
  await read()
  expect(await read()).toEndWith('event: gap\ndata: {}\n\n')
  expect(skippedAfter).toBe(most)
})

test('nobody looks on behalf of a client that does not take what there is', async () => {
  let looks = 0
  const { read, streams } = await listen({
    since: () => {
      looks += 1
      return Promise.resolve({ rows: [] })
    },
  })
  const wait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  await wait()
  expect(looks).toBe(0)
  await read()
  await wait()
  clock.advance(60_000)
  await wait()
  expect(looks).toBe(1)
  const ended = streams.end()
  clock.advance(1_000)
  await ended
})

test('a log that cannot be read ends the stream, and is told to whoever runs the gateway', async () => {
  const broken = new Error('the disk is gone')
  const { read, errors } = await listen({ since: () => Promise.reject(broken) })
  await read()
  expect(await read()).toBe('')
  expect(errors).toEqual([broken])
})
