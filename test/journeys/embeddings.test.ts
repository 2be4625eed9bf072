import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { cosineSimilarity, embed, embedMany } from 'ai'
import OpenAI from 'openai'
import { parseJsonObject, readArray } from '../../src/kit/json.ts'
import { attemptsOf } from './asking.ts'
import { BY_TOKEN, HELD_KEYS } from './held-keys.ts'
import { openHouse, type House } from './open-house.ts'
import { refusal } from './refusal.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

const TEXTS = ['How do I reset my password?', 'Resetting a forgotten password', 'Invoices are due in May']

let house: House
/** A server that gives numbers only, two texts at a time, and counts the words. */
let plain: ScriptedProvider
/** The bytes that it answered with last. */
let lastAnswer = ''

function answerPlainly({ body }: { readonly body: string }): Response {
  const input = parseJsonObject(body)?.['input'] ?? []
  const texts = (typeof input === 'string' ? [input] : readArray({ input }, 'input')).map(String)
  if (texts.length > 2) return Response.json({ error: { message: 'at most 2 inputs' } }, { status: 400 })
  const failing = texts.find((text) => text.startsWith('fail '))
  if (failing !== undefined)
    return Response.json({ error: { message: 'overloaded' } }, { status: Number(failing.slice(5)) })
  const tokens = texts.length * 10
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, 0.5] }))
  lastAnswer = JSON.stringify({ object: 'list', data, model: 'plain', usage: { total_tokens: tokens } })
  return new Response(lastAnswer, { headers: { 'content-type': 'application/json' } })
}

beforeAll(async () => {
  plain = openScriptedProvider(answerPlainly)
  house = await openHouse({
    config: {
      models: { 'first/embed': BY_TOKEN, 'plain/embed': BY_TOKEN },
      routes: {
        vectors: ['first/embed?error=503', 'first/embed?id=other'],
        safe: ['dead/embed', 'second/embed'],
        mixed: { targets: ['first/embed?error=503', 'first/embed?id=other'], mixed_models: true },
      },
    },
    providers: () => ({
      plain: {
        base_url: `${plain.url}/v1`,
        type: 'openai-compatible',
        quirks: { batch_inputs: 2, base64_vectors: false },
      },
      dead: { base_url: 'http://127.0.0.1:1/v1', type: 'openai-compatible' },
      same: { base_url: `${plain.url}/v1`, type: 'openai-compatible' },
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

describe('embeddings with the SDKs that applications have', () => {
  test('openai: similar texts are near each other, in the encoding that the SDK asks for and in numbers', async () => {
    const { data, usage } = await client().embeddings.create({ model: 'first/embed', input: TEXTS })
    const [question, answer, other] = data.map(({ embedding }) => embedding)
    if (question === undefined || answer === undefined || other === undefined) throw new Error('too few')
    expect(cosineSimilarity(question, answer)).toBeGreaterThan(cosineSimilarity(question, other) + 0.2)
    expect(usage.prompt_tokens).toBeGreaterThan(10)
    const numbers = await client().embeddings.create({
      model: 'first/embed',
      input: TEXTS,
      encoding_format: 'float',
    })
    expect(numbers.data.map(({ embedding }) => embedding)).toEqual(data.map(({ embedding }) => embedding))
  })

  test('openai: dimensions, a single text, tokens and tokens of several texts', async () => {
    const ask = async (input: string | number[] | number[][], dimensions = 8) =>
      (await client().embeddings.create({ model: 'first/embed', input, dimensions })).data.map(
        ({ embedding }) => embedding.length,
      )
    expect(await ask('one')).toEqual([8])
    expect(await ask([1, 2, 3], 16)).toEqual([16])
    expect(await ask([[1, 2], [3]])).toEqual([8, 8])
  })

  test.each([
    [
      'ai/openai',
      () => createOpenAI({ baseURL: `${house.url}/v1`, apiKey: house.key() }).embedding('first/embed'),
    ],
    [
      'ai/openai-compatible',
      () =>
        createOpenAICompatible({
          name: 'house',
          baseURL: `${house.url}/v1`,
          apiKey: house.key(),
        }).embeddingModel('first/embed'),
    ],
  ])('%s: embed and embedMany', async (_name, open) => {
    const model = open()
    const [first] = TEXTS
    const one = await embed({ model, value: first ?? '' })
    expect(one.embedding).toHaveLength(256)
    const many = await embedMany({ model, values: TEXTS })
    expect(many.embeddings).toHaveLength(3)
    expect(many.embeddings[0]).toEqual(one.embedding)
    expect(many.usage.tokens).toBeGreaterThan(10)
  })
})

describe('a provider that gives numbers only, a few at a time', () => {
  test('is asked in parts; the answers are joined in order, their usage summed, and encoded as the client asked', async () => {
    const before = plain.calls.length
    const input = ['a', 'bb', 'ccc', 'dddd', 'eeeee']
    const { data, usage } = await client().embeddings.create({ model: 'plain/embed', input })
    expect(data.map(({ index, embedding }) => [index, ...embedding])).toEqual(
      input.map((text, index) => [index, text.length, 0.5]),
    )
    expect(usage).toEqual({ prompt_tokens: 50, total_tokens: 50 })
    expect(plain.calls.length - before).toBe(3)
  })

  test("passes untouched where nothing has to be changed: the client gets the provider's bytes", async () => {
    const response = await fetch(`${house.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.key()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'same/embed', input: ['a', 'bb'] }),
    })
    expect(await response.text()).toBe(lastAnswer)
  })
})

describe('what holds for every request', () => {
  test('a text that is too long is said to be, and not cut', async () => {
    const asked = client().embeddings.create({ model: 'first/embed?context=5', input: [TEXTS.join(' ')] })
    expect(await refusal(asked)).toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  test('a model for vectors does not converse, and a key for conversations gets none', async () => {
    const talk = client().chat.completions.create({
      model: 'first/embed',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(await refusal(talk)).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      message: expect.stringContaining('first/embed is for embed'),
    })
    const vectors = client('chatter').embeddings.create({ model: 'first/embed', input: 'a' })
    expect(await refusal(vectors)).toMatchObject({ status: 403, code: 'endpoint_not_allowed' })
  })

  test('a conversing model that is asked for vectors still converses', async () => {
    const vectors = client().embeddings.create({ model: 'first/echo', input: 'a' })
    expect((await refusal(vectors)).status).toBe(404)
    const { choices } = await client().chat.completions.create({
      model: 'first/echo',
      messages: [{ role: 'user', content: 'still here' }],
    })
    expect(choices[0]?.message.content).toBe('still here')
  })

  test('another model does not answer for one that fails, unless the route says so', async () => {
    const asked = client().embeddings.create({ model: 'vectors', input: 'a' })
    expect((await refusal(asked)).status).toBe(503)
    const mixed = await client().embeddings.create({ model: 'mixed', input: 'a' })
    expect(mixed.data).toHaveLength(1)
    const safe = await client().embeddings.create({ model: 'safe', input: 'a' })
    expect(safe.data).toHaveLength(1)
  })

  test('what a budget or a limit does not hold is refused before it is sent', async () => {
    const long = Array.from({ length: 40 }, () => TEXTS.join(' '))
    const dear = client('poor').embeddings.create({ model: 'first/embed', input: long })
    expect((await refusal(dear)).status).toBe(402)
    await client('slow').embeddings.create({ model: 'first/embed', input: 'a' })
    const fast = client('slow').embeddings.create({ model: 'first/embed', input: long })
    expect((await refusal(fast)).status).toBe(429)
  })
})

test('ledger, request log and the bill of the provider agree', async () => {
  const own = await openHouse({
    config: { models: { 'first/embed': BY_TOKEN } },
    keys: { app: { budget: { usd: 5, per: 'day' } } },
  })
  const openai = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: own.key('app'), maxRetries: 0 })
  const { usage } = await openai.embeddings.create({ model: 'first/embed', input: TEXTS })
  const [entry] = own.provider.bill.entries()
  const { ledger, requests } = await own.close()
  expect(ledger).toHaveLength(1)
  expect(ledger[0]).toMatchObject({
    target: 'first/embed',
    outcome: 'ok',
    basis: 'reported',
    usage: { inputTokens: usage.prompt_tokens, outputTokens: 0 },
    costNanoUsd: BigInt(usage.prompt_tokens) * 1_000_000n,
  })
  expect(entry).toMatchObject({ operation: 'embed', usage: { inputTokens: usage.prompt_tokens } })
  expect(requests.map(({ operation, outcome }) => [operation, outcome])).toEqual([['embed', 'ok']])
  expect(requests.flatMap(attemptsOf)).toMatchObject([{ lane: 'native' }])
})

test('a provider is paid for the parts that it answered before one failed', async () => {
  const own = await openHouse({
    config: { models: { 'plain/embed': BY_TOKEN } },
    providers: () => ({
      plain: { base_url: `${plain.url}/v1`, type: 'openai-compatible', quirks: { batch_inputs: 2 } },
    }),
  })
  const openai = new OpenAI({ baseURL: `${own.url}/v1`, apiKey: own.key(), maxRetries: 0 })
  const asked = openai.embeddings.create({ model: 'plain/embed', input: ['a', 'bb', 'fail 400'] })
  expect((await refusal(asked)).status).toBe(400)
  const { ledger } = await own.close()
  expect(ledger).toHaveLength(1)
  expect(ledger[0]).toMatchObject({
    outcome: 'provider-rejected',
    usage: { inputTokens: 20 },
    costNanoUsd: 20_000_000n,
  })
})
