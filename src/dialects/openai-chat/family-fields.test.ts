import { describe, expect, test } from 'bun:test'
import type { Quirks } from '../../exchange/target.ts'
import { isObject, parseJson, readObjects, type Json, type JsonObject } from '../../kit/json.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

/*
 * Fields that are not OpenAI's own, written by a client of this dialect for the server of this dialect that knows them.
 * Most of those get requests that are written anew, and must not lose anything by it.
 */

interface Rewritten {
  readonly body: JsonObject
  readonly notices: readonly string[]
}

const EMPTY: JsonObject = { type: 'object', properties: {} }

/** What a provider gets of a client's body when it is written anew. */
function rewrite(fields: JsonObject, quirks: Quirks = { maxTokensParam: 'max_tokens' }): Rewritten {
  const notices: string[] = []
  const given = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields }
  const wire = openaiChat.encodeRequest(openaiChat.decodeRequest(given).request, {
    model: 'm',
    quirks,
    capabilities: {},
    headers: {},
    notice: (code) => void notices.push(code),
  })
  const body = parseJson(wire.body)
  if (!isObject(body)) throw new Error('not an object')
  return { body, notices }
}

describe('unknown fields below known ones survive', () => {
  test.each<[string, JsonObject]>([
    ['a schema beside json_object', { type: 'json_object', schema: { type: 'object' } }],
    ['beside json_schema', { type: 'json_schema', json_schema: { name: 'a', schema: {} }, mode: 'fast' }],
    ['an unknown format', { type: 'grammar', grammar: 'root ::= "a"' }],
  ])('in response_format: %s', (_name, format) => {
    expect(rewrite({ response_format: format })).toEqual({
      body: expect.objectContaining({ response_format: format }),
      notices: [],
    })
  })

  test('but not where the provider has no structured output', () => {
    const fields = { response_format: { type: 'json_object', schema: { type: 'object' } } }
    const { body, notices } = rewrite(fields, { structuredOutput: 'none' })
    expect('response_format' in body).toBe(false)
    expect(notices).toEqual(['schema.emulated'])
  })

  test.each<JsonObject>([
    { type: 'image_url', image_url: { url: 'https://a.b/c.png', detail: 'low', format: 'image/png' } },
    { type: 'image_url', image_url: { url: 'https://a.b/c.png' }, min_pixels: 4 },
    { type: 'video_url', video_url: { url: 'https://a.b/c.mp4', fps: 2 }, x: 1 },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav', rate: 8 } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA', ocr: true } },
  ])('in a part: %j', (part) => {
    const messages: Json = [{ role: 'user', content: [part, { type: 'text', text: 'b' }] }]
    expect(rewrite({ messages })).toEqual({
      body: expect.objectContaining({ messages }),
      notices: [],
    })
  })

  test.each<JsonObject>([
    { type: 'function', function: { name: 'f', parameters: EMPTY, timeout: 5 }, x: 1 },
    { type: 'custom', custom: { name: 'c', x: 1 } },
  ])('in a tool: %j', (tool) => {
    expect(rewrite({ tools: [tool] })).toEqual({
      body: expect.objectContaining({ tools: [tool] }),
      notices: [],
    })
  })
})

describe('the content of a tool message', () => {
  const results = (content: Json, quirks?: Quirks): Rewritten & { content: Json | undefined } => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const messages = [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'a', content },
    ]
    const written = rewrite({ messages }, quirks)
    return { ...written, content: readObjects(written.body, 'messages')[1]?.['content'] }
  }
  const MARKED: Json = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'two', cache_control: { type: 'ephemeral' } },
  ]

  test('keeps parts whose fields are for the provider', () => {
    expect(results(MARKED)).toMatchObject({ content: MARKED, notices: [] })
    const own: Json = [{ type: 'reference', id: 7 }]
    expect(results(own)).toMatchObject({ content: own, notices: [] })
  })

  test('is text otherwise, and a cache mark that is lost by it is told of', () => {
    expect(results([{ type: 'text', text: 'one' }])).toMatchObject({ content: 'one', notices: [] })
    expect(results(MARKED, { contentParts: false })).toMatchObject({
      content: 'one\ntwo',
      notices: ['cache.hint-dropped'],
    })
  })
})
