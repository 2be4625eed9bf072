import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { chatRequestArbitrary, turnsArbitrary } from '../../../test/arbitraries/chat.ts'
import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Notice } from '../../exchange/notice.ts'
import { withoutLocations } from '../../exchange/without-locations.fixture.ts'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, parseJson, readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { toWireToolName } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { TOOL_RULES } from './vocabulary.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

interface Encoded {
  readonly body: JsonObject
  readonly text: string
  readonly messages: readonly JsonObject[]
  readonly notices: readonly Notice[]
}

interface Towards {
  readonly quirks?: Quirks
  readonly capabilities?: Capabilities
  readonly headers?: Record<string, string>
}

function encode(
  request: ChatRequest,
  { quirks = {}, capabilities = {}, headers = {} }: Towards = {},
): Encoded {
  const notices: Notice[] = []
  const wire = openaiChat.encodeRequest(request, {
    model: 'provider-model',
    quirks,
    capabilities,
    headers,
    notice: (code, subject) => void notices.push(subject === undefined ? { code } : { code, subject }),
  })
  const body = parseJson(wire.body)
  if (!isObject(body)) throw new Error('not an object')
  return { body, text: wire.body, messages: readObjects(body, 'messages'), notices }
}

const BASE: ChatRequest = {
  operation: 'chat',
  model: 'route',
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  wantsUsage: false,
}
const withTurns = (...turns: Turn[]): ChatRequest => ({ ...BASE, turns })
const codes = ({ notices }: Encoded): string[] => notices.map(({ code }) => code)

function refusal(request: ChatRequest, towards: Towards = {}): Failure {
  try {
    encode(request, towards)
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('was encoded')
}

describe('properties', () => {
  const quirks: Quirks = { reasoningField: 'reasoning_content' }

  test('decoding what was encoded gives the request back', () => {
    fc.assert(
      fc.property(chatRequestArbitrary, (request) => {
        const { body, notices } = encode(request, { quirks })
        const decoded = withoutLocations(openaiChat.decodeRequest(body).request)
        expect(decoded).toEqual({ ...request, model: 'provider-model', wantsUsage: request.stream })
        expect(notices).toEqual([])
      }),
    )
  })

  test('the same request always gives the same text', () => {
    fc.assert(
      fc.property(chatRequestArbitrary, (request) => {
        expect(encode(structuredClone(request)).text).toBe(encode(request).text)
      }),
    )
  })

  test('a conversation with more turns begins like the one before', () => {
    fc.assert(
      fc.property(turnsArbitrary, (turns) => {
        const full = encode(withTurns(...turns), { quirks }).messages
        for (let length = 1; length < turns.length; length += 1) {
          const prefix = encode(withTurns(...turns.slice(0, length)), { quirks }).messages
          expect(full.slice(0, prefix.length)).toEqual([...prefix])
        }
      }),
      { numRuns: 50 },
    )
  })

  test('nothing is ever null except the content beside calls', () => {
    fc.assert(
      fc.property(chatRequestArbitrary, (request) => {
        const { body } = encode({ ...request, tools: [] })
        const keys = Object.entries(body).filter(([, value]) => value === null)
        expect(keys).toEqual([])
      }),
    )
  })
})

describe('parameters', () => {
  test('of the whole request are written under their wire names', () => {
    const { body, notices } = encode({
      ...BASE,
      maxOutputTokens: 10,
      temperature: 0.2,
      topP: 0.3,
      presencePenalty: 0.1,
      frequencyPenalty: 0.4,
      stop: ['END'],
      seed: 1,
      choices: 2,
      logprobs: { top: 2 },
      logitBias: { '1': 2 },
      reasoning: { effort: 'low' },
      output: { type: 'json' },
      verbosity: 'low',
      cacheKey: 'k',
      serviceTier: 'flex',
      user: 'u',
      metadata: { a: 'b' },
    })
    expect(notices).toEqual([])
    expect(body).toEqual({
      model: 'provider-model',
      messages: [{ role: 'user', content: 'hi' }],
      max_completion_tokens: 10,
      temperature: 0.2,
      top_p: 0.3,
      presence_penalty: 0.1,
      frequency_penalty: 0.4,
      stop: ['END'],
      seed: 1,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { '1': 2 },
      reasoning_effort: 'low',
      response_format: { type: 'json_object' },
      verbosity: 'low',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      user: 'u',
      metadata: { a: 'b' },
    })
  })

  test('a user is told by no more characters than the provider takes', () => {
    const told = (length: number, quirks: Quirks = {}): unknown =>
      readString(encode({ ...BASE, user: 'u'.repeat(length) }, { quirks }).body, 'user')?.length
    expect([told(64), told(65), told(128, { maxUserCharacters: 128 })]).toEqual([64, 64, 128])
  })

  test('usage is asked for on every stream, unless the provider refuses the option', () => {
    const streamed = {
      ...BASE,
      stream: true,
      extra: { openai: { stream_options: { include_obfuscation: false } } },
    }
    expect(encode(streamed).body).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
    })
    expect(encode(streamed, { quirks: { streamOptions: false } }).body['stream_options']).toBeUndefined()
    expect(encode(BASE).body['stream']).toBeUndefined()
  })

  test('are dropped, renamed and clamped as the provider demands, and say so', () => {
    const encoded = encode(
      { ...BASE, seed: 1, logitBias: {}, temperature: 1.8, maxOutputTokens: 9_000, stop: ['a', 'b', 'c'] },
      {
        quirks: {
          dropParams: ['logit_bias'],
          renameParams: { seed: 'random_seed' },
          maxTemperature: 1,
          maxTokensParam: 'max_tokens',
          maxStops: 2,
        },
        capabilities: { maxOutputTokens: 4_096 },
      },
    )
    expect(encoded.body).toMatchObject({
      random_seed: 1,
      temperature: 1,
      max_tokens: 4_096,
      stop: ['a', 'b'],
    })
    expect(encoded.body['logit_bias']).toBeUndefined()
    expect(encoded.notices).toEqual([
      { code: 'max-tokens.clamped', subject: 'max_tokens' },
      { code: 'param.clamped', subject: 'temperature' },
      { code: 'param.clamped', subject: 'stop' },
      { code: 'param.renamed', subject: 'seed' },
      { code: 'param.dropped', subject: 'logit_bias' },
    ])
  })

  test('no output at all cannot be asked for', () => {
    expect(refusal({ ...BASE, maxOutputTokens: 0 })).toMatchObject({
      code: 'unsupported-feature',
      details: { param: 'max_tokens' },
    })
  })

  test('several answers are refused where only one is given', () => {
    const quirks: Quirks = { dropParams: ['n'] }
    expect(refusal({ ...BASE, choices: 2 }, { quirks }).details.param).toBe('n')
    expect(encode({ ...BASE, choices: 1 }, { quirks }).notices).toEqual([])
  })

  test('sampling is left out for models that have none', () => {
    const sampled = { ...BASE, temperature: 0.4, topP: 0.5, presencePenalty: 1, logprobs: {} }
    const encoded = encode(sampled, { capabilities: { sampling: false } })
    expect(Object.keys(encoded.body)).toEqual(['model', 'messages'])
    expect(encoded.notices.map(({ subject }) => subject)).toEqual([
      'temperature',
      'top_p',
      'presence_penalty',
      'logprobs',
    ])
  })

  test('sampling that asks for what the model does anyway is left out in silence', () => {
    const plain = { ...BASE, temperature: 1, topP: 1, presencePenalty: 0, frequencyPenalty: 0 }
    const encoded = encode(plain, { capabilities: { sampling: false } })
    expect(Object.keys(encoded.body)).toEqual(['model', 'messages'])
    expect(encoded.notices).toEqual([])
  })

  test('sampling is left out where it excludes reasoning, and reasoning is wanted', () => {
    const capabilities = { sampling: 'unless-reasoning' } as const
    const sampled = (reasoning?: ChatRequest['reasoning']): unknown =>
      encode({ ...BASE, temperature: 0.4, ...defined({ reasoning }) }, { capabilities }).body['temperature']
    expect(sampled()).toBe(0.4)
    expect(sampled({ effort: 'none' })).toBe(0.4)
    expect(sampled({ mode: 'off' })).toBe(0.4)
    expect(sampled({ effort: 'low' })).toBeUndefined()
    expect(sampled({ mode: 'adaptive' })).toBeUndefined()
  })

  test('an effort is the nearest one that the model knows', () => {
    const told = (effort: 'none' | 'minimal' | 'low' | 'max', efforts: Capabilities['efforts']): unknown => {
      const { body, notices } = encode(
        { ...BASE, reasoning: { effort } },
        { capabilities: defined({ efforts }) },
      )
      return [body['reasoning_effort'], ...notices.map(({ code }) => code)]
    }
    expect(told('max', undefined)).toEqual(['max'])
    expect(told('max', ['low', 'medium', 'high'])).toEqual(['high', 'param.clamped'])
    expect(told('minimal', ['none', 'low'])).toEqual(['none', 'param.clamped'])
    expect(told('none', ['low', 'medium'])).toEqual(['low', 'param.clamped'])
    expect(told('low', ['low', 'medium'])).toEqual(['low'])
  })

  test('reasoning without an amount is left to the model, which is said', () => {
    const { body, notices } = encode({ ...BASE, reasoning: { mode: 'on' } })
    expect(body).not.toHaveProperty('reasoning_effort')
    expect(notices).toEqual([{ code: 'reasoning.adaptive', subject: 'reasoning.mode' }])
  })

  test('an effort gives way to tools where the model takes only one of both', () => {
    const told = (effortBesideTools: 'unnamed' | 'none', more: Partial<ChatRequest>): unknown => {
      const { body, notices } = encode({ ...BASE, ...more }, { capabilities: { effortBesideTools } })
      return [body['reasoning_effort'], ...notices.map(({ subject }) => subject)]
    }
    const tools = [{ type: 'function', name: 'f' }] as const
    expect(told('unnamed', { tools, reasoning: { effort: 'high' } })).toEqual([undefined, 'reasoning_effort'])
    expect(told('none', { tools, reasoning: { effort: 'high' } })).toEqual(['none', 'reasoning_effort'])
    expect(told('none', { tools })).toEqual(['none'])
    expect(told('none', { reasoning: { effort: 'high' } })).toEqual(['high'])
  })

  test('top_k and foreign tiers and marks stay behind with a notice', () => {
    const encoded = encode({ ...BASE, topK: 5, serviceTier: 'standard_only', cache: {} })
    expect(codes(encoded).sort()).toEqual(['cache.hint-dropped', 'param.dropped', 'param.dropped'])
    expect(encode({ ...BASE, topK: 5, extra: { openai: { top_k: 5 } } }).body['top_k']).toBe(5)
  })

  test('unknown fields survive towards the family and are told of towards it', () => {
    const encoded = encode({ ...BASE, extra: { openai: { store: true }, other: { context_management: {} } } })
    expect(encoded.body['store']).toBe(true)
    expect(encoded.notices).toEqual([{ code: 'unknown.dropped', subject: 'context_management' }])
  })
})

describe('reasoning', () => {
  test('budgets become an effort, off becomes none', () => {
    expect(
      encode({ ...BASE, reasoning: { budgetTokens: 10_000, mode: 'on' } }).body['reasoning_effort'],
    ).toBe('medium')
    expect(encode({ ...BASE, reasoning: { mode: 'off' } }).body['reasoning_effort']).toBe('none')
    expect(encode({ ...BASE, reasoning: { effort: 'max' } }).body['reasoning_effort']).toBe('max')
    expect(encode({ ...BASE, reasoning: { mode: 'adaptive' } }).body['reasoning_effort']).toBeUndefined()
  })

  test('is a switch, or nothing, where the provider has no effort', () => {
    const towards = { quirks: { reasoningParam: 'thinking-type' as const } }
    expect(encode({ ...BASE, reasoning: { mode: 'off' } }, towards).body['thinking']).toEqual({
      type: 'disabled',
    })
    expect(encode({ ...BASE, reasoning: { mode: 'adaptive' } }, towards).body['thinking']).toEqual({
      type: 'enabled',
    })
    const none = encode({ ...BASE, reasoning: { effort: 'high' } }, { capabilities: { reasoning: 'none' } })
    expect(none.body['reasoning_effort']).toBeUndefined()
    expect(codes(none)).toEqual(['param.dropped'])
  })

  const call: Turn['blocks'][number] = {
    type: 'tool-call',
    id: 'c',
    name: 'f',
    arguments: '{}',
    form: 'json',
  }
  const thought: Turn['blocks'][number] = { type: 'reasoning', text: 'hm', form: 'full' }
  const answer = (...blocks: Turn['blocks']): ChatRequest =>
    withTurns({ role: 'user', blocks: [{ type: 'text', text: 'x' }] }, { role: 'assistant', blocks })

  test('of the past is echoed on turns with calls where it must be, empty when unknown', () => {
    const towards = { quirks: { echoReasoning: 'tool-calls' as const } }
    expect(encode(answer(call), towards).messages[1]).toMatchObject({ reasoning_content: '' })
    expect(encode(answer(thought, call), towards).messages[1]).toMatchObject({ reasoning_content: 'hm' })
    const plain = encode(answer(thought, { type: 'text', text: 'a' }), towards)
    expect('reasoning_content' in (plain.messages[1] ?? {})).toBe(false)
  })

  test('of the past is not echoed where it must not be', () => {
    const encoded = encode(answer(thought, call), {
      quirks: { echoReasoning: 'never', reasoningField: 'reasoning_content' },
    })
    expect(JSON.stringify(encoded.messages)).not.toContain('hm')
    expect(codes(encoded)).toEqual(['reasoning.dropped'])
  })

  test('of another family never leaves, not even as text', () => {
    const foreign: Turn['blocks'][number] = {
      type: 'reasoning',
      text: 'secret thought',
      form: 'full',
      signature: { family: 'elsewhere', scheme: 'signature', value: 'sig' },
    }
    const encoded = encode(answer(foreign, call), { quirks: { echoReasoning: 'tool-calls' } })
    expect(encoded.text).not.toContain('secret thought')
    expect(encoded.text).not.toContain('sig')
    expect(codes(encoded)).toEqual(['seal.foreign'])
  })

  test('of our own family goes back as it came', () => {
    const details = [
      { type: 'reasoning.text', text: 'hm', signature: 's', index: 0, format: 'x' },
      { type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1' },
    ]
    const { request } = openaiChat.decodeRequest({
      model: 'm',
      messages: [{ role: 'assistant', content: 'a', reasoning_details: details }],
    })
    if (request.operation !== 'chat') throw new Error('not a chat')
    expect(encode(request).messages[0]?.['reasoning_details']).toEqual(details)
  })
})

describe('turns', () => {
  test('a system turn in the middle keeps its place', () => {
    const request = withTurns(
      { role: 'system', blocks: [{ type: 'text', text: 'a' }] },
      { role: 'user', blocks: [{ type: 'text', text: 'b' }] },
      { role: 'system', blocks: [{ type: 'text', text: 'c' }] },
    )
    expect(encode(request).messages.map((message) => message['role'])).toEqual(['system', 'user', 'system'])
    const noted = encode(request, { capabilities: { midSystemTurns: false } })
    expect(noted.messages[2]).toEqual({ role: 'user', content: '<system-note>c</system-note>' })
    expect(codes(noted)).toEqual(['system.relocated'])
  })

  test('a developer turn becomes a system turn where the provider knows no developers', () => {
    const request = withTurns({ role: 'system', rank: 'developer', blocks: [{ type: 'text', text: 'a' }] })
    expect(encode(request).messages[0]?.['role']).toBe('developer')
    const weakened = encode(request, { quirks: { developerRole: 'system' } })
    expect(weakened.messages[0]?.['role']).toBe('system')
    expect(codes(weakened)).toEqual(['rank.weakened'])
  })

  test('the attribution of a coding agent does not disturb the prompt cache', () => {
    const request = (hash: string): ChatRequest =>
      withTurns({
        role: 'system',
        blocks: [
          { type: 'text', text: `x-anthropic-billing-header: cc_version=1; cch=${hash};` },
          { type: 'text', text: 'You are a helper.' },
        ],
      })
    expect(encode(request('aaaa')).text).toBe(encode(request('bbbb')).text)
    expect(codes(encode(request('aaaa')))).toEqual(['attribution.stripped'])
    expect(encode(request('aaaa'), { quirks: { keepAttribution: true } }).text).toContain('aaaa')
  })

  test.each(['', '\n', ' \u00a0'])('white space alone (%j) says nothing beside something', (blank) => {
    const text = { type: 'text', text: blank } as const
    const call = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}', form: 'json' } as const
    const { messages } = encode(
      withTurns(
        { role: 'system', blocks: [text] },
        { role: 'user', blocks: [{ type: 'text', text: 'q' }, text] },
        { role: 'assistant', blocks: [text, call] },
        { role: 'user', blocks: [{ type: 'tool-result', callId: 'c', isError: false, blocks: [] }, text] },
      ),
    )
    expect(messages).toEqual([
      { role: 'user', content: 'q' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ])
  })

  test('white space between two texts of an answer is part of it', () => {
    const blocks = ['one', ' ', 'two'].map((text) => ({ type: 'text', text }) as const)
    expect(encode(withTurns({ role: 'assistant', blocks })).messages[0]?.['content']).toBe('one two')
  })

  test('several texts are parts, or one string where the provider takes only strings', () => {
    const request = withTurns({
      role: 'user',
      blocks: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    })
    expect(encode(request).messages[0]?.['content']).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ])
    expect(encode(request, { quirks: { contentParts: false } }).messages[0]?.['content']).toBe('a\n\nb')
  })

  test('turns that must alternate are merged', () => {
    const request = withTurns(
      { role: 'user', blocks: [{ type: 'text', text: 'a' }] },
      { role: 'user', blocks: [{ type: 'text', text: 'b' }] },
    )
    const merged = encode(request, { quirks: { alternateTurns: true } })
    expect(merged.messages).toEqual([{ role: 'user', content: 'a\n\nb' }])
    expect(codes(merged)).toEqual(['turn.merged'])
  })

  test('text behind a call is joined to the text before it, and told', () => {
    const encoded = encode(
      withTurns({
        role: 'assistant',
        blocks: [
          { type: 'text', text: 'a' },
          { type: 'tool-call', id: 'c', name: 'f', arguments: '', form: 'json' },
          { type: 'text', text: 'b' },
        ],
      }),
    )
    expect(encoded.messages[0]).toMatchObject({
      content: 'ab',
      tool_calls: [{ function: { arguments: '{}' } }],
    })
    expect(codes(encoded)).toEqual(['order.flattened'])
  })

  test('the beginning of an answer is refused where it cannot be continued', () => {
    const request = withTurns({ role: 'assistant', blocks: [{ type: 'text', text: 'a' }] })
    expect(refusal(request, { capabilities: { prefill: false } }).code).toBe('unsupported-feature')
  })

  test('the beginning of an answer is marked as its server wants that, for models that take one', () => {
    const request = withTurns({ role: 'assistant', blocks: [{ type: 'text', text: 'a' }] })
    const said = { role: 'assistant', content: 'a' }
    const bodyTo = (quirks: Quirks, prefill?: boolean) =>
      encode(request, { quirks, capabilities: prefill === undefined ? {} : { prefill } }).body
    expect(bodyTo({ prefillParam: 'prefix' }, true)['messages']).toEqual([{ ...said, prefix: true }])
    expect(bodyTo({ prefillParam: 'partial' }, true)['messages']).toEqual([{ ...said, partial: true }])
    expect(bodyTo({ prefillParam: 'continue_final_message' }, true)).toMatchObject({
      messages: [said],
      continue_final_message: true,
      add_generation_prompt: false,
    })
    // What is not known to take one is not told so.
    expect(bodyTo({ prefillParam: 'prefix' })['messages']).toEqual([said])
    const asked = withTurns({ role: 'user', blocks: [{ type: 'text', text: 'a' }] })
    const towards = { quirks: { prefillParam: 'prefix' }, capabilities: { prefill: true } } as const
    expect(encode(asked, towards).body['messages']).toEqual([{ role: 'user', content: 'a' }])
  })
})

describe('tool rounds', () => {
  const image: Turn['blocks'][number] = {
    type: 'media',
    kind: 'image',
    source: { from: 'url', url: 'https://a/b.png' },
  }
  const call = (id: string): Turn['blocks'][number] => ({
    type: 'tool-call',
    id,
    name: 'f',
    arguments: '{"n":1.0}',
    form: 'json',
  })
  const result = (callId: string, ...blocks: Turn['blocks']): Turn['blocks'][number] => ({
    type: 'tool-result',
    callId,
    isError: false,
    blocks,
  })

  test('media of results move behind all results of the round', () => {
    const encoded = encode(
      withTurns(
        { role: 'assistant', blocks: [call('a'), call('b')] },
        {
          role: 'user',
          blocks: [
            result('a', image),
            result('b', { type: 'text', text: 'ok' }),
            { type: 'text', text: 'go on' },
          ],
        },
      ),
    )
    expect(encoded.messages.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '[attached below]' },
      { role: 'tool', tool_call_id: 'b', content: 'ok' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[tool a returned image]' },
          { type: 'image_url', image_url: { url: 'https://a/b.png' } },
        ],
      },
      { role: 'user', content: 'go on' },
    ])
    expect(codes(encoded)).toEqual(['result.media-moved'])
  })

  test('results spread over two turns still come before their media', () => {
    const encoded = encode(
      withTurns(
        { role: 'assistant', blocks: [call('a'), call('b')] },
        { role: 'user', blocks: [result('a', image)] },
        { role: 'user', blocks: [result('b', { type: 'text', text: 'ok' })] },
      ),
    )
    expect(encoded.messages.map((message) => message['role'])).toEqual(['assistant', 'tool', 'tool', 'user'])
  })

  test('a failed tool says so in words', () => {
    const failed: Turn['blocks'][number] = {
      type: 'tool-result',
      callId: 'a',
      isError: true,
      blocks: [{ type: 'text', text: 'no' }],
    }
    const encoded = encode(withTurns({ role: 'user', blocks: [failed] }))
    expect(encoded.messages[0]?.['content']).toBe('[tool error] no')
    expect(codes(encoded)).toEqual(['result.error-textual'])
  })

  test('ids that the provider refuses are mapped alike on the call and on its result', () => {
    const id = `toolu_${'x'.repeat(60)}`
    const request = withTurns(
      { role: 'assistant', blocks: [call(id)] },
      { role: 'user', blocks: [result(id, { type: 'text', text: 'ok' })] },
    )
    const ids = (towards: Towards): unknown[] => {
      const { messages } = encode(request, towards)
      return [readObjects(messages[0] ?? {}, 'tool_calls')[0]?.['id'], messages[1]?.['tool_call_id']]
    }
    const [callId, resultId] = ids({})
    expect(callId).toBe(resultId)
    expect(String(callId)).toMatch(/^c[a-zA-Z0-9]{39}$/)
    const short = ids({ quirks: { toolCallId: { pattern: 'alphanumeric', length: 9, exact: true } } })
    expect(String(short[0])).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(short[0]).toBe(short[1])
  })

  test('arguments keep their spelling', () => {
    expect(encode(withTurns({ role: 'assistant', blocks: [call('a')] })).text).toContain('"{\\"n\\":1.0}"')
  })
})

describe('tools', () => {
  test('with names that the wire refuses get others, alike wherever they are named', () => {
    const [long, dotted] = ['x'.repeat(65), 'files.read']
    const call = { type: 'tool-call', id: 'c', name: long, arguments: '{}', form: 'json' } as const
    const encoded = encode({
      ...BASE,
      turns: [...BASE.turns, { role: 'assistant', blocks: [call] }],
      tools: [
        { type: 'function', name: long },
        { type: 'text', name: dotted },
        { type: 'function', name: 'x'.repeat(64) },
      ],
      toolChoice: { type: 'allowed', mode: 'auto', names: [long, dotted] },
    })
    const [first, second] = [
      toWireToolName(long, toolWireOf({}, TOOL_RULES)),
      toWireToolName(dotted, toolWireOf({}, TOOL_RULES)),
    ]
    expect([first.length, second.slice(0, 11)]).toEqual([64, 'files_read_'])
    expect(encoded.body['tools']).toEqual([
      { type: 'function', function: { name: first } },
      { type: 'custom', custom: { name: second } },
      { type: 'function', function: { name: 'x'.repeat(64) } },
    ])
    expect(encoded.body['tool_choice']).toMatchObject({
      allowed_tools: { tools: [{ function: { name: first } }, { custom: { name: second } }] },
    })
    expect(encoded.messages[1]?.['tool_calls']).toMatchObject([{ function: { name: first } }])
    expect(codes(encoded)).toEqual(['tool.renamed', 'tool.renamed'])
  })

  test('are written as the provider takes them', () => {
    const parameters = { type: 'object', properties: {}, required: [], additionalProperties: false }
    const request: ChatRequest = {
      ...BASE,
      tools: [
        { type: 'function', name: 'f', strict: true, parameters },
        { type: 'text', name: 'patch', description: 'Patches.', format: { type: 'grammar' } },
      ],
      toolChoice: { type: 'tool', name: 'patch' },
    }
    const plain = encode(request)
    expect(plain.body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters, strict: true } },
      { type: 'custom', custom: { name: 'patch', description: 'Patches.', format: { type: 'grammar' } } },
    ])
    expect(plain.body['tool_choice']).toEqual({ type: 'custom', custom: { name: 'patch' } })
    const emulated = encode(request, {
      quirks: { textTools: false, strictTools: false, toolChoiceRequired: 'any' },
    })
    expect(readObjects(emulated.body, 'tools').map((tool) => tool['type'])).toEqual(['function', 'function'])
    expect(emulated.body['tool_choice']).toEqual({ type: 'function', function: { name: 'patch' } })
    expect(codes(emulated).sort()).toEqual(['param.dropped', 'tool.emulated'])
    expect(
      encode({ ...request, toolChoice: { type: 'required' } }, { quirks: { toolChoiceRequired: 'any' } })
        .body['tool_choice'],
    ).toBe('any')
  })

  test('that are strict are closed, or not strict where that would change what they take', () => {
    const strict = (schema: JsonObject): Encoded =>
      encode({ ...BASE, tools: [{ type: 'function', name: 'f', strict: true, parameters: schema }] })
    const open = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
    const closed = strict(open)
    expect(readObjects(closed.body, 'tools')).toEqual([
      {
        type: 'function',
        function: { name: 'f', parameters: { ...open, additionalProperties: false }, strict: true },
      },
    ])
    expect(codes(closed)).toEqual([])
    const optional = { type: 'object', properties: open.properties }
    const loose = strict(optional)
    expect(readObjects(loose.body, 'tools')).toEqual([
      { type: 'function', function: { name: 'f', parameters: optional } },
    ])
    expect(loose.notices).toEqual([{ code: 'schema.unenforced', subject: 'tools[0].strict' }])
  })

  test('that another provider runs are refused, our own go back whole', () => {
    const foreign: ChatRequest = {
      ...BASE,
      tools: [{ type: 'hosted', family: 'elsewhere', name: 'search', raw: {} }],
    }
    expect(refusal(foreign)).toMatchObject({ code: 'unsupported-feature', details: { param: 'tools[0]' } })
    const own: ChatRequest = {
      ...BASE,
      tools: [
        { type: 'hosted', family: 'openai', name: 'web_search', raw: { type: 'web_search' } },
        { type: 'hosted', family: 'openai', name: 'web_search_options', raw: { search_context_size: 'low' } },
      ],
    }
    expect(encode(own).body).toMatchObject({
      tools: [{ type: 'web_search' }],
      web_search_options: { search_context_size: 'low' },
    })
  })

  test('that take no arguments have the schema of an object, as every API demands', () => {
    const encoded = encode({
      ...BASE,
      tools: [
        { type: 'function', name: 'help', parameters: { type: 'object' } },
        { type: 'function', name: 'list', parameters: {} },
        { type: 'function', name: 'none' },
        { type: 'function', name: 'either', parameters: { oneOf: [] } },
      ],
    })
    const empty = { type: 'object', properties: {} }
    const parameters = readObjects(encoded.body, 'tools').map(
      (tool) => readObject(tool, 'function')?.['parameters'],
    )
    expect(parameters).toEqual([empty, empty, undefined, empty])
    expect(encoded.notices).toEqual([{ code: 'schema.lowered', subject: 'either' }])
  })

  test.each<ChatRequest['toolChoice']>([{ type: 'auto' }, { type: 'none' }, { type: 'tool', name: 'f' }])(
    'that are not there cannot be chosen among: %j',
    (toolChoice) => {
      for (const tools of [undefined, []]) {
        const encoded = encode({ ...BASE, ...defined({ tools, toolChoice }), parallelToolCalls: false })
        expect(Object.keys(encoded.body)).toEqual(['model', 'messages'])
        expect(encoded.notices).toEqual([{ code: 'param.dropped', subject: 'tool_choice' }])
      }
      expect(encode({ ...BASE, parallelToolCalls: false }).notices).toEqual([])
    },
  )

  test('are chosen by what is offered where the provider knows no names, or does not listen', () => {
    const tools = ['f', 'g', 'h'].map((name) => ({ type: 'function', name }) as const)
    const chosen = (toolChoice: 'words' | 'unheard', choice: ChatRequest['toolChoice']): unknown => {
      const encoded = encode(
        { ...BASE, tools, ...defined({ toolChoice: choice }) },
        { quirks: { toolChoice } },
      )
      const names = readObjects(encoded.body, 'tools').map((tool) =>
        readString(readObject(tool, 'function') ?? {}, 'name'),
      )
      return [names.join(''), encoded.body['tool_choice'], ...codes(encoded)]
    }
    const some = { type: 'allowed', mode: 'auto', names: ['g', 'h'] } as const
    expect(chosen('words', { type: 'tool', name: 'g' })).toEqual(['g', 'required'])
    expect(chosen('words', some)).toEqual(['gh', 'auto'])
    expect(chosen('words', { type: 'none' })).toEqual(['fgh', 'none'])
    expect(chosen('unheard', { type: 'tool', name: 'g' })).toEqual(['g', undefined, 'tool-choice.weakened'])
    expect(chosen('unheard', { type: 'required' })).toEqual(['fgh', undefined, 'tool-choice.weakened'])
    expect(chosen('unheard', some)).toEqual(['gh', undefined])
    expect(chosen('unheard', { type: 'none' })).toEqual(['', undefined])
    expect(chosen('unheard', undefined)).toEqual(['fgh', undefined])
  })

  test('are refused where the model takes none', () => {
    const request: ChatRequest = { ...BASE, tools: [{ type: 'function', name: 'f' }] }
    expect(refusal(request, { quirks: { tools: false } }).details.param).toBe('tools')
    expect(refusal(request, { capabilities: { tools: false } }).details.param).toBe('tools')
  })
})

describe('structured output', () => {
  const request: ChatRequest = {
    ...BASE,
    output: { type: 'json-schema', schema: { type: 'object' }, strict: true },
  }

  test('gets the name that the wire demands', () => {
    expect(encode(request).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'output', schema: { type: 'object' }, strict: true },
    })
  })

  test('is the schema of an object where the provider refuses to be asked for any', () => {
    const quirks = { structuredOutput: 'json-schema-only' } as const
    const any = encode({ ...BASE, output: { type: 'json' } }, { quirks })
    expect(any.body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'output', schema: { type: 'object' } },
    })
    expect(codes(any)).toEqual(['schema.emulated'])
    expect(encode(request, { quirks }).body['response_format']).toEqual(
      encode(request).body['response_format'],
    )
  })

  test('is asked for in words where the provider cannot enforce it', () => {
    const weak = encode(request, { quirks: { structuredOutput: 'json-object' } })
    expect(weak.body['response_format']).toEqual({ type: 'json_object' })
    expect(weak.messages[0]?.['role']).toBe('system')
    expect(weak.messages[0]?.['content']).toContain('{"type":"object"}')
    expect(codes(weak)).toEqual(['schema.unenforced'])
    const none = encode({ ...BASE, output: { type: 'json' } }, { quirks: { structuredOutput: 'none' } })
    expect(none.body['response_format']).toBeUndefined()
    expect(codes(none)).toEqual(['schema.emulated'])
  })
})

describe('input that cannot be carried is refused', () => {
  const media = (block: Turn['blocks'][number]): ChatRequest =>
    withTurns({ role: 'user', blocks: [{ ...block, at: 'messages[0]' }] })
  test.each<[string, ChatRequest, Towards]>([
    [
      'an image for a model without eyes',
      media({ type: 'media', kind: 'image', source: { from: 'url', url: 'https://a' } }),
      { capabilities: { vision: false } },
    ],
    [
      'an image by URL where only bytes go',
      media({ type: 'media', kind: 'image', source: { from: 'url', url: 'https://a' } }),
      { quirks: { imageUrls: false } },
    ],
    [
      'audio for a model without ears',
      media({ type: 'media', kind: 'audio', source: { from: 'bytes', base64: 'A', mediaType: 'audio/wav' } }),
      { capabilities: { audioInput: false } },
    ],
    [
      'a document by URL',
      media({ type: 'media', kind: 'document', source: { from: 'url', url: 'https://a' } }),
      {},
    ],
    [
      'a document for a model that reads none',
      media({
        type: 'media',
        kind: 'document',
        source: { from: 'bytes', base64: 'A', mediaType: 'application/pdf' },
      }),
      { capabilities: { documents: false } },
    ],
    [
      'a file of another family',
      media({ type: 'media', kind: 'image', source: { from: 'file', family: 'elsewhere', fileId: 'f' } }),
      {},
    ],
  ])('%s', (_name, request, towards) => {
    expect(refusal(request, towards)).toMatchObject({
      code: 'unsupported-feature',
      details: { param: 'messages[0]' },
    })
  })

  test('documents of text and passages of a search become text', () => {
    const encoded = encode(
      withTurns({
        role: 'user',
        blocks: [
          {
            type: 'media',
            kind: 'document',
            name: 'Notes',
            source: { from: 'text', text: 'body' },
            cite: true,
          },
          {
            type: 'search-result',
            title: 'T',
            source: 'https://s',
            blocks: [{ type: 'text', text: 'found' }],
            cite: true,
          },
          { type: 'native', family: 'elsewhere', raw: {}, elsewhere: '' },
        ],
      }),
    )
    expect(encoded.messages[0]?.['content']).toEqual([
      { type: 'text', text: 'Notes\nbody' },
      { type: 'text', text: 'T\nhttps://s\nfound' },
    ])
    expect(codes(encoded).sort()).toEqual(['citation.dropped', 'citation.dropped', 'native.dropped'])
  })
})

test('only the headers of this dialect are forwarded', () => {
  const wire = openaiChat.encodeRequest(BASE, {
    model: 'm',
    quirks: {},
    capabilities: {},
    notice: () => {},
    headers: { 'openai-beta': 'x', 'x-codex-turn': 'y', authorization: 'Bearer z', cookie: 'c' },
  })
  expect(wire.headers).toEqual({ 'openai-beta': 'x', 'x-codex-turn': 'y' })
})
