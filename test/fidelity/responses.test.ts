import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { totalInput, totalOutput } from '../../src/exchange/usage.ts'
import { parseJson, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { MODES } from '../modes.ts'
import { anthropicClient } from './anthropic-client.ts'
import { openHouse, type House } from './house.ts'
import { createOpenai, openaiClient } from './openai-client.ts'
import { openaiResponsesClient } from './openai-responses-client.ts'
import { errorOf } from './shown-error.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const CLIENTS = [openaiResponsesClient, openaiClient, anthropicClient] as const
const CELLS = CLIENTS.flatMap((client) =>
  MODES.map((mode) => ({ name: `${client.name} → responses, ${mode}`, client, mode })),
)
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const place = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'get_weather', description: 'Gives the weather.', parameters: place }
const time = { name: 'get_time', description: 'Gives the time.', parameters: place }
const schema = { ...place, additionalProperties: false }

/** The items that the provider got last. */
const items = (): readonly JsonObject[] => readObjects(house.lastBody(), 'input')

describe.each([...CELLS])('a provider of Responses: $name', ({ client, mode }) => {
  test('is told the system prompt and the turns, and answers to the letter', async () => {
    const talk = client.open(house, {
      model: 'responses/echo',
      mode,
      system: 'Answer like a lighthouse keeper.',
    })
    await talk.say('First question.')
    const reply = await talk.say('Grüße, "東京" 🚀')
    expect(reply.text).toBe('Grüße, "東京" 🚀')
    expect(reply.finish).toBe(client.finishes.stop)
    expect(readString(house.lastBody(), 'instructions')).toBe('Answer like a lighthouse keeper.')
    expect(items().map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  })

  test('calls several tools, and each result finds its call', async () => {
    const talk = client.open(house, { model: 'responses/tools', mode, tools: [weather, time] })
    const called = await talk.say('Everything, please.')
    expect(called.finish).toBe(client.finishes['tool-calls'])
    expect(called.calls.map(({ name }) => name)).toEqual(['get_weather', 'get_time'])
    const answer = await talk.report(called.calls.map(({ id, name }) => ({ id, name, text: 'fine' })))
    expect(answer.text).toBe('The tools answered. get_weather: fine get_time: fine')
  })

  test('sees images, holds to a schema, and says that a limit ended it', async () => {
    const seen = await client.open(house, { model: 'responses/vision', mode }).say('Look.', [PIXEL])
    expect(seen.text).toBe('I see 1 image: image image/png, 70 bytes.')
    const formed = await client.open(house, { model: 'responses/json', mode, schema }).say('Fill the form.')
    expect(parseJson(formed.text)).toMatchObject({ city: expect.any(String) })
    const long = await client.open(house, { model: 'responses/long', mode, maxTokens: 17 }).say('Go on.')
    expect(long).toMatchObject({ finish: client.finishes.length, usage: { output: 17 } })
  })

  test('gets its proof of reasoning back byte for byte with the next turn', async () => {
    const talk = client.open(house, { model: 'responses/reason', mode, reasoning: true })
    const first = await talk.say('Think about castles.')
    expect(first.reasoning.length).toBeGreaterThan(20)
    const reply = await talk.say('And about moats.')
    // The simulated provider refuses a proof that was changed.
    expect(items().find(({ type }) => type === 'reasoning')).toMatchObject({
      summary: [{ type: 'summary_text', text: first.reasoning }],
    })
    expect(reply.wire.notices).not.toContain('seal.foreign')
    expect(reply.text).toContain('about moats')
  })

  test('is charged for what client and ledger are told', async () => {
    const talk = client.open(house, { model: 'responses/reason?tokens=10&cached=2', mode, reasoning: true })
    const { usage, wire } = await talk.say('How much does a castle cost?')
    const [bill] = await house.bills(wire.requestId)
    if (bill?.usage === undefined) throw new Error('nothing was charged')
    expect(usage).toMatchObject({
      input: totalInput(bill.usage),
      output: totalOutput(bill.usage),
      cacheRead: bill.usage.cacheReadTokens,
    })
    const { attempts } = await house.row(wire.requestId)
    expect(attempts[0]).toMatchObject({ basis: 'reported', reasoning_tokens: bill.usage.reasoningTokens })
  })

  test('breaks off: the SDK throws, and nothing looks like success', async () => {
    const model = `responses/fault?kind=truncate-mid-stream&as=echo&after=3&id=${CELLS.length}`
    const error = await errorOf(
      client.open(house, { model, mode }).say('Why is the sky blue on a clear day?'),
    )
    expect(error.message).toMatch(/broke off before the end|not an answer/)
  })
})

describe.each(['chat', 'messages', 'responses'] as const)(
  'what the SDK can say in Responses, to %s',
  (target) => {
    const ask = (params: object, model = 'tools') =>
      createOpenai(house).responses.create({
        model: `${target}/${model}`,
        input: 'ls -l "my castle"',
        ...params,
      })
    const shell = { type: 'custom' as const, name: 'shell', description: 'Runs a command.' }

    test('responses.parse reads a form', async () => {
      const format = { type: 'json_schema' as const, name: 'form', strict: true, schema: { ...schema } }
      const parsed = await createOpenai(house).responses.parse({
        model: `${target}/json`,
        input: 'Fill the form.',
        text: { format },
      })
      expect(parsed.output_parsed).toMatchObject({ city: expect.any(String) })
    })

    test.each([...MODES])('a tool that takes free text is called with bare text, %s', async (mode) => {
      const sdk = createOpenai(house)
      const params = { model: `${target}/tools`, input: 'ls -l "my castle"', tools: [shell] }
      const response =
        mode === 'unary'
          ? await sdk.responses.create(params)
          : await sdk.responses.stream({ ...params, stream: true }).finalResponse()
      const [call] = response.output.flatMap((item) => (item.type === 'custom_tool_call' ? [item] : []))
      if (call === undefined) throw new Error(`no custom call: ${JSON.stringify(response.output)}`)
      expect(call.name).toBe('shell')
      expect(() => JSON.parse(call.input)).toThrow()
      const next = await sdk.responses.create({
        ...params,
        input: [
          { role: 'user', content: 'ls' },
          { type: 'custom_tool_call', call_id: call.call_id, name: 'shell', input: call.input },
          { type: 'custom_tool_call_output', call_id: call.call_id, output: 'gate.txt' },
        ],
      })
      expect(next.output_text).toBe('The tools answered. shell: gate.txt')
    })

    test('a tool of a namespace is called by both its names', async () => {
      const tools = [
        {
          type: 'namespace',
          name: 'crm',
          description: 'Customers.',
          tools: [{ type: 'function', ...weather, strict: false }],
        },
      ]
      const response = await ask({ tools })
      expect(response.output).toMatchObject([
        { type: 'function_call', namespace: 'crm', name: 'get_weather' },
      ])
    })

    test('a stream is legal, and told by name', async () => {
      const { url, key } = house
      const response = await fetch(`${url}/v1/responses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: `${target}/tools`,
          stream: true,
          // What an agent asks: instructions of its developer, tools of three kinds, nothing kept.
          input: [
            { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
            {
              type: 'message',
              role: 'user',
              content: [{ type: 'input_text', text: 'What is the weather?' }],
            },
          ],
          tools: [{ type: 'function', ...weather, strict: false }, shell, { type: 'web_search' }],
          tool_choice: 'auto',
          parallel_tool_calls: true,
          reasoning: { effort: 'low', summary: 'auto' },
          store: false,
          include: ['reasoning.encrypted_content'],
          prompt_cache_key: 'thread-1',
          text: { verbosity: 'low' },
        }),
      })
      const wire = await response.text()
      expect(GRAMMARS['openai-responses'](wire)).toEqual([])
      expect(wire).toContain('event: response.completed\n')
      const dropped = response.headers.get('x-gatehouse-notices')?.includes('tool.dropped=tools[2]') === true
      expect(dropped).toBe(target !== 'responses')
    })
  },
)

describe.each(['chat', 'messages'] as const)('what only its own providers know, to %s', (target) => {
  const told = async (params: object): Promise<string> => {
    const sdk = createOpenai(house)
    return (await errorOf(sdk.responses.create({ model: `${target}/echo`, input: 'Hi.', ...params }))).message
  }

  test.each([
    [
      'a hosted tool that is all there is',
      { tools: [{ type: 'file_search', vector_store_ids: ['v'] }] },
      'file_search',
    ],
    ['a conversation that was kept', { previous_response_id: 'resp_1' }, 'Previous response'],
    ['a conversation that a provider keeps', { conversation: 'conv_1' }, 'conversation'],
    ['an item that was kept', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'send the item itself'],
    [
      'an item that nobody knows',
      {
        input: [
          { type: 'hologram', id: 'h' },
          { role: 'user', content: 'Hi.' },
        ],
      },
      'hologram',
    ],
    ['an answer in the background', { background: true }, 'background'],
  ])('%s is refused by its name', async (_what, params, name) => {
    expect(await told(params)).toContain(name)
  })

  test('null stands for absent, and a wish to keep the answer is told as lost', async () => {
    const sdk = createOpenai(house)
    const { data, response } = await sdk.responses
      .create({ model: `${target}/echo`, input: 'Hi.', previous_response_id: null, store: true })
      .withResponse()
    expect(data.output_text).toBe('Hi.')
    expect(response.headers.get('x-gatehouse-notices')).toContain('unknown.dropped=store')
  })
})

test('an offer of a WebSocket is declined so that agents fall back at once', async () => {
  const response = await fetch(`${house.url}/v1/responses`, {
    headers: { authorization: `Bearer ${house.key}`, upgrade: 'websocket', connection: 'upgrade' },
  })
  expect(response.status).toBe(426)
})
