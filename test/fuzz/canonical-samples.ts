import {
  ANSWER_PARTS,
  REQUEST_PARTS,
  sampleAnswer,
  sampleRequest,
} from '../../src/dialects/fate-samples.fixture.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { ChatRequest } from '../../src/exchange/chat.ts'
import type { Family } from '../../src/exchange/content.ts'
import type { ResponseEvent } from '../../src/exchange/event.ts'
import { explode } from '../../src/exchange/explode.fixture.ts'
import { Failure } from '../../src/exchange/failure.ts'
import {
  createFoldOf,
  type ContentOf,
  type Operation,
  type RequestOf,
} from '../../src/exchange/operations/all.ts'
import { NO_USAGE } from '../../src/exchange/usage.ts'
import { parseJsonObject, type JsonObject } from '../../src/kit/json.ts'
import { answerArbitrary, MOST_CHOICES } from '../arbitraries/answers.ts'
import { chatRequestArbitrary } from '../arbitraries/chat.ts'
import { sampleFew } from './budget.ts'
import { TARGET, writingFor } from './every-codec.ts'

/*
 * Questions and answers of every operation, from which every dialect that has it makes bodies of its own. A further operation does
 * not compile before it has some.
 */

const CHATS = sampleFew(chatRequestArbitrary, 4)

/** Chats that hold everything a request can hold, said by the family itself. */
function chats(family: Family): readonly ChatRequest[] {
  return [...REQUEST_PARTS.map((part) => sampleRequest(part, family)), ...CHATS]
}

const IMAGE = {
  type: 'media',
  kind: 'image',
  source: { from: 'url', url: 'https://e.example/a.png' },
} as const
const TEXT = { type: 'text', text: 'a dog' } as const
const MIXED = { parts: [TEXT, IMAGE] } as const

const QUESTIONS: { readonly [O in Operation]: (family: Family) => readonly RequestOf<O>[] } = {
  chat: chats,
  'count-tokens': (family) =>
    chats(family).map((chat) => ({ operation: 'count-tokens', model: 'm', chat, stream: false })),
  embed: () =>
    [['a'], ['a', 'b'], [[1, 2, 3]], [MIXED]].map((inputs) => ({
      operation: 'embed',
      model: 'm',
      inputs,
      encodings: ['float'],
      dimensions: 8,
      task: 'query',
      user: 'u',
      stream: false,
    })),
  moderate: () =>
    [['a'], ['a', 'b'], [MIXED]].map((inputs) => ({
      operation: 'moderate',
      model: 'm',
      inputs,
      stream: false,
    })),
  recall: () => [{ operation: 'recall', model: '', id: 'resp_1', wants: 'removal', stream: false }],
  rerank: () =>
    [['a', 'b'], [{ text: 'a', title: 'b' }]].map((documents) => ({
      operation: 'rerank',
      model: 'm',
      query: 'q',
      documents,
      topN: 2,
      returnDocuments: true,
      rankFields: ['text'],
      maxTokensPerDocument: 9,
      stream: false,
    })),
}

const used = { type: 'usage', usage: { ...NO_USAGE, inputTokens: 7 }, isFinal: true } as const

/** An answer that says these things and nothing else. */
function saying<Content>(...content: readonly Content[]): readonly ResponseEvent<Content>[] {
  return [{ type: 'start', model: 'm', responseId: 'r' }, ...content, used, { type: 'end' }]
}

type Said<O extends Operation> = readonly (readonly ResponseEvent<ContentOf<O>>[])[]

const ANSWERS: { readonly [O in Operation]: (family: Family) => Said<O> } = {
  chat: (family) => [
    ...ANSWER_PARTS.map((part) => explode(sampleAnswer(part, family))),
    ...sampleFew(answerArbitrary, 8),
  ],
  'count-tokens': () => [saying({ type: 'token-count', inputTokens: 7, estimated: false })],
  embed: () => [
    saying(
      { type: 'vector', input: 0, encoding: 'float', values: [0.5, -0.25] },
      { type: 'vector', input: 1, encoding: 'float', values: [1, 0] },
    ),
  ],
  moderate: () => [
    saying({
      type: 'verdict',
      input: 0,
      flagged: true,
      categories: { violence: true, hate: false },
      scores: { violence: 0.9, hate: 0.1 },
    }),
  ],
  recall: () => [
    saying({
      type: 'recalled',
      found: [{ id: 'resp_1', input: '[]', answer: '{"id":"resp_1","output":[]}' }],
    }),
  ],
  rerank: () => [saying({ type: 'rank', input: 1, score: 0.75 }, { type: 'rank', input: 0, score: 0.25 })],
}

/** What is asked by an operation. */
function questions(operation: Operation, family: Family): readonly RequestOf<Operation>[] {
  return QUESTIONS[operation](family)
}

/** A question to which an answer may say all that the samples say. */
export function broadQuestion(operation: Operation, family: Family): RequestOf<Operation> {
  const [first] = questions(operation, family)
  if (first === undefined) throw new RangeError(operation)
  return first.operation === 'chat'
    ? { ...first, stream: true, wantsUsage: true, choices: MOST_CHOICES }
    : first
}

/** Bodies of a dialect for an operation: all that its own writer can say. */
export function validBodies({ dialect, operation, codec }: ListedEndpoint): readonly JsonObject[] {
  return questions(operation, dialect.family).flatMap((question) => {
    const body = tryTo(() => codec.encodeRequest(question, TARGET).body)
    const json = typeof body === 'string' ? parseJsonObject(body) : undefined
    return json === undefined ? [] : [json]
  })
}

/** Streams of a dialect; none where the operation is never streamed. */
export function validStreams({ dialect, operation, codec }: ListedEndpoint): readonly string[] {
  const request = broadQuestion(operation, dialect.family)
  if (!request.stream) return []
  return ANSWERS[operation](dialect.family).map((events) => {
    const writer = codec.encodeResponse(writingFor(request))
    return events.map((event) => writer.event(event)).join('')
  })
}

/** Whole answers of a dialect. */
export function validAnswers({ dialect, operation, codec }: ListedEndpoint): readonly JsonObject[] {
  const request = broadQuestion(operation, dialect.family)
  return ANSWERS[operation](dialect.family).map((events) => {
    const fold = createFoldOf(operation)
    for (const event of events) fold.push(event)
    const text = JSON.stringify(codec.encodeResponse(writingFor(request)).unary(fold.result()))
    return parseJsonObject(text) ?? {}
  })
}

/** What cannot be said in a dialect is no sample of it. */
function tryTo<Result>(act: () => Result): Result | undefined {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof Failure) return undefined
    throw thrown
  }
}
