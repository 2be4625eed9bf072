import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import {
  isObject,
  parseJsonObject,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'
import { openHouse, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

/*
 * Two vendors that refuse what the real ones refuse. A client of the other one, or a route of both, must not get to see that.
 */

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

/** Why Anthropic would refuse the request; undefined when it would not. */
function refusedByMessages(body: JsonObject): string | undefined {
  const model = readString(body, 'model') ?? ''
  if (model === 'overloaded') return 'overloaded'
  const sampled = ['temperature', 'top_p', 'top_k'].some((name) => body[name] !== undefined)
  if (model.startsWith('claude-') && sampled) return 'temperature is not supported by this model'
  const blocks = readObjects(body, 'messages').flatMap((message) => readObjects(message, 'content'))
  const texts = [body['system'], ...blocks.map(({ text }) => text)].filter((text) => typeof text === 'string')
  if (texts.some((text) => text.trim() === '')) return 'text content blocks must contain non-whitespace text'
  const types = blocks.map(
    (block) => readString(readObject(block, 'source') ?? {}, 'media_type') ?? 'image/png',
  )
  if (types.some((type) => !IMAGE_TYPES.includes(type))) return 'media_type'
  return undefined
}

/** The same of OpenAI. */
function refusedByChat(body: JsonObject): string | undefined {
  if (body['max_tokens'] !== undefined) return 'unsupported_parameter: max_tokens'
  if ((readString(body, 'user') ?? '').length > 64) return 'string_above_max_length: user'
  const chooses = body['tool_choice'] !== undefined || body['parallel_tool_calls'] !== undefined
  if (chooses && body['tools'] === undefined) return 'tool_choice is only allowed when tools are specified'
  const bare = readObjects(body, 'tools').some((tool) => {
    const parameters = readObject(readObject(tool, 'function') ?? {}, 'parameters')
    return (
      parameters !== undefined && (parameters['type'] !== 'object' || !isObject(parameters['properties']))
    )
  })
  return bare ? 'object schema missing properties' : undefined
}

function answerAs({ path, body }: { readonly path: string; readonly body: string }): Response {
  const asked = parseJsonObject(body) ?? {}
  const isMessages = path.endsWith('/messages')
  const refusal = isMessages ? refusedByMessages(asked) : refusedByChat(asked)
  if (refusal === 'overloaded') {
    return Response.json(
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      { status: 529 },
    )
  }
  if (refusal !== undefined) {
    const error = { type: 'invalid_request_error', message: refusal }
    return Response.json(isMessages ? { type: 'error', error } : { error }, { status: 400 })
  }
  return Response.json(isMessages ? MESSAGE : COMPLETION)
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5 },
}

const COMPLETION = {
  id: 'c1',
  object: 'chat.completion',
  created: 1_764_000_000,
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop', logprobs: null },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
}

let vendors: ScriptedProvider
let house: House
let before = 0
beforeAll(async () => {
  vendors = openScriptedProvider(answerAs)
  const key = 'env:PROVIDER_KEY'
  house = await openHouse({
    providers: () => ({
      ant: { type: 'anthropic', base_url: vendors.url, key },
      oai: { type: 'openai', base_url: `${vendors.url}/v1`, key },
    }),
    config: { routes: { two: ['ant/m', 'oai/gpt-5.4'], falling: ['ant/overloaded', 'oai/gpt-5.4'] } },
  })
})
afterAll(async () => {
  await house.close()
  await vendors.close()
})
beforeEach(() => {
  before = vendors.calls.length
})

interface Told {
  readonly status: number
  readonly error: JsonObject
  readonly notices: string
  /** What the vendors were asked for it. */
  readonly sent: readonly JsonObject[]
  readonly paths: readonly string[]
}

async function tell(endpoint: 'messages' | 'chat/completions', body: JsonObject): Promise<Told> {
  const response = await fetch(`${house.url}/v1/${endpoint}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': house.key(),
      'anthropic-version': '2023-06-01',
    },
    body: JSON.stringify({ max_tokens: 50, ...body }),
  })
  const calls = vendors.calls.slice(before)
  return {
    status: response.status,
    error: readObject(parseJsonObject(await response.text()) ?? {}, 'error') ?? {},
    notices: response.headers.get('x-gatehouse-notices') ?? '',
    sent: calls.map((call) => parseJsonObject(call.body) ?? {}),
    paths: calls.map(({ path }) => path),
  }
}

const HI = [{ role: 'user', content: 'hi' }]
const image = (url: string): JsonObject => ({
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'what?' },
        { type: 'image_url', image_url: { url } },
      ],
    },
  ],
})

describe('a client of Anthropic is served by OpenAI', () => {
  test.each<[string, JsonObject, string]>([
    [
      'with a choice and no tools',
      { tools: [], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      'tool_choice',
    ],
    ['with the choice of none', { tool_choice: { type: 'none' } }, 'tool_choice'],
    [
      'with the long name of an agent for its user',
      { metadata: { user_id: 'u'.repeat(186) } },
      'param.clamped=user',
    ],
    [
      'with tools that take nothing',
      {
        tools: [
          { name: 'help', input_schema: { type: 'object' } },
          { name: 'list', input_schema: {} },
        ],
      },
      '',
    ],
  ])('%s', async (_what, body, notice) => {
    const told = await tell('messages', { model: 'oai/m', messages: HI, ...body })
    expect(told.status).toBe(200)
    expect(told.notices).toContain(notice)
  })

  test('or told to send the whole conversation where it would be continued', async () => {
    const thread = { type: 'continue', previous_message_id: 'msg_x' }
    const told = await tell('messages', {
      model: 'oai/m',
      thread,
      messages: [{ role: 'user', content: 'and now?' }],
    })
    expect(told.status).toBe(400)
    expect(told.error).toMatchObject({
      type: 'invalid_request_error',
      details: { error_code: 'thread_unsupported_request' },
    })
    expect(told.sent).toEqual([])
  })
})

describe('a client of OpenAI is served by Anthropic', () => {
  test.each<[string, JsonObject]>([
    ['with an image of a common name', image('data:image/jpg;base64,/9j/4AAQ')],
    ['with an image that shouts', image('data:IMAGE/PNG;base64,AAAA')],
    ['with an image that does not say what it is', image('data:;base64,iVBORw0KGgo=')],
    [
      'with a temperature that the model refuses',
      { model: 'ant/claude-opus-4-7', temperature: 0.4, messages: HI },
    ],
    ['with a system message of nothing', { messages: [{ role: 'system', content: ' \n' }, ...HI] }],
    ['with a question of nothing', { messages: [{ role: 'user', content: '   ' }] }],
    [
      'with a text of the newer API',
      { messages: [{ role: 'user', content: [{ type: 'input_text', text: '2+2?' }] }] },
    ],
  ])('%s', async (_what, body) => {
    expect((await tell('chat/completions', { model: 'ant/m', ...body })).status).toBe(200)
  })

  test('or refused before anything is sent, with the place of what nobody understands', async () => {
    const content = [{ type: 'hologram', text: 'x' }]
    const told = await tell('chat/completions', { model: 'ant/m', messages: [{ role: 'user', content }] })
    expect(told.status).toBe(400)
    expect(told.error['param']).toBe('messages[0].content[0]')
    expect(told.sent).toEqual([])
  })
})

describe('a route goes on to the next target', () => {
  test.each(['data:image/svg+xml;base64,PHN2Zy8+', 'data:image/bmp;base64,Qk0='])(
    'with an image that the first does not take: %s',
    async (url) => {
      const told = await tell('chat/completions', { model: 'two', ...image(url) })
      expect(told.status).toBe(200)
      expect(told.paths).toEqual(['/v1/chat/completions'])
    },
  )

  test('which is told the output limit by the name that it takes', async () => {
    const told = await tell('chat/completions', { model: 'falling', messages: HI })
    expect(told.status).toBe(200)
    expect(told.sent.at(-1)).toEqual({ model: 'gpt-5.4', messages: HI, max_completion_tokens: 50 })
  })
})
