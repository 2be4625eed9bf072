import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import { createBodyBudget, type BodyLimits } from './body-budget.ts'
import { parseBody } from './parse-body.ts'
import { createBodyWaits, readBody } from './read-body.ts'

const MINUTE_MS = 60_000

function setUp(limits: BodyLimits = { totalBytes: 1e9, addressBytes: 1e9 }) {
  const clock = createManualClock()
  const waits = createBodyWaits(clock)
  const budget = createBodyBudget(limits)
  const hold = budget.hold({ address: 'a' })
  const read = async (body: BodyInit | null, headers: Record<string, string> = {}) =>
    parseBody(
      await readBody(new Request('http://localhost/', { method: 'POST', body, headers }), waits, hold),
    )
  const refusalOf = async (...given: Parameters<typeof read>): Promise<Failure | undefined> => {
    const thrown = await read(...given).catch((error: unknown) => error)
    return thrown instanceof Failure ? thrown : undefined
  }
  return { clock, waits, budget, read, refusalOf }
}

/** A body that comes piece by piece and does not say its size. */
function pieces(count: number, piece: Uint8Array): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      sent += 1
      if (sent > count) controller.close()
      else controller.enqueue(piece)
    },
  })
}

test('a body is read whether or not it says its size', async () => {
  const { read } = setUp()
  const text = '{"model":"m"}'
  const size = { 'content-length': String(text.length) }
  expect((await read(text, size)).json).toEqual({ model: 'm' })
  expect((await read(pieces(1, new TextEncoder().encode(text)))).json).toEqual({ model: 'm' })
})

test('a large body that says its size is put together as it comes', async () => {
  const { read } = setUp()
  const text = `{"list":[${`"${'x'.repeat(LIMITS.largeBodyBytes / 4)}",`.repeat(5)}1]}`
  const bytes = new TextEncoder().encode(text)
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.slice(at, (at += 100_001)))
      if (at >= bytes.length) controller.close()
    },
  })
  const sent = await read(body, { 'content-length': String(bytes.length) })
  expect(Buffer.compare(sent.bytes, bytes)).toBe(0)
  expect(JSON.stringify(sent.json)).toBe(text)
})

describe('a body that is too large', () => {
  test('is refused by what it says, before it is read', async () => {
    const { refusalOf } = setUp()
    const refused = await refusalOf('{}', { 'content-length': String(LIMITS.requestBodyBytes + 1) })
    expect(refused?.code).toBe('body-too-large')
    expect(refused?.details.headers).toEqual({})
  })

  test('is refused by what comes, when it does not say', async () => {
    const { refusalOf } = setUp()
    const piece = new Uint8Array(1024 * 1024).fill(32)
    const most = LIMITS.requestBodyBytes / piece.length
    const refused = await refusalOf(pieces(most + 1, piece))
    expect(refused?.code).toBe('body-too-large')
    expect(refused?.details.headers).toEqual({ connection: 'close' })
    expect((await refusalOf(pieces(most, piece)))?.code).toBe('invalid-json')
  })
})

test('a body that never ends is given up after two minutes, and the connection with it', async () => {
  const { clock, waits, refusalOf } = setUp()
  const refused = refusalOf(new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }))
  clock.advance(MINUTE_MS)
  expect(waits.size).toBe(1)
  clock.advance(MINUTE_MS + 1_000)
  expect((await refused)?.code).toBe('client-too-slow')
  expect((await refused)?.details.headers).toEqual({ connection: 'close' })
  expect(waits.size).toBe(0)
})

test('nothing is left waiting for a body that came', async () => {
  const { waits, read, refusalOf } = setUp()
  await read('{}')
  await refusalOf('{')
  expect(waits.size).toBe(0)
})

test('what is wrong with a body is said in words', async () => {
  const { refusalOf } = setUp()
  const message = async (body: string) => (await refusalOf(body))?.message
  expect(await message('[]')).toBe('The request body must be a JSON object.')
  expect(await message('{"a":1,"a":2}')).toBe("The request body says 'a' twice. Keep one of the two.")
  expect(await message(`{"a":${'['.repeat(200)}`)).toBe('The request body is nested deeper than 128 levels.')
  expect(await message('{"a":1} x')).toContain('not valid JSON')
})

describe('a packed body', () => {
  const PACK = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }
  const CODINGS = Object.entries(PACK)
  const sentAs = (coding: string) => ({ 'content-encoding': coding })
  test('is unpacked, piece by piece, and may say what it measures packed', async () => {
    const { read } = setUp()
    const text = JSON.stringify({ model: 'm', said: 'ä'.repeat(20_000) })
    for (const [coding, pack] of CODINGS) {
      const packed = pack(text)
      expect((await read(pieces(1, packed), sentAs(coding))).json).toEqual(JSON.parse(text))
      const headers = { ...sentAs(coding.toUpperCase()), 'content-length': String(packed.length) }
      expect((await read(packed, headers)).json).toEqual(JSON.parse(text))
    }
    expect((await read(PACK.gzip('{}'), sentAs('x-gzip'))).json).toEqual({})
    expect((await read('{}', sentAs('identity'))).json).toEqual({})
  })

  test('is refused by what it unfolds to, as soon as that is too much', async () => {
    const { budget, refusalOf } = setUp()
    const refused = await refusalOf(
      PACK.gzip(Buffer.alloc(LIMITS.requestBodyBytes + 1), { level: 1 }),
      sentAs('gzip'),
    )
    expect(refused?.code).toBe('body-too-large')
    expect(refused?.details.headers).toEqual({ connection: 'close' })
    expect(budget.heldBytes).toBeLessThanOrEqual(LIMITS.requestBodyBytes)
  })

  test('is counted while it unfolds, and stopped where the memory for bodies is full', async () => {
    const bomb = Buffer.alloc(60_000)
    for (const [coding, pack] of CODINGS) {
      const { budget, refusalOf } = setUp({ totalBytes: 100_000, addressBytes: 50_000 })
      expect([coding, (await refusalOf(pack(bomb), sentAs(coding)))?.code]).toEqual([
        coding,
        'bodies-of-address',
      ])
      expect(budget.heldBytes).toBeLessThanOrEqual(50_000)
    }
  })

  test('is refused where it is cut short, or packed otherwise than it says', async () => {
    const { refusalOf } = setUp()
    for (const [coding, pack] of CODINGS) {
      const packed = pack(JSON.stringify({ model: 'm', said: 'x'.repeat(1000) }))
      for (const cut of [packed.subarray(0, -5), packed.subarray(0, 0)])
        // A `zstd` that is cut just ends, so that it is no JSON.
        expect((await refusalOf(cut, sentAs(coding)))?.code).toBe(
          coding === 'zstd' ? 'invalid-json' : 'invalid-request',
        )
      const refused = await refusalOf('{"model":"not packed at all"}', sentAs(coding))
      expect(refused?.code).toBe('invalid-request')
      expect(refused?.message).toEndWith(`names: ${coding}.`)
    }
  })

  test('whose client leaves in the middle of it is not called broken', async () => {
    const { refusalOf } = setUp()
    const packed = PACK.gzip(JSON.stringify({ said: 'x'.repeat(1000) }))
    let sent = 0
    const leaving = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1
        if (sent === 1) controller.enqueue(packed.subarray(0, 10))
        else controller.error(new Error('reset'))
      },
    })
    expect((await refusalOf(leaving, sentAs('gzip')))?.code).toBe('client-gone')
  })

  test('in a coding that is not known is refused with those that are', async () => {
    const { refusalOf } = setUp()
    for (const coding of ['compress', 'gzip, gzip', 'aes128gcm']) {
      const refused = await refusalOf('{}', sentAs(coding))
      expect([refused?.code, refused?.status]).toEqual(['unknown-coding', 415])
      expect(refused?.details.headers).toEqual({ 'accept-encoding': 'gzip, deflate, br, zstd' })
    }
  })
})
