import { expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { JsonObject } from '../../kit/json.ts'
import { countTokens } from './count-tokens.ts'

const request = {
  operation: 'count-tokens',
  model: 'm',
  chat: { operation: 'chat', model: 'm', turns: [], stream: false, wantsUsage: true },
  stream: false,
} as const

function eventsOf(body: JsonObject): readonly ResponseEvent[] {
  const events: ResponseEvent[] = []
  countTokens.decodeResponse({ request, quirks: {} }).unary(body, (event) => void events.push(event))
  return events
}

test('a counted prompt is a token count', () => {
  expect(eventsOf({ input_tokens: 2095 })).toEqual([
    { type: 'start' },
    { type: 'token-count', inputTokens: 2095, estimated: false },
    { type: 'end' },
  ])
  expect(eventsOf({ tokens: 1 })).toMatchObject([
    { type: 'failure', failure: { code: 'malformed-response' } },
  ])
  expect(eventsOf({ type: 'error', error: { type: 'overloaded_error', message: 'x' } })).toMatchObject([
    { type: 'failure', failure: { code: 'provider-overloaded' } },
  ])
})

test('a counted prompt is answered with input_tokens', () => {
  const context = { request, requestId: 'r', model: 'm', createdMs: 0, estimatedInputTokens: 0, notice() {} }
  const count = { type: 'token-count', inputTokens: 9, estimated: true } as const
  expect(countTokens.encodeResponse(context).unary(count)).toEqual({ input_tokens: 9 })
})
