import type { Choice, Message } from '../../exchange/collect.ts'
import type { Block, Citation, NativeBlock, ToolCallBlock } from '../../exchange/content.ts'
import type { Finish, FinishReason } from '../../exchange/chat-said.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import {
  isArray,
  isObject,
  omitKeys,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { EncodeContext } from '../dialect.ts'
import { writeCallSeal } from './call-seal.ts'
import { completionId, functionCall, noteUnsayable, toImages } from './response-parts.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY, RESPONSE_FIELDS } from './schema.ts'
import { encodeUsage } from './usage.ts'

/** Writes a finished response as the body of a unary answer. */
export function encodeCompletion(message: Message, context: EncodeContext<'chat'>): JsonObject {
  const { request, requestId, createdMs, model, notice } = context
  const legacy = request.legacyCalls === true
  return {
    id: completionId(requestId),
    object: 'chat.completion',
    created: Math.floor(createdMs / 1000),
    model,
    choices: message.choices.map((choice) => encodeChoice(choice, { legacy, notice })),
    usage: encodeUsage(message.usage),
    ...omitKeys(message.extra?.[FAMILY] ?? {}, RESPONSE_FIELDS),
  }
}

interface Telling {
  /** True towards a client that knows only the deprecated form of calls. */
  readonly legacy: boolean
  readonly notice: NoticeSink
}

function encodeChoice({ index, blocks, finish, logprobs }: Choice, { legacy, notice }: Telling): JsonObject {
  for (const block of blocks) noteUnsayable(block, notice)
  const refusal = textOf(blocks, 'refusal')
  const explanation = finish?.reason === 'refusal' ? finish.explanation : undefined
  const said = {
    refusal: refusal ?? explanation ?? null,
    ...encodeReasoning(blocks),
    ...encodeAnnotations(blocks, notice),
    ...encodeImages(blocks),
    ...encodeAudio(blocks),
    ...(legacy ? encodeFirstCall(blocks, notice) : encodeCalls(blocks)),
  }
  return {
    index,
    message: {
      role: 'assistant',
      content: textOf(blocks, 'text') ?? (mayLackContent(said) ? null : ''),
      ...said,
    },
    logprobs: logprobs.length === 0 ? null : { content: logprobs, refusal: null },
    finish_reason:
      finish === undefined ? 'stop' : finishWord(finish, { wroteRefusal: refusal !== undefined, legacy }),
  }
}

/** Clients send a message back as it is, and the API takes one without content only where something stands in for it. */
function mayLackContent({ refusal, tool_calls, function_call, audio }: JsonObject): boolean {
  return typeof refusal === 'string' || (tool_calls ?? function_call ?? audio) !== undefined
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-length': 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  pause: 'stop',
}

/** What the word for a finish depends on. */
interface AnswerTraits {
  readonly wroteRefusal: boolean
  /** True towards a client that knows only the deprecated form of calls. */
  readonly legacy: boolean
}

/**
 * The word for a finish. A refusal that the model wrote itself ends with `stop` in this dialect; one that cut the answer
 * off is a content filter. Clients of the deprecated `functions` know calls by another word.
 */
export function finishWord(finish: Finish, { wroteRefusal, legacy }: AnswerTraits): string {
  if (legacy && finish.reason === 'tool-calls') return 'function_call'
  return finish.reason === 'refusal' && wroteRefusal ? 'stop' : WORDS[finish.reason]
}

/** Citations that have a URL, as annotations; this dialect cannot say others. */
export function toAnnotations(citations: readonly Citation[], notice: NoticeSink): JsonObject[] {
  return citations.flatMap(({ url, title, start, end }) => {
    if (url === undefined) {
      notice('citation.dropped')
      return []
    }
    const held = { start_index: start ?? 0, end_index: end ?? 0, title: title ?? url, url }
    return [{ type: 'url_citation', url_citation: held }]
  })
}

/** All text of one kind, joined; undefined when there is none. */
function textOf(blocks: readonly Block[], kind: 'text' | 'refusal'): string | undefined {
  const texts = blocks
    .filter((block) => block.type === kind)
    .map((block) => ('text' in block ? block.text : ''))
  const joined = texts.join('')
  return joined === '' ? undefined : joined
}

function encodeReasoning(blocks: readonly Block[]): JsonObject {
  const reasoning = blocks.filter((block) => block.type === 'reasoning')
  const text = reasoning.map((block) => block.text).join('')
  const details = toDetails(reasoning)
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  }
}

function encodeAnnotations(blocks: readonly Block[], notice: NoticeSink): JsonObject {
  const annotations = blocks.flatMap((block) =>
    block.type === 'text' ? toAnnotations(block.citations ?? [], notice) : [],
  )
  return annotations.length === 0 ? {} : { annotations }
}

function encodeImages(blocks: readonly Block[]): JsonObject {
  const images = toImages(blocks.filter((block) => block.type === 'media'))
  return images.length === 0 ? {} : { images }
}

function encodeCalls(blocks: readonly Block[]): JsonObject {
  const calls = blocks.filter((block) => block.type === 'tool-call').map(encodeCall)
  return calls.length === 0 ? {} : { tool_calls: calls }
}

/** The deprecated form holds one call, without a proof. */
function encodeFirstCall(blocks: readonly Block[], notice: NoticeSink): JsonObject {
  const [call, another] = blocks.filter((block) => block.type === 'tool-call')
  if (another !== undefined) notice('call.dropped')
  if (call?.seal !== undefined) notice('seal.lost')
  return call === undefined ? {} : functionCall(call)
}

function encodeCall(call: ToolCallBlock): JsonObject {
  const shared = { ...call.extra?.[FAMILY], id: call.id }
  return call.form === 'json'
    ? {
        ...shared,
        type: 'function',
        function: { name: call.name, arguments: call.arguments },
        ...writeCallSeal(call.seal),
      }
    : {
        ...shared,
        type: 'custom',
        custom: { name: call.name, input: call.arguments },
        ...writeCallSeal(call.seal),
      }
}

function encodeAudio(blocks: readonly Block[]): JsonObject {
  const native = blocks.find(
    (block): block is NativeBlock => block.type === 'native' && block.family === FAMILY,
  )
  const audio = native === undefined ? undefined : joinAudio(native.raw)
  return audio === undefined ? {} : { audio }
}

/** The pieces of a spoken answer as one: data and transcript joined, of the rest the last one. */
function joinAudio(raw: JsonObject): JsonObject | undefined {
  const first = readObject(raw, 'audio')
  if (first === undefined) return undefined
  const deltas = isArray(raw['deltas']) ? raw['deltas'].filter(isObject) : []
  const joined: Record<string, Json | undefined> = { ...first }
  for (const delta of deltas) {
    for (const [field, value] of Object.entries(readObject(delta, 'audio') ?? {})) {
      const grows = field === 'data' || field === 'transcript'
      joined[field] = grows
        ? (readString(joined, field) ?? '') + (typeof value === 'string' ? value : '')
        : value
    }
  }
  return joined
}
