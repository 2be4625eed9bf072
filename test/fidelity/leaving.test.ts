import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { totalOutput } from '../../src/exchange/usage.ts'
import { readNumber } from '../../src/kit/json.ts'
import { createAnthropic } from './anthropic-client.ts'
import { createGoogle, inPath } from './google-client.ts'
import { openHouse, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'
import { createWireRecord, type WireRecord } from './wire-record.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const messages = [{ role: 'user' as const, content: 'Tell me everything.' }]
/** Slow enough to be left in the middle. */
const MODEL = 'long?tokens=2000&tps=400'
const ENOUGH_TOKENS = 5

/** Reads a few tokens of a stream and leaves it, as applications do whose users have read enough. */
const LEAVERS = {
  async openai(target: string, wire: WireRecord): Promise<void> {
    const stream = await createOpenai(house, wire).chat.completions.create({
      model: `${target}/${MODEL}`,
      messages,
      stream: true,
    })
    let tokens = 0
    for await (const chunk of stream) {
      if ((chunk.choices[0]?.delta.content ?? '') !== '') tokens += 1
      if (tokens === ENOUGH_TOKENS) break
    }
  },
  async anthropic(target: string, wire: WireRecord): Promise<void> {
    const stream = await createAnthropic(house, wire).messages.create({
      model: `${target}/${MODEL}`,
      max_tokens: 4_096,
      messages,
      stream: true,
    })
    let tokens = 0
    for await (const event of stream) {
      if (event.type === 'content_block_delta') tokens += 1
      if (tokens === ENOUGH_TOKENS) break
    }
  },
  async google(target: string, wire: WireRecord): Promise<void> {
    // Of its own accord this SDK reads on behind the back of whoever has left.
    const leave = new AbortController()
    const stream = await createGoogle(house, wire).models.generateContentStream({
      model: inPath(`${target}/${MODEL}`),
      contents: 'Tell me everything.',
      config: { abortSignal: leave.signal },
    })
    let tokens = 0
    for await (const _piece of stream) {
      tokens += 1
      if (tokens === ENOUGH_TOKENS) break
    }
    leave.abort()
  },
} as const

describe.each([
  ['openai', 'chat'],
  ['openai', 'messages'],
  ['anthropic', 'chat'],
  ['anthropic', 'messages'],
  ['google', 'google'],
  ['google', 'responses'],
] as const)('a client that leaves: %s → %s', (client, target) => {
  test('stops the provider, and pays for what was delivered', async () => {
    const wire = createWireRecord({ keepsText: false })
    await LEAVERS[client](target, wire)
    const { requestId } = wire.last()
    const [entry] = await house.bills(requestId)
    expect(entry?.outcome).toBe('aborted')
    const billed = entry?.usage === undefined ? 0 : totalOutput(entry.usage)
    expect(billed).toBeWithin(ENOUGH_TOKENS, 1_000)
    const { request, attempts } = await house.row(requestId)
    expect(request['outcome']).toBe('client-gone')
    expect(attempts).toHaveLength(1)
    expect(attempts[0]).toMatchObject({
      outcome: 'cancelled',
      basis: expect.stringMatching(/counted|timed|reported-partial/),
    })
    expect(readNumber(attempts[0] ?? {}, 'output_tokens')).toBeGreaterThanOrEqual(ENOUGH_TOKENS)
  })
})
