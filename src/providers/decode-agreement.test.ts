import { isChatEvent } from '../exchange/is-chat-event.fixture.ts'
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { CHAT_DIALECTS } from '../dialects/chat-dialects.fixture.ts'
import type { Codec, Dialect } from '../dialects/dialect.ts'
import type { EventSink } from '../exchange/event.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { collect } from '../exchange/collect.ts'
import type { ChatEvent } from '../exchange/chat-content.ts'
import {
  parseJsonExactly,
  parseJsonObjectExactly,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import { createSseFramer } from '../kit/sse.ts'
import { openReader } from './frame-reader.ts'
import { responsesArbitrary } from './responses-answers.fixture.ts'

/*
 * A provider's answer in one piece and the same answer as a stream are one message, whatever stands in it: numbers of many digits,
 * arguments that are no JSON, errors in the middle.
 */

const REQUEST: ChatRequest = {
  operation: 'chat',
  model: 'm',
  turns: [],
  stream: true,
  wantsUsage: true,
  tools: [
    { type: 'text', name: 'patch' },
    { type: 'function', name: 'f', parameters: { type: 'object' } },
  ],
}
const CONTEXT = { request: REQUEST, quirks: { textTools: false }, contentAccess: 'none' } as const

/** What a client would read: the message, and the code of the failure that ended it. */
function readable(events: readonly ChatEvent[]): JsonObject {
  const last = events.at(-1)
  const ended = last?.type === 'failure' ? last.failure.code : (last?.type ?? 'nothing')
  // A broken answer is told as far as it came only where it was streamed.
  const message = last?.type === 'failure' ? null : (JSON.stringify(collect(events)) as Json)
  return { ended, message }
}

function chatOf(dialect: Dialect): Codec {
  const codec: Codec | undefined = dialect.codecs.chat
  if (codec === undefined) throw new Error('no chat')
  return codec
}

function into(events: ChatEvent[]): EventSink {
  return (event) => {
    if (isChatEvent(event)) events.push(event)
  }
}

function decodeStream(dialect: Dialect, frames: readonly string[], cutAt: number): JsonObject {
  const events: ChatEvent[] = []
  const sink = into(events)
  const reader = openReader(chatOf(dialect), 'translated', CONTEXT)
  const framer = createSseFramer()
  const bytes = new TextEncoder().encode(frames.join(''))
  for (const part of [bytes.subarray(0, cutAt), bytes.subarray(cutAt)]) {
    framer.push(part.slice(), (frame) => void reader.frame(frame, sink))
  }
  reader.close(sink)
  return readable(events)
}

function decodeUnary(dialect: Dialect, body: string): JsonObject {
  const events: ChatEvent[] = []
  const reader = openReader(chatOf(dialect), 'translated', CONTEXT)
  reader.unary(parseJsonObjectExactly(body) ?? {}, into(events))
  return readable(events)
}

/** An answer in both forms. */
interface Answer {
  readonly body: string
  readonly frames: readonly string[]
}

/** Numbers as providers write them, whether or not the platform can hold them. */
const numberArbitrary: fc.Arbitrary<Json> = fc
  .constantFrom('12345678901234567890', '0.12345678901234567891', '1e400', '1.0', '-0', '7')
  .map(parseJsonExactly)

const textArbitrary = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom('12345678901234567890', '{"a":1}', '</think>', '\u2028"\\', '😀😀'),
)

const objectArbitrary: fc.Arbitrary<JsonObject> = fc.record({ a: numberArbitrary, b: textArbitrary })

const argumentsArbitrary = fc.oneof(
  objectArbitrary.map((value) => JSON.stringify(value)),
  textArbitrary.map((input) => JSON.stringify({ input })),
  fc.constantFrom('', 'not json', '{"a":', "{'a':1}", '{ "a" : 1e400 }', '[1]', 'null', '{"input":"cut'),
)

/** A text in pieces, never cut inside a character. */
const piecesArbitrary = (text: string): fc.Arbitrary<readonly string[]> =>
  fc.array(fc.nat(5), { maxLength: 4 }).map((sizes) => {
    const rest = Array.from(text)
    const pieces = sizes.map((size) => rest.splice(0, size).join(''))
    return [...pieces, rest.join('')].filter((piece) => piece !== '')
  })

const usageArbitrary = fc.record({ input: fc.nat(1e6), output: fc.nat(1e6) })
const ERRORS = ['overloaded', 'internal server error', 'Invalid `signature` in `thinking` block'] as const

/** Where an answer breaks off with an error; null: it does not. */
const errorArbitrary = fc.option(fc.constantFrom(...ERRORS), { freq: 4 })

const openaiArbitrary: fc.Arbitrary<Answer> = fc
  .record({
    reasoning: fc.option(textArbitrary, { nil: undefined }),
    content: fc.option(fc.oneof(textArbitrary, numberArbitrary), { nil: undefined }),
    refusal: fc.option(textArbitrary, { nil: undefined }),
    calls: fc.array(
      fc.record({
        name: fc.constantFrom('f', 'patch', 'unknown'),
        args: fc.oneof(argumentsArbitrary, objectArbitrary),
        proof: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    logprob: fc.option(numberArbitrary, { nil: undefined }),
    timing: numberArbitrary,
    word: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter', 'eos'),
    usage: usageArbitrary,
    error: errorArbitrary,
  })
  .chain((answer) => openaiForms(answer))

interface OpenaiAnswer {
  readonly reasoning: string | undefined
  readonly content: Json | undefined
  readonly refusal: string | undefined
  readonly calls: readonly {
    readonly name: string
    readonly args: string | JsonObject
    readonly proof: boolean
  }[]
  readonly logprob: Json | undefined
  readonly timing: Json
  readonly word: string
  readonly usage: { readonly input: number; readonly output: number }
  readonly error: string | null
}

function openaiForms(answer: OpenaiAnswer): fc.Arbitrary<Answer> {
  const { timing, usage, word, error } = answer
  const head = { id: 'c', created: 1, model: 'm', timing }
  const logprobs =
    answer.logprob === undefined ? null : { content: [{ token: 'x', logprob: answer.logprob }] }
  const counts = { prompt_tokens: usage.input, completion_tokens: usage.output }
  const calls = answer.calls.map(({ name, args, proof }, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: args },
    ...(proof ? { extra_content: { google: { thought_signature: `S${index}` } } } : {}),
  }))
  const message = {
    role: 'assistant',
    ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
    content: answer.content ?? null,
    ...(answer.refusal === undefined ? {} : { refusal: answer.refusal }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const failure = { error: { message: error, type: 'server_error', code: 500 } }
  const body =
    error === null
      ? { ...head, choices: [{ index: 0, message, logprobs, finish_reason: word }], usage: counts }
      : failure
  const chunk = (delta: JsonObject, more: JsonObject = {}): JsonObject => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  })
  return fc
    .tuple(
      piecesArbitrary(answer.reasoning ?? ''),
      typeof answer.content === 'string' ? piecesArbitrary(answer.content) : fc.constant([]),
      piecesArbitrary(answer.refusal ?? ''),
      fc.tuple(...calls.map((call) => callDeltas(call))),
    )
    .map(([reasoning, content, refusal, deltas]) => {
      const chunks = [
        chunk({ role: 'assistant', content: '' }),
        ...reasoning.map((text) => chunk({ reasoning_content: text })),
        ...content.map((text) => chunk({ content: text })),
        ...(typeof answer.content === 'object' || typeof answer.content === 'number'
          ? [chunk({ content: answer.content })]
          : []),
        ...refusal.map((text) => chunk({ refusal: text })),
        ...deltas.flat().map((delta) => chunk({ tool_calls: [delta] })),
        ...(error === null
          ? [chunk({}, { finish_reason: word, logprobs }), { ...head, choices: [], usage: counts }]
          : [failure]),
      ]
      return {
        body: JSON.stringify(body),
        frames: [...chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'],
      }
    })
}

type OpenaiCall = {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string | JsonObject }
}

/** A call as it is streamed: whole where its arguments are an object, else piece by piece. */
function callDeltas(call: OpenaiCall): fc.Arbitrary<readonly JsonObject[]> {
  const index = Number(call.id.slice('call_'.length))
  const { name, arguments: args } = call.function
  if (typeof args !== 'string') return fc.constant([{ index, ...call }])
  return piecesArbitrary(args).map((pieces) => [
    { index, ...call, function: { name, arguments: '' } },
    ...pieces.map((piece) => ({ index, function: { arguments: piece } })),
  ])
}

const messagesArbitrary: fc.Arbitrary<Answer> = fc
  .record({
    blocks: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('text' as const), text: textArbitrary }),
        fc.record({
          type: fc.constant('thinking' as const),
          thinking: textArbitrary,
          signature: fc.constant('Esg='),
        }),
        fc.record({
          type: fc.constant('tool_use' as const),
          id: fc.stringMatching(/^toolu_[a-z]{6}$/),
          name: fc.constantFrom('f', 'patch', 'unknown'),
          input: fc.oneof(
            objectArbitrary,
            textArbitrary.map((input) => ({ input })),
            fc.constant({}),
          ),
        }),
        fc.record({
          type: fc.constant('web_search_tool_result' as const),
          rank: numberArbitrary,
          content: fc.array(objectArbitrary),
        }),
      ),
      { minLength: 1, maxLength: 4 },
    ),
    reason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'refusal', 'unheard_of'),
    beside: numberArbitrary,
    usage: usageArbitrary,
    error: errorArbitrary,
    /** Some servers open a call with its whole input. */
    isWhole: fc.boolean(),
  })
  .chain((answer) => messagesForms(answer))

type WireBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: JsonObject }
  | { readonly type: 'web_search_tool_result'; readonly rank: Json; readonly content: readonly JsonObject[] }

interface MessagesAnswer {
  readonly blocks: readonly WireBlock[]
  readonly reason: string
  readonly beside: Json
  readonly usage: { readonly input: number; readonly output: number }
  readonly error: string | null
  readonly isWhole: boolean
}

function messagesForms({
  blocks,
  reason,
  beside,
  usage,
  error,
  isWhole,
}: MessagesAnswer): fc.Arbitrary<Answer> {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', beside }
  const counts = { input_tokens: usage.input, output_tokens: usage.output }
  const failure = { type: 'error', error: { type: 'api_error', message: error } }
  const ended = { stop_reason: reason, stop_sequence: null, stop_details: null }
  const body = error === null ? { ...head, content: blocks, ...ended, usage: counts } : failure
  return fc.tuple(...blocks.map((block) => blockFrames(block, isWhole))).map((parts) => {
    const frames: JsonObject[] = [
      {
        type: 'message_start',
        message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: counts },
      },
      ...parts.flatMap(([block, ...deltas], index): JsonObject[] => [
        { type: 'content_block_start', index, content_block: block ?? {} },
        ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
        { type: 'content_block_stop', index },
      ]),
      ...(error === null
        ? [{ type: 'message_delta', delta: ended, usage: counts }, { type: 'message_stop' }]
        : [failure]),
    ]
    return {
      body: JSON.stringify(body),
      frames: frames.map(
        (frame) => `event: ${readString(frame, 'type') ?? ''}\ndata: ${JSON.stringify(frame)}\n\n`,
      ),
    }
  })
}

/** A block as it is streamed: how it opens, then its deltas. */
function blockFrames(block: WireBlock, isWhole: boolean): fc.Arbitrary<readonly JsonObject[]> {
  switch (block.type) {
    case 'text':
      return piecesArbitrary(block.text).map((pieces) => [
        { type: 'text', text: '' },
        ...pieces.map((text) => ({ type: 'text_delta', text })),
      ])
    case 'thinking':
      return piecesArbitrary(block.thinking).map((pieces) => [
        { type: 'thinking', thinking: '', signature: '' },
        ...pieces.map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ])
    case 'tool_use':
      if (isWhole) return fc.constant([block])
      return piecesArbitrary(JSON.stringify(block.input)).map((pieces) => [
        { ...block, input: {} },
        ...pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ])
    case 'web_search_tool_result':
      return fc.constant([block])
  }
}

const partArbitrary = fc.oneof(
  fc.record({ text: textArbitrary }),
  fc.record({ text: textArbitrary, thought: fc.constant(true) }),
  fc.record({ text: fc.constantFrom('', 'proven'), thoughtSignature: fc.constant('Esg=') }),
  fc.record({
    functionCall: fc.record({
      name: fc.constantFrom('f', 'patch', 'unknown'),
      args: fc.oneof(
        objectArbitrary,
        textArbitrary.map((input) => ({ input })),
      ),
    }),
  }),
  fc.record({ executableCode: objectArbitrary }),
)

const geminiArbitrary: fc.Arbitrary<Answer> = fc
  .record({
    parts: fc.array(partArbitrary, { minLength: 1, maxLength: 5 }),
    word: fc.constantFrom('STOP', 'MAX_TOKENS', 'SAFETY', 'MALFORMED_FUNCTION_CALL', 'UNHEARD_OF'),
    beside: numberArbitrary,
    usage: usageArbitrary,
    error: errorArbitrary,
  })
  .chain((answer) => geminiForms(answer))

interface GeminiAnswer {
  readonly parts: readonly JsonObject[]
  readonly word: string
  readonly beside: Json
  readonly usage: { readonly input: number; readonly output: number }
  readonly error: string | null
}

/** A text is streamed in pieces, every other part whole. */
function geminiForms({ parts, word, beside, usage, error }: GeminiAnswer): fc.Arbitrary<Answer> {
  const head = { modelVersion: 'm', responseId: 'r', beside }
  const usageMetadata = { promptTokenCount: usage.input, candidatesTokenCount: usage.output }
  const failure = { error: { code: 503, message: error, status: 'UNAVAILABLE' } }
  const ended = { finishReason: word, index: 0 }
  const chunk = (held: JsonObject): JsonObject => ({ candidates: [held], usageMetadata, ...head })
  const body = error === null ? chunk({ content: { role: 'model', parts }, ...ended }) : failure
  return fc.tuple(...parts.map(partPieces)).map((pieces) => {
    const chunks = pieces.flat().map((part) => chunk({ content: { role: 'model', parts: [part] }, index: 0 }))
    const last = error === null ? chunk({ content: { role: 'model' }, ...ended }) : failure
    const frames = [...chunks, last].map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`)
    return { body: JSON.stringify(body), frames }
  })
}

function partPieces(part: JsonObject): fc.Arbitrary<readonly JsonObject[]> {
  const text = readString(part, 'text')
  if (text === undefined || part['thoughtSignature'] !== undefined) return fc.constant([part])
  return piecesArbitrary(text).map((pieces) => pieces.map((piece) => ({ ...part, text: piece })))
}

const ANSWERS: Readonly<Record<string, fc.Arbitrary<Answer>>> = {
  'openai-chat': openaiArbitrary,
  'anthropic-messages': messagesArbitrary,
  'openai-responses': responsesArbitrary,
  gemini: geminiArbitrary,
}

describe.each(CHAT_DIALECTS.map((dialect) => ({ name: dialect.name, dialect })))(
  '$name',
  ({ name, dialect }) => {
    test('an answer in one piece and the same answer as a stream are one message', () => {
      const answers = ANSWERS[name]
      if (answers === undefined) throw new Error(`no answers are written for ${name}`)
      fc.assert(
        fc.property(answers, fc.nat(2_000), ({ body, frames }, cutAt) => {
          expect(decodeStream(dialect, frames, cutAt)).toEqual(decodeUnary(dialect, body))
        }),
        { numRuns: 300 },
      )
    })
  },
)
