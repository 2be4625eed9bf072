import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { CLIENT_DIALECTS, PAIRS, type Mode } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { hear } from '../wire/hear.ts'
import type { WireFormat } from '../wire/wire-format.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/** Time is the test's: how much of it passes with every tick. */
const TICK_MS = 20

/** Lets the last frame arrive before the cut, of the machine's time: what is lost with a cut is another story. */
const ARRIVE_MS = 200

/** How a stream goes on behind everything that matters, instead of with its dialect's last word. */
const CUTS: Readonly<Record<string, (call: RawCall) => Promise<void>>> = {
  reset: async (call) => {
    await call.wait(ARRIVE_MS)
    call.reset()
  },
  close: async (call) => {
    await call.wait(ARRIVE_MS)
    call.end()
  },
  hang: async () => {},
}
const PLAIN_STREAM = rawHead('200 OK', { 'content-type': 'text/event-stream', connection: 'close' })

const USED = { input: 9, output: 1 } as const
const WHOLE_HEAD = rawHead('200 OK', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })

/** A whole answer in pieces, whose last piece never comes. */
async function answerWhole(call: RawCall, wire: WireFormat, cut: string): Promise<void> {
  const text = JSON.stringify(wire.whole('hello', USED))
  call.write(WHOLE_HEAD)
  call.chunk(text.slice(0, 40))
  await call.wait(10)
  call.chunk(text.slice(40))
  await CUTS[cut]?.(call)
}

async function answer(call: RawCall): Promise<void> {
  const { model, mode, wire } = hear(call)
  const [cut = '', usage, form] = model.split('-')
  if (mode === 'unary') return answerWhole(call, wire, cut)
  // All but the mark by which some dialects end.
  const { start, words, finish } = wire.stream(['hello'], usage === 'usage' ? USED : undefined)
  call.write(form === 'plain' ? PLAIN_STREAM : RAW_STREAM)
  for (const frame of [...start, ...words, ...finish]) {
    if (form === 'plain') call.write(frame)
    else call.chunk(frame)
  }
  await CUTS[cut]?.(call)
}

const MODELS = Object.keys(CUTS).flatMap((cut) =>
  ['usage', 'bare'].flatMap((usage) => ['chunks', 'plain'].map((form) => `${cut}-${usage}-${form}`)),
)

/** An answer, and how much time passed until its end. */
interface Timed {
  readonly told: Answer
  readonly tookMs: number
}

const clock = createTickingClock(TICK_MS)
let upstream: RawUpstream
let house: House
beforeAll(async () => {
  upstream = await openRawUpstream(answer)
  house = await openHouse({
    clock,
    providers: () =>
      Object.fromEntries(
        CLIENT_DIALECTS.map((spoken) => [spoken, providerEntry(upstream.url, { dialects: [spoken] })]),
      ),
  })
  clock.start()
})
afterAll(async () => {
  await house.close()
  clock.stop()
  await upstream.close()
})

describe.each(PAIRS)('a $dialect stream from $spoken ($lane) that lacks only its last word', (pair) => {
  const { dialect, spoken } = pair
  let answers: ReadonlyMap<string, Promise<Timed>>
  beforeAll(async () => {
    const meet = async (model: string, mode: Mode): Promise<Timed> => {
      const beganMs = clock.elapsedMs()
      const told = await ask(house.url, { dialect, mode, model: `${spoken}/${model}`, key: house.key() })
      return { told, tookMs: clock.elapsedMs() - beganMs }
    }
    answers = new Map([
      ...MODELS.map((model) => [model, meet(model, 'stream')] as const),
      ...Object.keys(CUTS).map((cut) => [cut, meet(cut, 'unary')] as const),
    ])
    await Promise.all(answers.values())
  })

  test('no longer than its last word is waited for', async () => {
    for (const { tookMs } of await Promise.all(answers.values()))
      expect(tookMs).toBeLessThan(2 * LIMITS.lastWordMs)
  })

  test.each(Object.keys(CUTS))('and so is a whole answer whose transport lacks its end (%s)', async (cut) => {
    const { told } = (await answers.get(cut)) as Timed
    expect(told).toMatchObject({ status: 200, text: 'hello', complete: true, error: undefined })
    const row = await house.rowOf(told.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ outcome: 'ok', inputTokens: 9, outputTokens: 1 })
  })

  test.each(MODELS)('is complete (%s)', async (model) => {
    const { told } = (await answers.get(model)) as Timed
    expect(told).toMatchObject({ status: 200, text: 'hello', complete: true, error: undefined })
    expect(told.finish).toBe(WIRES[dialect].stopped)
    expect(told.wire.match(/(?:message_start|response\.created)"/g)?.length ?? 1).toBe(1)
    const row = await house.rowOf(told.headers.get('x-request-id') ?? '')
    expect(row.outcome).toBe('ok')
    if (model.includes('usage')) expect(row).toMatchObject({ inputTokens: 9, outputTokens: 1 })
    else expect(row.outputTokens).toBeGreaterThan(0)
  })
})
