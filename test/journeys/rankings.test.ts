import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createCohere } from '@ai-sdk/cohere'
import { cosineSimilarity, embed, embedMany, rerank } from 'ai'
import { CohereClient, CohereError } from 'cohere-ai'
import { parseJsonObject, readArray, readObject, readObjects, type JsonObject } from '../../src/kit/json.ts'
import { attemptsOf } from './asking.ts'
import { BY_TOKEN, HELD_KEYS } from './held-keys.ts'
import { openHouse, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

const BY_SEARCH = { price: { input: 0, output: 0, search: 0.5 } }
const QUERY = 'How do I reset my password?'
const DOCUMENTS = [
  'Invoices are due in May.',
  'To reset a password, open the settings.',
  'I forgot my password and how to reset it, what do I do?',
]

let house: House
/** A server of Text Embeddings Inference: two texts at a time, a list for an answer. */
let engine: ScriptedProvider

function rankAsEngine({ body }: { readonly body: string }): Response {
  const asked = parseJsonObject(body) ?? {}
  const texts = readArray(asked, 'texts').map(String)
  if (texts.length === 0 || texts.length > 2)
    return Response.json({ error: 'batch size', error_type: 'Validation' }, { status: 422 })
  const ranks = texts.map((text, index) => ({ index, score: text.includes('reset') ? text.length / 100 : 0 }))
  return Response.json(ranks.toSorted((left, right) => right.score - left.score))
}

beforeAll(async () => {
  engine = openScriptedProvider(rankAsEngine)
  house = await openHouse({
    config: {
      models: {
        'first/rerank': BY_TOKEN,
        'co/rerank': BY_SEARCH,
        'co/embed': BY_TOKEN,
        'engine/rerank': BY_TOKEN,
        'whole/rerank': BY_TOKEN,
      },
      routes: { safe: ['first/rerank?error=503', 'engine/rerank'] },
    },
    providers: (url) => ({
      co: { base_url: `${url}/v2`, dialects: ['cohere'], key: 'env:PROVIDER_KEY' },
      engine: { type: 'tei', base_url: engine.url, quirks: { batch_documents: 2 } },
      whole: { type: 'tei', base_url: engine.url, quirks: { batch_documents: 2, comparable_scores: false } },
    }),
    keys: HELD_KEYS,
  })
})

afterAll(async () => {
  await house.close()
  await engine.close()
})

const cohere = (key?: string): CohereClient =>
  new CohereClient({ environment: house.url, token: house.key(key), maxRetries: 0 })

async function post(body: JsonObject, path = '/v1/rerank', key?: string) {
  const response = await fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key(key)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { response, body: parseJsonObject(await response.text()) ?? {} }
}

/** The status and the words with which a call of Cohere's SDK was refused. */
async function refusal(asked: Promise<unknown>): Promise<{ status: unknown; body: unknown }> {
  try {
    await asked
  } catch (thrown) {
    if (thrown instanceof CohereError) return { status: thrown.statusCode, body: thrown.body }
    throw thrown
  }
  throw new Error('it was answered')
}

describe('rankings with the SDKs that applications have', () => {
  test.each(['first/rerank', 'co/rerank'])('cohere-ai, second version: %s', async (model) => {
    const { id, results } = await cohere().v2.rerank({ model, query: QUERY, documents: DOCUMENTS, topN: 2 })
    expect(id).toBeString()
    expect(results.map(({ index }) => index)).toEqual([2, 1])
    expect(results[0]?.relevanceScore).toBeGreaterThan(results[1]?.relevanceScore ?? 1)
  })

  test('cohere-ai, second version: searches that are charged are told', async () => {
    const { meta } = await cohere().v2.rerank({ model: 'co/rerank', query: QUERY, documents: DOCUMENTS })
    expect(meta?.billedUnits?.searchUnits).toBe(1)
  })

  test.each(['first/rerank', 'co/rerank', 'engine/rerank'])(
    'cohere-ai, first version, with documents as objects, which come back: %s',
    async (model) => {
      const documents = DOCUMENTS.map((text) => ({ text }))
      const asked = { model, query: QUERY, documents, topN: 1, returnDocuments: true }
      const { results } = await cohere().rerank(asked)
      expect(results).toMatchObject([{ index: 2, document: { text: DOCUMENTS[2] } }])
    },
  )

  test.each(['first/rerank', 'co/rerank', 'engine/rerank'])('ai: rerank, %s', async (model) => {
    const provider = createCohere({ baseURL: `${house.url}/v2`, apiKey: house.key() })
    const { ranking } = await rerank({
      model: provider.reranking(model),
      query: QUERY,
      documents: DOCUMENTS,
      topN: 2,
    })
    expect(ranking.map(({ originalIndex }) => originalIndex)).toEqual([2, 1])
    expect(ranking[0]?.document).toBe(DOCUMENTS[2] ?? '')
  })

  test('clients of Jina and of Voyage find what they look for', async () => {
    const asked = { model: 'co/rerank', query: QUERY, documents: DOCUMENTS, return_documents: true }
    const jina = await post({ ...asked, top_n: 1 })
    expect(readObjects(jina.body, 'results')).toMatchObject([{ index: 2, document: { text: DOCUMENTS[2] } }])
    const voyage = await post({ ...asked, top_k: 1 }, '/rerank')
    expect(readObjects(voyage.body, 'data')).toMatchObject([{ index: 2, document: DOCUMENTS[2] }])
  })
})

describe("embeddings in Cohere's language", () => {
  test.each(['co/embed', 'first/embed'])('cohere-ai: several encodings at once, %s', async (model) => {
    const { embeddings, texts } = await cohere().v2.embed({
      model,
      texts: DOCUMENTS,
      inputType: 'search_document',
      embeddingTypes: ['float', 'base64'],
    })
    expect(texts).toEqual(DOCUMENTS)
    expect(embeddings.float?.map(({ length }) => length)).toEqual([256, 256, 256])
    const [first = ''] = embeddings.base64 ?? []
    expect([...new Float32Array(new Uint8Array(Buffer.from(first, 'base64')).buffer)]).toEqual(
      embeddings.float?.[0] ?? [],
    )
  })

  test('cohere-ai: an image beside a text', async () => {
    const url = 'data:image/png;base64,iVBORw0KGgo='
    const { embeddings } = await cohere().v2.embed({
      model: 'co/embed',
      inputs: [
        {
          content: [
            { type: 'text', text: 'a cat' },
            { type: 'image_url', imageUrl: { url } },
          ],
        },
      ],
      inputType: 'search_document',
      embeddingTypes: ['float'],
    })
    expect(embeddings.float).toHaveLength(1)
  })

  test.each(['co/embed', 'first/embed'])('ai: embed and embedMany, %s', async (name) => {
    const model = createCohere({ baseURL: `${house.url}/v2`, apiKey: house.key() }).embeddingModel(name)
    const { embedding } = await embed({ model, value: QUERY })
    const { embeddings, usage } = await embedMany({ model, values: DOCUMENTS })
    const likeness = embeddings.map((other) => cosineSimilarity(embedding, other))
    expect(likeness[2]).toBeGreaterThan(likeness[0] ?? 1)
    expect(usage.tokens).toBeGreaterThan(10)
  })
})

describe('a server that takes a few documents at once', () => {
  test('is asked in parts where its scores can be compared: the best of all come first', async () => {
    const before = engine.calls.length
    const { results } = await cohere().v2.rerank({
      model: 'engine/rerank',
      query: QUERY,
      documents: ['none', 'reset', ...DOCUMENTS],
      topN: 2,
    })
    expect(results.map(({ index }) => index)).toEqual([4, 3])
    expect(engine.calls.length - before).toBe(3)
    expect(engine.calls.at(-1)?.path).toBe('/rerank')
  })

  test('is not asked where they cannot, and it is said', async () => {
    const before = engine.calls.length
    const asked = cohere().v2.rerank({ model: 'whole/rerank', query: QUERY, documents: DOCUMENTS })
    expect(await refusal(asked)).toMatchObject({
      status: 400,
      body: { param: 'documents', message: expect.stringContaining('3 documents') },
    })
    expect(engine.calls.length).toBe(before)
  })

  test('answers for one that fails', async () => {
    const { response, body } = await post({ model: 'safe', query: QUERY, documents: DOCUMENTS.slice(1) })
    expect(response.headers.get('x-gatehouse-model')).toContain('engine/rerank')
    expect(readObjects(body, 'results')).toHaveLength(2)
  })
})

describe('what holds for every request', () => {
  test('a document that is too long is said to be, and not cut', async () => {
    const documents = ['short', 'a much longer document than that '.repeat(4)]
    const { response, body } = await post({ model: 'first/rerank?context=20', query: QUERY, documents })
    expect(response.status).toBe(400)
    expect(readObject(body, 'error')).toMatchObject({ code: 'context_length_exceeded' })
  })

  test('of what a provider looks at in part only it is said, and strict refuses it', async () => {
    const documents = ['short', 'word '.repeat(6_000)]
    const asked = { model: 'co/rerank?context=100000', query: QUERY, documents }
    const { response } = await post(asked, '/v2/rerank')
    expect(response.headers.get('x-gatehouse-notices')).toBe('text.cut=documents[1]')
    const strict = await post({ ...asked, gatehouse: { strict: true } }, '/v2/rerank')
    expect(strict.response.status).toBe(400)
  })

  test('a model for rankings does not converse, and keys say who may ask', async () => {
    const talk = await post(
      { model: 'first/rerank', messages: [{ role: 'user', content: 'hi' }] },
      '/v1/chat/completions',
    )
    expect(talk.response.status).toBe(400)
    expect(readObject(talk.body, 'error')?.['message']).toContain('first/rerank is for rerank')
    const forbidden = cohere('chatter').v2.rerank({ model: 'co/rerank', query: QUERY, documents: DOCUMENTS })
    expect((await refusal(forbidden)).status).toBe(403)
  })

  test('what a budget or a limit does not hold is refused before it is sent', async () => {
    const ask = (key: string, model: string, documents: string[]) =>
      cohere(key).v2.rerank({ model, query: QUERY, documents })
    // Half a dollar a search, of which a cent is left.
    expect((await refusal(ask('poor', 'co/rerank', DOCUMENTS))).status).toBe(402)
    await ask('slow', 'first/rerank', ['a'])
    const many = Array.from({ length: 40 }, () => DOCUMENTS.join(' '))
    expect((await refusal(ask('slow', 'first/rerank', many))).status).toBe(429)
  })
})

test('ledger, request log and the bill of the provider agree, by the token and by the search', async () => {
  const own = await openHouse({
    config: { models: { 'first/rerank': BY_TOKEN, 'co/rerank': BY_SEARCH } },
    providers: (url) => ({ co: { base_url: `${url}/v2`, dialects: ['cohere'], key: 'env:PROVIDER_KEY' } }),
    keys: { app: { budget: { usd: 5, per: 'day' } } },
  })
  const client = new CohereClient({ environment: own.url, token: own.key('app'), maxRetries: 0 })
  await client.v2.rerank({ model: 'co/rerank', query: QUERY, documents: DOCUMENTS })
  await client.v2.rerank({ model: 'first/rerank', query: QUERY, documents: DOCUMENTS })
  const [bySearch, byToken] = own.provider.bill.entries()
  const { ledger, requests } = await own.close()
  const rowOf = (name: string) => ledger.find(({ provider }) => provider === name)
  expect(bySearch?.usage).toMatchObject({ searches: 1, inputTokens: 0 })
  expect(rowOf('co')).toMatchObject({ basis: 'reported', usage: { searches: 1 }, costNanoUsd: 500_000_000n })
  const tokens = byToken?.usage?.inputTokens ?? 0
  expect(tokens).toBeGreaterThan(10)
  expect(rowOf('first')).toMatchObject({
    basis: 'reported',
    usage: { inputTokens: tokens },
    costNanoUsd: BigInt(tokens) * 1_000_000n,
  })
  expect(requests.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['rerank', 'ok'],
    ['rerank', 'ok'],
  ])
  expect(new Set(requests.flatMap(attemptsOf).map(({ lane }) => lane))).toEqual(
    new Set(['native', 'translated']),
  )
})
