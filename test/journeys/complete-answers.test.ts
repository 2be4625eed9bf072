import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { parseJsonObject, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, type ClientDialect, type Mode } from '../modes.ts'
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

const chatFrame = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1_764_000_000,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })}\n\n`
const chatUsage = `data: ${JSON.stringify({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1_764_000_000,
  model: 'm',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
})}\n\n`

const messagesFrame = (event: { type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

/** Frames of a whole answer, its dialect's last word left out. */
function framesOf(spoken: ClientDialect, withUsage: boolean): readonly string[] {
  if (spoken === 'openai-chat') {
    const said = [chatFrame({ role: 'assistant', content: 'hello' }, null), chatFrame({}, 'stop')]
    return withUsage ? [...said, chatUsage] : said
  }
  const usage = withUsage ? { input_tokens: 9, output_tokens: 1 } : undefined
  const message = { id: 'm1', type: 'message', role: 'assistant', model: 'm', content: [], usage }
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hello' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
  ].map(messagesFrame)
}

const WHOLE: Readonly<Record<ClientDialect, object>> = {
  'openai-chat': {
    id: 'c1',
    object: 'chat.completion',
    created: 1_764_000_000,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  },
  'anthropic-messages': {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'hello' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  },
}
const WHOLE_HEAD = rawHead('200 OK', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })

/** A whole answer in pieces, whose last piece never comes. */
async function answerWhole(call: RawCall, spoken: ClientDialect, cut: string): Promise<void> {
  const text = JSON.stringify(WHOLE[spoken])
  call.write(WHOLE_HEAD)
  call.chunk(text.slice(0, 40))
  await call.wait(10)
  call.chunk(text.slice(40))
  await CUTS[cut]?.(call)
}

async function answer(call: RawCall): Promise<void> {
  const model = readString(parseJsonObject(call.body) ?? {}, 'model') ?? ''
  const [cut = '', usage, form] = model.split('-')
  const spoken = call.head.includes('/messages ') ? 'anthropic-messages' : 'openai-chat'
  if (!call.body.includes('"stream":true')) return answerWhole(call, spoken, cut)
  const frames = framesOf(spoken, usage === 'usage')
  call.write(form === 'plain' ? PLAIN_STREAM : RAW_STREAM)
  for (const frame of frames) {
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

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.map((spoken) => ({ dialect, spoken, lane: dialect === spoken ? 'native' : 'translated' })),
)

describe.each(SETTINGS)('a $dialect stream from $spoken ($lane) that lacks only its last word', (setting) => {
  const clock = createTickingClock(TICK_MS)
  let upstream: RawUpstream
  let house: House
  let answers: ReadonlyMap<string, Promise<Timed>>
  beforeAll(async () => {
    upstream = await openRawUpstream(answer)
    house = await openHouse({
      clock,
      providers: () => ({ raw: providerEntry(upstream.url, { dialects: [setting.spoken] }) }),
    })
    clock.start()
    const meet = async (model: string, mode: Mode): Promise<Timed> => {
      const beganMs = clock.elapsedMs()
      const question = { dialect: setting.dialect, mode, model: `raw/${model}`, key: house.key() }
      const told = await ask(house.url, question)
      return { told, tookMs: clock.elapsedMs() - beganMs }
    }
    answers = new Map([
      ...MODELS.map((model) => [model, meet(model, 'stream')] as const),
      ...Object.keys(CUTS).map((cut) => [cut, meet(cut, 'unary')] as const),
    ])
    await Promise.all(answers.values())
  })
  afterAll(async () => {
    await house.close()
    clock.stop()
    await upstream.close()
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
    expect(told.finish).toBe(setting.dialect === 'openai-chat' ? 'stop' : 'end_turn')
    expect(told.wire.match(/message_start"/g)?.length ?? 1).toBe(1)
    const row = await house.rowOf(told.headers.get('x-request-id') ?? '')
    expect(row.outcome).toBe('ok')
    if (model.includes('usage')) expect(row).toMatchObject({ inputTokens: 9, outputTokens: 1 })
    else expect(row.outputTokens).toBeGreaterThan(0)
  })
})
