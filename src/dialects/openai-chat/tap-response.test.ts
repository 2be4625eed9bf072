import { describe, expect, test } from 'bun:test'
import { GOLDEN_ANSWERS, toStream } from '../../../test/recordings/openai-chat.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { Quirks } from '../../exchange/target.ts'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { createSseFramer, type SseFrame } from '../../kit/sse.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: false }

interface Tapped {
  readonly events: readonly ChatEvent[]
  /** What the client gets to see. */
  readonly shown: string
}

function tap(stream: string, request: ChatRequest = REQUEST, quirks: Quirks = {}): Tapped {
  const events: ChatEvent[] = []
  const sink = (event: ChatEvent): void => void events.push(event)
  const reader = openaiChat.tapResponse({ request, quirks })
  let shown = ''
  const onFrame = (frame: SseFrame): void => {
    if (reader.frame(frame, sink) === 'show') shown += new TextDecoder().decode(frame.bytes)
  }
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(stream), onFrame)
  framer.flush(onFrame)
  reader.close(sink)
  expect(reader.done).toBe(true)
  return { events, shown }
}

function decode(stream: string, quirks: Quirks = {}): ChatEvent[] {
  const events: ChatEvent[] = []
  const sink = (event: ChatEvent): void => void events.push(event)
  const decoder = openaiChat.decodeResponse({ request: REQUEST, quirks })
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(stream), (frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  return events
}

/** What the ledger and the log read. */
const accounted = (events: readonly ChatEvent[]): readonly unknown[] =>
  events
    .filter((event) => ['start', 'finish', 'usage', 'end', 'failure'].includes(event.type))
    .map((event) => (event.type === 'failure' ? event.failure.code : event))

const chunk = (fields: JsonObject, finish: string | null = null): JsonObject => ({
  id: 'x',
  model: 'm',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
  usage: null,
})
const USAGE: JsonObject = {
  id: 'x',
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}

function toChunks(stream: string): JsonObject[] {
  return stream
    .split('\n\n')
    .map((frame) => parseJsonObject(frame.slice('data: '.length)))
    .filter((one) => one !== undefined)
}

function contentOf(one: JsonObject): string {
  const [choice] = readObjects(one, 'choices')
  return readString(readObject(choice ?? {}, 'delta') ?? {}, 'content') ?? ''
}

/** A stream as a provider writes that was asked for usage: without a value in all chunks but the last. */
function askedForUsage(separator: string): string {
  const texts = ['', 'one', ' two', ' "usage":null', ',"usage":null', ' three', ' four']
  const chunks = [...texts.map((content) => chunk({ content })), chunk({}, 'stop'), USAGE]
  const lines = chunks.map((one) => JSON.stringify(one).replace(/,"usage":null(?=}$)/, separator))
  return [...lines, '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

describe('usage that was asked for by the gateway alone', () => {
  test.each([',"usage":null', ', "usage": null', ',"usage":null,"obfuscation":"x1"'])(
    'leaves nothing in the chunks of a client that did not ask, however it is written: %s',
    (separator) => {
      const { shown, events } = tap(askedForUsage(separator))
      const shownChunks = toChunks(shown)
      expect(shownChunks).toHaveLength(8)
      for (const one of shownChunks) expect(one).not.toHaveProperty('usage')
      expect(shownChunks.map(contentOf).join('')).toBe('one two "usage":null,"usage":null three four')
      expect(events).toContainEqual(expect.objectContaining({ type: 'usage' }))
    },
  )

  test('stays in every chunk of a client that asked', () => {
    const { shown } = tap(askedForUsage(',"usage":null'), { ...REQUEST, wantsUsage: true })
    expect(shown).toBe(askedForUsage(',"usage":null'))
  })
})

describe('the tap', () => {
  for (const { name, stream, quirks } of GOLDEN_ANSWERS) {
    test(`accounts like the decoder: ${name}`, () => {
      expect(accounted(tap(stream, REQUEST, quirks).events)).toEqual(accounted(decode(stream, quirks)))
    })

    test(`shows everything to a client that asked for usage: ${name}`, () => {
      expect(tap(stream, { ...REQUEST, wantsUsage: true }).shown).toBe(stream)
    })
  }

  const many = [
    chunk({ role: 'assistant', content: '' }),
    ...Array.from({ length: 20 }, () => chunk({ content: 'word ' })),
    chunk({}, 'stop'),
  ]

  test('hides the usage chunk that the client did not ask for, and nothing else', () => {
    const { shown, events } = tap(toStream([...many, USAGE]))
    expect(toChunks(shown)).toEqual(many.map(({ usage: _usage, ...rest }) => rest))
    expect(shown).toEndWith('data: [DONE]\n\n')
    expect(events.find((event) => event.type === 'usage')?.usage.inputTokens).toBe(3)
  })

  test('tells the first content and counts all behind it', () => {
    const { events } = tap(toStream(many))
    const passed = events.filter((event) => event.type === 'passed')
    expect(passed).toHaveLength(19)
    expect(passed.reduce((sum, event) => sum + event.bytes, 0)).toBe(
      19 * `data: ${JSON.stringify(chunk({ content: 'word ' }))}\n\n`.length,
    )
    expect(events.map((event) => event.type).slice(0, 4)).toEqual([
      'start',
      'block-start',
      'text-delta',
      'passed',
    ])
  })

  test.each(['', 'x', 'xyz'])('counts no piece of nothing, however it is padded: %p', (padding) => {
    const padded = (content: string, obfuscation: string): JsonObject => ({
      ...chunk({ content }),
      obfuscation,
    })
    const words = ['one', '', 'say "', '', 'two', ''].flatMap((content) => [content, content])
    const lengths = words.map((content, index) => padded(content, padding.repeat(index % 3)))
    const { events, shown } = tap(toStream([...many.slice(0, 2), ...lengths, chunk({}, 'stop')]))
    expect(events.filter((event) => event.type === 'passed')).toHaveLength(6)
    expect(toChunks(shown).map(contentOf).join('')).toBe('word oneonesay "say "twotwo')
  })

  test('is not confused by content that looks like what it searches for', () => {
    const words = [
      '"usage":{"prompt_tokens":9}',
      '"finish_reason":"stop"',
      '"error":{',
      'data: [DONE]',
      '[DONE]',
    ]
    const { events, shown } = tap(
      toStream([...many.slice(0, 3), ...words.map((content) => chunk({ content })), chunk({}, 'length')]),
    )
    expect(events.filter((event) => event.type === 'finish').map((event) => event.reason)).toEqual(['length'])
    expect(events.some((event) => event.type === 'usage')).toBe(false)
    for (const word of words) expect(shown).toContain(JSON.stringify(word))
  })

  test('sees what matters between frames of one shape, whatever their text looks like', () => {
    const texts = ['word', 'a "quoted" word', 'back\\\\slash\\\\', '","finish_reason":"stop","x":"', '']
    const padded = (content: string, position: number): JsonObject => ({
      ...chunk({ content }),
      obfuscation: 'x'.repeat(position),
    })
    const late = { ...chunk({ content: 'late' }), usage: { prompt_tokens: 9, completion_tokens: 9 } }
    const frames = [...texts, ...texts].map(padded)
    const stream = toStream([...frames, late, ...frames, chunk({}, 'length'), USAGE])
    const { events, shown } = tap(stream, { ...REQUEST, wantsUsage: true })
    expect(shown).toBe(stream)
    expect(accounted(events)).toEqual(accounted(decode(stream)))
    expect(events.find((event) => event.type === 'usage')?.usage.inputTokens).toBe(9)
  })

  test('usage that is told on the way is handed on at once, in both lanes, and is final when every answer has ended', () => {
    const running = (output: number, finish: string | null = null): JsonObject => ({
      ...chunk({ content: 'word ' }, finish),
      usage: { prompt_tokens: 100, completion_tokens: output },
    })
    const frames = [running(10), chunk({ content: 'word ' }), running(50), running(51, 'stop')]
    for (const open of [openaiChat.tapResponse, openaiChat.decodeResponse]) {
      const reader = open({ request: REQUEST, quirks: {} })
      const told: unknown[] = []
      const framer = createSseFramer()
      framer.push(new TextEncoder().encode(toStream(frames).replace('data: [DONE]\n\n', '')), (frame) =>
        reader.frame(frame, (event) => {
          if (event.type === 'usage') told.push([event.usage.outputTokens, event.isFinal])
        }),
      )
      expect(told).toEqual([
        [10, undefined],
        [50, undefined],
        [51, true],
      ])
    }
  })

  test('sees calls and refusals that come late', () => {
    const call = chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] })
    const reason = (stream: string): unknown =>
      tap(stream).events.find((event) => event.type === 'finish')?.reason
    expect(reason(toStream([chunk({ content: 'a' }), call, chunk({}, 'stop')]))).toBe('tool-calls')
    const old = chunk({ function_call: { name: 'f', arguments: '{}' } })
    expect(reason(toStream([chunk({ content: 'a' }), old, chunk({}, 'function_call')]))).toBe('tool-calls')
    expect(reason(toStream([chunk({ content: 'a' }), chunk({ refusal: 'no' }), chunk({}, 'stop')]))).toBe(
      'refusal',
    )
  })

  test('sees the calls of an answer that nobody asked for, behind one that has called', () => {
    const calling = (index: number, call: JsonObject, finish: string | null = null): JsonObject => ({
      id: 'x',
      choices: [{ index, delta: call, finish_reason: finish }],
    })
    const begin = (id: string): JsonObject => ({
      tool_calls: [{ index: 0, id, type: 'function', function: { name: 'look', arguments: '' } }],
    })
    const stream = toStream([
      calling(0, begin('a')),
      calling(0, {}, 'tool_calls'),
      calling(1, begin('b')),
      calling(1, { tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      calling(1, {}, 'tool_calls'),
      USAGE,
    ])
    const told = accounted(tap(stream, { ...REQUEST, wantsUsage: true }).events)
    expect(told).toEqual(accounted(decode(stream)))
    expect(told).toContainEqual({ type: 'finish', choice: 1, reason: 'tool-calls' })
  })

  test('reports a truncated stream and an error inside it, and hides the error frame', () => {
    const error: JsonObject = { error: { message: 'boom', type: 'server_error', param: null, code: null } }
    const broken = tap(toStream([...many.slice(0, 4), error]))
    expect(broken.events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'error-in-success' } })
    expect(broken.shown).not.toContain('boom')
    const cut = tap(toStream(many.slice(0, 4)).replace('data: [DONE]\n\n', ''))
    expect(cut.events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'stream-truncated' } })
  })

  test('a stream without [DONE] is whole only if every choice that was asked for has finished', () => {
    const at = (index: number, fields: JsonObject, finish: string | null = null): JsonObject => ({
      id: 'x',
      object: 'chat.completion.chunk',
      choices: [{ index, delta: fields, finish_reason: finish }],
    })
    const two = [at(0, { content: 'a' }), at(1, { content: 'b' }), at(0, {}, 'stop'), at(1, { content: 'c' })]
    const ending = (frames: readonly JsonObject[]): unknown =>
      tap(toStream(frames).replace('data: [DONE]\n\n', ''), { ...REQUEST, choices: 2 }).events.at(-1)
    expect(ending(two)).toMatchObject({ type: 'failure', failure: { code: 'stream-truncated' } })
    expect(ending([...two, at(1, {}, 'stop')])).toEqual({ type: 'end' })
  })

  test('nothing semantic has happened before the first content', () => {
    expect(tap(toStream([chunk({ role: 'assistant', content: '' })])).events.at(-1)).toMatchObject({
      type: 'failure',
      failure: { code: 'empty-response' },
    })
  })

  test('reads a unary body like the decoder', () => {
    const body = GOLDEN_ANSWERS[0]?.body ?? {}
    const seen: ChatEvent[] = []
    const reference: ChatEvent[] = []
    const reader = openaiChat.tapResponse({ request: REQUEST, quirks: {} })
    reader.unary(body, (event) => void seen.push(event))
    openaiChat
      .decodeResponse({ request: REQUEST, quirks: {} })
      .unary(body, (event) => void reference.push(event))
    expect(seen).toEqual(reference)
    expect(reader.done).toBe(true)
  })
})

test('a frame that was cut off is skipped like the decoder does, and the client does not see it', () => {
  const word = `data: ${JSON.stringify(chunk({ content: 'a' }))}`
  for (const broken of ['data: {"broken":\n\n', `${word.slice(0, -20)}\n\n`]) {
    const stream = `${word}\n\n${broken}${toStream([chunk({ content: 'b' }), chunk({}, 'stop')])}`
    const { events, shown } = tap(stream)
    expect(shown).not.toContain(broken)
    expect(accounted(events)).toEqual(accounted(decode(stream)))
  }
})
