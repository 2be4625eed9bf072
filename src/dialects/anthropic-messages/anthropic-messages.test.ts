import { describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import { THINKING_AND_CALL, toWire } from '../../../test/recordings/anthropic-messages.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { parseJson, parseJsonObject, readObjects, type Json, type JsonObject } from '../../kit/json.ts'
import { createSseFramer } from '../../kit/sse.ts'
import { listEndpoints } from '../list-endpoints.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { anthropicMessages as dialect } from './anthropic-messages.ts'
import { decodeCountRequest } from './decode-request.ts'
import { encodeCountRequest } from './encode-request.ts'

const anthropicMessages = speakChat(dialect)

const context = { model: 'claude-target', capabilities: {}, quirks: {}, headers: {}, notice: () => undefined }

/** What a provider's stream becomes for a client: decoded, encoded again. */
function translateStream(wire: string, request: ChatRequest): string {
  const decoder = anthropicMessages.decodeResponse({ request, quirks: {} })
  const encoder = anthropicMessages.encodeResponse({
    request,
    requestId: 'req_1',
    model: request.model,
    createdMs: 0,
    estimatedInputTokens: 1,
    notice() {},
  })
  let text = ''
  const sink = (event: ChatEvent): void => void (text += encoder.event(event))
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(wire), (frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  return text
}

function requestOf(body: Json): ChatRequest {
  const object = parseJsonObject(JSON.stringify(body)) ?? {}
  return anthropicMessages.decodeRequest(object).request
}

test('the endpoints are where the API has them', () => {
  const asked = { model: 'm', stream: false }
  expect(
    listEndpoints(dialect).map(({ endpoint, codec }) => [endpoint, codec.providerEndpoint(asked).path]),
  ).toEqual([
    ['POST /v1/messages', '/messages'],
    ['POST /v1/messages/count_tokens', '/messages/count_tokens'],
  ])
  expect(dialect.authentication).toEqual({ header: 'x-api-key', prefix: '' })
  expect(anthropicMessages.forwardHeaders).not.toContain('authorization')
})

describe('an agent that echoes what it got', () => {
  test('sends signatures back byte for byte, through stream, SDK and next turn', async () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' as const } }]
    const asked = { role: 'user' as const, content: 'go' }
    const first = requestOf({ model: 'route', max_tokens: 4_096, tools, messages: [asked], stream: true })
    const client = new Anthropic({
      apiKey: 'none',
      maxRetries: 0,
      fetch: () =>
        Promise.resolve(
          new Response(translateStream(toWire(THINKING_AND_CALL.frames), first), {
            headers: { 'content-type': 'text/event-stream' },
          }),
        ),
    })
    const answer = await client.messages
      .stream({ model: 'route', max_tokens: 4_096, tools, messages: [asked] })
      .finalMessage()
    const echoed = parseJson(JSON.stringify(answer.content))
    const next = requestOf({
      model: 'route',
      max_tokens: 4_096,
      tools,
      messages: [
        asked,
        { role: 'assistant', content: echoed },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', content: '3' }] },
      ],
    })
    const sent = parseJsonObject(anthropicMessages.encodeRequest(next, context).body) ?? {}
    const [, turn, results] = readObjects(sent, 'messages')
    const blocks: readonly JsonObject[] = readObjects(turn ?? {}, 'content')
    expect(blocks).toEqual([...readObjects(THINKING_AND_CALL.body, 'content')])
    expect(readObjects(results ?? {}, 'content')[0]?.['tool_use_id']).toBe('toolu_01')
  })
})

test('a counted prompt travels whole', () => {
  const body = { model: 'route', messages: [{ role: 'user', content: 'hi' }] }
  const { request } = decodeCountRequest(body)
  expect(parseJsonObject(encodeCountRequest(request, context).body)).toEqual({
    model: 'claude-target',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  })
})
