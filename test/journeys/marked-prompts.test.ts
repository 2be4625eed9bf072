import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  parseJsonObject,
  readArray,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { MODES } from '../modes.ts'
import { openRunningGateway } from '../running-gateway.ts'
import { ask, type Question } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/*
 * Where a route says so, prompts are marked for providers whose caches want marks; what the caches saved is told by route, and
 * what marks would save where there are none.
 */

const LONG = 'The rules of this house are kept by everybody. '.repeat(150)
const TOOLS = [{ name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }]
const TALK = [
  { role: 'user', content: 'One.' },
  { role: 'assistant', content: 'Two.' },
  { role: 'user', content: 'Three.' },
]

let house: House

beforeAll(async () => {
  house = await openHouse({
    providers: (url) => ({
      messages: providerEntry(url, { dialects: ['anthropic-messages'] }),
      chat: providerEntry(url, { dialects: ['openai-chat'] }),
    }),
    config: {
      models: {
        'messages/echo': { price: { input: 3, cache_read: 0.3, cache_write: 3.75, output: 15 } },
        'messages/echo?cached=1000': { price: { input: 3, cache_read: 0.3, cache_write: 3.75, output: 15 } },
      },
      routes: {
        marked: { targets: ['messages/echo'], prompt_cache: 'auto' },
        plain: ['messages/echo'],
        reading: { targets: ['messages/echo?cached=1000'], prompt_cache: 'auto' },
        elsewhere: { targets: ['chat/echo'], prompt_cache: 'auto' },
        stepped: { targets: ['messages/echo'], prompt_cache: 'auto', steps: [{ name: 'only' }] },
      },
    },
    keys: { dev: {} },
  })
})

afterAll(() => house.close())

const sent = (): JsonObject =>
  parseJsonObject(new TextDecoder().decode(house.provider.requests.last()?.body)) ?? {}

const marksIn = (value: Json | undefined): number =>
  JSON.stringify(value ?? null).split('"cache_control"').length - 1

async function talk(model: string, extra: JsonObject = {}, mode: Question['mode'] = 'unary') {
  const asked = { system: LONG, tools: TOOLS, messages: TALK, ...extra }
  return ask(house.url, { dialect: 'anthropic-messages', mode, model, key: house.key(), extra: asked })
}

describe.each([...MODES])('%s', (mode) => {
  test('tools, system prompt and the turn that comes again are marked, and what is new is not', async () => {
    const answer = await talk('marked', {}, mode)
    expect([answer.status, answer.complete]).toEqual([200, true])
    expect(answer.headers.get('x-gatehouse-notices')).toContain('cache.marked')
    const body = sent()
    expect([marksIn(body['tools']), marksIn(body['system']), marksIn(body['messages'])]).toEqual([1, 1, 1])
    expect(readObjects(body, 'messages').map(marksIn)).toEqual([0, 1, 0])
    expect(readObject(readObjects(body, 'system').at(-1) ?? {}, 'cache_control')).toEqual({
      type: 'ephemeral',
    })
  })
})

test('a step goes by what its route says', async () => {
  await talk('stepped')
  expect(marksIn(sent())).toBe(3)
})

test('other dialects of clients are marked as well', async () => {
  const answer = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'marked',
    key: house.key(),
    extra: { messages: [{ role: 'system', content: LONG }, ...TALK] },
  })
  expect(answer.status).toBe(200)
  expect(marksIn(sent())).toBe(2)
})

test.each([
  ['where the route says nothing', 'plain', {}],
  ['where the client has marked something', 'marked', { cache_control: { type: 'ephemeral' } }],
  ['where the prompt is too short for any cache', 'marked', { system: 'Short.' }],
])('nothing is added %s', async (_where, model, extra: JsonObject) => {
  const answer = await talk(model, extra)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-gatehouse-notices') ?? '').not.toContain('cache.marked')
  expect(sent()).toEqual({
    model: 'echo',
    max_tokens: 64,
    system: LONG,
    tools: TOOLS,
    messages: TALK,
    ...extra,
  })
})

test('the mark of a client on a block is kept, and no other joins it', async () => {
  const system = [{ type: 'text', text: LONG, cache_control: { type: 'ephemeral', ttl: '1h' } }]
  await talk('marked', { system })
  expect(readArray(sent(), 'system')).toEqual(system)
  expect(marksIn(sent())).toBe(1)
})

test('a provider that caches by itself gets the bytes of the client', async () => {
  const messages = [{ role: 'system', content: LONG }, ...TALK]
  const asked: Question = { dialect: 'openai-chat', mode: 'unary', model: 'elsewhere', key: house.key() }
  const answer = await ask(house.url, { ...asked, extra: { messages } })
  expect([answer.status, answer.headers.get('x-gatehouse-notices')]).toEqual([200, null])
  expect(sent()).toEqual({ model: 'echo', messages, max_tokens: 64 })
})

/** What is told of routes, once what was just asked of them stands in the store. */
async function toldOf(routes: readonly string[]): Promise<JsonObject> {
  for (;;) {
    const response = await house.gateway.askAdmin('/api/v1/prompt-caches')
    const told = parseJsonObject(await response.text()) ?? {}
    const known = readObjects(told, 'data').map((row) => row['route'])
    if (routes.every((route) => known.includes(route))) return told
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what was saved is told by route, and what would be where there are no marks', async () => {
  await talk('reading')
  await talk('plain')
  const told = await toldOf(['reading', 'plain'])
  expect(readObject(told, 'assumption')).toMatchObject({ from: 'measured' })
  const rows = new Map(readObjects(told, 'data').map((row) => [row['route'], row]))
  const usd = (route: string, field: string): number =>
    Number(readString(readObject(rows.get(route) ?? {}, field) ?? {}, 'usd'))
  expect(rows.get('reading')).toMatchObject({ prompt_cache: 'auto', read_tokens: 1_000, unpriced: 0 })
  expect([usd('reading', 'saved'), usd('reading', 'would_save')]).toEqual([0.002_7, 0])
  expect(rows.get('plain')).toMatchObject({ prompt_cache: 'off', read_tokens: 0 })
  expect(usd('plain', 'would_save')).toBeGreaterThan(0)
  expect([usd('elsewhere', 'saved'), usd('elsewhere', 'would_save')]).toEqual([0, 0])
})

test('examples/prompt-cache.yaml is a configuration that marks', async () => {
  const text = await Bun.file(new URL('../../examples/prompt-cache.yaml', import.meta.url)).text()
  const gateway = await openRunningGateway({ config: text, environment: { ANTHROPIC_API_KEY: 'k' } })
  try {
    const response = await gateway.askAdmin('/api/v1/routes/assistant')
    expect(response.status).toBe(200)
  } finally {
    await gateway.close()
  }
})
