import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { checkGeminiStream } from '../grammar/gemini.ts'
import { MODES } from '../modes.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { anthropicClient } from './anthropic-client.ts'
import { createGoogle, googleClient, inPath } from './google-client.ts'
import { openaiClient } from './openai-client.ts'
import { openaiResponsesClient } from './openai-responses-client.ts'
import type { Connection, OfferedTool } from './talk.ts'
import { errorOf } from './shown-error.ts'
import { vercelGoogleClient } from './vercel-clients.ts'
import { createWireRecord } from './wire-record.ts'

/*
 * The official SDK of the dialect towards providers of every language, and the other SDKs towards a provider of this one.
 */

/** Providers by the one dialect that each of them speaks, and where the simulated one speaks it. */
const TARGETS = {
  chat: ['openai-chat', 'v1'],
  messages: ['anthropic-messages', 'v1'],
  responses: ['openai-responses', 'v1'],
  google: ['gemini', 'v1beta'],
} as const
type TargetName = keyof typeof TARGETS
const TARGET_NAMES = Object.keys(TARGETS) as TargetName[]

const GOOGLE_CLIENTS = [googleClient, vercelGoogleClient]
const PAIRS = [
  ...TARGET_NAMES.flatMap((target) => GOOGLE_CLIENTS.map((client) => ({ client, target }))),
  { client: openaiResponsesClient, target: 'google' as const },
  { client: openaiClient, target: 'google' as const },
  { client: anthropicClient, target: 'google' as const },
]
const CELLS = PAIRS.flatMap(({ client, target }) =>
  MODES.map((mode) => ({ name: `${client.name} → ${target}, ${mode}`, client, target, mode })),
)

/** Where a piece of text stands, with clients that do not have it in `text`. */
const PIECES = new Map([
  [openaiClient.name, 'content'],
  [openaiResponsesClient.name, 'delta'],
])

let provider: SimulatedProvider
let gateway: RunningGateway
let connection: Connection
beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  const providers = Object.entries(TARGETS).map(([name, [dialect, version]]) => {
    const base_url = `${provider.url}/${version}`
    return [name, { type: 'sim', base_url, key: 'env:SIMULATED_KEY', dialects: [dialect] }] as const
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

/** What the provider writes; the word that stands for none has other letters. */
const PROOF = /^[A-Za-z0-9+/=]{40,}$/

/** The proofs that came back with the calls of each answer. */
function proofsOfCalls(): readonly (readonly (string | undefined)[])[] {
  const calls = readObjects(lastBody(), 'contents').map((content) =>
    readObjects(content, 'parts').filter((part) => part['functionCall'] !== undefined),
  )
  return calls
    .filter(({ length }) => length > 0)
    .map((parts) => parts.map((part) => readString(part, 'thoughtSignature')))
}

const AWKWARD = 'Grüße, "東京" \\ 🚀👋🏽\n\ttab \u2028 </script> \u0000 end'
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const toolFor = (name: string, value: string): OfferedTool => ({
  name,
  description: `Gives the ${name}.`,
  parameters: {
    type: 'object',
    properties: { value: { enum: [value] } },
    required: ['value'],
    additionalProperties: false,
  },
})
const TOOLS = [toolFor('get_weather', 'Zürich "HB" \\ 🚉'), toolFor('get-time', 'Europe/Zurich')]

describe.each(CELLS)('$name', ({ client, target, mode }) => {
  const open = (model: string, more: object = {}) =>
    client.open(connection, { model: `${target}/${model}`, mode, ...more })

  test('a text arrives to the letter, with its system prompt and the turns before', async () => {
    const talk = open('echo', { system: 'Answer like a lighthouse keeper.' })
    expect((await talk.say('First.')).text).toBe('First.')
    const reply = await talk.say(AWKWARD)
    expect(reply.text).toBe(AWKWARD)
    expect(reply.finish).toBe(client.finishes.stop)
    expect(JSON.stringify(lastBody())).toContain('lighthouse keeper')
    expect(JSON.stringify(lastBody()).match(/First\./g)).toHaveLength(2)
  })

  test('tools are called, and their results find their calls', async () => {
    const talk = open('tools', { tools: TOOLS })
    const called = await talk.say('Everything, please.')
    expect(called.finish).toBe(client.finishes['tool-calls'])
    expect(called.calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ['get_weather', { value: 'Zürich "HB" \\ 🚉' }],
      ['get-time', { value: 'Europe/Zurich' }],
    ])
    const answer = await talk.report(
      called.calls.map(({ id, name }) => ({ id, name, text: `${name} is fine` })),
    )
    expect(answer.text).toBe(
      'The tools answered. get_weather: get_weather is fine get-time: get-time is fine',
    )
    if (target === 'google') expect(proofsOfCalls()).toEqual([[expect.stringMatching(PROOF), undefined]])
    expect((await talk.say('Thank you.')).calls).toHaveLength(2)
    if (target === 'google') expect(proofsOfCalls()).toHaveLength(1)
  })

  test('reasoning is shown where the client can show it, and its proof comes back with the next turn', async () => {
    const talk = open('reason', { reasoning: true })
    const first = await talk.say('Think about castles.')
    expect(first.text).toContain('made up by the simulated provider')
    if (client.reasoning !== 'none') expect(first.reasoning.length).toBeGreaterThan(20)
    const second = await talk.say('And about moats.')
    expect(second.text).toContain('about moats')
    const isCarried = target !== 'chat' && client.reasoning === 'signed'
    if (isCarried) expect(second.wire.notices).not.toContain('seal.foreign')
    expect(
      /"(?:signature|thoughtSignature|encrypted_content)":"[\w+/=]{20}/.test(JSON.stringify(lastBody())),
    ).toBe(isCarried)
  })

  test('usage is what the provider charged', async () => {
    const reply = await open('smart?cached=3').say('How much does a castle cost?')
    const attempt = [...provider.bill.entries()].at(-1)
    expect(reply.usage).toMatchObject({
      input: (attempt?.usage?.inputTokens ?? 0) + 3,
      output: attempt?.usage?.outputTokens ?? -1,
      cacheRead: 3,
    })
  })

  test('an answer ends at the limit, at a stop sequence, and with a refusal', async () => {
    expect((await open('long', { maxTokens: 17 }).say('Go on.')).finish).toBe(client.finishes.length)
    expect((await open('stop', { stop: '###' }).say('Go on.')).text).not.toContain('###')
    const refused = await open('refuse').say('Do something bad.')
    // In this language a refusal is a filter's verdict.
    if (client === googleClient) expect(['SAFETY', 'STOP']).toContain(refused.finish)
  })

  test('an image is seen', async () => {
    expect((await open('vision').say('What is it?', [PIXEL])).text).toContain(
      '1 image: image image/png, 70 bytes',
    )
  })

  test('an answer is held to a schema', async () => {
    const schema = {
      type: 'object',
      properties: { city: { enum: ['Bern'] } },
      required: ['city'],
      additionalProperties: false,
    }
    expect(JSON.parse((await open('json', { schema }).say('Where?')).text)).toEqual({ city: 'Bern' })
  })

  test('errors are those of the SDK', async () => {
    const id = CELLS.findIndex(
      (cell) => cell.client === client && cell.target === target && cell.mode === mode,
    )
    const wrong = await errorOf(open('fault?kind=status-400').say('Go.'))
    expect(wrong).toMatchObject({ status: 400, message: expect.stringContaining('could not be understood') })
    expect((await errorOf(open('unheard-of').say('Go.'))).status).toBe(404)
    const broken = await errorOf(open(`fault?kind=reset-before-head&id=${id}`).say('Go.'))
    expect(broken.status).toBe(502)
    const locked = await errorOf(
      client.open({ ...connection, key: 'sk-wrong' }, { model: `${target}/echo`, mode }).say('Go.'),
    )
    expect(locked.status).toBe(401)
  })
})

describe.each(CELLS.filter(({ mode }) => mode === 'stream'))('streams: $name', ({ client, target, mode }) => {
  test.each(['error-event-mid-stream', 'truncate-mid-stream', 'reset-mid-stream'])(
    'that break (%s) are an error',
    async (kind) => {
      const model = `${target}/fault?kind=${kind}&as=echo&after=3&id=s${CELLS.findIndex((cell) => cell.client === client && cell.target === target)}`
      const talk = client.open(connection, { model, mode })
      const error = await errorOf(talk.say('Why is the sky blue on a clear day?'))
      expect(error.message).toMatch(/overloaded|server had an error|broke off|closed the connection/i)
      expect(await talk.wire().text).not.toMatch(/\[DONE\]|message_stop|finishReason/)
    },
  )

  test('arrive token by token', async () => {
    const wire = await (
      await client.open(connection, { model: `${target}/echo`, mode }).say('Why is it blue?')
    ).wire.text
    const field = PIECES.get(client.name) ?? 'text'
    const pieces = [...wire.matchAll(new RegExp(`"${field}":"([^"]+)"`, 'g'))].map(([, piece]) => piece)
    expect(pieces).toEqual(['Why', ' is', ' it', ' blue?'])
    if (client === googleClient) expect(checkGeminiStream(wire)).toEqual([])
  })
})

describe('what only this SDK asks', () => {
  test('models are listed and got', async () => {
    const sdk = createGoogle(connection)
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
      const response = await fetch(`${connection.url}${path}?key=${connection.key}`)
      expect(readObjects(parseJsonObject(await response.text()) ?? {}, 'models').length).toBe(names.length)
    }
  })

  test.each(TARGET_NAMES)('tokens are counted: %s', async (target) => {
    const counted = await createGoogle(connection).models.countTokens({
      model: `${target}/echo`,
      contents: 'How many are these?',
    })
    expect(counted.totalTokens).toBeGreaterThan(3)
  })

  test('a chat of the SDK goes on with what it has recorded', async () => {
    const chat = createGoogle(connection).chats.create({
      model: 'messages/reason',
      config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } },
    })
    for await (const _piece of await chat.sendMessageStream({ message: 'Think about castles.' }));
    expect((await chat.sendMessage({ message: 'And about moats.' })).text).toContain('about moats')
    expect(JSON.stringify(lastBody())).toMatch(/"signature":"[\w+/=]{20}/)
  })

  test.each(TARGET_NAMES)('a choice of functions, by mode and name: %s', async (target) => {
    const ask = async (functionCallingConfig: object) => {
      const reply = await createGoogle(connection).models.generateContent({
        model: `${target}/tools`,
        contents: 'Go.',
        config: {
          tools: [
            {
              functionDeclarations: TOOLS.map(({ name, parameters }) => ({
                name,
                parametersJsonSchema: parameters,
              })),
            },
          ],
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
    await createGoogle(connection, wire).models.generateContent({
      model: inPath('google/echo?cached=1'),
      contents: 'Go.',
      config: { safetySettings: [] },
    })
    expect(provider.requests.last()?.path).toBe('/v1beta/models/echo%3Fcached%3D1:generateContent')
    expect(Object.keys(lastBody()).sort()).toEqual(['contents', 'generationConfig', 'safetySettings'])
  })

  test('a key in the query is taken', async () => {
    expect((await post(`google/echo:generateContent?key=${connection.key}`)).status).toBe(200)
  })

  test.each(TARGET_NAMES)('who asks for no events gets a stream that is one array: %s', async (target) => {
    const response = await post(`${target}/echo:streamGenerateContent?key=${connection.key}`)
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
  })
})

const partsOf = (candidate: JsonObject): readonly JsonObject[] =>
  readObjects(readObject(candidate, 'content') ?? {}, 'parts')

function post(path: string): Promise<Response> {
  return fetch(`${connection.url}/v1beta/models/${path}`, {
    method: 'POST',
    headers: path.includes('key=') ? {} : { 'x-goog-api-key': connection.key },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'Go.' }] }] }),
  })
}
