import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { checkOpenaiRequest } from './openai-rules.ts'

const user = { role: 'user', content: 'Give me json.' }
const base: JsonObject = { model: 'smart', messages: [user] }
const callOf = (id: string): JsonObject => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
})
const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } }
const strictTool = (parameters: JsonObject): JsonObject => ({
  type: 'function',
  function: { name: 'f', strict: true, parameters },
})

/** What is refused, the field that is named, and a piece of the wording. */
const REFUSED: readonly (readonly [string, JsonObject, string | undefined, string])[] = [
  ['an unknown field', { ...base, gatehouse: {} }, 'gatehouse', 'Unknown parameter'],
  ['no model', { messages: [user] }, 'model', 'Missing required parameter'],
  ['no messages', { ...base, messages: [] }, 'messages', 'empty array'],
  [
    'an unknown role',
    { ...base, messages: [{ role: 'robot', content: 'x' }] },
    'messages[0].role',
    "'robot'",
  ],
  [
    'null content without calls',
    { ...base, messages: [{ role: 'assistant', content: null }] },
    'messages[0].content',
    'null',
  ],
  [
    'a long call id',
    { ...base, messages: [user, callOf('x'.repeat(41))] },
    'messages[1].tool_calls[0].id',
    'maximum length 40',
  ],
  [
    'an orphan tool message',
    { ...base, messages: [user, { role: 'tool', tool_call_id: 'c', content: 'x' }] },
    'messages.[1].role',
    'preceeding',
  ],
  ['a call without its result', { ...base, messages: [user, callOf('c1'), user] }, 'messages', 'c1'],
  [
    'an image in a tool message',
    {
      ...base,
      messages: [user, callOf('c'), { role: 'tool', tool_call_id: 'c', content: [{ type: 'image_url' }] }],
    },
    'messages[2].content[0].type',
    "'text'",
  ],
  ['five stop sequences', { ...base, stop: ['1', '2', '3', '4', '5'] }, 'stop', 'maximum length 4'],
  ['n of zero', { ...base, n: 0 }, 'n', '>= 1'],
  ['a temperature above two', { ...base, temperature: 2.5 }, 'temperature', '<= 2'],
  [
    'json_object without the word',
    { ...base, messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_object' } },
    'messages',
    "word 'json'",
  ],
  [
    'a schema without a name',
    { ...base, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
    'response_format.json_schema.name',
    'Missing',
  ],
  [
    'stream_options without stream',
    { ...base, stream_options: { include_usage: true } },
    'stream_options',
    "'stream'",
  ],
  ['tool_choice without tools', { ...base, tool_choice: 'auto' }, 'tool_choice', "'tools'"],
  [
    'a tool name with spaces',
    { ...base, tools: [{ type: 'function', function: { name: 'a b' } }] },
    'tools[0].function.name',
    'pattern',
  ],
  [
    'a strict object that allows more',
    { ...base, tools: [strictTool({ type: 'object', properties: {} })] },
    'tools[0].function.parameters',
    'additionalProperties',
  ],
  [
    'a strict object with optional parts',
    { ...base, tools: [strictTool({ type: 'object', properties: { a: {} }, additionalProperties: false })] },
    'tools[0].function.parameters',
    "Missing 'a'",
  ],
]

describe('what OpenAI refuses', () => {
  test.each([...REFUSED])('%s', (_what, body, param, wording) => {
    let refused: unknown
    try {
      checkOpenaiRequest(body)
    } catch (thrown) {
      refused = thrown
    }
    if (!(refused instanceof VendorError)) throw new Error('not refused')
    expect(refused.status).toBe(400)
    expect(refused.details.param).toBe(param)
    expect(refused.message).toContain(wording)
  })

  test('nothing in a full and correct conversation', () => {
    const messages = [user, callOf('c'), { role: 'tool', tool_call_id: 'c', content: '7' }, user]
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    checkOpenaiRequest({
      model: 'smart',
      messages,
      tools: [tool, strictTool(schema)],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } },
      stop: ['a', 'b'],
      n: 2,
      temperature: 1,
      stream: true,
      stream_options: { include_usage: true },
    })
  })
})
