import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect, type Message } from '../../exchange/collect.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { NoticeCode } from '../../exchange/notice.ts'
import type { Quirks } from '../../exchange/target.ts'
import { scanJson } from '../../kit/json-scan.ts'
import { parseJsonObject, readObjects, type JsonObject } from '../../kit/json.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { NativeContext } from '../dialect.ts'
import { openaiChat } from '../openai-chat/openai-chat.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { COMPACT, decodeCompaction, writeCompaction } from './compaction.ts'
import { openaiResponses } from './openai-responses.ts'

const codec = openaiResponses.codecs.chat
const LOOK = { type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false }
const BODY: JsonObject = {
  model: 'm',
  instructions: 'Be brief.',
  input: [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Uno.' },
  ],
  tools: [LOOK, { type: 'web_search' }],
  tool_choice: 'required',
  text: { format: { type: 'json_object' } },
  prompt_cache_key: 'thread',
}

function contextOf(request: ChatRequest, quirks: Quirks = {}) {
  const notices: NoticeCode[] = []
  const context: NativeContext<'chat'> = {
    request,
    model: 'm2',
    capabilities: {},
    quirks,
    headers: {},
    notice: (code) => void notices.push(code),
  }
  return { context, notices }
}

function textIn(body: unknown): string {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  return typeof body === 'string' ? body : ''
}

/** What a provider is asked, and where. */
function asked(request: ChatRequest, quirks?: Quirks) {
  const { context, notices } = contextOf(request, quirks)
  const wire = codec?.encodeRequest(request, context)
  return { body: parseJsonObject(textIn(wire?.body)) ?? {}, path: wire?.endpoint?.path, notices }
}

function passed(body: JsonObject, quirks?: Quirks) {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const { context } = contextOf(decodeCompaction(body), quirks)
  const wire = codec?.passRequest?.({ form: 'json', bytes, scan: scanJson(bytes) }, context)
  return { body: parseJsonObject(textIn(wire?.body)) ?? {}, path: wire?.endpoint?.path }
}

function answered(events: readonly ChatEvent[]): Message {
  return collect([{ type: 'start' }, ...events, { type: 'end' }])
}

const said = (text: string, reason: 'stop' | 'length' = 'stop'): Message =>
  answered([
    { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text } },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'finish', choice: 0, reason },
  ])

const written = (message: Message) =>
  writeCompaction(message, {
    request: decodeCompaction(BODY),
    requestId: 'req_7',
    model: 'm',
    createdMs: 2_000,
    estimatedInputTokens: 1,
    notice() {},
  })

describe('a conversation that is to be made shorter', () => {
  test('passes as its client wrote it, to where the provider does that itself', () => {
    const { body, path } = passed(BODY, { compacts: true })
    expect(path).toBe('/responses/compact')
    expect(body).toEqual({ ...BODY, model: 'm2' })
  })

  test('is written for such a provider in the fields that it takes there, where it cannot pass', () => {
    const input = [
      ...readObjects(BODY, 'input'),
      { type: 'reasoning', encrypted_content: FOREIGN, summary: [] },
    ]
    const { body, path } = passed({ ...BODY, input }, { compacts: true })
    expect(path).toBe('/responses/compact')
    expect(Object.keys(body).toSorted()).toEqual(['input', 'instructions', 'model', 'prompt_cache_key'])
    expect(JSON.stringify(body['input'])).not.toContain('summary of this conversation')
  })

  test('is a question for every other one: the conversation, then what is wanted, in plain text and without calls', () => {
    for (const { body, path } of [asked(decodeCompaction(BODY)), passed(BODY)]) {
      expect(path).toBeUndefined()
      const turns = readObjects(body, 'input')
      expect(turns).toHaveLength(3)
      expect(JSON.stringify(turns.at(-1))).toContain('Write a summary of this conversation')
      expect(body).toMatchObject({ tools: [LOOK], tool_choice: 'none', instructions: 'Be brief.' })
      expect(body['text']).toBeUndefined()
    }
  })

  test('is not streamed', () => {
    expect(() => decodeCompaction({ ...BODY, stream: true })).toThrow('`stream` is not served here')
    expect(codec?.endpoints).toContain(COMPACT)
  })
})

const FOREIGN = wrapSignature({ signature: { family: 'anthropic', scheme: 'signature', value: 's' } })

describe('a conversation that was made shorter', () => {
  test('is what users said and an item with the summary, which every provider is told in words', () => {
    const body = written(said('It was about numbers.'))
    expect(body).toMatchObject({
      id: 'resp_7',
      object: 'response.compaction',
      created_at: 2,
      output: [
        { type: 'message', role: 'user', status: 'completed' },
        { type: 'compaction', id: 'cmp_7' },
      ],
    })
    const next = speakChat(openaiResponses).decodeRequest({
      model: 'm',
      input: body['output'] ?? null,
    }).request
    const { context, notices } = contextOf(next)
    const sent = speakChat(openaiChat).encodeRequest(next, context).body
    expect(sent).toContain('up to here:\\n\\nIt was about numbers.')
    expect(notices).toEqual([])
    const own = asked(next)
    expect(JSON.stringify(own.body)).toContain('It was about numbers.')
    expect(own.notices).toEqual([])
    // Nobody could open the item itself.
    const bytes = new TextEncoder().encode(JSON.stringify({ model: 'm', input: body['output'] }))
    const wire = codec?.passRequest?.({ form: 'json', bytes, scan: scanJson(bytes) }, context)
    expect(textIn(wire?.body)).toContain('about numbers.')
    expect(textIn(wire?.body)).not.toContain('compaction')
  })

  test('is as its provider wrote it where that one did it', () => {
    const output = [
      { type: 'message', role: 'user', id: 'msg_1', status: 'completed', content: [] },
      { type: 'compaction', id: 'cmp_1', encrypted_content: 'sealed' },
    ]
    const usage = { input_tokens: 9, output_tokens: 3, total_tokens: 12 }
    const events: ChatEvent[] = []
    const reader = codec?.decodeResponse({ request: decodeCompaction(BODY), quirks: {} })
    reader?.unary({ id: 'resp_1', object: 'response.compaction', output, usage }, (event) =>
      events.push(event),
    )
    expect(events.at(-1)).toEqual({ type: 'end' })
    expect(written(collect(events))).toMatchObject({ output, usage: { input_tokens: 9, output_tokens: 3 } })
  })

  test('is none where there is no summary, or only a part of one', () => {
    expect(() => written(said(' '))).toThrow('empty')
    expect(() => written(said('It was', 'length'))).toThrow('came to no end')
  })
})
