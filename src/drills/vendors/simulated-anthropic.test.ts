import Anthropic, { AuthenticationError, NotFoundError, RateLimitError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { anthropicMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { parseJson } from '../../kit/json.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../simulated-provider.ts'
import { thrownBy } from './thrown-by.fixture.ts'

let provider: SimulatedProvider
let client: Anthropic

beforeAll(async () => {
  provider = await openTestProvider([anthropicMessages])
  client = new Anthropic({ apiKey: TEST_CREDENTIAL, baseURL: provider.url, maxRetries: 0 })
})
afterAll(() => provider.close())

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

function ask(
  model: string,
  more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {},
): Anthropic.MessageCreateParamsNonStreaming {
  return { model, max_tokens: 4_096, messages: [{ role: 'user', content: 'Why is the sky blue?' }], ...more }
}

/** What a message says, without what differs from answer to answer. */
function told({ id: _id, ...message }: Anthropic.Message): Omit<Anthropic.Message, 'id'> {
  return message
}

describe('the official Anthropic SDK at the simulated provider', () => {
  test('gets a text with its usage', async () => {
    const message = await client.messages.create(ask('echo'))
    expect(message.content).toMatchObject([{ type: 'text', text: 'Why is the sky blue?' }])
    expect(message).toMatchObject({ model: 'echo', stop_reason: 'end_turn', usage: { output_tokens: 5 } })
    expect(message.usage.input_tokens).toBeGreaterThan(4)
  })

  test.each(['smart', 'reason', 'json', 'long?tokens=300', 'refuse', 'empty'])(
    'gets the same message streamed and at once from %s',
    async (model) => {
      const whole = await client.messages.create(ask(model))
      const streamed = await client.messages.stream(ask(model)).finalMessage()
      expect(told(streamed)).toMatchObject(told(whole))
    },
  )

  test('sees one delta per token', async () => {
    const deltas: string[] = []
    const stream = client.messages.stream(ask('echo'))
    stream.on('text', (delta) => deltas.push(delta))
    await stream.done()
    expect(deltas).toEqual(['Why', ' is', ' the', ' sky', ' blue?'])
  })

  test('calls tools, several at once, and hears about their results', async () => {
    const tools = [weather, { ...weather, name: 'get_time' }]
    const called = await client.messages.stream(ask('tools', { tools })).finalMessage()
    expect(called.stop_reason).toBe('tool_use')
    const calls = called.content.filter((block) => block.type === 'tool_use')
    expect(calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
    expect(calls[0]?.input).toEqual({ city: expect.any(String) })
    const results = calls.map(({ id, name }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: `${name} is fine`,
    }))
    const answer = await client.messages.create(
      ask('tools', {
        tools,
        messages: [
          { role: 'user', content: 'Go.' },
          { role: 'assistant', content: called.content },
          { role: 'user', content: results },
        ],
      }),
    )
    expect(answer.content).toMatchObject([
      { text: expect.stringContaining('get_weather: get_weather is fine') },
    ])
  })

  test('calls one tool only when parallel calls are off', async () => {
    const tools = [weather, { ...weather, name: 'get_time' }]
    const message = await client.messages.create(
      ask('tools', { tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
    )
    expect(message.content.filter(({ type }) => type === 'tool_use')).toHaveLength(1)
  })

  test('gets JSON that fits the schema', async () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      required: ['n'],
      additionalProperties: false,
    }
    const message = await client.messages.create(
      ask('json', { output_config: { format: { type: 'json_schema', schema } } }),
    )
    const [block] = message.content
    expect(block?.type === 'text' ? parseJson(block.text) : undefined).toEqual({ n: expect.any(Number) })
  })

  test('stops at the stop sequence and at the maximum of tokens', async () => {
    const stopped = await client.messages.create(ask('stop', { stop_sequences: ['###'] }))
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '###' })
    const cut = await client.messages.create(ask('long', { max_tokens: 17 }))
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 17 } })
  })

  test('is told what a picture was', async () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } } as const
    const message = await client.messages.create(
      ask('vision', { messages: [{ role: 'user', content: [image] }] }),
    )
    expect(message.content).toMatchObject([{ text: 'I see 1 image: image image/png, 70 bytes.' }])
  })

  test('gets reasoning with a signature that holds until it is changed', async () => {
    const first = ask('reason')
    const { content } = await client.messages.stream(first).finalMessage()
    const [thinking] = content
    if (thinking?.type !== 'thinking') throw new Error('no thinking')
    expect(thinking.signature).not.toBe('')
    const next = (
      block: Anthropic.ContentBlockParam,
      question = 'Why is the sky blue?',
    ): Anthropic.MessageCreateParamsNonStreaming =>
      ask('reason', {
        messages: [
          { role: 'user', content: question },
          { role: 'assistant', content: [block, { type: 'text', text: 'So.' }] },
          { role: 'user', content: 'Go on.' },
        ],
      })
    expect((await client.messages.create(next(thinking))).content).toHaveLength(2)
    expect(
      await thrownBy(client.messages.create(next({ ...thinking, thinking: 'Something else.' }))),
    ).toMatchObject({
      message: expect.stringContaining('messages.1.content.0: Invalid `signature` in `thinking` block'),
    })
    expect(await thrownBy(client.messages.create(next(thinking, 'Why is it red?')))).toMatchObject({
      message: expect.stringContaining('bound to a different conversation'),
    })
  })

  test('counts tokens as the answer reports them', async () => {
    const { messages } = ask('echo')
    const { input_tokens } = await client.messages.countTokens({ model: 'echo', messages })
    expect((await client.messages.create(ask('echo'))).usage.input_tokens).toBe(input_tokens)
  })

  test('lists the models', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids).toContain('smart')
  })

  test('gets errors as its own classes', async () => {
    expect(await thrownBy(client.messages.create(ask('nothing')))).toBeInstanceOf(NotFoundError)
    expect(await thrownBy(client.messages.create(ask('slow?tfft=1')))).toMatchObject({
      message: expect.stringContaining("Did you mean 'ttft'"),
    })
    expect(await thrownBy(client.messages.create(ask('fault?kind=status-529')))).toMatchObject({
      message: expect.stringContaining('Overloaded'),
    })
    expect(await thrownBy(client.messages.create(ask('fault?kind=status-429&retry-after=7')))).toBeInstanceOf(
      RateLimitError,
    )
    expect(await thrownBy(client.messages.create(ask('echo', { messages: [] })))).toMatchObject({
      message: expect.stringContaining('at least one message'),
    })
    const stranger = new Anthropic({ apiKey: 'wrong', baseURL: provider.url, maxRetries: 0 })
    expect(await thrownBy(stranger.messages.create(ask('echo')))).toBeInstanceOf(AuthenticationError)
  })

  test('gets an error in the middle of a stream as an error', async () => {
    const stream = client.messages.stream(ask('fault?kind=error-event-mid-stream'))
    expect(await thrownBy(stream.finalMessage())).toMatchObject({
      message: expect.stringContaining('Overloaded'),
    })
  })

  test('gets through by its own retries when a model is flaky', async () => {
    const patient = new Anthropic({ apiKey: TEST_CREDENTIAL, baseURL: provider.url, maxRetries: 2 })
    const message = await patient.messages.create(ask('fault?kind=status-500&times=1'))
    expect(message.content).toHaveLength(1)
  })
})
