import { describe, expect, test } from 'bun:test'
import { RECORDINGS, THINKING_AND_CALL, toWire } from '../../../test/recordings/anthropic-messages.ts'
import type { ChatRequest, Tool } from '../../exchange/chat.ts'
import { collect, type Message } from '../../exchange/collect.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { createSseFramer } from '../../kit/sse.ts'
import type { JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createResponseDecoder } from './decode-response.ts'
import { settleNative } from './encode-response-blocks.ts'
import { toWireToolName } from '../tool-name.ts'
import { TOOL_RULES } from './vocabulary.ts'

const encoder = new TextEncoder()

const chat = (tools: readonly Tool[] = []): ChatRequest => ({
  operation: 'chat',
  model: 'm',
  turns: [],
  tools,
  stream: true,
  wantsUsage: true,
})

function decodeWire(pieces: readonly Uint8Array[], request: ChatRequest = chat()): ChatEvent[] {
  const events: ChatEvent[] = []
  const sink = (event: ChatEvent): void => void events.push(event)
  const decoder = createResponseDecoder({ request, quirks: {} })
  const framer = createSseFramer()
  for (const piece of pieces) framer.push(piece, (frame) => decoder.frame(frame, sink))
  framer.flush((frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  return events
}

const decodeText = (wire: string, request?: ChatRequest): ChatEvent[] =>
  decodeWire([encoder.encode(wire)], request)

const decodeFrames = (frames: readonly JsonObject[], request?: ChatRequest): ChatEvent[] =>
  decodeText(toWire(frames), request)

function decodeBody(body: JsonObject, request: ChatRequest = chat()): ChatEvent[] {
  const events: ChatEvent[] = []
  const decoder = createResponseDecoder({ request, quirks: {} })
  decoder.unary(body, (event) => void events.push(event))
  expect(decoder.done).toBe(true)
  return events
}

/** Blocks of hosted tools hold their deltas until they are settled; the unary form never has any. */
function settled(message: Message): Message {
  return {
    ...message,
    choices: message.choices.map((choice) => ({
      ...choice,
      blocks: choice.blocks.map((block) =>
        block.type === 'native' ? { ...block, raw: settleNative(block.raw) } : block,
      ),
    })),
  }
}

const start = (usage: JsonObject = { input_tokens: 1, output_tokens: 1 }): JsonObject => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'c', content: [], usage },
})
const textStart: JsonObject = {
  type: 'content_block_start',
  index: 0,
  content_block: { type: 'text', text: '' },
}
const textDelta = (text: string): JsonObject => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
})
const blockStop = (index = 0): JsonObject => ({ type: 'content_block_stop', index })
const stopped = (stop_reason: string): JsonObject => ({
  type: 'message_delta',
  delta: { stop_reason },
  usage: { output_tokens: 2 },
})
const callStart = (index: number, name: string, input: JsonObject = {}): JsonObject => ({
  type: 'content_block_start',
  index,
  content_block: { type: 'tool_use', id: `toolu_${index}`, name, input },
})
const json = (index: number, partial_json: string): JsonObject => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'input_json_delta', partial_json },
})
const END: JsonObject = { type: 'message_stop' }

const finishOf = (events: readonly ChatEvent[]): ChatEvent | undefined =>
  events.find((event) => event.type === 'finish')
const failureOf = (events: readonly ChatEvent[]): string | undefined => {
  const last = events.at(-1)
  return last?.type === 'failure' ? last.failure.code : undefined
}
const blocksOf = (events: readonly ChatEvent[]): unknown => collect(events).choices[0]?.blocks

describe.each(RECORDINGS.map((recording) => ({ ...recording })))('$name', ({ frames, body }) => {
  test('gives the same message as a stream and as a unary answer', () => {
    expect(settled(collect(decodeFrames(frames)))).toEqual(collect(decodeBody(body)))
  })

  test('gives the same events however the bytes are cut', () => {
    const bytes = encoder.encode(toWire(frames))
    const whole = decodeWire([bytes])
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(decodeWire([bytes.slice(0, cut), bytes.slice(cut)])).toEqual(whole)
    }
  })

  test('ends with end, also where nothing but the last frame is missing, else with a failure', () => {
    expect(decodeFrames(frames).at(-1)).toEqual({ type: 'end' })
    expect(decodeFrames(frames.slice(0, -1))).toEqual(decodeFrames(frames))
    for (let kept = 0; kept < frames.length - 1; kept += 1) {
      expect(failureOf(decodeFrames(frames.slice(0, kept)))).toBe('stream-truncated')
    }
  })
})

describe('events', () => {
  test('a whole turn of thinking, text and a call', () => {
    expect(decodeFrames(THINKING_AND_CALL.frames)).toMatchSnapshot()
  })

  test('frames without an event line are read by their type', () => {
    const wire = toWire([start(), textStart, textDelta('hi'), blockStop(), stopped('end_turn'), END])
    expect(decodeText(wire.replaceAll(/^event: .*\n/gm, ''))).toEqual(decodeText(wire))
  })

  test('a second message_start changes nothing but usage', () => {
    const again = [start({ input_tokens: 17, output_tokens: 1 }), start({ input_tokens: 18 }), textStart]
    const events = decodeFrames([...again, textDelta('hi'), blockStop(), stopped('end_turn'), END])
    expect(events.filter((event) => event.type === 'start')).toHaveLength(1)
    expect(collect(events).usage.inputTokens).toBe(18)
  })

  test('an index that is used twice makes two blocks, the first one closed', () => {
    const events = decodeFrames([
      start(),
      callStart(0, 'f'),
      json(0, '{"value":"Spark'),
      start(),
      callStart(0, 'f'),
      json(0, '{"a":1}'),
      blockStop(),
      stopped('tool_use'),
      END,
    ])
    expect(events.filter((event) => event.type === 'block-end').map((event) => event.index)).toEqual([0, 1])
    expect(blocksOf(events)).toMatchObject([{ arguments: '{"value":"Spark' }, { arguments: '{"a":1}' }])
  })

  test('input in the opening frame of a call is not lost', () => {
    const events = decodeFrames([
      start(),
      callStart(0, 'add_numbers', { a: 17, b: 25 }),
      blockStop(),
      stopped('tool_use'),
      END,
    ])
    expect(blocksOf(events)).toMatchObject([{ name: 'add_numbers', arguments: '{"a":17,"b":25}' }])
  })

  test('deltas win over input in the opening frame', () => {
    const frames = [start(), callStart(0, 'f', { a: 1 }), json(0, '{"a":1.0}'), blockStop()]
    expect(blocksOf(decodeFrames([...frames, stopped('tool_use'), END]))).toMatchObject([
      { arguments: '{"a":1.0}' },
    ])
  })

  test('unknown events, blocks and deltas are tolerated', () => {
    const unknown: JsonObject = { type: 'content_block_delta', index: 0, delta: { type: 'new_delta', x: 1 } }
    const events = decodeFrames([
      start(),
      { type: 'brand_new', x: 1 },
      textStart,
      unknown,
      textDelta('hi'),
      blockStop(),
      { type: 'content_block_start', index: 1, content_block: { type: 'hologram', y: 2 } },
      { type: 'content_block_delta', index: 1, delta: { type: 'hologram_delta', y: 3 } },
      blockStop(1),
      blockStop(7),
      stopped('end_turn'),
      END,
    ])
    expect(blocksOf(events)).toMatchObject([
      { type: 'text', text: 'hi' },
      { type: 'native', raw: { type: 'hologram', y: 2 } },
    ])
  })

  test('a text delta without an opened block opens one', () => {
    const events = decodeFrames([start(), textDelta('hi'), stopped('end_turn'), END])
    expect(blocksOf(events)).toMatchObject([{ type: 'text', text: 'hi' }])
  })

  test('one broken frame among text is skipped, a second one is a failure', () => {
    const broken = 'event: content_block_delta\ndata: {"type":"content_bl\n\n'
    const before = toWire([start(), textStart, textDelta('a')])
    const after = toWire([textDelta('b'), blockStop(), stopped('end_turn'), END])
    expect(blocksOf(decodeText(before + broken + after))).toMatchObject([{ text: 'ab' }])
    expect(failureOf(decodeText(before + broken.repeat(2) + after))).toBe('malformed-response')
  })

  test('a broken frame before any content is a failure: another target can still answer whole', () => {
    const after = toWire([textStart, textDelta('b'), blockStop(), stopped('end_turn'), END])
    expect(failureOf(decodeText(`${toWire([start()])}data: {"type\n\n${after}`))).toBe('malformed-response')
  })

  test('a broken frame behind a call may have been the next one, behind the finish it is nothing', () => {
    const called = toWire([start(), callStart(0, 'f'), blockStop()])
    const finished = toWire([stopped('tool_use')])
    const broken = 'data: {"type\n\n'
    const end = toWire([END])
    expect(failureOf(decodeText(called + broken + finished + end))).toBe('malformed-response')
    expect(decodeText(called + finished + broken + end).at(-1)?.type).toBe('end')
  })

  test('what comes behind the finish means nothing, be it a block or a piece of one', () => {
    const said = [start(), textStart, textDelta('a'), blockStop(), stopped('end_turn')]
    for (const late of [[textStart, textDelta('b'), blockStop()], [textDelta('b')]])
      expect(decodeFrames([...said, ...late, END])).toEqual(decodeFrames([...said, END]))
  })

  test('more blocks than the house takes are too large, opened by a start or by a delta alone', () => {
    const many = Array.from({ length: LIMITS.blocks }, (_, at) => [
      { type: 'content_block_start', index: at, content_block: { type: 'text', text: 'a' } },
      { type: 'content_block_stop', index: at },
    ]).flat()
    const more = {
      type: 'content_block_start',
      index: LIMITS.blocks,
      content_block: { type: 'text', text: '' },
    }
    const stray = {
      type: 'content_block_delta',
      index: LIMITS.blocks,
      delta: { type: 'text_delta', text: 'b' },
    }
    expect(failureOf(decodeFrames([start(), ...many, more]))).toBe('response-too-large')
    expect(failureOf(decodeFrames([start(), ...many, stray]))).toBe('response-too-large')
  })

  test('a broken frame inside arguments is a failure at once', () => {
    const wire = `${toWire([start(), callStart(0, 'f')])}event: content_block_delta\ndata: {"par\n\n`
    expect(failureOf(decodeText(wire + toWire([blockStop(), stopped('tool_use'), END])))).toBe(
      'malformed-response',
    )
  })

  test('a [DONE] tail is harmless', () => {
    const wire = toWire([start(), textStart, textDelta('a'), blockStop(), stopped('end_turn'), END])
    expect(decodeText(`${wire}data: [DONE]\n\n`)).toEqual(decodeText(wire))
  })
})

describe('errors', () => {
  const errorFrame = (type: string, message = 'x'): JsonObject => ({
    type: 'error',
    error: { type, message },
  })

  test.each([
    ['overloaded_error', 'provider-overloaded'],
    ['api_error', 'provider-error'],
    ['rate_limit_error', 'provider-rate-limited'],
    ['timeout_error', 'provider-timeout'],
    ['authentication_error', 'provider-auth'],
    ['something_new', 'provider-error'],
  ])('%s in a stream is %s, before and after content', (type, code) => {
    expect(failureOf(decodeFrames([errorFrame(type)]))).toBe(code)
    expect(failureOf(decodeFrames([start(), textStart, textDelta('a'), errorFrame(type)]))).toBe(code)
  })

  test('nothing follows a failure', () => {
    const events = decodeFrames([start(), errorFrame('api_error'), textStart, textDelta('a'), END])
    expect(events.at(-1)?.type).toBe('failure')
    expect(events.filter((event) => event.type === 'block-start')).toHaveLength(0)
  })

  test('a unary body that is an error, or nothing known, is a failure', () => {
    expect(failureOf(decodeBody(errorFrame('overloaded_error')))).toBe('provider-overloaded')
    expect(failureOf(decodeBody({ error: { message: 'no' } }))).toBe('provider-error')
    expect(failureOf(decodeBody({ hello: 1 }))).toBe('malformed-response')
  })

  test('a stream that is cut before it says why it ended is cut', () => {
    const frames = [start(), textStart, textDelta('a'), blockStop()]
    expect(failureOf(decodeFrames(frames))).toBe('stream-truncated')
  })
})

describe('finish', () => {
  test.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop-sequence'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['model_context_window_exceeded', 'context-length'],
    ['tool_use', 'stop'],
    ['novel_reason', 'stop'],
  ] as const)('%s without calls is %s', (stopReason, reason) => {
    const events = decodeFrames([start(), textStart, textDelta('a'), blockStop(), stopped(stopReason), END])
    expect(finishOf(events)).toMatchObject({ reason })
  })

  test('end_turn behind a call means the call', () => {
    const events = decodeFrames([start(), callStart(0, 'f'), blockStop(), stopped('end_turn'), END])
    expect(finishOf(events)).toMatchObject({ reason: 'tool-calls' })
  })

  test('an unknown reason is kept in the words of the provider', () => {
    expect(finishOf(decodeFrames([start(), stopped('novel_reason'), END]))).toMatchObject({
      rawReason: 'novel_reason',
    })
  })
})

describe('tools that were changed on the way up', () => {
  const long = 'mcp__'.padEnd(140, 'x')

  test('a renamed tool comes back under its own name', () => {
    const request = chat([{ type: 'function', name: long }])
    const frames = [
      start(),
      callStart(0, toWireToolName(long, TOOL_RULES.wire)),
      blockStop(),
      stopped('tool_use'),
      END,
    ]
    expect(blocksOf(decodeFrames(frames, request))).toMatchObject([{ name: long, form: 'json' }])
  })

  test('the input of an emulated free-text tool is unwrapped while it streams', () => {
    const request = chat([{ type: 'text', name: 'apply_patch' }])
    const patch = '*** Begin "Patch"\n+é 😀\t\\n\n*** End'
    const wire = JSON.stringify({ input: patch }).replace('😀', String.raw`\ud83d\ude00`)
    const deltas = wire.split('').map((unit) => json(0, unit))
    const events = decodeFrames(
      [start(), callStart(0, 'apply_patch'), ...deltas, blockStop(), stopped('tool_use'), END],
      request,
    )
    expect(blocksOf(events)).toMatchObject([{ name: 'apply_patch', form: 'text', arguments: patch }])
    expect(events.filter((event) => event.type === 'arguments-delta').length).toBeGreaterThan(20)
  })

  test('arguments of another shape are given as they are', () => {
    const request = chat([{ type: 'text', name: 'apply_patch' }])
    const frames = [start(), callStart(0, 'apply_patch'), json(0, '{"patch":"x"}'), blockStop()]
    expect(blocksOf(decodeFrames([...frames, stopped('tool_use'), END], request))).toMatchObject([
      { arguments: '{"patch":"x"}' },
    ])
  })
})

test('what an error says that was used is kept, whole and streamed', () => {
  const error = { type: 'error', error: { type: 'api_error', message: 'x' }, usage: { input_tokens: 9 } }
  const failed = { type: 'failure', failure: { details: { usage: { inputTokens: 9 } } } }
  expect(decodeBody(error).at(-1)).toMatchObject(failed)
  expect(decodeFrames([error]).at(-1)).toMatchObject(failed)
})

test('a body that is no answer is charged with what it says it used', () => {
  expect(decodeBody({ usage: { input_tokens: 9, output_tokens: 4 } })).toMatchObject([
    { type: 'usage', usage: { inputTokens: 9, outputTokens: 4 } },
    { type: 'failure', failure: { code: 'malformed-response' } },
  ])
})
