import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { withoutLocations } from '../../exchange/without-locations.fixture.ts'
import { parseJsonObject, type Json, type JsonObject } from '../../kit/json.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

const MESSAGES: Json = [{ role: 'user', content: 'hi' }]

function decode(body: JsonObject): ChatRequest {
  const { request } = openaiChat.decodeRequest({ model: 'm', messages: MESSAGES, ...body })
  if (request.operation !== 'chat') throw new Error('not a chat request')
  return withoutLocations(request)
}

function failureOf(body: JsonObject): Failure {
  try {
    openaiChat.decodeRequest(body)
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('was accepted')
}

describe('what is absent stays absent', () => {
  test('a minimal request has nothing but what it says', () => {
    expect(decode({})).toEqual({
      operation: 'chat',
      model: 'm',
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }],
      stream: false,
      wantsUsage: false,
    })
  })

  test('null is absent', () => {
    const nulls = {
      temperature: null,
      stop: null,
      tools: null,
      response_format: null,
      stream: null,
      n: null,
      user: null,
    }
    expect(decode(nulls)).toEqual(decode({}))
  })
})

describe('parameters', () => {
  test('are read under their canonical names', () => {
    expect(
      decode({
        max_completion_tokens: 100,
        max_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        presence_penalty: 1,
        frequency_penalty: -1,
        stop: 'END',
        seed: 7,
        n: 2,
        logprobs: true,
        top_logprobs: 3,
        logit_bias: { '50256': -100 },
        reasoning_effort: 'high',
        verbosity: 'low',
        prompt_cache_key: 'k',
        service_tier: 'flex',
        user: 'u',
        metadata: { a: 'b' },
        parallel_tool_calls: false,
        stream: true,
        stream_options: { include_usage: true },
      }),
    ).toMatchObject({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      presencePenalty: 1,
      frequencyPenalty: -1,
      stop: ['END'],
      seed: 7,
      choices: 2,
      logprobs: { top: 3 },
      logitBias: { '50256': -100 },
      reasoning: { effort: 'high' },
      verbosity: 'low',
      cacheKey: 'k',
      serviceTier: 'flex',
      user: 'u',
      metadata: { a: 'b' },
      parallelToolCalls: false,
      stream: true,
      wantsUsage: true,
    })
  })

  test('the deprecated limit is read when it is alone', () => {
    expect(decode({ max_tokens: 50 }).maxOutputTokens).toBe(50)
  })

  test('output formats are read, a schema without a name too', () => {
    expect(decode({ response_format: { type: 'json_object' } }).output).toEqual({ type: 'json' })
    expect(decode({ response_format: { type: 'text' } }).output).toEqual({ type: 'text' })
    const schema = { type: 'object' }
    expect(
      decode({ response_format: { type: 'json_schema', json_schema: { schema, strict: true } } }).output,
    ).toEqual({
      type: 'json-schema',
      schema,
      strict: true,
    })
  })

  test('unknown fields, options and values are kept for the family', () => {
    const request = decode({
      top_k: 40,
      store: false,
      reasoning_effort: 'default',
      response_format: { type: 'grammar', grammar: 'x' },
      stream: true,
      stream_options: { include_usage: false, include_obfuscation: false },
    })
    expect(request.topK).toBe(40)
    expect(request.wantsUsage).toBe(false)
    expect(request.extra).toEqual({
      openai: {
        top_k: 40,
        store: false,
        reasoning_effort: 'default',
        response_format: { type: 'grammar', grammar: 'x' },
        stream_options: { include_obfuscation: false },
      },
    })
  })

  test('a field named like a prototype is a field and nothing else', () => {
    const body = parseJsonObject(
      '{"model":"m","messages":[{"role":"user","content":"hi"}],"__proto__":{"stream":true}}',
    )
    const { request } = openaiChat.decodeRequest(body ?? {})
    expect(request.stream).toBe(false)
    expect(JSON.stringify(request)).toContain('"__proto__":{"stream":true}')
  })

  test('options for the gateway are handed back and are not part of the request', () => {
    const decoded = openaiChat.decodeRequest({ model: 'm', messages: MESSAGES, gatehouse: { strict: true } })
    expect(decoded.requestOptions).toEqual({ strict: true })
    expect(JSON.stringify(decoded.request)).not.toContain('gatehouse')
  })
})

describe('messages', () => {
  const turns = (messages: Json): ChatRequest['turns'] => decode({ messages }).turns

  test('keep their order, ranks and names', () => {
    expect(
      turns([
        { role: 'developer', content: 'a' },
        { role: 'user', content: 'b', name: 'ann' },
        { role: 'system', content: 'c' },
      ]),
    ).toEqual([
      { role: 'system', rank: 'developer', blocks: [{ type: 'text', text: 'a' }] },
      { role: 'user', name: 'ann', blocks: [{ type: 'text', text: 'b' }] },
      { role: 'system', blocks: [{ type: 'text', text: 'c' }] },
    ])
  })

  test('neighbouring tool messages become one turn of results', () => {
    expect(
      turns([
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"n":1.0}' } },
            { id: 'b', type: 'custom', custom: { name: 'p', input: 'raw' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: '1' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2' }], note: true },
        { role: 'user', content: 'y' },
      ]).slice(1),
    ).toEqual([
      {
        role: 'assistant',
        blocks: [
          { type: 'tool-call', id: 'a', name: 'f', arguments: '{"n":1.0}', form: 'json' },
          { type: 'tool-call', id: 'b', name: 'p', arguments: 'raw', form: 'text' },
        ],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool-result', callId: 'a', isError: false, blocks: [{ type: 'text', text: '1' }] },
          {
            type: 'tool-result',
            callId: 'b',
            isError: false,
            blocks: [{ type: 'text', text: '2' }],
            extra: { openai: { note: true } },
          },
        ],
      },
      { role: 'user', blocks: [{ type: 'text', text: 'y' }] },
    ])
  })

  test('parts of every kind are read', () => {
    const [turn] = turns([
      {
        role: 'user',
        content: [
          { type: 'text', text: 't', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
          { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,CCCC', filename: 'a.pdf' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'video_url', video_url: { url: 'https://a/v.mp4' } },
          { type: 'novelty', x: 1 },
        ],
      },
    ])
    expect(turn?.blocks).toEqual([
      {
        type: 'text',
        text: 't',
        cache: { ttl: '1h' },
        extra: { openai: { cache_control: { type: 'ephemeral', ttl: '1h' } } },
      },
      { type: 'media', kind: 'image', source: { from: 'url', url: 'https://a/b.png' }, detail: 'low' },
      { type: 'media', kind: 'image', source: { from: 'bytes', base64: 'AAAA', mediaType: 'image/jpeg' } },
      { type: 'media', kind: 'audio', source: { from: 'bytes', base64: 'BBBB', mediaType: 'audio/mpeg' } },
      {
        type: 'media',
        kind: 'document',
        source: { from: 'bytes', base64: 'CCCC', mediaType: 'application/pdf' },
        name: 'a.pdf',
      },
      { type: 'media', kind: 'document', source: { from: 'file', family: 'openai', fileId: 'file-1' } },
      { type: 'media', kind: 'video', source: { from: 'url', url: 'https://a/v.mp4' } },
      { type: 'native', family: 'openai', raw: { type: 'novelty', x: 1 } },
    ])
  })

  test('reasoning is read from any of its fields, signatures of any family included', () => {
    expect(turns([{ role: 'assistant', content: 'a', reasoning_content: 'r' }])[0]?.blocks[0]).toEqual({
      type: 'reasoning',
      text: 'r',
      form: 'full',
    })
    expect(turns([{ role: 'assistant', content: 'a', reasoning: 'r' }])[0]?.blocks).toHaveLength(2)
    const [turn] = turns([
      {
        role: 'assistant',
        content: 'a',
        reasoning_content: 'r',
        reasoning_details: [
          { type: 'reasoning.text', text: 'r', signature: 's', format: 'gatehouse:anthropic:signature' },
          { type: 'reasoning.encrypted', data: 'd', id: 'rs_1' },
        ],
      },
    ])
    expect(turn?.blocks.slice(0, 2)).toEqual([
      {
        type: 'reasoning',
        text: 'r',
        form: 'full',
        signature: { family: 'anthropic', scheme: 'signature', value: 's' },
      },
      {
        type: 'reasoning',
        text: '',
        form: 'hidden',
        signature: {
          family: 'openai',
          scheme: 'reasoning_details',
          value: '{"type":"reasoning.encrypted","data":"d","id":"rs_1"}',
        },
      },
    ])
  })

  test('refusals and references to audio are read', () => {
    expect(
      turns([{ role: 'assistant', content: null, refusal: 'no', audio: { id: 'audio_1' } }])[0]?.blocks,
    ).toEqual([
      { type: 'refusal', text: 'no' },
      { type: 'native', family: 'openai', raw: { audio: { id: 'audio_1' } } },
    ])
  })

  test('the deprecated function messages become a call and its result', () => {
    const read = turns([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '1' },
    ])
    const call = read[1]?.blocks[0]
    const result = read[2]?.blocks[0]
    expect(call).toMatchObject({ type: 'tool-call', name: 'f' })
    expect(call?.type === 'tool-call' && result?.type === 'tool-result' && call.id === result.callId).toBe(
      true,
    )
  })

  test('words that every object knows are unknown words like others', () => {
    const strange = { type: 'constructor', text: 'x' }
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'valueOf' } }
    expect(turns([{ role: 'user', content: [strange, audio] }])[0]?.blocks).toEqual([
      { type: 'native', family: 'openai', raw: strange },
      { type: 'media', kind: 'audio', source: { from: 'bytes', base64: 'AAAA', mediaType: 'audio/valueOf' } },
    ])
  })

  test('empty text beside calls is dropped, empty text alone is kept', () => {
    expect(turns([{ role: 'assistant', content: '' }])[0]?.blocks).toEqual([{ type: 'text', text: '' }])
  })
})

describe('tools', () => {
  test('of every kind are read', () => {
    const { tools } = decode({
      tools: [
        {
          type: 'function',
          function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true },
          x: 1,
        },
        { type: 'custom', custom: { name: 'c', format: { type: 'grammar' } } },
        { type: 'web_search', filters: {} },
      ],
      functions: [{ name: 'old' }],
      web_search_options: { search_context_size: 'low' },
    })
    expect(tools).toEqual([
      {
        type: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object' },
        strict: true,
        extra: { openai: { x: 1 } },
      },
      { type: 'text', name: 'c', format: { type: 'grammar' } },
      { type: 'hosted', family: 'openai', name: 'web_search', raw: { type: 'web_search', filters: {} } },
      { type: 'function', name: 'old' },
      { type: 'hosted', family: 'openai', name: 'web_search_options', raw: { search_context_size: 'low' } },
    ])
  })

  test.each<[Json, Json]>([
    ['auto', { type: 'auto' }],
    ['required', { type: 'required' }],
    ['any', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { type: 'tool', name: 'c' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
  ])('the choice %j is read', (choice, expected) => {
    expect(JSON.stringify(decode({ tool_choice: choice }).toolChoice)).toBe(JSON.stringify(expected))
  })

  test('a choice in the words of another API is read', () => {
    const chosen = (choice: Json): unknown => decode({ tool_choice: choice }).toolChoice
    expect(chosen({ type: 'any' })).toEqual({ type: 'required' })
    expect(chosen({ type: 'auto', disable_parallel_tool_use: true })).toEqual({ type: 'auto' })
    expect(chosen({ type: 'tool', name: 'f' })).toEqual({ type: 'tool', name: 'f' })
  })

  test('the deprecated choice is read', () => {
    expect(decode({ function_call: { name: 'f' } }).toolChoice).toEqual({ type: 'tool', name: 'f' })
    expect(decode({ function_call: 'none' }).toolChoice).toEqual({ type: 'none' })
  })

  test('a client that offers `functions` alone speaks the old way, in which an answer holds one call', () => {
    const old = decode({ functions: [{ name: 'old' }], parallel_tool_calls: true })
    expect(old).toMatchObject({ legacyCalls: true, parallelToolCalls: false })
    const tools = [{ type: 'function', function: { name: 'new' } }]
    for (const fields of [{ tools }, { tools, functions: [{ name: 'old' }] }, { functions: null }, {}]) {
      const request = decode(fields)
      expect(request.legacyCalls).toBeUndefined()
      expect(request.parallelToolCalls).toBeUndefined()
    }
  })
})

describe('two names of one limit', () => {
  test.each([
    { max_tokens: 9, max_completion_tokens: 1 },
    { max_completion_tokens: 1, max_output_tokens: 9 },
    { max_tokens: 1, options: { num_predict: 9 } },
    { max_new_tokens: 1, extra_body: { max_tokens: 9 } },
    { max_tokens: 1, n_predict: -1 },
  ])('are refused when they disagree, both by name: %j', (limits) => {
    const paths = Object.entries(limits).map(([name, held]) =>
      typeof held === 'object' ? `${name}.${Object.keys(held)[0]}` : name,
    )
    const refusal = failureOf({ model: 'm', messages: MESSAGES, ...limits })
    expect(refusal.code).toBe('invalid-request')
    for (const path of paths) expect(refusal.message).toContain(`\`${path}\``)
  })

  test('pass when they agree', () => {
    expect(decode({ max_tokens: 9, max_completion_tokens: 9, max_new_tokens: '9' })).toMatchObject({
      maxOutputTokens: 9,
      bearing: { outputTokens: 9 },
    })
  })
})

describe('refusals name the field', () => {
  const base = { model: 'm', messages: MESSAGES }
  test.each<[string, JsonObject]>([
    ['model', { messages: MESSAGES }],
    ['model', { ...base, model: 3 }],
    ['model', { ...base, model: '' }],
    ['messages', { model: 'm' }],
    ['messages', { model: 'm', messages: [] }],
    ['messages', { model: 'm', messages: 'hi' }],
    ['messages[0]', { model: 'm', messages: ['hi'] }],
    ['messages[0].role', { model: 'm', messages: [{ role: 'bot', content: 'x' }] }],
    ['messages[0].role', { model: 'm', messages: [{ content: 'x' }] }],
    ['messages[0].role', { model: 'm', messages: [{ role: 'constructor', content: 'x' }] }],
    ['messages[0].role', { model: 'm', messages: [{ role: '__proto__', content: 'x' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user', content: 5 }] }],
    ['messages[0].content[0].type', { model: 'm', messages: [{ role: 'user', content: [{}] }] }],
    [
      'messages[0].content[0].text',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    ],
    [
      'messages[0].content[0].image_url',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    ],
    ['messages[0].tool_call_id', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].tool_calls[0].id', { model: 'm', messages: [{ role: 'assistant', tool_calls: [{}] }] }],
    [
      'messages[0].tool_calls[0].function',
      { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] },
    ],
    ['n', { ...base, n: 0 }],
    ['n', { ...base, n: -1 }],
    ['n', { ...base, n: 1.5 }],
    ['n', { ...base, n: 1000 }],
    ['temperature', { ...base, temperature: 'hot' }],
    ['max_tokens', { ...base, max_tokens: 0 }],
    ['stream', { ...base, stream: 'yes' }],
    ['stop[0]', { ...base, stop: [1] }],
    ['tools[0].type', { ...base, tools: [{}] }],
    ['tools[0].function.name', { ...base, tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { ...base, tool_choice: 'maybe' }],
    ['tool_choice', { ...base, tool_choice: 'toString' }],
    ['metadata.a', { ...base, metadata: { a: 1 } }],
    ['logit_bias.1', { ...base, logit_bias: { '1': 'x' } }],
    ['response_format.json_schema.schema', { ...base, response_format: { type: 'json_schema' } }],
  ])('%s', (param, body) => {
    const failure = failureOf(body)
    expect(failure.code).toBe('invalid-request')
    expect(failure.details.param).toBe(param)
    expect(failure.message).toContain(param)
  })

  test.each([0, -1, 1.5])('with one least number of answers, whoever asks for %p', (n) => {
    expect(failureOf({ ...base, n }).message).toContain('a whole number of at least 1')
  })
})
