import { describe, expect, test } from 'bun:test'
import type { Tool } from '../exchange/chat.ts'
import { TOKENS_BY_REFERENCE } from '../exchange/estimate.ts'
import type { JsonObject } from '../kit/json.ts'
import { disagreeing, readBillMembers } from './bill-members.ts'

const bearing = (unknown: JsonObject, tools?: readonly Tool[]) =>
  readBillMembers(unknown, tools === undefined ? {} : { tools }).bearing

describe('members that are not understood', () => {
  test.each<[JsonObject, JsonObject]>([
    [{ max_new_tokens: 70 }, { outputTokens: 70 }],
    [{ maxOutputTokens: '70' }, { outputTokens: 70 }],
    [{ options: { num_predict: 70, temperature: 1 } }, { outputTokens: 70 }],
    [{ a: [{ b: { 'max-tokens': 70 } }] }, { outputTokens: 70 }],
    [
      { n_predict: -1, min_tokens: 70 },
      { endless: true, outputTokens: 70 },
    ],
    [{ min_tokens: 70, max_new_tokens: 60 }, { outputTokens: 70 }],
    [{ best_of: 5, extra_body: { n: 3 } }, { choices: 5 }],
    [{ reasoning: { max_tokens: 70, effort: 'high' } }, { besideTokens: 70 }],
    [{ thinking_budget: 30, extra_body: { thinkingConfig: { thinkingBudget: 40 } } }, { besideTokens: 70 }],
    [{ prediction: { content: 'abcd' } }, { besideTokens: 5 }],
    [{ enable_search: true }, { toolRuns: 10 }],
    [{ search_parameters: { max_search_results: 3 } }, { toolRuns: 13 }],
    [{ compaction: {} }, { toolRuns: 1, besideTokens: 8_192 }],
    [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, { toolRuns: 1, besideTokens: 8_192 }],
    [{ thread: { type: 'continue', previous_message_id: 'm' } }, { inputTokens: TOKENS_BY_REFERENCE }],
    [{ modalities: ['text', 'audio'] }, { audio: true, speech: true }],
    [{ audio: { voice: 'alloy' } }, { audio: true }],
    [{ speed: 'fast', inference_geo: 'us' }, { serviceTiers: ['fast', 'us'] }],
  ])('%j bear on the bill as %j', (unknown, expected) => {
    expect(bearing(unknown)).toEqual(expected)
  })

  test.each<JsonObject>([
    { models: ['a'] },
    { route: 'fallback' },
    { provider: { order: ['x'] } },
    { fallbacks: [{ model: 'x' }] },
    { providerOptions: { gateway: { models: ['x'] } } },
  ])('%j choose another model or another price', (unknown) => {
    expect(bearing(unknown)?.otherModels).toEqual(Object.keys(unknown))
  })

  test('names in other letters are the same names, since some servers do not tell them apart', () => {
    expect(bearing({ Max_Tokens: 70, N: 4, Model: 'x' })).toEqual({
      outputTokens: 70,
      choices: 4,
      otherModels: ['Model'],
    })
  })

  test('a model inside a member is another model, named with its place', () => {
    expect(bearing({ compound: { answering: { model: 'x' } } })?.otherModels).toEqual([
      'compound.answering.model',
    ])
  })

  test.each<JsonObject>([
    { ignore_eos: true, top_k: 4, guided_json: { properties: { max_tokens: { type: 'integer' } } } },
    { max_new_tokens: null, best_of: 'many', enable_search: false },
    { models: [], provider: {}, route: '' },
    { modalities: ['text'], thread: { type: 'create' }, moderation: { model: 'omni' } },
    { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } },
  ])('%j bear on nothing', (unknown) => {
    expect(readBillMembers(unknown, {})).toEqual({ limits: [] })
  })

  test('words that every object knows are no members', () => {
    expect(
      bearing(JSON.parse('{"constructor":{"max_new_tokens":1},"__proto__":{"n":9}}') as JsonObject),
    ).toEqual({
      outputTokens: 1,
      choices: 9,
    })
  })
})

describe('tools that the provider runs', () => {
  const hosted = (raw: JsonObject): Tool => ({ type: 'hosted', family: 'f', name: 'web_search_1', raw })

  test('count as often as they may run', () => {
    expect(bearing({}, [hosted({}), hosted({ max_uses: 3 })])).toEqual({ toolRuns: 13 })
    expect(readBillMembers(undefined, { tools: [hosted({})] }, () => true).bearing).toBeUndefined()
  })

  test('that name a model of their own choose another model', () => {
    expect(bearing({}, [hosted({ model: 'x' })])?.otherModels).toEqual(['tools'])
  })
})

test('a tier of service is asked for by any word but the usual ones', () => {
  expect(readBillMembers(undefined, { serviceTier: 'auto' }).bearing).toEqual({ serviceTiers: ['auto'] })
  expect(readBillMembers({ speed: 'standard' }, { serviceTier: 'default' }).bearing).toBeUndefined()
})

test('limits disagree when two of them differ, and the first two that do are named', () => {
  const limit = (path: string, tokens: number) => ({ path, tokens })
  expect(disagreeing([])).toBeUndefined()
  expect(disagreeing([limit('a', 1), limit('b', 1)])).toBeUndefined()
  expect(disagreeing([limit('a', 1), limit('b', 1), limit('c', 2)])).toEqual(['a', 'c'])
})
