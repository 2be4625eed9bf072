import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { totalInput, totalOutput, type Usage } from '../../src/exchange/usage.ts'
import { parseJsonObject, readNumber, readObject, type JsonObject } from '../../src/kit/json.ts'
import { CELLS, openHouse, TARGET_NAMES, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'
import type { Reply } from './talk.ts'
import { createWireRecord } from './wire-record.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Invented prices in nano-USD per token, as `src/drills/simulated-prices.ts` has them per million. */
const PRICES = {
  smart: { input: 1_000, output: 4_000, cacheRead: 100 },
  reason: { input: 3_000, output: 15_000, cacheRead: 300 },
} as const

const CASES = [
  { what: 'plain', model: 'smart', price: PRICES.smart },
  {
    what: 'partly reasoning, partly read from a cache',
    model: 'reason?tokens=10&cached=2',
    price: PRICES.reason,
  },
] as const

function costOf(usage: Usage, price: (typeof CASES)[number]['price']): number {
  return (
    usage.inputTokens * price.input +
    usage.cacheReadTokens * price.cacheRead +
    totalOutput(usage) * price.output
  )
}

/** The one thing that the provider charged for a request. */
async function billed(requestId: string): Promise<Usage> {
  const entries = await house.bills(requestId)
  expect(entries).toHaveLength(1)
  const [entry] = entries
  if (entry?.usage === undefined) throw new Error('nothing was charged')
  expect(entry.outcome).toBe('completed')
  return entry.usage
}

describe.each([...CELLS])('usage: $name', ({ client, target, mode }) => {
  const replies = new Map<string, Reply>()
  beforeAll(async () => {
    for (const { what, model } of CASES) {
      const talk = client.open(house, { model: `${target}/${model}`, mode, reasoning: true })
      replies.set(what, await talk.say('How much does a castle cost?'))
    }
  })

  test.each([...CASES])(
    '$what: the client, the ledger and the bill agree',
    async ({ what, model, price }) => {
      const reply = replies.get(what)
      if (reply === undefined) throw new Error('there was no answer')
      const { requestId } = reply.wire
      const usage = await billed(requestId)
      expect(reply.usage).toMatchObject({
        input: totalInput(usage),
        output: totalOutput(usage),
        cacheRead: usage.cacheReadTokens,
      })
      if (client.dialect !== 'anthropic-messages') expect(reply.usage.reasoning).toBe(usage.reasoningTokens)

      const { request, attempts } = await house.row(requestId)
      const nanoUsd = String(costOf(usage, price))
      expect(request).toMatchObject({
        outcome: 'ok',
        status: 200,
        stream: mode === 'stream',
        dialect: client.dialect,
        target: `${target}/${model}`,
        input_tokens: totalInput(usage),
        output_tokens: totalOutput(usage),
        cost: { nano_usd: nanoUsd },
        simulated: true,
      })
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({
        outcome: 'ok',
        basis: 'reported',
        input_tokens: usage.inputTokens,
        cache_read_tokens: usage.cacheReadTokens,
        output_tokens: usage.outputTokens,
        reasoning_tokens: usage.reasoningTokens,
        cost: { nano_usd: nanoUsd },
      })
      if (mode === 'unary')
        expect(Number(reply.wire.headers.get('x-gatehouse-cost-usd')) * 1e9).toBeCloseTo(Number(nanoUsd), 3)
    },
  )
})

describe.each([...TARGET_NAMES])('a stream of Chat Completions from %s', (target) => {
  const ask = async (wanted: boolean | undefined) => {
    const wire = createWireRecord()
    const stream = await createOpenai(house, wire).chat.completions.create({
      model: `${target}/smart`,
      messages: [{ role: 'user', content: 'How much does a castle cost?' }],
      stream: true,
      ...(wanted === undefined ? {} : { stream_options: { include_usage: wanted } }),
    })
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    return { chunks, wire: wire.last() }
  }

  test('ends with one chunk of usage and no choice when the client asks for it', async () => {
    const { chunks, wire } = await ask(true)
    const usage = await billed(wire.requestId)
    const told = chunks.filter((chunk) => chunk.usage !== undefined && chunk.usage !== null)
    expect(told).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: totalInput(usage),
        completion_tokens: totalOutput(usage),
        total_tokens: totalInput(usage) + totalOutput(usage),
      },
    })
  })

  test.each([undefined, false])(
    'says nothing of usage otherwise, and the ledger knows it: %p',
    async (wanted) => {
      const { chunks, wire } = await ask(wanted)
      expect(chunks.every((chunk) => chunk.choices.length === 1)).toBe(true)
      expect(chunks.every((chunk) => chunk.usage === undefined || chunk.usage === null)).toBe(true)
      const usage = await billed(wire.requestId)
      const { attempts } = await house.row(wire.requestId)
      expect(attempts[0]).toMatchObject({
        basis: 'reported',
        input_tokens: usage.inputTokens,
        output_tokens: usage.outputTokens,
      })
    },
  )
})

describe.each(CELLS.filter(({ client }) => client.name === 'openai' || client.name === 'anthropic'))(
  'a provider that does not say what was used: $name',
  ({ client, target, mode }) => {
    test('is charged by an estimate that says that it is one', async () => {
      const talk = client.open(house, { model: `${target}/fault?kind=no-usage&as=echo`, mode })
      const { wire } = await talk.say('How much does a castle cost?')
      const { attempts } = await house.row(wire.requestId)
      expect(attempts[0]).toMatchObject({
        outcome: 'ok',
        basis: expect.stringMatching(/counted|reported-partial/),
      })
      expect(readNumber(attempts[0] ?? {}, 'input_tokens')).toBeGreaterThan(3)
      expect(readNumber(attempts[0] ?? {}, 'output_tokens')).toBeGreaterThan(3)
    })
  },
)

/** Sends a body as it is; SDKs refuse to. */
async function post(path: string, body: JsonObject): Promise<JsonObject> {
  const response = await fetch(house.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key}` },
    body: JSON.stringify(body),
  })
  return parseJsonObject(await response.text()) ?? {}
}

test('several choices of one request are counted together', async () => {
  const messages = [{ role: 'user', content: 'Tell me.' }]
  const one = readObject(await post('/v1/chat/completions', { model: 'chat/echo', messages }), 'usage')
  const two = readObject(await post('/v1/chat/completions', { model: 'chat/echo', messages, n: 2 }), 'usage')
  expect(readNumber(two ?? {}, 'completion_tokens')).toBe(
    2 * (readNumber(one ?? {}, 'completion_tokens') ?? 0),
  )
})
