import { describe, expect, test } from 'bun:test'
import type { ChatRequest, ReasoningOptions, Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { encodeRequest } from './encode-request.ts'

interface Encoded {
  readonly body: JsonObject
  readonly notices: readonly string[]
}

function encode(more: Partial<ChatRequest>, capabilities: Capabilities = {}, quirks: Quirks = {}): Encoded {
  const notices: string[] = []
  const request: ChatRequest = {
    operation: 'chat',
    model: 'route',
    turns: [{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }],
    stream: false,
    wantsUsage: true,
    ...more,
  }
  const { body } = encodeRequest(request, {
    model: 'claude-test',
    capabilities,
    quirks,
    headers: {},
    notice: (code, subject) => void notices.push(subject === undefined ? code : `${code}=${subject}`),
  })
  const { model: _model, messages: _messages, ...rest } = parseJsonObject(body) ?? {}
  return { body: rest, notices }
}

describe('limits and sampling', () => {
  test('max_tokens defaults to what the operator says, else 8192, and is clamped to what the model can', () => {
    expect(encode({})).toEqual({ body: { max_tokens: 8_192 }, notices: ['max-tokens.defaulted=max_tokens'] })
    expect(encode({}, { maxOutputTokens: 64_000 }).body).toEqual({ max_tokens: 8_192 })
    expect(encode({}, { maxOutputTokens: 4_096 }).body).toEqual({ max_tokens: 4_096 })
    expect(encode({}, { maxOutputTokens: 64_000, defaultOutputTokens: 32_000 }).body).toEqual({
      max_tokens: 32_000,
    })
    expect(encode({ maxOutputTokens: 99 }, { maxOutputTokens: 50 })).toEqual({
      body: { max_tokens: 50 },
      notices: ['max-tokens.clamped=max_tokens'],
    })
  })

  test('temperature is clamped to 0–1', () => {
    const hot = encode({ maxOutputTokens: 9, temperature: 1.4 })
    expect(hot).toEqual({ body: { max_tokens: 9, temperature: 1 }, notices: ['param.clamped=temperature'] })
    expect(encode({ maxOutputTokens: 9, temperature: 0 }).body['temperature']).toBe(0)
  })

  test('temperature and top_p exclude each other; models without sampling get neither', () => {
    const both = { maxOutputTokens: 9, temperature: 0.5, topP: 0.9, topK: 5 }
    expect(encode(both)).toEqual({
      body: { max_tokens: 9, temperature: 0.5, top_k: 5 },
      notices: ['param.dropped=top_p'],
    })
    expect(encode(both, { sampling: false })).toEqual({
      body: { max_tokens: 9 },
      notices: ['param.dropped=temperature', 'param.dropped=top_p', 'param.dropped=top_k'],
    })
  })

  test('stop sequences stay a list; white space alone is left out', () => {
    expect(encode({ stop: ['END'] }).body['stop_sequences'] ?? null).toEqual(['END'])
    const blank = encode({ maxOutputTokens: 9, stop: ['\n', 'END'] })
    expect(blank.body['stop_sequences'] ?? null).toEqual(['END'])
    expect(blank.notices).toEqual(['param.dropped=stop'])
  })

  test('what has no word here is dropped by name; several choices are refused', () => {
    const lost = encode({
      maxOutputTokens: 9,
      presencePenalty: 1,
      frequencyPenalty: 1,
      seed: 1,
      logprobs: { top: 2 },
      logitBias: { 1: 1 },
      verbosity: 'low',
      metadata: { a: 'b' },
    })
    expect(lost.body).toEqual({ max_tokens: 9 })
    expect(lost.notices).toEqual([
      'param.dropped=presence_penalty',
      'param.dropped=frequency_penalty',
      'param.dropped=seed',
      'param.dropped=logprobs',
      'param.dropped=logit_bias',
      'param.dropped=verbosity',
      'param.dropped=metadata',
    ])
    expect(() => encode({ choices: 2 })).toThrow(Failure)
    expect(encode({ choices: 1, maxOutputTokens: 9 }).notices).toEqual([])
  })

  test('the user and known tiers are told', () => {
    expect(encode({ maxOutputTokens: 9, user: 'u1', serviceTier: 'default' }).body).toEqual({
      max_tokens: 9,
      metadata: { user_id: 'u1' },
      service_tier: 'standard_only',
    })
    expect(encode({ maxOutputTokens: 9, serviceTier: 'flex' }).notices).toEqual([
      'param.dropped=service_tier',
    ])
  })

  test('a user is told by no more characters than the API, or the provider, takes', () => {
    const told = (length: number, quirks: Quirks = {}): unknown =>
      readString(
        readObject(encode({ user: 'u'.repeat(length) }, {}, quirks).body, 'metadata') ?? {},
        'user_id',
      )?.length
    expect([told(256), told(257), told(100, { maxUserCharacters: 32 })]).toEqual([256, 64, 32])
  })

  test('nothing that was absent is sent, and no nulls', () => {
    expect(encode({ maxOutputTokens: 9 }).body).toEqual({ max_tokens: 9 })
  })

  test('fields are left out and renamed as the provider row says', () => {
    const quirks = { dropParams: ['top_k'], renameParams: { stop_sequences: 'stop' } }
    expect(encode({ maxOutputTokens: 9, topK: 4, stop: ['A'] }, {}, quirks)).toEqual({
      body: { max_tokens: 9, stop: ['A'] },
      notices: ['param.dropped=top_k', 'param.renamed=stop_sequences'],
    })
  })
})

describe('reasoning', () => {
  const think = (
    reasoning: ReasoningOptions,
    capabilities: Capabilities = {},
    maxOutputTokens?: number,
  ): Encoded =>
    encode({ reasoning, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) }, capabilities)

  test.each([
    ['minimal', 'low'],
    ['low', 'low'],
    ['medium', 'medium'],
    ['high', 'high'],
    ['xhigh', 'xhigh'],
    ['max', 'max'],
  ] as const)('effort %s is adaptive thinking with effort %s', (effort, wire) => {
    expect(think({ effort }, {}, 9).body).toEqual({
      max_tokens: 9,
      thinking: { type: 'adaptive' },
      output_config: { effort: wire },
    })
  })

  test('off is said', () => {
    expect(think({ effort: 'none' }, {}, 9).body['thinking'] ?? null).toEqual({ type: 'disabled' })
    expect(think({ mode: 'off' }, { reasoning: 'budget' }, 9).body['thinking'] ?? null).toEqual({
      type: 'disabled',
    })
  })

  test('a budget is an effort where the model takes no budgets', () => {
    expect(think({ budgetTokens: 20_000 }, {}, 9).body['output_config'] ?? null).toEqual({ effort: 'high' })
  })

  test('a budget that the client named stays one where nothing is known', () => {
    expect(think({ mode: 'on', budgetTokens: 2_048 }, {}, 4_096).body).toEqual({
      max_tokens: 4_096,
      thinking: { type: 'enabled', budget_tokens: 2_048 },
    })
  })

  test.each([
    ['low', 1_024],
    ['medium', 3_000],
    ['high', 6_000],
    ['max', 9_500],
  ] as const)('effort %s is a share of the limit where the model takes budgets', (effort, budget) => {
    expect(think({ effort }, { reasoning: 'budget' }, 10_000).body['thinking'] ?? null).toEqual({
      type: 'enabled',
      budget_tokens: budget,
    })
  })

  test('the limit grows for a budget unless the client set it; then the budget shrinks or goes', () => {
    const budget = { reasoning: 'budget' } as const
    expect(think({ budgetTokens: 10_000 }, budget).body['max_tokens']).toBe(18_192)
    expect(think({ budgetTokens: 10_000 }, budget, 5_000)).toEqual({
      body: { max_tokens: 5_000, thinking: { type: 'enabled', budget_tokens: 4_999 } },
      notices: ['param.clamped=budget_tokens'],
    })
    expect(think({ budgetTokens: 1_024 }, budget, 50)).toEqual({
      body: { max_tokens: 50 },
      notices: ['reasoning.dropped=max_tokens'],
    })
  })

  test('thinking takes sampling away', () => {
    const encoded = encode({ maxOutputTokens: 9, reasoning: { effort: 'low' }, temperature: 0.3, topK: 2 })
    expect(encoded.notices).toEqual(['param.dropped=temperature', 'param.dropped=top_k'])
    expect(encoded.body['temperature']).toBeUndefined()
    const one = encode({ maxOutputTokens: 9, reasoning: { effort: 'low' }, temperature: 1 })
    expect(one.notices).toEqual([])
  })

  test('thinking takes a top_p that would cut much away', () => {
    const ask = (topP: number): Encoded => encode({ maxOutputTokens: 9, reasoning: { effort: 'low' }, topP })
    expect(ask(0.5).body['top_p']).toBeUndefined()
    expect(ask(0.5).notices).toEqual(['param.dropped=top_p'])
    expect(ask(0.95).body['top_p']).toBe(0.95)
    expect(encode({ maxOutputTokens: 9, topP: 0.5 }).body['top_p']).toBe(0.5)
  })

  test('a round of tools that began without thinking ends without it, where thinking has a budget', () => {
    const signature = { family: 'anthropic', scheme: 'signature', value: 'EsgD' }
    const thought = { type: 'reasoning', text: 'hm', form: 'full' } as const
    const call = { type: 'tool-call', id: 'c', name: 'f', arguments: '{}', form: 'json' } as const
    const result = { type: 'tool-result', callId: 'c', isError: false, blocks: [] } as const
    const after = (...blocks: readonly Block[]): Turn[] => [
      { role: 'user', blocks: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', blocks },
      { role: 'user', blocks: [result] },
    ]
    const ask = (
      turns: readonly Turn[],
      reasoning: ReasoningOptions = { mode: 'on', budgetTokens: 2_048 },
    ): Encoded => encode({ maxOutputTokens: 9_000, reasoning, turns })
    expect(ask(after(call))).toEqual({
      body: { max_tokens: 9_000 },
      notices: ['reasoning.dropped=messages'],
    })
    expect(ask(after(thought, call)).body['thinking']).toBeUndefined()
    expect(ask(after({ ...thought, signature }, call)).body['thinking'] ?? null).toMatchObject({
      type: 'enabled',
    })
    const further: Turn[] = [
      { role: 'assistant', blocks: [call] },
      { role: 'user', blocks: [result] },
    ]
    expect(ask([...after({ ...thought, signature }, call), ...further]).notices).toEqual([])
    expect(ask([...after(call), ...further]).notices).toEqual(['reasoning.dropped=messages'])
    const said: Turn = { role: 'user', blocks: [{ type: 'text', text: 'go on' }] }
    expect(ask([...after(call), said]).notices).toContain('reasoning.dropped=messages')
    expect(ask(after({ type: 'text', text: 'done' }).slice(0, 2)).body['thinking']).toBeDefined()
    expect(ask(after(call), { effort: 'low' }).body['thinking'] ?? null).toEqual({ type: 'adaptive' })
  })

  test('models that do not reason are not asked to', () => {
    expect(think({ effort: 'high' }, { reasoning: 'none' }, 9)).toEqual({
      body: { max_tokens: 9 },
      notices: ['param.dropped=reasoning'],
    })
  })

  test('servers that know only on and off are told on', () => {
    const encoded = encode(
      { maxOutputTokens: 9, reasoning: { effort: 'high' } },
      {},
      { reasoningParam: 'thinking-type' },
    )
    expect(encoded.body).toEqual({ max_tokens: 9, thinking: { type: 'enabled' } })
  })

  test('what the client wants to see is told', () => {
    expect(think({ mode: 'adaptive', show: 'omitted' }, {}, 9).body['thinking'] ?? null).toEqual({
      type: 'adaptive',
      display: 'omitted',
    })
  })
})

describe('structured output', () => {
  const schema = {
    type: 'object',
    properties: { tags: { type: 'array', items: { type: 'string', maxLength: 5 }, maxItems: 3 } },
    required: ['tags'],
  } as const

  test('a schema is closed and its sizes become words', () => {
    const encoded = encode({ maxOutputTokens: 9, output: { type: 'json-schema', schema } })
    expect(encoded.body['output_config'] ?? null).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            tags: {
              type: 'array',
              items: { type: 'string', description: 'Constraints: maxLength: 5.' },
              description: 'Constraints: maxItems: 3.',
            },
          },
          required: ['tags'],
          additionalProperties: false,
        },
      },
    })
    expect(encoded.notices).toEqual(['schema.lowered=response_format'])
  })

  test('alternatives are told by the one word that the API has, unknown formats in words', () => {
    const shapes = [
      { type: 'string', format: 'uuid' },
      { type: 'string', format: 'iban', minLength: 9 },
    ]
    const either = { type: 'object', properties: { a: { oneOf: shapes } }, additionalProperties: false }
    const { body, notices } = encode({ maxOutputTokens: 9, output: { type: 'json-schema', schema: either } })
    expect(body['output_config'] ?? null).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          ...either,
          properties: {
            a: {
              anyOf: [
                { type: 'string', format: 'uuid' },
                { type: 'string', description: 'Constraints: format: "iban", minLength: 9.' },
              ],
            },
          },
        },
      },
    })
    expect(notices).toEqual(['schema.lowered=response_format'])
  })

  test('a property may have the name of a word of schemas', () => {
    const property = { type: 'object', properties: { format: { type: 'string' }, oneOf: { type: 'null' } } }
    const schema = { ...property, additionalProperties: false } as const
    const { body } = encode({ maxOutputTokens: 9, output: { type: 'json-schema', schema } })
    expect(body['output_config'] ?? null).toEqual({ format: { type: 'json_schema', schema } })
  })

  test('a schema that fits is not touched', () => {
    const closed = { type: 'object', properties: {}, additionalProperties: false } as const
    const encoded = encode({ maxOutputTokens: 9, output: { type: 'json-schema', schema: closed } })
    expect(encoded.body['output_config'] ?? null).toEqual({ format: { type: 'json_schema', schema: closed } })
    expect(encoded.notices).toEqual([])
  })

  test('JSON without a schema, or where schemas are refused, is asked for in words', () => {
    const plain = encode({ maxOutputTokens: 9, output: { type: 'json' } })
    expect(plain.body['system']).toBe('Answer with one valid JSON object and nothing else.')
    expect(plain.notices).toEqual(['schema.unenforced=response_format'])
    const told = encode(
      { maxOutputTokens: 9, output: { type: 'json-schema', schema } },
      { jsonSchema: false },
    )
    expect(told.body['system']).toContain(JSON.stringify(schema))
    expect(told.notices).toEqual(['schema.unenforced=response_format'])
  })
})
