import type { Citation, MediaBlock, ToolCallBlock } from '../../exchange/content.ts'
import type { Finish, FinishReason } from '../../exchange/chat-content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { AnswerBlock } from '../block-writer.ts'
import { writeCallSignature } from './call-signature.ts'
import { FAMILY } from './vocabulary.ts'

/** The id that the client gets to see: the exchange's own, in the form that clients of this dialect expect. */
export function completionId(requestId: string): string {
  return `chatcmpl-${requestId.slice(requestId.indexOf('_') + 1)}`
}

/** Images of an answer, in the shape that compatible servers agreed on. */
export function toImages(blocks: readonly MediaBlock[]): JsonObject[] {
  return blocks
    .filter((block) => block.kind === 'image')
    .flatMap(({ source }) => {
      if (source.from !== 'url' && source.from !== 'bytes') return []
      const url = source.from === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`
      return [{ type: 'image_url', image_url: { url } }]
    })
}

/** Notes what a client of this dialect cannot be shown of a block, however the answer is given. */
export function noteUnsayable(block: AnswerBlock, notice: NoticeSink): void {
  if (block.type === 'text' && block.signature !== undefined) notice('seal.lost')
  if (block.type === 'media' && toImages([block]).length === 0) notice('media.dropped')
}

/** The deprecated form of a call: an answer holds one, without an id. */
export function functionCall(call: ToolCallBlock): JsonObject {
  return { function_call: { name: call.name, arguments: call.arguments } }
}

/** A call as an entry of `tool_calls`. */
export function toToolCall(call: ToolCallBlock): JsonObject {
  const { id, name, form, extra, signature } = call
  const body =
    form === 'json'
      ? { type: 'function', function: { name, arguments: call.arguments } }
      : { type: 'custom', custom: { name, input: call.arguments } }
  return { ...extra?.[FAMILY], id, ...body, ...writeCallSignature(signature) }
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
  readonly isLegacy: boolean
}

/**
 * The word for a finish. A refusal that the model wrote itself ends with `stop` in this dialect; one that cut the answer
 * off is a content filter. Clients of the deprecated `functions` know calls by another word.
 */
export function finishWord(finish: Finish, { wroteRefusal, isLegacy }: AnswerTraits): string {
  if (isLegacy && finish.reason === 'tool-calls') return 'function_call'
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
