import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { cosineSimilarity, embed, embedMany } from 'ai'
import OpenAI from 'openai'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { parseJsonObject, readObjects, type JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { createGoogle } from './google-client.ts'
import { createOpenai } from './openai-client.ts'
import type { Connection } from './talk.ts'
import { errorOf } from './shown-error.ts'

/*
 * The SDKs that ask for vectors, towards providers of each language in which they can be asked for.
 */

/** Providers by the one dialect that each of them speaks, and where the simulated one speaks it. */
const TARGETS = { chat: ['openai-chat', 'v1'], google: ['gemini', 'v1beta'] } as const
type TargetName = keyof typeof TARGETS
const TARGET_NAMES = Object.keys(TARGETS) as TargetName[]

let provider: SimulatedProvider
let gateway: RunningGateway
let connection: Connection
beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  const providers = Object.entries(TARGETS).map(([name, [dialect, version]]) => {
    const base_url = `${provider.url}/${version}`
    const quirks = { batch_inputs: 100 }
    return [name, { type: 'sim', base_url, key: 'env:SIMULATED_KEY', dialects: [dialect], quirks }] as const
  })
  gateway = await openRunningGateway({
    config: JSON.stringify({ providers: Object.fromEntries(providers) }),
    environment: { SIMULATED_KEY: TEST_CREDENTIAL },
  })
  connection = { url: gateway.url, key: gateway.key }
})
afterAll(async () => {
  await gateway.close()
  await provider.close()
})

function lastBody(): JsonObject {
  return parseJsonObject(new TextDecoder().decode(provider.requests.last()?.body)) ?? {}
}

const TEXTS = ['How do I reset my password?', 'Resetting a forgotten password', 'Invoices are due in May']

/** Vectors of texts, as an SDK gives them. */
type Embed = (texts: string[], model: string, dimensions?: number) => Promise<readonly (readonly number[])[]>

const vercel = (model: string) =>
  createGoogleGenerativeAI({ baseURL: `${connection.url}/v1beta`, apiKey: connection.key }).embedding(model)
const optionsOf = (outputDimensionality: number | undefined) => ({
  google: outputDimensionality === undefined ? {} : { outputDimensionality },
})

const CLIENTS: Readonly<Record<string, Embed>> = {
  openai: async (input, model, dimensions) => {
    const more = dimensions === undefined ? {} : { dimensions }
    const { data } = await createOpenai(connection).embeddings.create({ model, input, ...more })
    return data.map(({ embedding }) => embedding)
  },
  google: async (contents, model, outputDimensionality) => {
    const config = outputDimensionality === undefined ? {} : { outputDimensionality }
    const { embeddings = [] } = await createGoogle(connection).models.embedContent({
      model,
      contents,
      config,
    })
    return embeddings.map(({ values = [] }) => values)
  },
  'ai/google, one by one': async (values, model, dimensions) => {
    const asked = values.map((value) =>
      embed({ model: vercel(model), value, providerOptions: optionsOf(dimensions), maxRetries: 0 }),
    )
    return (await Promise.all(asked)).map(({ embedding }) => embedding)
  },
  'ai/google, all at once': async (values, model, dimensions) =>
    (await embedMany({ model: vercel(model), values, providerOptions: optionsOf(dimensions), maxRetries: 0 }))
      .embeddings,
}

const CELLS = Object.entries(CLIENTS).flatMap(([name, ask]) =>
  TARGET_NAMES.map((target) => ({ name: `${name} → ${target}`, ask, target })),
)

describe.each(CELLS)('vectors: $name', ({ ask, target }) => {
  test('of similar texts are near each other, and the same for the same text', async () => {
    const [question = [], answer = [], other = []] = await ask(TEXTS, `${target}/embed`)
    expect(cosineSimilarity([...question], [...answer])).toBeGreaterThan(
      cosineSimilarity([...question], [...other]) + 0.2,
    )
    const direct = await CLIENTS['openai']?.(TEXTS, 'chat/embed')
    expect(direct?.[0]?.map(Math.fround)).toEqual(question.map(Math.fround))
  })

  test('have the length that is asked for', async () => {
    expect((await ask(TEXTS, `${target}/embed`, 8)).map(({ length }) => length)).toEqual([8, 8, 8])
  })

  test('that are refused are an error of the SDK', async () => {
    expect(await errorOf(ask(TEXTS, `${target}/embed`, 5_000))).toMatchObject({ status: 400 })
    expect(await errorOf(ask(['x '.repeat(60_000)], `${target}/embed`))).toMatchObject({ status: 400 })
  })
})

describe('what only Google’s clients say', () => {
  test('a task and titles reach its own provider in its words', async () => {
    await createGoogle(connection).models.embedContent({
      model: 'google/embed',
      contents: ['one', 'two'],
      config: { taskType: 'RETRIEVAL_DOCUMENT', title: 'Numbers', outputDimensionality: 8 },
    })
    const entry = { model: 'models/embed', taskType: 'RETRIEVAL_DOCUMENT', title: 'Numbers' }
    expect(readObjects(lastBody(), 'requests')).toMatchObject([
      { ...entry, content: { parts: [{ text: 'one' }] } },
      { ...entry, content: { parts: [{ text: 'two' }] } },
    ])
  })

  test('more texts than the provider takes at once are asked for in parts', async () => {
    const contents = Array.from({ length: 230 }, (_, index) => `number ${index}`)
    const { embeddings = [] } = await createGoogle(connection).models.embedContent({
      model: 'google/embed',
      contents,
    })
    expect(embeddings).toHaveLength(230)
    expect(readObjects(lastBody(), 'requests')).toHaveLength(30)
    const [single] =
      (await createGoogle(connection).models.embedContent({ model: 'google/embed', contents: 'number 229' }))
        .embeddings ?? []
    expect(embeddings[229]).toEqual(single ?? {})
  })

  test('a task of an OpenAI client’s arrives in Google’s word for it', async () => {
    const body = { model: 'google/embed', input: 'one', input_type: 'query' }
    await new OpenAI({ baseURL: `${connection.url}/v1`, apiKey: connection.key }).embeddings.create(body)
    expect(readObjects(lastBody(), 'requests')).toMatchObject([{ taskType: 'RETRIEVAL_QUERY' }])
  })
})
