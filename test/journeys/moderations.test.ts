import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { parseJsonObject, readArray } from '../../src/kit/json.ts'
import { attemptsOf } from './asking.ts'
import { BY_TOKEN, HELD_KEYS } from './held-keys.ts'
import { openHouse, type House } from './open-house.ts'
import { refusal } from './refusal.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } } as const

let house: House
/** A server with categories of its own, no flags, and two texts at a time. */
let plain: ScriptedProvider

function judgePlainly({ body }: { readonly body: string }): Response {
  const input = parseJsonObject(body)?.['input'] ?? []
  const texts = (typeof input === 'string' ? [input] : readArray({ input }, 'input')).map(String)
  if (texts.length > 2) return Response.json({ detail: 'at most 2 inputs' }, { status: 422 })
  const results = texts.map((text) => ({
    categories: { selfharm: text.includes('harm'), law: false },
    category_scores: { selfharm: text.includes('harm') ? 0.75 : 0.25, law: 0.01 },
  }))
  return Response.json({ id: 'm-1', model: 'plain', results, usage: { total_tokens: texts.length * 10 } })
}

beforeAll(async () => {
  plain = openScriptedProvider(judgePlainly)
  house = await openHouse({
    config: {
      models: {
        'first/moderate': BY_TOKEN,
        'plain/moderate': BY_TOKEN,
        'omni-moderation-latest': 'first/moderate',
      },
      routes: { safe: ['first/moderate?error=503', 'plain/moderate'] },
    },
    providers: () => ({
      plain: {
        base_url: `${plain.url}/v1`,
        type: 'mistral',
        key: 'env:PROVIDER_KEY',
        quirks: { batch_inputs: 2 },
      },
    }),
    keys: HELD_KEYS,
  })
})

afterAll(async () => {
  await house.close()
  await plain.close()
})

const client = (key?: string): OpenAI =>
  new OpenAI({ baseURL: `${house.url}/v1`, apiKey: house.key(key), maxRetries: 0 })

describe('moderations with the SDK that applications have', () => {
  test('a text is flagged in its category, by the model that the SDK asks where it is told none', async () => {
    const { id, results } = await client().moderations.create({ input: 'I will kill the process' })
    expect(id).toStartWith('modr-')
    expect(results[0]).toMatchObject({
      flagged: true,
      categories: { violence: true, harassment: false },
      category_applied_input_types: { violence: ['text'] },
    })
    expect(results[0]?.category_scores.violence).toBeGreaterThan(0.5)
  })

  test('texts are judged one by one, a text beside an image together with it', async () => {
    const many = await client().moderations.create({
      model: 'first/moderate',
      input: ['a fine day', 'you idiot', 'a bomb'],
    })
    expect(many.results.map(({ flagged }) => flagged)).toEqual([false, true, true])
    const { results } = await client().moderations.create({
      model: 'first/moderate',
      input: [{ type: 'text', text: 'look at this' }, IMAGE],
    })
    expect(results).toHaveLength(1)
    expect(results[0]?.category_applied_input_types.violence).toEqual(['text', 'image'])
  })

  test('what the provider does not take is refused in its words', async () => {
    const asked = client().moderations.create({ model: 'first/moderate', input: [IMAGE, IMAGE] })
    expect(await refusal(asked)).toMatchObject({ status: 400, message: expect.stringContaining('at most 1') })
  })
})

describe('a provider with categories of its own', () => {
  test('is asked in parts, and told with its own categories; a verdict is flagged where one of them is', async () => {
    const before = plain.calls.length
    const { results } = await client().moderations.create({
      model: 'plain/moderate',
      input: ['harm', 'none', 'harm'],
    })
    expect(results.map(({ flagged }) => flagged)).toEqual([true, false, true])
    expect(results[0]).toMatchObject({ categories: { selfharm: true }, category_scores: { selfharm: 0.75 } })
    expect(plain.calls.length - before).toBe(2)
  })

  test('answers for one that fails', async () => {
    const { model } = await client().moderations.create({ model: 'safe', input: 'harm' })
    expect(model).toBe('plain')
  })
})

describe('what holds for every request', () => {
  test('a model for verdicts does not converse, one for conversations gives none, and keys say who may ask', async () => {
    const talk = client().chat.completions.create({
      model: 'first/moderate',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect((await refusal(talk)).message).toContain('first/moderate is for moderate')
    const verdict = client().moderations.create({ model: 'first/smart', input: 'hi' })
    expect((await refusal(verdict)).status).toBe(404)
    const forbidden = client('chatter').moderations.create({ model: 'first/moderate', input: 'hi' })
    expect(await refusal(forbidden)).toMatchObject({ status: 403, code: 'endpoint_not_allowed' })
  })

  test('what a budget or a limit does not hold is refused before it is sent', async () => {
    const long = Array.from({ length: 40 }, () => 'a text of some length '.repeat(8))
    const ask = (key: string, input: string | string[]) =>
      client(key).moderations.create({ model: 'first/moderate', input })
    expect((await refusal(ask('poor', long))).status).toBe(402)
    await ask('slow', 'a')
    expect((await refusal(ask('slow', long))).status).toBe(429)
  })
})

test('ledger, request log and the bill of the provider agree; what is free costs nothing', async () => {
  const own = await openHouse({
    config: { models: { 'first/moderate': BY_TOKEN } },
    providers: (url) => ({ openai: { base_url: `${url}/v1`, key: 'env:PROVIDER_KEY' } }),
    keys: { app: { budget: { usd: 5, per: 'day' } } },
  })
  const openai = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: own.key('app'), maxRetries: 0 })
  await openai.moderations.create({ model: 'first/moderate', input: 'a text' })
  const free = openai.moderations.create({ model: 'openai/omni-moderation-latest', input: 'a text' })
  // The simulated provider has no model of that name; the house has a price for it.
  expect((await refusal(free)).status).toBe(404)
  const [entry] = own.provider.bill.entries()
  const { ledger, requests } = await own.close()
  const paid = ledger.find(({ provider }) => provider === 'first')
  const unpaid = ledger.find(({ provider }) => provider === 'openai')
  expect(paid).toMatchObject({ target: 'first/moderate', outcome: 'ok', usage: { outputTokens: 0 } })
  expect(paid?.costNanoUsd).toBe(BigInt(paid?.usage.inputTokens ?? 0) * 1_000_000n)
  expect(paid?.usage.inputTokens).toBe(entry?.usage?.inputTokens ?? -1)
  expect(unpaid).toMatchObject({ costNanoUsd: 0n, priceId: expect.stringMatching(/^row:openai/) })
  expect(requests.map(({ operation }) => operation)).toEqual(['moderate', 'moderate'])
  expect(requests.filter(({ outcome }) => outcome === 'ok').flatMap(attemptsOf)).toMatchObject([
    { lane: 'native' },
  ])
})
