import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { checkAnthropicRequest } from './anthropic-rules.ts'

const OLD = { 'anthropic-version': '2023-06-01' }
const NEW = { 'anthropic-version': '2026-10-21' }
const user = { role: 'user', content: 'Hi' }
const base: JsonObject = { model: 'smart', max_tokens: 2_000, messages: [user] }
const say = (...messages: readonly JsonObject[]): JsonObject => ({ ...base, messages })
const call = (id: string): JsonObject => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'f', input: {} }],
})
const result = (id: string): JsonObject => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content: '7' }],
})
const marked = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }
const tool = { name: 'f', input_schema: { type: 'object' } }
const thinking = { type: 'enabled', budget_tokens: 1_024 }

const REFUSED: readonly (readonly [string, JsonObject, string, Record<string, string>?])[] = [
  ['a missing version', base, 'anthropic-version: header is required', {}],
  ['an unknown version', base, 'not a valid version', { 'anthropic-version': '2020-01-01' }],
  ['a missing maximum of tokens', { model: 'm', messages: [user] }, 'max_tokens: Field required'],
  ['an unknown field', { ...base, n: 2 }, 'n: Extra inputs are not permitted'],
  [
    'a beta field without its header',
    { ...base, context_management: {} },
    'context_management: Extra inputs',
  ],
  ['sampling in the new version', { ...base, top_p: 0.5 }, 'top_p: not supported', NEW],
  ['a temperature above one', { ...base, temperature: 1.5 }, 'range: 0..1'],
  ['no messages', say(), 'at least one message'],
  [
    'an assistant at the beginning',
    say({ role: 'assistant', content: 'x' }, user),
    'first message must use the "user" role',
  ],
  ['a tool role', say({ role: 'tool', content: 'x' }), 'messages.0.role'],
  [
    'an empty text block',
    say({ role: 'user', content: [{ type: 'text', text: '' }] }),
    'text content blocks must be non-empty',
  ],
  [
    'a text block of white space',
    say({ role: 'user', content: [{ type: 'text', text: ' \n' }] }),
    'messages: text content blocks must contain non-whitespace text',
  ],
  [
    'a system prompt of white space',
    { ...base, system: '\t' },
    'system: text content blocks must contain non-whitespace text',
  ],
  [
    'an empty message',
    say({ role: 'user', content: [] }),
    'messages.0: all messages must have non-empty content',
  ],
  [
    'a result without its call',
    say(user, { role: 'assistant', content: 'x' }, result('c')),
    'messages.2.content.0: unexpected `tool_use_id`',
  ],
  ['a call without its result', say(user, call('c'), user), 'messages.1: `tool_use` ids were found without'],
  ['a call id with other characters', say(user, call('c.1'), result('c.1')), 'should match pattern'],
  [
    'five cache marks',
    { ...base, system: [marked, marked, marked], messages: [{ role: 'user', content: [marked, marked] }] },
    'Found 5',
  ],
  [
    'a small thinking budget',
    { ...base, thinking: { ...thinking, budget_tokens: 10 } },
    'greater than or equal to 1024',
  ],
  [
    'a thinking budget above the maximum',
    { ...base, max_tokens: 1_024, thinking },
    '`max_tokens` must be greater than',
  ],
  [
    'thinking with a forced tool',
    { ...base, thinking, tools: [tool], tool_choice: { type: 'any' } },
    'Thinking may not be enabled',
  ],
  ['thinking with a temperature', { ...base, thinking, temperature: 0.5 }, 'may only be set to 1'],
  [
    'a tool without a schema',
    { ...base, tools: [{ name: 'f' }] },
    'tools.0.custom.input_schema: Field required',
  ],
  ['a choice without tools', { ...base, tool_choice: { type: 'auto' } }, 'while providing tools'],
]

describe('what Anthropic refuses', () => {
  test.each([...REFUSED])('%s', (_what, body, wording, headers = OLD) => {
    let refused: unknown
    try {
      checkAnthropicRequest({ body, headers: new Headers(headers), operation: 'chat' })
    } catch (thrown) {
      refused = thrown
    }
    if (!(refused instanceof VendorError)) throw new Error('not refused')
    expect(refused.status).toBe(400)
    expect(refused.message.toLowerCase()).toContain(wording.toLowerCase())
  })

  test('nothing in a full and correct conversation', () => {
    const body: JsonObject = {
      ...base,
      messages: [user, user, call('c'), { role: 'system', content: 'Be brief.' }, result('c')],
      system: [marked, marked],
      tools: [tool],
      tool_choice: { type: 'auto' },
      thinking,
      stop_sequences: ['a'],
      context_management: {},
    }
    const headers = new Headers({ ...NEW, 'anthropic-beta': 'context-management-2025-06-27' })
    checkAnthropicRequest({ body, headers, operation: 'chat' })
  })

  test('no missing maximum when tokens are only counted', () => {
    const body: JsonObject = { model: 'm', messages: [user] }
    checkAnthropicRequest({ body, headers: new Headers(OLD), operation: 'count-tokens' })
  })
})
