import { describe, expect, test } from 'bun:test'
import { systemClock } from '../kit/clock.ts'
import { concatBytes } from '../kit/sse.ts'
import { serveHttp } from '../kit/http-server.ts'
import type { Fault, FaultKind } from './fault.ts'
import { toSteps } from './fault-steps.ts'
import type { Frame } from './frames.ts'
import { playSteps, type StepsEnd } from './steps.ts'

const frames: readonly Frame[] = [
  { text: 'data: head\n\n', tokens: 0, semantic: false, terminal: false, dueMs: 0 },
  ...['ä', 'b', 'c', 'd'].map((text) => ({
    text: `data: ${text}\n\n`,
    tokens: 1,
    semantic: true,
    terminal: false,
    dueMs: 0,
  })),
  { text: 'data: end\n\n', tokens: 0, semantic: false, terminal: true, dueMs: 0 },
]
const whole = frames.map(({ text }) => text).join('')
const wire = { stream: true, ping: ': ping\n\n', errorEvent: 'data: error\n\n' }

/** What a fault writes, piece by piece: on the way, pieces may be joined. */
function writesOf(kind: FaultKind): Uint8Array[] {
  const steps = toSteps(frames, wire, { kind, after: 2, bytes: 100_000, everyMs: 0 })
  return [...steps].flatMap((step) => (step.do === 'write' ? [step.bytes] : []))
}

interface Seen {
  readonly text: string
  readonly chunks: readonly Uint8Array[]
  /** How the body looked to the reader. */
  readonly end: 'closed' | 'broken'
  /** How it ended on the side of the server. */
  readonly told: StepsEnd
}

/** Reads a faulty body over a real socket; leaves after `leaveAfter` chunks when given. */
async function read(
  kind: FaultKind | undefined,
  settings: Partial<Fault> = {},
  leaveAfter = Infinity,
): Promise<Seen> {
  const fault: Fault | undefined =
    kind === undefined ? undefined : { kind, after: 2, bytes: 100_000, everyMs: 0, ...settings }
  const told = Promise.withResolvers<StepsEnd>()
  const server = serveHttp({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1_024,
    handle: () =>
      new Response(
        playSteps(toSteps(frames, wire, fault), {
          clock: systemClock,
          onWritten: () => {},
          onEnd: told.resolve,
        }),
      ),
  })
  const chunks: Uint8Array[] = []
  let end: Seen['end'] = 'closed'
  try {
    const response = await fetch(`http://127.0.0.1:${server.port}/`)
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      if (chunks.length >= leaveAfter) break
    }
  } catch {
    end = 'broken'
  }
  const seen = {
    text: new TextDecoder().decode(chunks.reduce(concatBytes, new Uint8Array(0))),
    chunks,
    end,
    told: await told.promise,
  }
  await server.stop('now')
  return seen
}

describe('the steps of a connection', () => {
  test('are all of the answer when nothing goes wrong', async () => {
    expect(await read(undefined)).toMatchObject({ text: whole, end: 'closed', told: 'done' })
  })

  test('can reset the connection before there is a head', async () => {
    expect(await read('reset-before-head')).toMatchObject({ text: '', end: 'broken', told: 'reset' })
  })

  test('can reset it in the middle, behind what was said', async () => {
    const seen = await read('reset-mid-stream')
    expect(seen).toMatchObject({ end: 'broken', told: 'reset' })
    expect(seen.text).toBe('data: head\n\ndata: ä\n\ndata: b\n\n')
  })

  test('can reset it after everything was said', async () => {
    expect(await read('reset-mid-stream', { after: 'end' })).toMatchObject({ text: whole, end: 'broken' })
  })

  test('can end properly in the middle', async () => {
    expect(await read('truncate-mid-stream')).toMatchObject({
      text: 'data: head\n\ndata: ä\n\ndata: b\n\n',
      end: 'closed',
      told: 'done',
    })
  })

  test('end before the terminal event at the latest, however late the fault was asked for', async () => {
    expect((await read('truncate-mid-stream', { after: 999 })).text).toBe(whole.replace('data: end\n\n', ''))
    expect((await read('no-done')).text).toBe(whole.replace('data: end\n\n', ''))
  })

  test('notice that the other side left a stalled body', async () => {
    expect(await read('stall-mid-stream', { after: 0 }, 1)).toMatchObject({
      text: 'data: head\n\n',
      told: 'left',
    })
  })

  test('notice that the other side left a body of keep-alives', async () => {
    const seen = await read('ping-forever', { everyMs: 1 }, 3)
    expect(seen.told).toBe('left')
    expect(seen.text).toMatch(/^(: ping\n\n)+$/)
  })

  test('can say an error first or in the middle, and nothing behind it', async () => {
    expect((await read('error-event-first')).text).toBe('data: head\n\ndata: error\n\n')
    expect((await read('error-event-mid-stream')).text).toBe(
      'data: head\n\ndata: ä\n\ndata: b\n\ndata: error\n\n',
    )
  })

  test('can slip nonsense or a giant frame in and go on', async () => {
    expect((await read('bad-json-frame')).text).toBe(whole.replace('data: c', 'data: {"broken":\n\ndata: c'))
    const { text } = await read('oversized-frame')
    expect(text.length).toBeGreaterThan(100_000)
    expect(text.replace(/data: \{"filler":"x{100000}"\}\n\n/, '')).toBe(whole)
  })

  test('can cut the bytes of a character apart without changing the text', async () => {
    expect(writesOf('split-utf8').some((bytes) => bytes.at(-1) === 0xc3)).toBe(true)
    expect((await read('split-utf8')).text).toBe(whole)
  })

  test('can say everything in single bytes without changing the text', async () => {
    expect(writesOf('one-byte-chunks').every((bytes) => bytes.length === 1)).toBe(true)
    expect((await read('one-byte-chunks')).text).toBe(whole)
  })
})
