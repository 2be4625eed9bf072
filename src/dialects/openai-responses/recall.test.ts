import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { RecallRequest } from '../../exchange/operations/recall.ts'
import type { StoredTexts } from '../../exchange/stored-texts.ts'
import { readObjects, type JsonObject } from '../../kit/json.ts'
import type { Endpoint } from '../endpoint.ts'
import { recall } from './recall.ts'

function decode(endpoint: Endpoint, query = ''): RecallRequest {
  const head = {
    endpoint,
    params: { response_id: 'resp_2' },
    query: new URLSearchParams(query),
    headers: new Headers(),
  }
  return recall.decodeRequest({ form: 'none' }, head).request
}

const ITEMS: Endpoint = 'GET /v1/responses/{response_id}/input_items'
const FOUND: readonly StoredTexts[] = [
  {
    id: 'resp_1',
    input: '"One?"',
    answer: '{"id":"resp_1","output":[{"type":"message","id":"msg_1_0","role":"assistant","content":[]}]}',
  },
  {
    id: 'resp_2',
    input:
      '[{"role":"assistant","content":"So."},{"type":"function_call_output","call_id":"c","output":"1"},{"id":"mine","role":"user","content":[]}]',
    answer: '{"id":"resp_2","output":[],"usage":{"cost":1.10}}',
  },
]

function show(request: RecallRequest): JsonObject {
  const context = { request, requestId: 'r', model: 'm', createdMs: 0, estimatedInputTokens: 0, notice() {} }
  return recall.encodeResponse(context).unary(FOUND)
}

describe('what clients ask of stored answers', () => {
  test('is told by method and path, and asked of a provider by the same', () => {
    const context = { model: 'm', capabilities: {}, quirks: {}, headers: { originator: 'x' }, notice() {} }
    const asked = recall.endpoints.map((endpoint) => {
      const request = decode(endpoint)
      const wire = recall.encodeRequest({ ...request, id: 'a/b' }, context)
      expect(wire).toMatchObject({ body: { form: 'none' }, headers: { originator: 'x' } })
      return [request.wants, wire.endpoint?.method, wire.endpoint?.path]
    })
    expect(asked).toEqual([
      ['answer', 'GET', '/responses/a%2Fb'],
      ['removal', 'DELETE', '/responses/a%2Fb'],
      ['stop', 'POST', '/responses/a%2Fb/cancel'],
      ['conversation', 'GET', '/responses/a%2Fb/input_items'],
    ])
  })

  test('is answered by what is stored, as it was written', () => {
    expect(JSON.stringify(show(decode('GET /v1/responses/{response_id}')))).toBe(
      '{"id":"resp_2","output":[],"usage":{"cost":1.1}}',
    )
    expect(show(decode('DELETE /v1/responses/{response_id}'))).toEqual({
      id: 'resp_2',
      object: 'response',
      deleted: true,
    })
  })

  test('is refused where a part of a list makes no sense', () => {
    for (const query of ['limit=0', 'limit=101', 'limit=x', 'order=up'])
      expect(() => decode(ITEMS, query)).toThrow('must be')
    expect(() => show(decode(ITEMS, 'after=nobody'))).toThrow('`after` must be the id of an item')
    expect(() => decode('GET /v1/responses/{response_id}', 'stream=true')).toThrow('`stream`')
  })
})

describe('the list of items', () => {
  const ids = (list: JsonObject) => readObjects(list, 'data').map(({ id }) => id)

  test('holds everything that the answer was made of, newest first, each with an id and content in parts', () => {
    const list = show(decode(ITEMS))
    expect(list).toMatchObject({ object: 'list', first_id: 'mine', last_id: 'msg_1_in0', has_more: false })
    expect(ids(list)).toEqual(['mine', 'fc_2_in1', 'msg_2_in0', 'msg_1_0', 'msg_1_in0'])
    expect(readObjects(list, 'data').slice(-3)).toEqual([
      {
        type: 'message',
        id: 'msg_2_in0',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'So.', annotations: [] }],
      },
      { type: 'message', id: 'msg_1_0', role: 'assistant', content: [] },
      {
        type: 'message',
        id: 'msg_1_in0',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_text', text: 'One?' }],
      },
    ])
  })

  test('comes in parts', () => {
    const first = show(decode(ITEMS, 'order=asc&limit=2'))
    expect([ids(first), first['has_more']]).toEqual([['msg_1_in0', 'msg_1_0'], true])
    const rest = show(decode(ITEMS, 'order=asc&limit=100&after=msg_1_0'))
    expect([ids(rest), rest['has_more']]).toEqual([['msg_2_in0', 'fc_2_in1', 'mine'], false])
    expect(show(decode(ITEMS, 'after=msg_1_in0'))).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    })
  })
})

test('what a provider says of a removal is read', () => {
  const eventsOf = (body: JsonObject): readonly ResponseEvent[] => {
    const events: ResponseEvent[] = []
    const request = decode('DELETE /v1/responses/{response_id}')
    recall.decodeResponse({ request, quirks: {} }).unary(body, (event) => void events.push(event))
    return events
  }
  expect(eventsOf({ id: 'resp_2', object: 'response', deleted: true })).toMatchObject([
    { type: 'start' },
    { type: 'recalled', found: [{ id: 'resp_2' }] },
    { type: 'end' },
  ])
  expect(eventsOf({})).toMatchObject([{ type: 'failure', failure: { code: 'malformed-response' } }])
  expect(eventsOf({ error: { message: 'x', code: 'server_error' } })).toMatchObject([
    { type: 'failure', failure: { code: 'provider-error' } },
  ])
})
