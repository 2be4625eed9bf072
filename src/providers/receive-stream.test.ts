import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createDeadlines } from '../kit/deadlines.ts'
import type { HttpResponse } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import { SSE_FRAMING } from '../kit/framing.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Codec } from '../dialects/dialect.ts'
import { Failure } from '../exchange/failure.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import { openReader, type FrameReader } from './frame-reader.ts'
import { FirstTokenTimes } from './first-token-times.ts'
import { receiveStream, type CleansFailures, type Receiving } from './receive-stream.ts'
import { receiveUnary } from './receive-unary.ts'
import { Watchdog } from './watchdog.ts'
import { createWordDialect, said } from './word-dialect.fixture.ts'

const encoder = new TextEncoder()
const AS_IT_IS: CleansFailures = { clean: (failure) => failure }

/** A response that gives what it is told to, read by read; an error in the list is thrown. */
function scripted(...reads: (string | Uint8Array | HttpError)[]) {
  const state = { cancelled: false, position: 0 }
  const read = async (): Promise<Uint8Array | undefined> => {
    if (state.cancelled) throw new HttpError('aborted')
    const next = reads[state.position]
    state.position += 1
    if (next instanceof HttpError) throw next
    return typeof next === 'string' ? encoder.encode(next) : next
  }
  const response: HttpResponse = {
    status: 200,
    headers: new Headers(),
    read,
    async readAll(maxBytes) {
      let text = ''
      for (let bytes = await read(); bytes !== undefined; bytes = await read())
        text += new TextDecoder().decode(bytes)
      if (text.length > maxBytes) throw new HttpError('body-too-large')
      return encoder.encode(text)
    },
    cancel: () => void (state.cancelled = true),
  }
  return { response, state }
}

function wordReader(verbatim: boolean): FrameReader {
  const request: ModelRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: true }
  const context = { request, quirks: {}, contentAccess: 'none' } as const
  const codec: Codec | undefined = createWordDialect().codecs.chat
  if (codec === undefined) throw new Error('no chat')
  return openReader(codec, verbatim ? 'native' : 'translated', context)
}

function watch() {
  const clock = createManualClock()
  const outer = new AbortController()
  const watchdog = new Watchdog({
    clock,
    deadlines: createDeadlines(clock, 1),
    timeouts: { connectMs: 100, firstByteMs: 1_000, idleMs: 500, silenceMs: 500, totalMs: 60_000 },
    stream: true,
    deadlineAtMs: clock.nowMs() + 600_000,
    times: new FirstTokenTimes(),
    target: 'p/m',
    deadlineCode: 'deadline-exceeded',
    signal: outer.signal,
  })
  watchdog.answered()
  return { clock, outer, watchdog }
}

function open(verbatim: boolean, ...reads: (string | Uint8Array | HttpError)[]) {
  const { response, state } = scripted(...reads)
  const { watchdog, clock, outer } = watch()
  return {
    source: receiveStream({
      response,
      reader: wordReader(verbatim),
      watchdog,
      cleaner: AS_IT_IS,
      framing: SSE_FRAMING,
    }),
    state,
    clock,
    outer,
    watchdog,
  }
}

async function all(source: ChunkSource): Promise<ResponseChunk[]> {
  const chunks: ResponseChunk[] = []
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) chunks.push(chunk)
  return chunks
}

/** Lets everything run that waits for nothing but promises. */
async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

const wired = (chunks: readonly ResponseChunk[]): string =>
  chunks.map((chunk) => (chunk.wire === undefined ? '' : new TextDecoder().decode(chunk.wire))).join('')

const STREAM = ': hello\n\ndata: one\n\ndata: quiet\n\ndata: two\r\n\r\ndata: three\n\ndata: END\n\n'
const SHOWN = STREAM.replace('data: quiet\n\n', '')

describe.each([true, false])('a provider that goes on without saying anything (verbatim: %p)', (verbatim) => {
  const comments = ': still here\n\n'.repeat(1_000)
  const half = Array.from({ length: Math.floor(LIMITS.idleBytes / 2 / comments.length) }, () => comments)

  test('has failed after so many bytes, in the middle of an answer too', async () => {
    const { source, state } = open(verbatim, 'data: one\n\n', ...half, ...half, ...half, 'data: END\n\n')
    const chunks = await all(source)
    expect(said(chunks)).toBe('one !response-too-large')
    expect(state.position).toBeLessThanOrEqual(2 * half.length + 4)
  })

  test('has not when a word comes in time', async () => {
    const { source } = open(verbatim, 'data: one\n\n', ...half, 'data: two\n\n', ...half, 'data: END\n\n')
    expect(said(await all(source))).toBe('one two end')
  })
})

describe('a stream of which only the last word is missing', () => {
  const reset = new HttpError('connection-reset')

  test.each([true, false])(
    'ends well, and says that no bytes tell its end (verbatim: %p)',
    async (verbatim) => {
      for (const ends of [[], [reset]]) {
        const { source } = open(verbatim, 'data: one\n\ndata: LAST\n\n', ...ends)
        const chunks = await all(source)
        expect(said(chunks)).toBe('one LAST end')
        const last = chunks.at(-1)
        expect(last?.events.slice(last.eventsInWire)).toEqual([{ type: 'end' }])
      }
    },
  )

  test('is broken all the same when it went on behind what should have been its last', async () => {
    const { source } = open(true, 'data: LAST\n\n', 'data: more\n\n', reset)
    expect(said(await all(source))).toBe('LAST more !stream-truncated')
  })
})

describe('a stream that ends well', () => {
  test('gives one chunk per read, with the bytes of the shown frames', async () => {
    const { source } = open(true, STREAM)
    const chunks = await all(source)
    expect(chunks).toHaveLength(1)
    expect(said(chunks)).toBe('one two three end')
    expect(wired(chunks)).toBe(SHOWN)
  })

  test('says the same however it is cut', async () => {
    const bytes = encoder.encode(STREAM)
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { source } = open(true, bytes.slice(0, cut), bytes.slice(cut))
      const chunks = await all(source)
      expect(said(chunks)).toBe('one two three end')
      expect(wired(chunks)).toBe(SHOWN)
    }
  })

  test('has no bytes in the translated lane, and no chunk for reads that say nothing', async () => {
    const { source } = open(false, ': hello\n\n', 'data: o', 'ne\n\n', 'data: quiet\n\n', 'data: END\n\n')
    const chunks = await all(source)
    expect(chunks.map((chunk) => chunk.wire)).toEqual([undefined, undefined])
    expect(said(chunks)).toBe('one end')
  })

  test('ends at its first terminator, whatever follows', async () => {
    const { source } = open(true, 'data: END\n\ndata: late\n\ndata: END\n\n')
    const chunks = await all(source)
    expect(said(chunks)).toBe('end')
    expect(wired(chunks)).toBe('data: END\n\n')
  })

  test('is drained behind its end, so that the connection can be used again', async () => {
    const { source, state } = open(true, 'data: END\n\n', ': bye\n\n')
    await all(source)
    await microtasks()
    expect(state).toEqual({ cancelled: false, position: 3 })
  })

  test('is cut when more follows behind the end than draining is worth', async () => {
    const { source, state } = open(true, 'data: END\n\n', 'x'.repeat(LIMITS.drainBytes + 1), 'more')
    await all(source)
    await microtasks()
    expect(state.cancelled).toBe(true)
  })

  test.each([
    ['data: END\n', 'one end'],
    ['data: {"a":1}', 'one {"a":1} !stream-truncated'],
    ['data: [DONE]', 'one [DONE] !stream-truncated'],
    ['data: {"a":', 'one !stream-truncated'],
    ['data: EN', 'one !stream-truncated'],
  ])('reads a last frame without its blank line only if it is whole: %j', async (last, expected) => {
    const { source } = open(true, 'data: one\n\n', last)
    expect(said(await all(source))).toBe(expected)
  })

  test('gets the missing blank line in the native lane', async () => {
    const { source } = open(true, 'data: END\n')
    expect(wired(await all(source))).toBe('data: END\n\n\n')
  })
})

describe('a stream that breaks', () => {
  test.each([
    ['is cut between frames', ['data: one\n\n'], 'one !stream-truncated'],
    ['is cut inside a frame', ['data: one\n\ndata: {"tw'], 'one !stream-truncated'],
    ['loses its connection', ['data: one\n\n', new HttpError('connection-reset')], 'one !stream-truncated'],
    ['never says anything', [], '!empty-response'],
    ['says only comments', [': processing\n\n', ': processing\n\n'], '!empty-response'],
    ['names an error', ['data: one\n\ndata: BAD\n\ndata: two\n\n'], 'one !provider-overloaded'],
  ])('ends with one failure when it %s', async (_how, reads, expected) => {
    const { source } = open(false, ...reads)
    expect(said(await all(source))).toBe(expected)
    expect(await source.next()).toBeUndefined()
  })

  test('leaves the telling of a failure to the client’s dialect', async () => {
    const { source, state } = open(true, 'data: one\n\ndata: BAD\n\n')
    expect(wired(await all(source))).toBe('data: one\n\n')
    expect(state.cancelled).toBe(true)
  })

  test('ends when a frame exceeds the limit', async () => {
    const huge = `data: ${'x'.repeat(1024 * 1024)}`
    const { source, state } = open(true, 'data: one\n\n', ...Array.from({ length: 18 }, () => huge))
    expect(said(await all(source))).toBe('one !response-too-large')
    expect(state.cancelled).toBe(true)
  })

  test('ends for the watchdog’s reason when time was up', async () => {
    const { watchdog } = watch()
    const { response } = scripted('data: one\n\n')
    const stalled: HttpResponse = {
      ...response,
      read: () =>
        new Promise((_resolve, reject) => {
          watchdog.controller.signal.addEventListener('abort', () => reject(new HttpError('aborted')))
          watchdog.abort(new Failure('idle-timeout'))
        }),
    }
    const source = receiveStream({
      response: stalled,
      reader: wordReader(true),
      watchdog,
      cleaner: AS_IT_IS,
      framing: SSE_FRAMING,
    })
    expect(said(await all(source))).toBe('!idle-timeout')
  })
})

describe('cancelling', () => {
  test('aborts the call at once and says nothing more', async () => {
    const { source, state, watchdog } = open(true, 'data: one\n\n', 'data: two\n\n')
    await source.next()
    source.cancel(new Failure('client-gone'))
    expect(watchdog.controller.signal.aborted).toBe(true)
    expect(state.cancelled).toBe(true)
    expect(await source.next()).toBeUndefined()
  })

  test('does not disturb what is over', async () => {
    const { source, state } = open(true, 'data: END\n\n')
    await all(source)
    source.cancel(new Failure('client-gone'))
    expect(state.cancelled).toBe(false)
  })
})

describe('a unary answer', () => {
  const HEAD = { from: { kind: 'gateway', model: 'm' }, headers: {} } as const
  const allOf = async (receiving: Receiving) => all((await receiveUnary(receiving, HEAD)).source)
  const unary = (verbatim: boolean, ...reads: (string | HttpError)[]) => {
    const { response, state } = scripted(...reads)
    const { watchdog } = watch()
    return {
      chunks: allOf({
        response,
        reader: wordReader(verbatim),
        watchdog,
        cleaner: AS_IT_IS,
        framing: SSE_FRAMING,
      }),
      state,
      watchdog,
    }
  }

  test('may take its time while it comes, and not while nothing but blank lines do', async () => {
    for (const [part, isOver] of [
      ['{"text":', false],
      [' \r\n\t', true],
    ] as const) {
      const { clock, watchdog } = watch()
      const { response } = scripted()
      const slow: HttpResponse = {
        ...response,
        async readAll(_maxBytes, watcher) {
          for (let parts = 0; parts < 20; parts += 1) {
            clock.advance(400)
            watcher?.came(encoder.encode(part))
          }
          return encoder.encode('{"text":"hi"}')
        },
      }
      await allOf({
        response: slow,
        reader: wordReader(true),
        watchdog,
        cleaner: AS_IT_IS,
        framing: SSE_FRAMING,
      })
      expect(watchdog.reason?.code).toBe(isOver ? 'first-byte-timeout' : undefined)
    }
  })

  test('is one chunk, with its bytes untouched in the native lane', async () => {
    const body = '{ "text" : "hi" }'
    const chunks = await unary(true, body).chunks
    expect(said(chunks)).toBe('hi end')
    expect(wired(chunks)).toBe(body)
    expect(wired(await unary(false, body).chunks)).toBe('')
  })

  test.each([
    ['', '!empty-response'],
    [' \n', '!empty-response'],
    ['{"text":', '!malformed-response'],
    ['[1]', '!malformed-response'],
    ['{"error":"no"}', '!error-in-success'],
  ])('%j fails', async (body, expected) => {
    const chunks = await unary(true, body).chunks
    expect(said(chunks)).toBe(expected)
    expect(wired(chunks)).toBe('')
  })

  test.each([
    [new HttpError('body-too-large'), '!response-too-large'],
    [new HttpError('connection-reset'), '!stream-truncated'],
  ])('that breaks off fails (%#)', async (error, expected) => {
    expect(said(await unary(false, '{"te', error).chunks)).toBe(expected)
  })

  test('that is stopped while it comes fails for that reason', async () => {
    const { chunks, state, watchdog } = unary(false, '{"text":', new HttpError('aborted'))
    watchdog.abort(new Failure('client-gone'))
    expect(said(await chunks)).toBe('!client-gone')
    expect(state.cancelled).toBe(true)
    expect(watchdog.controller.signal.aborted).toBe(true)
  })
})
