import fc from 'fast-check'
import type { Message } from '../../src/exchange/collect.ts'
import type { ChatRequest, Tool, ToolChoice, Turn } from '../../src/exchange/chat.ts'
import type {
  MediaBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../src/exchange/content.ts'
import type { Usage } from '../../src/exchange/usage.ts'
import type { JsonObject } from '../../src/kit/json.ts'
import { parseJsonObject } from '../../src/kit/json.ts'

/*
 * Generators of canonical conversations, general enough for every chat dialect. Each dialect filters or maps them to
 * what it can say. Texts hold what breaks naive code: other scripts, emoji, line separators, quotes and JSON-like words.
 */

const AWKWARD = [
  'héllo',
  '日本語',
  '👩‍👩‍👧',
  'a\u2028b\u0085c',
  '"usage":',
  '\\u0000',
  '{"a":1}',
  '[DONE]',
  'data: x\n\n',
  '</think>',
]

/** Text that says something, often awkward. Well-formed: no lone surrogates. */
export const textArbitrary: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom(...AWKWARD), fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }))
  .filter((text) => text.trim() !== '')

/** A name that every dialect accepts for tools. */
export const nameArbitrary: fc.Arbitrary<string> = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,20}$/)

/** An id that every dialect accepts for tool calls. */
export const callIdArbitrary: fc.Arbitrary<string> = fc.stringMatching(/^[a-zA-Z0-9]{9}$/)

/** A JSON object of a few members, as it stands after one trip through JSON text. */
const jsonObjectArbitrary: fc.Arbitrary<JsonObject> = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => parseJsonObject(JSON.stringify(value)) ?? {})

/** Arguments as a provider writes them: JSON text of an object. */
export const argumentsArbitrary: fc.Arbitrary<string> = fc.oneof(
  jsonObjectArbitrary.map((value) => JSON.stringify(value)),
  fc.constantFrom('{}', '{"n":1.0}', '{"big":12345678901234567890}', '{ "spaced" : true }'),
)

const textBlockArbitrary: fc.Arbitrary<TextBlock> = textArbitrary.map((text) => ({
  type: 'text',
  text,
}))

/** Reasoning without a signature; dialects add their own. */
const reasoningBlockArbitrary: fc.Arbitrary<ReasoningBlock> = textArbitrary.map((text) => ({
  type: 'reasoning',
  text,
  form: 'full',
}))

const imageBlockArbitrary: fc.Arbitrary<MediaBlock> = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes): MediaBlock => ({
    type: 'media',
    kind: 'image',
    source: { from: 'bytes', base64: btoa(String.fromCharCode(...bytes)), mediaType: 'image/png' },
  })),
  fc.constantFrom('https://example.com/a.png', 'https://example.com/b?c=d').map((url): MediaBlock => ({
    type: 'media',
    kind: 'image',
    source: { from: 'url', url },
  })),
)

/** A call of a function tool. */
const toolCallBlockArbitrary: fc.Arbitrary<ToolCallBlock> = fc.record({
  type: fc.constant('tool-call' as const),
  id: callIdArbitrary,
  name: nameArbitrary,
  arguments: argumentsArbitrary,
  form: fc.constant('json' as const),
})

/** A tool's result of one text, not an error. */
function toolResultArbitrary(callId: string): fc.Arbitrary<ToolResultBlock> {
  return textArbitrary.map((text) => ({
    type: 'tool-result',
    callId,
    isError: false,
    blocks: [{ type: 'text', text }],
  }))
}

export const systemTurnArbitrary: fc.Arbitrary<Turn> = textBlockArbitrary.map((block) => ({
  role: 'system',
  blocks: [block],
}))

export const userTurnArbitrary: fc.Arbitrary<Turn> = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: textBlockArbitrary }, { weight: 1, arbitrary: imageBlockArbitrary }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((blocks) => ({ role: 'user', blocks }))

/** An assistant turn of at most one text and no calls, optionally after reasoning. */
export const answerTurnArbitrary: fc.Arbitrary<Turn> = fc
  .record({ reasoning: fc.option(reasoningBlockArbitrary, { nil: undefined }), text: textBlockArbitrary })
  .map(({ reasoning, text }) => ({
    role: 'assistant',
    blocks: reasoning === undefined ? [text] : [reasoning, text],
  }))

/** An assistant turn with calls, and the user turn that holds all their results in order. */
export const toolRoundArbitrary: fc.Arbitrary<readonly Turn[]> = fc
  .record({
    text: fc.option(textBlockArbitrary, { nil: undefined }),
    calls: fc.uniqueArray(toolCallBlockArbitrary, {
      minLength: 1,
      maxLength: 3,
      selector: (call) => call.id,
    }),
  })
  .chain(({ text, calls }) =>
    fc.tuple(...calls.map((call) => toolResultArbitrary(call.id))).map((results): readonly Turn[] => [
      { role: 'assistant', blocks: text === undefined ? calls : [text, ...calls] },
      { role: 'user', blocks: results },
    ]),
  )

/** A conversation that begins with an optional system turn and a user turn, in which nobody speaks twice in a row. */
export const turnsArbitrary: fc.Arbitrary<readonly Turn[]> = fc
  .record({
    system: fc.option(systemTurnArbitrary, { nil: undefined }),
    first: userTurnArbitrary,
    rounds: fc.array(
      fc.oneof(
        fc.tuple(answerTurnArbitrary, userTurnArbitrary).map((turns): readonly Turn[] => turns),
        fc
          .tuple(toolRoundArbitrary, answerTurnArbitrary, userTurnArbitrary)
          .map(([round, answer, user]) => [...round, answer, user]),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ system, first, rounds }) => [...(system === undefined ? [] : [system]), first, ...rounds.flat()])

const functionToolArbitrary: fc.Arbitrary<Tool> = fc
  .record({
    name: nameArbitrary,
    description: fc.option(textArbitrary, { nil: undefined }),
    properties: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { maxLength: 3 }),
  })
  .map(({ name, description, properties }) => ({
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    parameters: {
      type: 'object',
      properties: Object.fromEntries(properties.map((property) => [property, { type: 'string' }])),
    },
  }))

const toolsArbitrary: fc.Arbitrary<readonly Tool[]> = fc.uniqueArray(functionToolArbitrary, {
  minLength: 1,
  maxLength: 3,
  selector: (tool) => tool.name,
})

/** A choice of tool that fits the tools. */
function toolChoiceArbitrary(tools: readonly Tool[]): fc.Arbitrary<ToolChoice> {
  return fc.oneof(
    fc.constantFrom<ToolChoice>({ type: 'auto' }, { type: 'none' }, { type: 'required' }),
    fc.constantFrom(...tools).map((tool): ToolChoice => ({ type: 'tool', name: tool.name })),
  )
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

/** A chat request with the parameters that nearly all dialects know, each of them sometimes absent. */
export const chatRequestArbitrary: fc.Arbitrary<ChatRequest> = fc
  .record({
    turns: turnsArbitrary,
    tooling: optional(
      toolsArbitrary.chain((tools) =>
        fc.record({ tools: fc.constant(tools), toolChoice: optional(toolChoiceArbitrary(tools)) }),
      ),
    ),
    maxOutputTokens: optional(fc.integer({ min: 16, max: 4_096 })),
    temperature: optional(fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10)),
    stop: optional(fc.array(fc.stringMatching(/^[A-Z]{1,8}$/), { minLength: 1, maxLength: 4 })),
    stream: fc.boolean(),
  })
  .map(({ turns, tooling, stream, ...rest }) => ({
    operation: 'chat',
    model: 'test-model',
    turns,
    ...withoutUndefined({ ...tooling }),
    ...withoutUndefined(rest),
    stream,
    wantsUsage: false,
  }))

/** Usage in which every bucket may be filled. */
export const usageArbitrary: fc.Arbitrary<Usage> = fc
  .record({
    inputTokens: fc.nat(5_000),
    cacheReadTokens: fc.nat(5_000),
    cacheWriteTokens: fc.nat(500),
    outputTokens: fc.nat(5_000),
    reasoningTokens: fc.nat(5_000),
  })
  .map((buckets) => ({
    ...buckets,
    cacheWriteLongTokens: 0,
    inputAudioTokens: 0,
    outputAudioTokens: 0,
    hiddenInputTokens: 0,
    hiddenOutputTokens: 0,
    estimated: false,
  }))

/** A finished answer of one choice: optional reasoning, optional text, optional calls, with the finish that follows from them. */
export const messageArbitrary: fc.Arbitrary<Message> = fc
  .record({
    reasoning: optional(reasoningBlockArbitrary),
    text: optional(textBlockArbitrary),
    calls: fc.uniqueArray(toolCallBlockArbitrary, { maxLength: 3, selector: (call) => call.id }),
    cut: fc.boolean(),
    usage: usageArbitrary,
  })
  .map(({ reasoning, text, calls, cut, usage }) => ({
    responseId: 'response-1',
    model: 'test-model',
    choices: [
      {
        index: 0,
        blocks: [reasoning, text, ...calls].filter((block) => block !== undefined),
        logprobs: [],
        finish: {
          type: 'finish' as const,
          choice: 0,
          reason: calls.length > 0 ? ('tool-calls' as const) : cut ? ('length' as const) : ('stop' as const),
        },
      },
    ],
    usage,
  }))

/** The object without its undefined members, typed as having none. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
