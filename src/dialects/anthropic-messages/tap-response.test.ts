import { describe, expect, test } from 'bun:test'
import { RECORDINGS, toWire } from '../../../test/recordings/anthropic-messages.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect } from '../../exchange/collect.ts'
import type { ChatEvent, ChatSink } from '../../exchange/chat-content.ts'
import { isSemantic } from '../../exchange/event.ts'
import { createSseFramer, type SseFrame } from '../../kit/sse.ts'
import { createResponseDecoder } from './decode-response.ts'
import { createResponseTap } from './tap-response.ts'

const request: ChatRequest = {
  operation: 'chat',
  model: 'm',
  turns: [],
  stream: true,
  wantsUsage: true,
}

interface Reader {
  frame(frame: SseFrame, sink: ChatSink): unknown
  close(sink: ChatSink): void
}

function read(reader: Reader, wire: string): { events: ChatEvent[]; verdicts: unknown[] } {
  const events: ChatEvent[] = []
  const verdicts: unknown[] = []
  const sink: ChatSink = (event) => void events.push(event)
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(wire), (frame) => void verdicts.push(reader.frame(frame, sink)))
  reader.close(sink)
  return { events, verdicts }
}

const only = (events: readonly ChatEvent[], ...types: readonly string[]): ChatEvent[] =>
  events.filter((event) => types.includes(event.type))

describe.each(RECORDINGS.map((recording) => ({ ...recording })))('$name', ({ frames, body }) => {
  const context = { request, quirks: {} }

  test('tells the same usage, finish and end as the decoder, and hides nothing', () => {
    const wire = toWire(frames)
    const tapped = read(createResponseTap(context), wire)
    const decoded = read(createResponseDecoder(context), wire)
    const kinds = ['start', 'usage', 'finish', 'end', 'failure'] as const
    expect(only(tapped.events, ...kinds)).toEqual(only(decoded.events, ...kinds))
    expect(new Set(tapped.verdicts)).toEqual(new Set(['show']))
  })

  test('tells the first content at the same frame as the decoder', () => {
    const wire = toWire(frames)
    const first = (events: readonly ChatEvent[]): number => events.findIndex(isSemantic)
    const tapped = read(createResponseTap(context), wire).events
    const decoded = read(createResponseDecoder(context), wire).events
    expect(tapped.slice(0, first(tapped) + 1)).toEqual(decoded.slice(0, first(decoded) + 1))
  })

  test('tells a cut stream like the decoder', () => {
    for (let kept = 0; kept < frames.length; kept += 1) {
      const { events } = read(createResponseTap(context), toWire(frames.slice(0, kept)))
      if (kept === frames.length - 1) expect(events.at(-1)).toEqual({ type: 'end' })
      else expect(events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'stream-truncated' } })
    }
  })

  test('reads a unary answer like the decoder', () => {
    const tapped: ChatEvent[] = []
    const decoded: ChatEvent[] = []
    createResponseTap(context).unary(body, (event) => void tapped.push(event))
    createResponseDecoder(context).unary(body, (event) => void decoded.push(event))
    expect(tapped).toEqual(decoded)
  })
})

test('deltas behind the first content are passed unread', () => {
  const broken = 'event: content_block_delta\ndata: {"never parsed}\n\n'
  const wire = toWire([
    { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 3 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  ])
  const { events } = read(createResponseTap({ request, quirks: {} }), wire + broken.repeat(9))
  expect(only(events, 'passed')).toHaveLength(9)
  expect(only(events, 'passed')[0]).toEqual({ type: 'passed', frames: 1, bytes: broken.length })
})

test('an error behind content is read', () => {
  const wire = toWire([
    { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 3 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  ])
  const { events } = read(createResponseTap({ request, quirks: {} }), wire)
  expect(events.at(-1)).toMatchObject({ failure: { code: 'provider-overloaded' } })
  expect(collect(events).usage.inputTokens).toBe(3)
})

test('a delta that was cut off is skipped like the decoder does, and the client does not see it', () => {
  const start = toWire([
    { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 3 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
  ])
  const broken = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n'
  const { verdicts } = read(createResponseTap({ request, quirks: {} }), start + broken)
  expect(verdicts).toEqual(['show', 'show', 'show', 'hide'])
})

test('a frame that was cut off behind hidden thinking is skipped too', () => {
  const wire = toWire([
    { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 3 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'redacted_thinking', data: 'x' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'a' } },
  ])
  const { events } = read(createResponseTap({ request, quirks: {} }), `${wire}data: {"type":"cont\n\n`)
  expect(events.filter((event) => event.type === 'failure')).toMatchObject([
    { failure: { code: 'stream-truncated' } },
  ])
})

describe('a second message_start', () => {
  const start = { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 3 } } }
  const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }
  const hello = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } }

  test('right behind the first is a stutter, on which the official SDK would stop', () => {
    const again = { type: 'message_start', message: { id: 'msg_1', usage: { input_tokens: 5 } } }
    const { events, verdicts } = read(
      createResponseTap({ request, quirks: {} }),
      toWire([start, { type: 'ping' }, again, block, hello]),
    )
    expect(verdicts).toEqual(['show', 'show', 'hide', 'show', 'show'])
    expect(collect(events).usage.inputTokens).toBe(5)
  })

  test('behind content is shown: it takes back what the client has read', () => {
    const { verdicts } = read(
      createResponseTap({ request, quirks: {} }),
      toWire([start, block, hello, start, block, hello]),
    )
    expect(new Set(verdicts)).toEqual(new Set(['show']))
  })
})

test('keep-alives behind the first content are shown and do not count as a part of the answer', () => {
  const delta = (text: string) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  })
  const opening = [
    { type: 'message_start', message: { id: 'msg_1' } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    delta('a'),
  ]
  const { events, verdicts } = read(
    createResponseTap({ request, quirks: {} }),
    toWire([...opening, { type: 'ping' }, delta(''), delta(':"'), delta('b'), delta('')]),
  )
  expect(new Set(verdicts)).toEqual(new Set(['show']))
  expect(only(events, 'passed')).toHaveLength(2)
  const spaced =
    'event: content_block_delta\ndata: {"delta": {"text": "", "type": "text_delta"}, "index": 0}\n\n'
  const { events: told } = read(createResponseTap({ request, quirks: {} }), toWire(opening) + spaced)
  expect(only(told, 'passed')).toHaveLength(0)
})
