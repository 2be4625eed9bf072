import { expect, test } from 'bun:test'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { parseJsonObject, readObject, readObjects, type JsonObject } from '../../kit/json.ts'
import { createSseFramer } from '../../kit/sse.ts'
import { ResponsesWriter } from './encode-response.ts'

const at = { choice: 0, index: 0 } as const
const SAID: readonly ChatEvent[] = [
  { type: 'start', responseId: 'resp_theirs' },
  { type: 'block-start', ...at, block: { type: 'text', text: '' } },
  { type: 'text-delta', ...at, text: 'One' },
]
/** The provider told a thought without a word before the message, of which the events know nothing. */
const WIRE = new TextEncoder().encode(
  'event: response.output_item.done\ndata: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs_theirs","summary":[]},"sequence_number":2}\n\n' +
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"msg_theirs","output_index":1,"content_index":0,"delta":"One","sequence_number":7}\n\n',
)

function framesOf(wire: string): readonly JsonObject[] {
  const frames: JsonObject[] = []
  createSseFramer().push(new TextEncoder().encode(wire), ({ data }) => {
    frames.push(parseJsonObject(data) ?? {})
  })
  return frames
}

test('behind bytes that passed it goes on with the item that is open there, under its id, at its place', () => {
  const writer = new ResponsesWriter({
    request: { operation: 'chat', model: 'm', stream: true, turns: [], wantsUsage: true },
    requestId: 'req_1',
    shownId: 'resp_theirs',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 1,
    notice: () => undefined,
  })
  for (const event of SAID) writer.event(event)
  writer.follow(WIRE)
  const told = framesOf(writer.event({ type: 'text-delta', ...at, text: ' two' }))
  const place = { item_id: 'msg_theirs', output_index: 1 }
  expect(told).toMatchObject([{ ...place, content_index: 0, delta: ' two', sequence_number: 8 }])
  const rest: readonly ChatEvent[] = [
    { type: 'block-end', ...at },
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: NO_USAGE },
    { type: 'end' },
  ]
  const ended = framesOf(rest.map((event) => writer.event(event)).join(''))
  expect(ended.map(({ type }) => type)).toEqual([
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  expect(ended[0]).toMatchObject({ ...place, text: 'One two' })
  const response = readObject(ended.at(-1) ?? {}, 'response') ?? {}
  expect(response['id']).toBe('resp_theirs')
  expect(readObjects(response, 'output')).toMatchObject([
    { type: 'reasoning', id: 'rs_theirs', summary: [] },
    { type: 'message', id: 'msg_theirs', status: 'completed', content: [{ text: 'One two' }] },
  ])
})
