import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import { parseJsonObject, readObjects, type Json, type JsonObject } from '../../kit/json.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { RequestContext } from '../dialect.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiResponses } from './openai-responses.ts'

const chat = speakChat(openaiResponses)
const USER = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }

function read(body: JsonObject): ChatRequest {
  return chat.decodeRequest({ model: 'm', input: [USER], ...body }).request
}

function write(request: ChatRequest, context: Partial<RequestContext> = {}) {
  const notices: string[] = []
  const wire = chat.encodeRequest(request, {
    model: 'm',
    quirks: {},
    capabilities: {},
    headers: {},
    notice: (code, where) => void notices.push(where === undefined ? code : `${code}=${where}`),
    ...context,
  })
  return { body: parseJsonObject(wire.body) ?? {}, headers: wire.headers, notices }
}

/** The request again, as a provider of the same family is told of it. */
const again = (body: JsonObject): JsonObject => write(read(body)).body

describe('a request', () => {
  test('comes back as it was, with what only the family understands, and nothing is kept that was not asked for', () => {
    const body: JsonObject = {
      instructions: 'Be brief.',
      max_output_tokens: 100,
      truncation: 'auto',
      prompt_cache_key: 'thread-1',
      client_metadata: { turn: '1' },
      text: {
        verbosity: 'low',
        format: { type: 'json_schema', name: 'form', schema: { type: 'object' }, strict: true },
      },
      reasoning: { effort: 'high', summary: 'detailed' },
      include: ['web_search_call.action.sources'],
    }
    expect(again(body)).toEqual({
      ...body,
      model: 'm',
      store: false,
      input: [USER],
      include: ['web_search_call.action.sources', 'reasoning.encrypted_content'],
    })
    expect(again({ store: true })).toMatchObject({ store: true })
  })

  test('takes null for what is not there, and a text for one message of a user', () => {
    const nulls = [
      'instructions',
      'max_output_tokens',
      'previous_response_id',
      'reasoning',
      'text',
      'tools',
      'user',
    ]
    const request = read({ input: 'hi', ...Object.fromEntries(nulls.map((name) => [name, null])) })
    expect(write(request).body).toEqual({ model: 'm', store: false, input: [USER] })
  })

  test.each<[string, JsonObject, string]>([
    ['no item', { input: [] }, 'input'],
    ['a role that nobody has', { input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    ['a call without its id', { input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id'],
    [
      'a picture without an address',
      { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
      'input[0].content[0].image_url',
    ],
    ['a reference to what is not kept', { input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0]'],
    ['an answer in the background', { background: true }, 'background'],
    ['no output', { max_output_tokens: 0 }, 'max_output_tokens'],
    ['two limits that disagree', { max_output_tokens: 5, max_tokens: 6 }, 'max_tokens'],
  ])('with %s is refused where that stands', (_what, body, param) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ details: expect.objectContaining({ param }) }))
  })

  test('carries the headers in which agents name session, thread and request', () => {
    const headers = {
      'session-id': 's',
      'thread-id': 't',
      originator: 'codex_exec',
      'x-codex-turn': '1',
      'x-client-request-id': 'r',
      'x-other': 'no',
    }
    const { 'x-other': _other, ...travel } = headers
    expect(write(read({}), { headers }).headers).toEqual(travel)
  })

  test('loses sampling in both lanes where the model takes none', () => {
    const body = { model: 'm', input: 'hi', temperature: 0.2, top_p: 1 }
    const notices: string[] = []
    const context = {
      request: read(body),
      model: 'm',
      quirks: {},
      capabilities: { sampling: false } as const,
      headers: {},
      notice: (code: string) => void notices.push(code),
    }
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const passed = new TextDecoder().decode(chat.passRequest(bytes, context).body)
    expect(parseJsonObject(passed)).toEqual({ model: 'm', input: 'hi' })
    expect(notices).toEqual(['param.dropped'])
    expect(chat.encodeRequest(context.request, context).body).not.toContain('temperature')
  })
})

describe('items', () => {
  test('of an answer between two messages are one turn, and come back one by one', () => {
    const input: Json[] = [
      USER,
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'proof' },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Look.', annotations: [] }],
      },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1.0}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'shell', input: 'ls' },
      { type: 'function_call_output', call_id: 'c1', output: 'fine' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'gate.txt' },
    ]
    const request = read({ input })
    expect(request.turns.map(({ role, blocks }) => [role, ...blocks.map(({ type }) => type)])).toEqual([
      ['user', 'text'],
      ['assistant', 'reasoning', 'text', 'tool-call', 'tool-call'],
      ['user', 'tool-result', 'tool-result'],
    ])
    expect(write(request).body['input']).toEqual(input)
  })

  test('that hold media come back, and a result that holds a picture keeps it', () => {
    const image = { type: 'input_image', image_url: 'https://x.example/a.png', detail: 'low' }
    const file = { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }
    const input: Json[] = [
      { type: 'message', role: 'user', content: [image, file, { type: 'input_file', file_id: 'file_1' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'seen' }, image] },
    ]
    expect(again({ input })['input']).toEqual(input)
  })

  test('that only this family knows travel whole, and stand for nothing or are refused elsewhere', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    const [, answer] = read({ input: [USER, search] }).turns
    expect(answer?.blocks).toMatchObject([{ type: 'native', raw: search, elsewhere: '' }])
    const [, unknown] = read({ input: [USER, { type: 'hologram' }] }).turns
    expect(unknown?.blocks[0]).not.toHaveProperty('elsewhere')
    expect(again({ input: [USER, search] })['input']).toEqual([USER, search])
  })

  test('bring proofs of other families back to the calls that they belong to', () => {
    const signature = { family: 'other', scheme: 's', value: 'v' }
    const carried = {
      type: 'reasoning',
      summary: [],
      encrypted_content: wrapSignature({ signature, callId: 'c' }),
    }
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
    const request = read({ input: [USER, carried, call] })
    expect(request.turns[1]?.blocks).toMatchObject([{ type: 'tool-call', id: 'c', signature }])
    const { body, notices } = write(request)
    expect(body['input']).toEqual([USER, call])
    expect(notices).toEqual(['seal.foreign=input[2].arguments'])
  })
})

describe('tools', () => {
  const look = {
    type: 'function',
    name: 'look',
    description: 'Looks.',
    parameters: { type: 'object', properties: {} },
    strict: false,
  }
  const patch = {
    type: 'custom',
    name: 'apply_patch',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
  }

  test('of every kind come back as they were, those of a namespace below it', () => {
    const tools: Json[] = [
      look,
      {
        type: 'namespace',
        name: 'crm',
        description: 'Customers.',
        tools: [look, { ...patch, name: 'p'.repeat(62) }],
      },
      patch,
      { type: 'web_search', external_web_access: true },
      { type: 'tool_search' },
    ]
    expect(again({ tools })['tools']).toEqual(tools)
  })

  test('of a namespace are known by both names, and called and chosen by both', () => {
    const tools: Json[] = [{ type: 'namespace', name: 'crm', tools: [look] }]
    const call = { type: 'function_call', call_id: 'c', name: 'look', namespace: 'crm', arguments: '{}' }
    const tool_choice = { type: 'function', name: 'look', namespace: 'crm' }
    const request = read({ tools, input: [USER, call], tool_choice })
    expect(request.tools).toMatchObject([{ type: 'function', name: 'crm__look' }])
    expect(request.turns[1]?.blocks).toMatchObject([{ name: 'crm__look' }])
    const { body } = write(request)
    expect(readObjects(body, 'input')[1]).toEqual(call)
    expect(body['tool_choice']).toEqual(tool_choice)
  })

  test('that join on the way are offered with the others', () => {
    const joined = { type: 'additional_tools', role: 'developer', tools: [look] }
    expect(read({ tools: [patch], input: [USER, joined] }).tools).toMatchObject([
      { name: 'apply_patch' },
      { name: 'look' },
    ])
  })

  test.each([
    [
      'beside functions are offered by habit',
      [look, { type: 'image_generation' }],
      undefined,
      [undefined, true],
    ],
    ['alone are meant', [{ type: 'web_search' }], undefined, [undefined]],
    [
      'that are chosen are meant',
      [look, { type: 'web_search' }],
      { type: 'web_search' },
      [undefined, undefined],
    ],
    ['of other kinds are meant', [look, { type: 'file_search' }], undefined, [undefined, undefined]],
  ] as const)('that a provider runs %s', (_what, tools, tool_choice, optional) => {
    const read_ = read({ tools: [...tools], ...(tool_choice === undefined ? {} : { tool_choice }) })
    expect(read_.tools?.map((tool) => (tool.type === 'hosted' ? tool.optional : undefined))).toEqual([
      ...optional,
    ])
  })
})
