import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { GRAMMARS } from '../grammar/all.ts'
import { MODES } from '../modes.ts'
import { openHouse, TARGET_NAMES, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'
import { errorOf } from './shown-error.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const place = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'get_weather', description: 'Gives the weather.', parameters: place }
const schema = { ...place, additionalProperties: false }

describe.each([...TARGET_NAMES])('what the SDK can say in Responses, to %s', (target) => {
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
    // A call may have a proof, which stands before it as an item of its own.
    expect(response.output.at(-1)).toMatchObject({
      type: 'function_call',
      namespace: 'crm',
      name: 'get_weather',
    })
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
})

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
