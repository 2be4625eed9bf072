import type { Choice, Message } from '../../exchange/collect.ts'
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
import { isAnswerBlock, type AnswerBlock } from '../block-writer.ts'
import type { EncodeContext } from '../dialect.ts'
import {
  completionId,
  finishWord,
  functionCall,
  noteUnsayable,
  toAnnotations,
  toImages,
  toToolCall,
} from './message-parts.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY, RESPONSE_FIELDS } from './vocabulary.ts'
import { encodeUsage } from './usage.ts'

/** Writes a finished response as the body of a unary answer. */
export function encodeCompletion(message: Message, context: EncodeContext<'chat'>): JsonObject {
  const { request, requestId, createdMs, model, notice } = context
  const isLegacy = request.legacyCalls === true
  return {
    id: completionId(requestId),
    object: 'chat.completion',
    created: Math.floor(createdMs / 1000),
    model,
    choices: message.choices.map((choice) => encodeChoice(choice, { isLegacy, notice })),
    usage: encodeUsage(message.usage),
    ...omitKeys(message.extra?.[FAMILY] ?? {}, RESPONSE_FIELDS),
  }
}

interface Telling {
  /** True towards a client that knows only the deprecated form of calls. */
  readonly isLegacy: boolean
  readonly notice: NoticeSink
}

function encodeChoice({ index, blocks: given, finish, logprobs }: Choice, telling: Telling): JsonObject {
  const { isLegacy, notice } = telling
  const blocks = given.filter((block) => isAnswerBlock(block, { family: FAMILY, notice }))
  for (const block of blocks) noteUnsayable(block, notice)
  const refusal = textOf(blocks, 'refusal')
  const explanation = finish?.reason === 'refusal' ? finish.explanation : undefined
  const said = {
    refusal: refusal ?? explanation ?? null,
    ...encodeReasoning(blocks),
    ...encodeAnnotations(blocks, notice),
    ...encodeImages(blocks),
    ...encodeAudio(blocks),
    ...(isLegacy ? encodeFirstCall(blocks, notice) : encodeCalls(blocks)),
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
      finish === undefined ? 'stop' : finishWord(finish, { wroteRefusal: refusal !== undefined, isLegacy }),
  }
}

/** Clients send a message back as it is, and the API takes one without content only where something stands in for it. */
function mayLackContent({ refusal, tool_calls, function_call, audio }: JsonObject): boolean {
  return typeof refusal === 'string' || (tool_calls ?? function_call ?? audio) !== undefined
}

/** All text of one kind, joined; undefined when there is none. */
function textOf(blocks: readonly AnswerBlock[], kind: 'text' | 'refusal'): string | undefined {
  const texts = blocks
    .filter((block) => block.type === kind)
    .map((block) => ('text' in block ? block.text : ''))
  const joined = texts.join('')
  return joined === '' ? undefined : joined
}

function encodeReasoning(blocks: readonly AnswerBlock[]): JsonObject {
  const reasoning = blocks.filter((block) => block.type === 'reasoning')
  const text = reasoning.map((block) => block.text).join('')
  const details = toDetails(reasoning)
  return {
    ...(text === '' ? {} : { reasoning_content: text }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
  }
}

function encodeAnnotations(blocks: readonly AnswerBlock[], notice: NoticeSink): JsonObject {
  const annotations = blocks.flatMap((block) =>
    block.type === 'text' ? toAnnotations(block.citations ?? [], notice) : [],
  )
  return annotations.length === 0 ? {} : { annotations }
}

function encodeImages(blocks: readonly AnswerBlock[]): JsonObject {
  const images = toImages(blocks.filter((block) => block.type === 'media'))
  return images.length === 0 ? {} : { images }
}

function encodeCalls(blocks: readonly AnswerBlock[]): JsonObject {
  const calls = blocks.filter((block) => block.type === 'tool-call').map(toToolCall)
  return calls.length === 0 ? {} : { tool_calls: calls }
}

/** The deprecated form holds one call, without a proof. */
function encodeFirstCall(blocks: readonly AnswerBlock[], notice: NoticeSink): JsonObject {
  const [call, another] = blocks.filter((block) => block.type === 'tool-call')
  if (another !== undefined) notice('call.dropped')
  if (call?.signature !== undefined) notice('seal.lost')
  return call === undefined ? {} : functionCall(call)
}

function encodeAudio(blocks: readonly AnswerBlock[]): JsonObject {
  const native = blocks.find((block) => block.type === 'native')
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
