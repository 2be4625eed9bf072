import { describe, expect, test } from 'bun:test'
import type { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import { createManualClock, type ManualClock } from '../kit/manual-clock.fixture.ts'
import { openByteStream, type StreamedBody } from './byte-stream.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const HEARTBEAT_MS = 10_000
const STALL_MS = 60_000

const SPOKEN: ResponseChunk = { events: [], wire: encoder.encode('spoken'), eventsInWire: 0 }
const END: ResponseChunk = { events: [{ type: 'end' }], wire: encoder.encode('end'), eventsInWire: 1 }

/** A body over chunks that are all at hand; an error in their place is thrown. */
function scripted(chunks: readonly (ResponseChunk | Error)[], changes: Partial<StreamedBody> = {}) {
  const cancelled: Failure[] = []
  const clock = createManualClock()
  let position = 0
  const source: ChunkSource = {
    next() {
      const chunk = chunks[position]
      position += 1
      return chunk instanceof Error ? Promise.reject(chunk) : Promise.resolve(chunk)
    },
    cancel: (reason) => void cancelled.push(reason),
  }
  const body = openByteStream({
    source,
    encode: ({ events, wire }) => (events[0]?.type === 'failure' ? encoder.encode('broken') : wire),
    heartbeat: () => encoder.encode('beat'),
    heartbeatMs: HEARTBEAT_MS,
    stallMs: STALL_MS,
    overdue: false,
    clock,
    ...changes,
  })
  const reader = body.getReader()
  return { clock, cancelled, reader, taken: () => position }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read()
  return value === undefined ? undefined : decoder.decode(value)
}

/** Lets time pass in steps, so that every timer sees the time it was set for. */
function pass(clock: ManualClock, ms: number): void {
  for (let gone = 0; gone < ms; gone += 1_000) clock.advance(1_000)
}

describe('a client that does not read', () => {
  test('is left after a while: the provider is let go and the connection ends', async () => {
    const { clock, cancelled, reader, taken } = scripted([SPOKEN, SPOKEN, END])
    expect(await read(reader)).toBe('spoken')
    pass(clock, STALL_MS - 1_000)
    expect(cancelled).toEqual([])
    pass(clock, 1_000)
    expect(cancelled.map(({ code }) => code)).toEqual(['client-too-slow'])
    expect(reader.read()).rejects.toThrow('client-too-slow')
    expect(taken()).toBe(1)
  })

  test('has as long again whenever it has read something', async () => {
    const { clock, cancelled, reader } = scripted([SPOKEN, SPOKEN, END])
    expect(await read(reader)).toBe('spoken')
    pass(clock, STALL_MS - 1_000)
    expect(await read(reader)).toBe('spoken')
    pass(clock, STALL_MS - 1_000)
    expect(await read(reader)).toBe('end')
    expect(await read(reader)).toBeUndefined()
    pass(clock, 2 * STALL_MS)
    expect(cancelled).toEqual([])
  })

  test('is not mistaken for one that waits for a silent provider', async () => {
    const silent = new Promise<never>(() => {})
    const { clock, cancelled, reader } = scripted([], {
      source: { next: () => silent, cancel: (reason) => void cancelled.push(reason) },
    })
    const beats: (string | undefined)[] = []
    for (let gone = 0; gone < 2 * STALL_MS; gone += HEARTBEAT_MS) {
      const beat = read(reader)
      await Promise.resolve()
      pass(clock, HEARTBEAT_MS)
      beats.push(await beat)
    }
    expect(beats).toEqual(Array.from({ length: 12 }, () => 'beat'))
    expect(cancelled).toEqual([])
  })
})

describe('a defect of ours', () => {
  const DEFECT = new TypeError('a decoder tripped')

  test('while reading is told to the client and ends everything', async () => {
    const { clock, cancelled, reader } = scripted([SPOKEN, DEFECT])
    expect(await read(reader)).toBe('spoken')
    expect(await read(reader)).toBe('broken')
    expect(await read(reader)).toBeUndefined()
    expect(cancelled).toMatchObject([{ code: 'internal', cause: DEFECT }])
    // A timer that was left behind would throw here, and in a running gateway end the process.
    pass(clock, 2 * HEARTBEAT_MS)
  })

  test('while writing lets the provider go and leaves no timer behind', async () => {
    const { clock, cancelled, reader } = scripted([SPOKEN], {
      encode() {
        throw DEFECT
      },
    })
    expect(reader.read()).rejects.toThrow('internal')
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
    expect(cancelled).toMatchObject([{ code: 'internal', cause: DEFECT }])
    pass(clock, 2 * HEARTBEAT_MS)
  })
})

test('a client that leaves while the provider is being waited for is told nothing more', async () => {
  const late = Promise.withResolvers<ResponseChunk>()
  const { clock, cancelled, reader } = scripted([], {
    source: { next: () => late.promise, cancel: (reason) => void cancelled.push(reason) },
  })
  const waiting = reader.read()
  await Promise.resolve()
  await reader.cancel()
  expect(await waiting).toEqual({ value: undefined, done: true })
  late.resolve(SPOKEN)
  await late.promise
  pass(clock, 2 * STALL_MS)
  expect(cancelled.map(({ code }) => code)).toEqual(['client-gone'])
})
