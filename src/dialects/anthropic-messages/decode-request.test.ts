import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { withoutLocations } from '../../exchange/without-locations.fixture.ts'
import { parseJsonObject, type Json, type JsonObject } from '../../kit/json.ts'
import { decodeCountRequest, decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const base = { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] } as const

function decode(more: JsonObject = {}): ChatRequest {
  const { request } = decodeRequest({ ...base, ...more })
  if (request.operation !== 'chat') throw new Error('not a chat')
  return withoutLocations(request)
}

const blocks = (content: Json, role = 'user'): unknown =>
  decode({ messages: [{ role, content }] }).turns[0]?.blocks

/** One trip through the canonical model and back, for a model about which nothing is known. */
function reencode(more: JsonObject): JsonObject {
  const { body } = encodeRequest(decode(more), {
    model: 'claude',
    capabilities: {},
    quirks: { keepAttribution: true, keeps: ['thread', 'container'] },
    headers: {},
    notice: () => undefined,
  })
  return parseJsonObject(body) ?? {}
}

function complaintOf(body: JsonObject, operation: 'chat' | 'count-tokens' = 'chat'): string | undefined {
  try {
    if (operation === 'chat') decodeRequest(body)
    else decodeCountRequest(body)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'invalid-request') return thrown.details.param
    throw thrown
  }
  return undefined
}

test('the smallest request', () => {
  expect(decode()).toEqual({
    operation: 'chat',
    model: 'claude',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }],
    maxOutputTokens: 100,
    stream: false,
    wantsUsage: true,
  })
})

test('null counts as absent everywhere', () => {
  const nothing = {
    system: null,
    tools: null,
    tool_choice: null,
    thinking: null,
    output_config: null,
    stop_sequences: null,
    temperature: null,
    top_p: null,
    top_k: null,
    metadata: null,
    service_tier: null,
    cache_control: null,
    stream: null,
  }
  expect(decode(nothing)).toEqual(decode())
  expect(decode({ tools: [], stop_sequences: [] })).toEqual(decode())
})

describe('complaints name the field in the words of the client', () => {
  const message = (content: Json, role: Json = 'user'): JsonObject => ({
    ...base,
    messages: [
      { role: 'user', content: 'a' },
      { role, content },
    ],
  })

  test.each<[string, JsonObject]>([
    ['model', { ...base, model: 7 }],
    ['model', { max_tokens: 1, messages: [] }],
    ['max_tokens', { model: 'c', messages: base.messages }],
    ['max_tokens', { ...base, max_tokens: -1 }],
    ['max_tokens', { ...base, max_tokens: 1.5 }],
    ['messages', { model: 'c', max_tokens: 1 }],
    ['messages', { ...base, messages: [] }],
    ['messages', { ...base, messages: {} }],
    ['messages[0]', { ...base, messages: ['x'] }],
    ['messages[1].role', message('x', 'tool')],
    ['messages[1].role', message('x', null)],
    ['messages[1].content', message(3)],
    ['messages[1].content', message(null)],
    ['messages[1].content[0]', message(['x'])],
    ['messages[1].content[0].type', message([{ text: 'x' }])],
    ['messages[1].content[0].text', message([{ type: 'text' }])],
    ['messages[1].content[0].source', message([{ type: 'image' }])],
    ['messages[1].content[0].source.data', message([{ type: 'image', source: { type: 'base64' } }])],
    ['messages[1].content[0].input', message([{ type: 'tool_use', id: 'a', name: 'f', input: '{}' }])],
    ['messages[1].content[0].tool_use_id', message([{ type: 'tool_result' }])],
    ['messages[1].content[0].is_error', message([{ type: 'tool_result', tool_use_id: 'a', is_error: 1 }])],
    [
      'messages[1].content[0].content[0].text',
      message([{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text' }] }]),
    ],
    ['system', { ...base, system: 5 }],
    ['system[0].text', { ...base, system: [{ type: 'text' }] }],
    ['tools', { ...base, tools: {} }],
    ['tools[0].name', { ...base, tools: [{ input_schema: {} }] }],
    ['tools[0].input_schema', { ...base, tools: [{ name: 'f', input_schema: 'x' }] }],
    ['tool_choice.type', { ...base, tool_choice: { type: 'required' } }],
    ['tool_choice.name', { ...base, tool_choice: { type: 'tool' } }],
    ['temperature', { ...base, temperature: 'hot' }],
    ['stop_sequences[1]', { ...base, stop_sequences: ['a', 1] }],
    ['thinking', { ...base, thinking: true }],
    ['thinking.budget_tokens', { ...base, thinking: { type: 'enabled', budget_tokens: 'x' } }],
    ['output_config.format.type', { ...base, output_config: { format: { type: 'json' } } }],
    ['output_config.format.schema', { ...base, output_config: { format: { type: 'json_schema' } } }],
    ['metadata.user_id', { ...base, metadata: { user_id: 1 } }],
    ['stream', { ...base, stream: 'yes' }],
  ])('%s', (param, body) => {
    expect(complaintOf(body)).toBe(param)
  })

  test('counting needs no max_tokens and never streams', () => {
    const { max_tokens: _limit, ...body } = { ...base, stream: true }
    expect(complaintOf(body, 'count-tokens')).toBeUndefined()
    expect(decodeCountRequest(body).request).toMatchObject({
      operation: 'count-tokens',
      model: 'claude',
      stream: false,
      chat: { stream: false, wantsUsage: true },
    })
  })
})

describe('content', () => {
  test('thinking keeps its signature; an empty one is none', () => {
    expect(blocks([{ type: 'thinking', thinking: 'hm', signature: 'Esg=' }], 'assistant')).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        form: 'full',
        signature: { family: 'anthropic', scheme: 'signature', value: 'Esg=' },
      },
    ])
    expect(blocks([{ type: 'thinking', thinking: 'hm', signature: '' }], 'assistant')).toEqual([
      { type: 'reasoning', text: 'hm', form: 'full' },
    ])
  })

  test('results of tools may be text, blocks or nothing', () => {
    const results = [
      { type: 'tool_result', tool_use_id: 'a', content: 'x' },
      { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'y' }], is_error: true },
      { type: 'tool_result', tool_use_id: 'c' },
    ]
    expect(blocks(results)).toEqual([
      { type: 'tool-result', callId: 'a', isError: false, blocks: [{ type: 'text', text: 'x' }] },
      { type: 'tool-result', callId: 'b', isError: true, blocks: [{ type: 'text', text: 'y' }] },
      { type: 'tool-result', callId: 'c', isError: false, blocks: [] },
    ])
  })

  test('hosted traffic and blocks that are not known are carried whole', () => {
    const raw = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' }, caller: {} }
    const novel = { type: 'hologram', y: [1, { z: null }] }
    expect(blocks([raw, novel], 'assistant')).toEqual([
      { type: 'native', family: 'anthropic', raw, elsewhere: '' },
      { type: 'native', family: 'anthropic', raw: novel },
    ])
  })

  test('names like __proto__ stay data', () => {
    const body = parseJsonObject(
      '{"model":"c","max_tokens":1,"__proto__":{"thinking":{"type":"enabled"}},"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"__proto__":{"x":1}}}]}]}',
    )
    const { request } = decodeRequest(body ?? {})
    expect(request).toMatchObject({ turns: [{ blocks: [{ arguments: '{"__proto__":{"x":1}}' }] }] })
    expect(JSON.stringify(request)).toContain('"anthropic":{"__proto__":{"thinking"')
  })
})

describe('parameters', () => {
  test('everything that has a canonical place', () => {
    const request = decode({
      system: 'S',
      temperature: 0.5,
      top_p: 0.9,
      top_k: 4,
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      service_tier: 'auto',
      cache_control: { type: 'ephemeral', ttl: '1h' },
      thinking: { type: 'enabled', budget_tokens: 2048, display: 'omitted' },
      output_config: { effort: 'max', format: { type: 'json_schema', schema: { type: 'object' } } },
      tools: [
        { type: 'custom', name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stream: true,
    })
    const { turns: _turns, ...rest } = request
    expect(rest).toEqual({
      operation: 'chat',
      model: 'claude',
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 4,
      stop: ['END'],
      user: 'u',
      serviceTier: 'auto',
      bearing: { serviceTiers: ['auto'] },
      cache: { ttl: '1h' },
      reasoning: { effort: 'max', mode: 'on', budgetTokens: 2048, show: 'omitted' },
      output: { type: 'json-schema', schema: { type: 'object' } },
      tools: [
        { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
      ],
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      stream: true,
      wantsUsage: true,
    })
  })

  test('the field gatehouse holds options, not a part of the request', () => {
    const decoded = decodeRequest({ ...base, gatehouse: { tags: ['a'] } })
    expect(decoded.requestOptions).toEqual({ tags: ['a'] })
    expect(withoutLocations(decoded.request)).toEqual(decode())
  })

  test('versioned tools are hosted', () => {
    const raw = { type: 'web_search_20260209', name: 'web_search' }
    expect(decode({ tools: [raw] }).tools).toEqual([
      { type: 'hosted', family: 'anthropic', name: 'web_search_20260209', raw },
    ])
  })

  test('servers of tools that the provider would call are hosted tools too', () => {
    const raw = { type: 'url', url: 'https://tools.example/mcp', name: 'castle' }
    expect(decode({ mcp_servers: [raw] }).tools).toEqual([
      { type: 'hosted', family: 'anthropic', name: 'mcp_servers', raw },
    ])
    expect(complaintOf({ ...base, mcp_servers: ['x'] })).toBe('mcp_servers[0]')
  })

  test('the older place of a schema is read, the newer one wins', () => {
    const format = (title: string): JsonObject => ({ type: 'json_schema', schema: { title } })
    expect(decode({ output_format: format('old') }).output).toEqual({
      type: 'json-schema',
      schema: { title: 'old' },
    })
    expect(decode({ output_format: format('old'), output_config: { format: format('new') } }).output).toEqual(
      {
        type: 'json-schema',
        schema: { title: 'new' },
      },
    )
    expect(complaintOf({ ...base, output_format: { type: 'xml' } })).toBe('output_format.type')
  })
})

describe('a limit under another name', () => {
  test('is refused when it disagrees with the one that is understood, and passes when it agrees', () => {
    expect(() => decode({ max_output_tokens: 5_000 })).toThrow(
      'max_output_tokens: limits the same as `max_tokens` and disagrees with it',
    )
    expect(() => decode({ options: { num_predict: -1 } })).toThrow('options.num_predict')
    expect(decode({ max_output_tokens: 100 }).bearing).toEqual({ outputTokens: 100 })
  })
})

describe('one trip through the canonical model', () => {
  const CITED = {
    type: 'text',
    text: 'Blue.',
    citations: [{ type: 'char_location', cited_text: 'b', document_index: 0, start_char_index: 0 }],
  }
  test.each<[string, JsonObject]>([
    [
      'system segments with marks',
      { system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
    ],
    [
      'marks that say more than we know',
      {
        system: [
          { type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } },
        ],
      },
    ],
    [
      'an effort alone switches no thinking on',
      { output_config: { effort: 'low', task_budget: { total: 5 } } },
    ],
    ['an effort that is not known', { output_config: { effort: 'ludicrous' } }],
    [
      'thinking with controls',
      { thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'x' } } },
    ],
    ['a kind of thinking that is not known', { thinking: { type: 'between_tools', foo: 1 } }],
    ['thinking turned off', { thinking: { type: 'disabled' } }],
    ['metadata beyond the user', { metadata: { other: 'x', user_id: 'u' } }],
    ['new fields', { container: 'c', speed: 'fast', context_management: { edits: [{ type: 'x' }] } }],
    [
      'tools',
      {
        tools: [
          { name: 'f', input_schema: { type: 'object', properties: {} }, defer_loading: true },
          { type: 'bash_20250124', name: 'bash' },
        ],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      },
    ],
    [
      'servers of tools beside tools',
      {
        tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }],
        mcp_servers: [{ type: 'url', url: 'https://tools.example/mcp', name: 'castle' }],
      },
    ],
    ['servers of tools alone', { mcp_servers: [{ type: 'url', url: 'https://e.com', name: 'c' }] }],
    [
      'a conversation with everything in it',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image', source: { type: 'file', file_id: 'file_1' } },
              {
                type: 'document',
                source: { type: 'content', content: [{ type: 'text', text: 'inner' }] },
                title: 't',
                context: 'c',
                citations: { enabled: true },
                cache_control: { type: 'ephemeral', ttl: '5m' },
              },
              {
                type: 'search_result',
                source: 'https://e.com',
                title: 'E',
                content: [{ type: 'text', text: 'found' }],
                citations: { enabled: true },
              },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: '', signature: 'Esg=' },
              { type: 'redacted_thinking', data: 'b3Bh' },
              CITED,
              { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
              { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
              { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } },
            ],
          },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 'toolu_1',
                content: [
                  { type: 'tool_reference', tool_name: 'g' },
                  { type: 'document', source: { type: 'url', url: 'https://e.com/a.pdf' } },
                ],
                is_error: true,
              },
            ],
          },
        ],
      },
    ],
  ])('%s come back as they were', (_name, more) => {
    const { messages: _messages, ...expected } = more
    const sent = reencode(more)
    expect(sent).toMatchObject(expected)
    if (more['messages'] !== undefined) expect(sent['messages'] ?? null).toEqual(more['messages'])
    expect(Object.keys(sent).sort()).toEqual(Object.keys({ ...base, ...more }).sort())
  })
})
