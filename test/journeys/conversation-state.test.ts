import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI, { APIError } from 'openai'
import type {
  CompactedResponse,
  Response as OpenaiResponse,
  ResponseCreateParamsNonStreaming,
} from 'openai/resources/responses/responses'
import { parseJson, parseJsonObject, readObject, readObjects, readString } from '../../src/kit/json.ts'
import { MODES, type Mode } from '../modes.ts'
import {
  messagesOf,
  openMessagesProvider,
  openResponsesProvider,
  type ConversationProvider,
} from './conversation-providers.ts'
import { openHouse, type House, type HouseOptions } from './open-house.ts'

let native: ConversationProvider
let messages: ConversationProvider
let options: HouseOptions
let house: House
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-state-'))

const PRICE = { price: { input: 1, output: 1 } }

beforeAll(async () => {
  native = openResponsesProvider()
  messages = openMessagesProvider()
  options = {
    directory,
    config: {
      models: { 'native/gpt': PRICE, 'messages/claude': PRICE },
      routes: { safe: ['native/gpt', 'messages/claude'] },
      projects: { red: {}, blue: {} },
    },
    providers: () => ({
      native: {
        base_url: `${native.url}/v1`,
        dialects: ['openai-responses'],
        keys: [
          { name: 'one', value: 'env:ACCOUNT_ONE' },
          { name: 'two', value: 'env:ACCOUNT_TWO' },
        ],
        quirks: { keeps: ['previous_response_id'], compacts: true },
      },
      messages: { base_url: `${messages.url}/v1`, dialects: ['anthropic-messages'], key: 'env:ACCOUNT_ONE' },
    }),
    environment: { ACCOUNT_ONE: 'account-one', ACCOUNT_TWO: 'account-two' },
    keys: {
      red: { project: 'red' },
      crimson: { project: 'red' },
      blue: { project: 'blue' },
      lone: {},
      poor: { project: 'red', budget: { usd: 0.001, per: 'day' } },
    },
  }
  house = await openHouse(options)
})

afterAll(async () => {
  await house.close()
  await native.close()
  await messages.close()
  rmSync(directory, { recursive: true, force: true })
})

const client = (key = 'red'): OpenAI =>
  new OpenAI({ baseURL: `${house.url}/v1`, apiKey: house.key(key), maxRetries: 0 })

type Question = Omit<ResponseCreateParamsNonStreaming, 'stream'>

function ask(question: Question, { mode = 'unary', key = 'red' }: { mode?: Mode; key?: string } = {}) {
  const { responses } = client(key)
  return mode === 'stream'
    ? responses.stream({ ...question, stream: true }).finalResponse()
    : responses.create(question)
}

async function refusal(asked: Promise<unknown>) {
  try {
    await asked
  } catch (thrown) {
    if (!(thrown instanceof APIError)) throw thrown
    const { status, code, param, message } = thrown
    return { status, code, param, message: message.replace(/^\d+ /, '') }
  }
  throw new Error('it was answered')
}

const textOf = ({ output }: OpenaiResponse): string =>
  output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('')

/** What the SDK adds to an answer of its own. */
const OF_THE_SDK: ReadonlySet<string> = new Set([
  'parsed',
  'output_parsed',
  'output_text',
  'parsed_arguments',
  '_request_id',
])

const plain = (answer: unknown): unknown =>
  parseJson(JSON.stringify(answer, (key, value: unknown) => (OF_THE_SDK.has(key) ? undefined : value)))

describe.each(MODES)('a conversation with a model of another language, %s', (mode) => {
  const model = 'messages/claude'

  test('goes on from the id of an answer, whatever was said before', async () => {
    const first = await ask({ model, input: 'One?', instructions: 'Be brief.' }, { mode })
    expect(first).toMatchObject({ store: true, previous_response_id: null })
    const second = await ask({ model, input: 'Two?', previous_response_id: first.id }, { mode })
    expect(second).toMatchObject({ store: true, previous_response_id: first.id })
    const items = [{ role: 'user' as const, content: 'Three?' }]
    const third = await ask({ model, input: items, previous_response_id: second.id }, { mode })
    expect(textOf(third)).toBe('message 5')
    expect(messagesOf(messages.last())).toEqual([
      'user: One?',
      'assistant: message 1',
      'user: Two?',
      'assistant: message 3',
      'user: Three?',
    ])
    // Instructions hold for the request that they came with.
    expect(messages.last().body['system']).toBeUndefined()
  })

  test('is read again as it was answered, item by item, and removed', async () => {
    const first = await ask({ model, input: 'One?' }, { mode })
    const second = await ask({ model, input: 'Two?', previous_response_id: first.id }, { mode })
    const { responses } = client('crimson')
    expect(plain(await responses.retrieve(second.id))).toEqual(plain(second))
    const texts: string[] = []
    for await (const item of responses.inputItems.list(second.id, { limit: 1, order: 'asc' }))
      texts.push(
        item.type === 'message'
          ? `${item.role} ${'text' in item.content[0]! ? item.content[0].text : ''}`
          : '',
      )
    expect(texts).toEqual(['user One?', 'assistant message 1', 'user Two?'])
    expect(await responses.delete(second.id)).toMatchObject({ id: second.id, deleted: true })
    expect(await refusal(responses.retrieve(second.id))).toMatchObject({ status: 404 })
    expect(await refusal(ask({ model, input: 'Three?', previous_response_id: second.id }, { mode }))).toEqual(
      {
        status: 400,
        code: 'previous_response_not_found',
        param: 'previous_response_id',
        message: `Previous response with id '${second.id}' not found.`,
      },
    )
    expect(await responses.retrieve(first.id)).toMatchObject({ id: first.id })
  })

  test('is not stored where the client says so', async () => {
    const first = await ask({ model, input: 'One?', store: false }, { mode })
    expect(first).toMatchObject({ store: false })
    expect(await refusal(client().responses.retrieve(first.id))).toMatchObject({ status: 404 })
  })
})

describe.each(MODES)('a conversation with a provider that stores it itself, %s', (mode) => {
  const model = 'native/gpt'

  test('goes on there, by the account that knows it, in the client’s own words', async () => {
    for (let round = 0; round < 4; round += 1) {
      const first = await ask({ model, input: 'One?' }, { mode })
      const { key } = native.last()
      const second = await ask({ model, input: 'Two?', previous_response_id: first.id }, { mode })
      expect(native.last()).toMatchObject({
        key,
        body: { model: 'gpt', input: 'Two?', previous_response_id: first.id },
      })
      expect(second.previous_response_id).toBe(first.id)
    }
  })

  test('is read again as the provider said it, fields of its own included', async () => {
    const first = await ask({ model, input: 'One?' }, { mode })
    const again = await client().responses.retrieve(first.id)
    expect(plain(again)).toEqual(plain(first))
    expect(again).toMatchObject({ id: first.id, vendor_only: { kept: 1.5 } })
  })

  test('is removed there too, and nowhere where the provider does not remove it', async () => {
    const first = await ask({ model, input: 'One?' }, { mode })
    const { key } = native.last()
    native.fail(500)
    expect(await refusal(client().responses.delete(first.id))).toMatchObject({ status: 500 })
    native.fail(undefined)
    expect(await client().responses.retrieve(first.id)).toMatchObject({ id: first.id })
    expect(await client().responses.delete(first.id)).toMatchObject({ deleted: true })
    expect(native.last()).toMatchObject({ method: 'DELETE', path: `/v1/responses/${first.id}`, key })
    expect(await refusal(client().responses.retrieve(first.id))).toMatchObject({ status: 404 })
  })

  test('loses nothing where another one has to go on', async () => {
    const first = await ask({ model: 'safe', input: 'One?' }, { mode })
    native.fail(503)
    const second = await ask({ model: 'safe', input: 'Two?', previous_response_id: first.id }, { mode })
    native.fail(undefined)
    expect(textOf(second)).toBe('message 3')
    expect(messagesOf(messages.last())).toEqual(['user: One?', `assistant: ${textOf(first)}`, 'user: Two?'])
    // What the other one said is not known there, so all of it is sent.
    await ask({ model, input: 'Three?', previous_response_id: second.id }, { mode })
    expect(native.last().body['previous_response_id']).toBeUndefined()
    expect(
      readObjects(native.last().body, 'input').map((item) => [
        readString(item, 'type'),
        readString(item, 'role'),
      ]),
    ).toEqual(['user', 'assistant', 'user', 'assistant', 'user'].map((role) => ['message', role]))
  })
})

describe('answers that are stored', () => {
  const model = 'messages/claude'

  test('belong to a project, or to the key that has none: for everybody else there are none', async () => {
    const red = await ask({ model, input: 'One?' }, { key: 'red' })
    const lone = await ask({ model, input: 'One?' }, { key: 'lone' })
    const unknown = (id: string) => ({ status: 404, message: `Response with id '${id}' not found.` })
    expect(await client('crimson').responses.retrieve(red.id)).toMatchObject({ id: red.id })
    for (const [key, id] of [
      ['blue', red.id],
      ['lone', red.id],
      ['red', lone.id],
      ['blue', 'resp_0'],
      ['red', '../../etc'],
    ] as const) {
      const { responses } = client(key)
      expect(await refusal(responses.retrieve(id))).toMatchObject(unknown(id))
      expect(await refusal(responses.delete(id))).toMatchObject(unknown(id))
      expect(await refusal(responses.cancel(id))).toMatchObject(unknown(id))
      expect(await refusal(responses.inputItems.list(id).then(() => undefined))).toMatchObject(unknown(id))
      expect(await refusal(ask({ model, input: 'Two?', previous_response_id: id }, { key }))).toMatchObject({
        status: 400,
        code: 'previous_response_not_found',
      })
    }
  })

  test('count in whole for budgets and tokens', async () => {
    const first = await ask({ model, input: 'word '.repeat(2_000) })
    const calls = messages.asked.length
    const counted = await client().responses.inputTokens.count({
      model,
      input: 'And?',
      previous_response_id: first.id,
    })
    expect(counted.input_tokens).toBeGreaterThan(1_500)
    expect(messages.asked.length).toBe(calls + 1)
    const further = { model, input: 'And?', previous_response_id: first.id, max_output_tokens: 16 }
    expect(await refusal(ask(further, { key: 'poor' }))).toMatchObject({ status: 402 })
    expect(messages.asked.length).toBe(calls + 1)
    expect(textOf(await ask(further))).toBe('message 3')
  })

  test('cannot be stopped, since they are over, and are refused by name where they would go on by themselves', async () => {
    const first = await ask({ model, input: 'One?' })
    expect(await refusal(client().responses.cancel(first.id))).toMatchObject({
      status: 400,
      message: 'Cannot cancel a synchronous response.',
    })
    expect(await refusal(ask({ model, input: 'One?', background: true }))).toMatchObject({
      status: 400,
      param: 'background',
    })
  })

  test('are listed as far as the client may ask', async () => {
    const first = await ask({
      model,
      input: [
        { role: 'user', content: 'One?' },
        { role: 'user', content: 'Two?' },
      ],
    })
    const { responses } = client()
    const newest = await responses.inputItems.list(first.id, { limit: 1 })
    expect(newest.data).toMatchObject([{ type: 'message', role: 'user', content: [{ text: 'Two?' }] }])
    expect(newest.has_more).toBe(true)
    for (const [query, param] of [
      [{ limit: 0 }, 'limit'],
      [{ limit: 101 }, 'limit'],
      [{ after: 'msg_unknown' }, 'after'],
    ] as const)
      expect(await refusal(responses.inputItems.list(first.id, query).then(() => undefined))).toMatchObject({
        status: 400,
        param,
      })
    expect(await refusal(responses.retrieve(first.id, { stream: true }))).toMatchObject({
      status: 400,
      param: 'stream',
    })
  })

  test('outlive the gateway, and wait where it is told to store nothing', async () => {
    const first = await ask({ model, input: 'One?' })
    const held = await ask({ model: 'native/gpt', input: 'One?' })
    const { key } = native.last()
    const { keyTexts } = house
    await house.close()
    const { config } = options
    house = await openHouse({ ...options, keyTexts, config: { ...config, responses: { store: false } } })
    // Where nothing is stored, nothing that was leads anywhere either.
    const { data, response } = await client()
      .responses.create({ model, input: 'One?', store: true })
      .withResponse()
    expect(data).toMatchObject({ store: false })
    expect(response.headers.get('x-gatehouse-notices')).toContain('response.not-stored')
    for (const id of [first.id, data.id]) {
      expect(await refusal(client().responses.retrieve(id))).toMatchObject({ status: 404 })
      expect(await refusal(ask({ model, input: 'Two?', previous_response_id: id }))).toMatchObject({
        status: 400,
        code: 'previous_response_not_found',
      })
    }
    await house.close()
    house = await openHouse({ ...options, keyTexts })
    const second = await ask({ model, input: 'Two?', previous_response_id: first.id })
    expect(textOf(second)).toBe('message 3')
    await ask({ model: 'native/gpt', input: 'Two?', previous_response_id: held.id })
    expect(native.last()).toMatchObject({ key, body: { previous_response_id: held.id } })
  })
})

test('an answer that passes and breaks has one id to its end, and is read again under it as one that failed', async () => {
  const body = JSON.stringify({ model: 'native/gpt', input: 'Break!', stream: true })
  const headers = { authorization: `Bearer ${house.key('red')}`, 'content-type': 'application/json' }
  const told = await (await fetch(`${house.url}/v1/responses`, { method: 'POST', headers, body })).text()
  const ids = told.split('\n').flatMap((line) => {
    const event = line.startsWith('data: ') ? parseJsonObject(line.slice(6)) : undefined
    const response = event === undefined ? undefined : readObject(event, 'response')
    return response === undefined ? [] : [readString(response, 'id') ?? '']
  })
  expect(ids).toHaveLength(2)
  const [id = ''] = ids
  expect(id).toStartWith('resp_native')
  expect(ids[1]).toBe(id)
  expect(await client().responses.retrieve(id)).toMatchObject({ id, status: 'failed', output: [] })
})

describe('a conversation that is made shorter', () => {
  const said = [
    { type: 'message' as const, role: 'user' as const, content: 'One?' },
    { type: 'message' as const, role: 'assistant' as const, content: 'Uno.' },
  ]
  const compact = (model: string, more: { previous_response_id?: string } = {}) =>
    client().responses.compact({ model, input: said, ...more })
  /** What goes on from it. */
  const after = ({ output }: CompactedResponse) => {
    const item = output.at(-1)
    const encrypted_content = item?.type === 'compaction' ? item.encrypted_content : ''
    return [
      { type: 'compaction' as const, encrypted_content },
      { role: 'user' as const, content: 'Two?' },
    ]
  }

  test('is made so by a provider that does it itself, and costs what it says', async () => {
    const compacted = await compact('native/gpt')
    expect(native.last()).toMatchObject({
      path: '/v1/responses/compact',
      body: { model: 'gpt', input: said },
    })
    expect(native.last().body['store']).toBeUndefined()
    expect(compacted).toMatchObject({ object: 'response.compaction', usage: { total_tokens: 14 } })
    expect(compacted.output).toMatchObject([said[0] ?? {}, { encrypted_content: 'sealed' }])
    // What it sealed, it opens again; nobody else can.
    const input = after(compacted)
    await ask({ model: 'native/gpt', input })
    expect(native.last().body['input']).toEqual(parseJson(JSON.stringify(input)))
    expect(await refusal(ask({ model: 'messages/claude', input }))).toMatchObject({ status: 400 })
  })

  test('is summed up by a model that cannot, and goes on from that wherever it goes', async () => {
    const compacted = await compact('messages/claude')
    const [, , question] = messagesOf(messages.last())
    expect(question).toStartWith('user: Write a summary')
    expect(compacted.output).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'One?' }] },
      { type: 'compaction' },
    ])
    expect(compacted.usage).toMatchObject({ input_tokens: 10, output_tokens: 4 })
    const input = after(compacted)
    for (const [model, provider] of [
      ['messages/claude', messages],
      ['native/gpt', native],
    ] as const) {
      await ask({ model, input })
      const sent = JSON.stringify(provider.last().body)
      expect(sent).toContain('conversation up to here:\\n\\nmessage 3')
      expect(sent).not.toContain('compaction')
    }
  })

  test('may be one that is stored, and is not stored itself', async () => {
    const first = await ask({ model: 'messages/claude', input: 'Zero?' })
    const compacted = await compact('messages/claude', { previous_response_id: first.id })
    expect(messagesOf(messages.last()).slice(0, 3)).toEqual([
      'user: Zero?',
      'assistant: message 1',
      'user: One?',
    ])
    expect(await refusal(client().responses.retrieve(compacted.id))).toMatchObject({ status: 404 })
  })
})
