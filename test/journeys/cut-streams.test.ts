import { describe, expect, test } from 'bun:test'
import { openRawUpstream, RAW_STREAM, type RawCall } from '../../src/kit/raw-upstream.fixture.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { readAnswer, send } from './asking.ts'
import { openHouse, providerEntry } from './open-house.ts'

const WORDS = Array.from({ length: 20 }, (_, index) => `word${index} `)
const CALLERS = 25

function framesOf(spoken: ClientDialect): readonly string[] {
  if (spoken === 'openai-chat') {
    return WORDS.map((content) => {
      const choices = [{ index: 0, delta: { content }, finish_reason: null }]
      const chunk = { id: 'c1', object: 'chat.completion.chunk', created: 1_764_000_000, model: 'm', choices }
      return `data: ${JSON.stringify(chunk)}\n\n`
    })
  }
  const message = { id: 'm1', type: 'message', role: 'assistant', model: 'm', content: [] }
  return [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 9, output_tokens: 0 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...WORDS.map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

/** Says half a story, one frame at a time, and breaks off. */
const breakOff =
  (spoken: ClientDialect, cut: 'reset' | 'end') =>
  async (call: RawCall): Promise<void> => {
    call.write(RAW_STREAM)
    for (const frame of framesOf(spoken)) {
      call.chunk(frame)
      await call.wait(1)
    }
    // All streams share one thread with this script; every one of them has its turn before the cut.
    await call.wait(100)
    call[cut]()
  }

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((spoken) =>
    (['reset', 'end'] as const).map((cut) => ({
      dialect,
      spoken,
      cut,
      lane: dialect === spoken ? 'native' : 'translated',
    })),
  ),
)

describe.each(SETTINGS)('a $dialect stream from $spoken ($lane) that breaks off by $cut', (setting) => {
  test('reaches its client as far as it came, also one that reads late, and then the error', async () => {
    const { dialect, spoken, cut } = setting
    const upstream = await openRawUpstream(breakOff(spoken, cut))
    const house = await openHouse({
      providers: () => ({ raw: providerEntry(upstream.url, { dialects: [spoken] }) }),
    })
    const question = { dialect, mode: 'stream', model: 'raw/m', key: house.key() } as const
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        const response = await send(house.url, question)
        if (caller % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 200))
        return readAnswer(response, question)
      }),
    )
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([WORDS.join('')]))
    for (const { complete, error } of answers) {
      expect(complete).toBe(false)
      expect(error).toBeDefined()
    }
    await house.close()
    await upstream.close()
  })
})

/** Says half a story and breaks off in the same instant: how much of it arrives is the runtime's affair. */
const breakOffAtOnce =
  (spoken: ClientDialect) =>
  (call: RawCall): void => {
    call.write(RAW_STREAM)
    for (const frame of framesOf(spoken)) call.chunk(frame)
    call.reset()
  }

describe.each(SETTINGS.filter(({ cut }) => cut === 'reset'))(
  'a $dialect stream from $spoken ($lane) that is reset behind words that came at once',
  ({ dialect, spoken }) => {
    test('is never told as whole, and charged for as much as its client got', async () => {
      const upstream = await openRawUpstream(breakOffAtOnce(spoken))
      const house = await openHouse({
        providers: () => ({ raw: providerEntry(upstream.url, { dialects: [spoken] }) }),
      })
      const question = { dialect, mode: 'stream', model: 'raw/m', key: house.key() } as const
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, async () => readAnswer(await send(house.url, question), question)),
      )
      for (const { headers, text, complete, error, status, wire } of answers) {
        expect({ complete, status }).toEqual({ complete: false, status: text === '' ? 502 : 200 })
        expect(error).toBeDefined()
        expect(wire.match(/"error": ?\{/g)).toHaveLength(1)
        expect(WORDS.join('').startsWith(text)).toBe(true)
        const row = await house.rowOf(headers.get('x-request-id') ?? '')
        expect(row.outcome).toBeOneOf(['stream-truncated', 'connection-reset'])
        expect(row.outputTokens).toBeGreaterThanOrEqual(text.split(' ').length - 1)
      }
      const { ledger } = await house.close()
      expect(ledger).toHaveLength(upstream.calls.length)
      for (const { usage } of ledger) expect(usage.inputTokens).toBeGreaterThan(0)
      await upstream.close()
    })
  },
)
