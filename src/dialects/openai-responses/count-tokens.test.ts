import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import { parseJsonObject, type JsonObject } from '../../kit/json.ts'
import { scanJson } from '../../kit/json-scan.ts'
import type { NativeContext, RequestHead } from '../dialect.ts'
import { countTokens } from './count-tokens.ts'

const HEAD: RequestHead = {
  endpoint: 'POST /v1/responses/input_tokens',
  params: {},
  query: undefined,
  headers: new Headers(),
}

function decode(json: JsonObject) {
  const bytes = new TextEncoder().encode(JSON.stringify(json))
  return countTokens.decodeRequest({ form: 'json', json, bytes, scan: scanJson(bytes) }, HEAD).request
}

function contextOf(json: JsonObject): NativeContext<'count-tokens'> {
  return { request: decode(json), model: 'm2', capabilities: {}, quirks: {}, headers: {}, notice() {} }
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (body instanceof Uint8Array) return body
  throw new Error('no JSON')
}

function written(body: unknown): JsonObject | undefined {
  return parseJsonObject(new TextDecoder().decode(bytesOf(body)))
}

const BODY: JsonObject = {
  model: 'm',
  input: 'Hi',
  instructions: 'Be brief.',
  temperature: 0.5,
  max_output_tokens: 50,
  reasoning: { effort: 'low' },
  tools: [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false }],
}

describe('a request whose tokens are to be counted', () => {
  test('is written with what counts as input, and nothing about an answer', () => {
    const context = contextOf(BODY)
    expect(written(countTokens.encodeRequest(context.request, context).body)).toEqual({
      model: 'm2',
      instructions: 'Be brief.',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      tools: BODY['tools'] ?? null,
      reasoning: { effort: 'low' },
    })
  })

  test('passes as the client wrote it, under the name that the provider has for the model', () => {
    const text = '{"model":"m", "input":"Hi",  "truncation":"auto"}'
    const bytes = new TextEncoder().encode(text)
    const passed = countTokens.passRequest?.(
      { form: 'json', bytes, scan: scanJson(bytes) },
      contextOf(parseJsonObject(text) ?? {}),
    )
    expect(new TextDecoder().decode(bytesOf(passed?.body))).toBe(text.replace('"m"', '"m2"'))
  })
})

describe('a counted prompt', () => {
  const request = decode({ model: 'm', input: 'Hi' })

  function eventsOf(body: JsonObject): readonly ResponseEvent[] {
    const events: ResponseEvent[] = []
    countTokens.decodeResponse({ request, quirks: {} }).unary(body, (event) => void events.push(event))
    return events
  }

  test('is a token count', () => {
    expect(eventsOf({ object: 'response.input_tokens', input_tokens: 11 })).toEqual([
      { type: 'start' },
      { type: 'token-count', inputTokens: 11, estimated: false },
      { type: 'end' },
    ])
    expect(eventsOf({ tokens: 1 })).toMatchObject([
      { type: 'failure', failure: { code: 'malformed-response' } },
    ])
    expect(eventsOf({ error: { type: 'server_error', code: 'server_error', message: 'x' } })).toMatchObject([
      { type: 'failure', failure: { code: 'provider-error' } },
    ])
  })

  test('is answered as the API names it', () => {
    const context = {
      request,
      requestId: 'r',
      model: 'm',
      createdMs: 0,
      estimatedInputTokens: 0,
      notice() {},
    }
    const count = { type: 'token-count', inputTokens: 9, estimated: true } as const
    expect(countTokens.encodeResponse(context).unary(count)).toEqual({
      object: 'response.input_tokens',
      input_tokens: 9,
    })
  })
})
