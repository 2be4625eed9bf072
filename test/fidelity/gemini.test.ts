import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { createGoogle, inPath } from './google-client.ts'
import { openHouse, TARGET_NAMES, type House } from './house.ts'
import { errorOf } from './shown-error.ts'
import { createWireRecord } from './wire-record.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const TOOLS = ['get_weather', 'get-time'].map((name) => ({
  name,
  parametersJsonSchema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] },
}))

describe('what only the SDK of Google asks', () => {
  test('models are listed and got', async () => {
    const sdk = createGoogle(house)
    const names: string[] = []
    for await (const { name } of await sdk.models.list()) names.push(name ?? '')
    expect(names).toContain('models/google/smart')
    expect(await sdk.models.get({ model: 'google/smart' })).toMatchObject({
      name: 'models/google/smart',
      supportedActions: ['generateContent', 'streamGenerateContent', 'countTokens'],
    })
    expect((await sdk.models.get({ model: 'google/embed' })).supportedActions).toEqual([
      'embedContent',
      'batchEmbedContents',
    ])
    const pages = await sdk.models.list({ config: { pageSize: 3 } })
    const paged: string[] = []
    for await (const { name } of pages) paged.push(name ?? '')
    expect(pages.pageSize).toBe(3)
    expect(paged).toEqual(names)
    expect(await errorOf(sdk.models.get({ model: 'nothing' }))).toMatchObject({
      status: 404,
      message: expect.stringContaining('"status":"NOT_FOUND"'),
    })
    for (const path of ['/v1beta/models', '/v1/models']) {
      const response = await fetch(`${house.url}${path}?key=${house.key}`)
      expect(readObjects(parseJsonObject(await response.text()) ?? {}, 'models').length).toBe(names.length)
    }
  })

  test.each([...TARGET_NAMES])('tokens are counted: %s', async (target) => {
    const counted = await createGoogle(house).models.countTokens({
      model: `${target}/echo`,
      contents: 'How many are these?',
    })
    expect(counted.totalTokens).toBeGreaterThan(3)
  })

  test('a chat of the SDK goes on with what it has recorded', async () => {
    const chat = createGoogle(house).chats.create({
      model: 'messages/reason',
      config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } },
    })
    for await (const _piece of await chat.sendMessageStream({ message: 'Think about castles.' }));
    expect((await chat.sendMessage({ message: 'And about moats.' })).text).toContain('about moats')
    expect(JSON.stringify(house.lastBody())).toMatch(/"signature":"[\w+/=]{20}/)
  })

  test.each([...TARGET_NAMES])('a choice of functions, by mode and name: %s', async (target) => {
    const ask = async (functionCallingConfig: object) => {
      const reply = await createGoogle(house).models.generateContent({
        model: `${target}/tools`,
        contents: 'Go.',
        config: {
          tools: [{ functionDeclarations: TOOLS }],
          toolConfig: { functionCallingConfig },
        },
      })
      return (reply.functionCalls ?? []).map(({ name }) => name)
    }
    expect(await ask({ mode: 'NONE' })).toEqual([])
    expect(await ask({ mode: 'ANY' })).toEqual(['get_weather', 'get-time'])
    expect(await ask({ mode: 'ANY', allowedFunctionNames: ['get-time'] })).toEqual(['get-time'])
  })

  test('its own provider gets its bytes, and other words only in the path', async () => {
    const wire = createWireRecord()
    await createGoogle(house, wire).models.generateContent({
      model: inPath('google/echo?cached=1'),
      contents: 'Go.',
      config: { safetySettings: [] },
    })
    expect(house.provider.requests.last()?.path).toBe('/v1beta/models/echo%3Fcached%3D1:generateContent')
    expect(Object.keys(house.lastBody()).sort()).toEqual(['contents', 'generationConfig', 'safetySettings'])
  })

  test('a key in the query is taken', async () => {
    expect((await post(`google/echo:generateContent?key=${house.key}`)).status).toBe(200)
  })

  test.each([...TARGET_NAMES])(
    'who asks for no events gets a stream that is one array: %s',
    async (target) => {
      const response = await post(`${target}/echo:streamGenerateContent?key=${house.key}`)
      expect(response.headers.get('content-type')).toStartWith('application/json')
      const chunks = (await response.json()) as readonly JsonObject[]
      const parts = chunks.flatMap((chunk) => readObjects(chunk, 'candidates')).flatMap(partsOf)
      expect(parts.map((part) => readString(part, 'text'))).toEqual(['Go.', ''])
      expect(readObjects(chunks.at(-1) ?? {}, 'candidates')).toMatchObject([{ finishReason: 'STOP' }])
      const broken = await post(
        `${target}/fault?kind=truncate-mid-stream&as=long&after=1&id=array-${target}:streamGenerateContent`.replaceAll(
          '?',
          '%3F',
        ),
      )
      const cut = (await broken.json()) as readonly JsonObject[]
      expect(readString(readObject(cut.at(-1) ?? {}, 'error') ?? {}, 'message')).toMatch(/broke off/)
    },
  )
})

const partsOf = (candidate: JsonObject): readonly JsonObject[] =>
  readObjects(readObject(candidate, 'content') ?? {}, 'parts')

function post(path: string): Promise<Response> {
  return fetch(`${house.url}/v1beta/models/${path}`, {
    method: 'POST',
    headers: path.includes('key=') ? {} : { 'x-goog-api-key': house.key },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'Go.' }] }] }),
  })
}
