import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI, { APIError, AuthenticationError, NotFoundError, RateLimitError } from 'openai'
import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'
import { parseJson } from '../../kit/json.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../simulated-provider.ts'
import { thrownBy } from './thrown-by.fixture.ts'

let provider: SimulatedProvider
let client: OpenAI

beforeAll(async () => {
  provider = await openTestProvider([openaiChat])
  client = new OpenAI({ apiKey: TEST_CREDENTIAL, baseURL: `${provider.url}/v1`, maxRetries: 0 })
})
afterAll(() => provider.close())

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

function ask(model: string, more: Partial<Params> = {}): Params {
  return { model, messages: [{ role: 'user', content: 'Why is the sky blue?' }], ...more }
}

function toolNamed(name: string): OpenAI.ChatCompletionTool {
  return { type: 'function', function: { name, strict: true, parameters: schema } }
}

describe('the official OpenAI SDK at the simulated provider', () => {
  test('gets a text with its usage', async () => {
    const completion = await client.chat.completions.create(ask('echo'))
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'echo',
      system_fingerprint: 'fp_simulated',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Why is the sky blue?' } }],
      usage: { completion_tokens: 5 },
    })
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0 } = completion.usage ?? {}
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  })

  test.each(['smart', 'reason', 'json', 'long?tokens=300', 'refuse', 'empty'])(
    'gets the same message streamed and at once from %s',
    async (model) => {
      const whole = await client.chat.completions.create(ask(model))
      const stream = client.chat.completions.stream({
        ...ask(model),
        stream: true,
        stream_options: { include_usage: true },
      })
      const streamed = await stream.finalChatCompletion()
      const [said] = whole.choices
      const [heard] = streamed.choices
      // The first chunk of a stream says `content: ""` where a body says null.
      expect(heard?.message.content ?? '').toBe(said?.message.content ?? '')
      expect(heard?.message.refusal).toBe(said?.message.refusal ?? null)
      expect(heard?.finish_reason).toBe(said?.finish_reason ?? 'stop')
      expect(streamed.usage).toEqual(whole.usage)
    },
  )

  test('sees the role first, then one delta per token, and usage only when it asked for it', async () => {
    const chunks = []
    for await (const chunk of await client.chat.completions.create({ ...ask('echo'), stream: true }))
      chunks.push(chunk)
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' })
    const texts = chunks
      .slice(1)
      .map((chunk) => chunk.choices[0]?.delta.content)
      .filter((text) => typeof text === 'string')
    expect(texts).toEqual(['Why', ' is', ' the', ' sky', ' blue?'])
    expect(chunks.some((chunk) => chunk.usage !== undefined && chunk.usage !== null)).toBe(false)
  })

  test('calls tools, several at once, and hears about their results', async () => {
    const tools = [toolNamed('get_weather'), toolNamed('get_time')]
    const called = await client.chat.completions
      .stream({ ...ask('tools', { tools }), stream: true })
      .finalChatCompletion()
    const [choice] = called.choices
    expect(choice?.finish_reason).toBe('tool_calls')
    const calls = (choice?.message.tool_calls ?? []).filter((call) => call.type === 'function')
    expect(calls.map((call) => call.function.name)).toEqual(['get_weather', 'get_time'])
    expect(parseJson(calls[0]?.function.arguments ?? '')).toEqual({ city: expect.any(String) })
    const answer = await client.chat.completions.create(
      ask('tools', {
        tools,
        messages: [
          { role: 'user', content: 'Go.' },
          {
            role: 'assistant',
            tool_calls: calls.map(({ id, type, function: { name, arguments: given } }) => ({
              id,
              type,
              function: { name, arguments: given },
            })),
          },
          ...calls.map(({ id, function: { name } }) => ({
            role: 'tool' as const,
            tool_call_id: id,
            content: `${name} is fine`,
          })),
        ],
      }),
    )
    expect(answer.choices[0]?.message.content).toContain('get_weather: get_weather is fine')
  })

  test('calls the tool that it must, and one only when parallel calls are off', async () => {
    const tools = [toolNamed('get_weather'), toolNamed('get_time')]
    const forced = await client.chat.completions.create(
      ask('tools', { tools, tool_choice: { type: 'function', function: { name: 'get_time' } } }),
    )
    expect(forced.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'get_time' } }])
    const single = await client.chat.completions.create(ask('tools', { tools, parallel_tool_calls: false }))
    expect(single.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  test('parses JSON that fits the schema', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } } as const
    const parsed = await client.chat.completions.parse(ask('json', { response_format: format }))
    expect(parsed.choices[0]?.message.parsed).toEqual({ city: expect.any(String) })
  })

  test('gets several choices, log probabilities and what it asked for in one go', async () => {
    const completion = await client.chat.completions.create(
      ask('smart', { n: 2, logprobs: true, top_logprobs: 1 }),
    )
    expect(completion.choices.map(({ index }) => index)).toEqual([0, 1])
    const [first] = completion.choices
    const tokens = first?.logprobs?.content?.map(({ token }) => token) ?? []
    expect(tokens.join('')).toBe(first?.message.content ?? '')
  })

  test('stops at the stop sequence and at the maximum of tokens', async () => {
    const stopped = await client.chat.completions.create(ask('stop', { stop: ['###'] }))
    expect(stopped.choices[0]?.finish_reason).toBe('stop')
    expect(stopped.choices[0]?.message.content).not.toContain('behind the stop')
    const cut = await client.chat.completions.create(ask('long', { max_completion_tokens: 17 }))
    expect(cut).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 17 } })
  })

  test('is told what a picture was', async () => {
    const content = [{ type: 'image_url' as const, image_url: { url: PIXEL } }]
    const completion = await client.chat.completions.create(
      ask('vision', { messages: [{ role: 'user', content }] }),
    )
    expect(completion.choices[0]?.message.content).toBe('I see 1 image: image image/png, 70 bytes.')
  })

  test('gets reasoning counted inside the output, and cached tokens inside the input', async () => {
    const { usage } = await client.chat.completions.create(ask('reason?tokens=10&cached=3'))
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(10)
    expect(usage?.completion_tokens).toBeGreaterThan(10)
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(3)
  })

  test('lists the models', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids).toContain('smart')
  })

  test('gets errors as its own classes', async () => {
    const errors = client.chat.completions
    expect(await thrownBy(errors.create(ask('nothing')))).toBeInstanceOf(NotFoundError)
    expect(await thrownBy(errors.create(ask('slow?tfft=1')))).toMatchObject({
      status: 400,
      message: expect.stringContaining("Did you mean 'ttft'"),
    })
    expect(await thrownBy(errors.create(ask('fault?kind=status-503')))).toMatchObject({ status: 503 })
    expect(await thrownBy(errors.create(ask('echo', { stop: ['1', '2', '3', '4', '5'] })))).toMatchObject({
      param: 'stop',
      code: 'array_above_max_length',
    })
    const stranger = new OpenAI({ apiKey: 'wrong', baseURL: `${provider.url}/v1`, maxRetries: 0 })
    expect(await thrownBy(stranger.chat.completions.create(ask('echo')))).toBeInstanceOf(AuthenticationError)
  })

  test('is limited per minute and told how long to wait', async () => {
    const limited = ask('limited?rpm=2')
    await client.chat.completions.create(limited)
    await client.chat.completions.create(limited)
    const error = await thrownBy(client.chat.completions.create(limited))
    if (!(error instanceof RateLimitError)) throw new Error('not limited')
    expect(Number(error.headers.get('retry-after'))).toBeWithin(1, 61)
  })

  test('gets an error in the middle of a stream as an error', async () => {
    const stream = client.chat.completions.stream({
      ...ask('fault?kind=error-event-mid-stream'),
      stream: true,
    })
    expect(await thrownBy(stream.finalChatCompletion())).toBeInstanceOf(APIError)
  })

  test('gets through by its own retries when the first request fails', async () => {
    const patient = new OpenAI({ apiKey: TEST_CREDENTIAL, baseURL: `${provider.url}/v1`, maxRetries: 2 })
    const completion = await patient.chat.completions.create(ask('fault?kind=status-500&times=1'))
    expect(completion.choices).toHaveLength(1)
  })
})
