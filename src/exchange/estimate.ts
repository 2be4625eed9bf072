import type { Block, Extra, MediaBlock, MediaSource } from './content.ts'
import type { ChatRequest, Tool } from './chat.ts'

/** Characters per token of ordinary prose and code; BPE vocabularies lie between 3.3 and 4.2. */
const CHARACTERS_PER_TOKEN = 3.6
/** Tokens per character outside Latin scripts. */
const TOKENS_PER_WIDE_CHARACTER = 0.9
/** Tokens that an image costs where nothing better is known: the large size of the common tile models. */
export const TOKENS_PER_IMAGE = 1_600
/** Bytes of a document per token; PDFs are compressed, so this errs towards too many. */
const DOCUMENT_BYTES_PER_TOKEN = 6
/** The most that an image costs at the resolutions that are served by default: 4,784 tokens, by the models that look closest. */
export const MOST_TOKENS_PER_IMAGE = 5_000
/** What is held for input that is only referred to, by an address or an id: a document of a hundred full pages. */
export const TOKENS_BY_REFERENCE = 300_000
/** What is held for an earlier spoken answer that is only referred to: the longest that models which speak may write. */
const TOKENS_PER_SPOKEN_ANSWER = 16_384
/** Bytes of compressed speech per token, where it is compressed most and counted most finely (32 tokens a second at 4 kB/s). */
const AUDIO_BYTES_PER_TOKEN = 125
/** Characters of a text that is looked at as a whole before it is looked at one by one. */
const LONG_TEXT = 10_000
/** Every turn and tool costs a few tokens of framing. */
const TOKENS_PER_PART = 4

/** Estimates the tokens of a text without a vocabulary: O(length), within about ±15 % on prose. */
export function estimateTextTokens(text: string): number {
  const wide = isLongAscii(text) ? 0 : countWide(text)
  return Math.ceil((text.length - wide) / CHARACTERS_PER_TOKEN + wide * TOKENS_PER_WIDE_CHARACTER)
}

/** The runtime counts bytes ten times as fast as characters are looked at, which is worth a call for what is long. */
function isLongAscii(text: string): boolean {
  return text.length > LONG_TEXT && Buffer.byteLength(text) === text.length
}

/** Characters outside Latin scripts. */
function countWide(text: string): number {
  let wide = 0
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x2ff) wide += 1
  }
  return wide
}

/** Estimates the input tokens of a chat request; used for limits, reservations and counting where the provider offers none. */
export function estimateInputTokens(chat: ChatRequest): number {
  let tokens = TOKENS_PER_PART
  for (const turn of chat.turns) tokens += TOKENS_PER_PART + estimateBlocksTokens(turn.blocks)
  if (chat.tools !== undefined) {
    for (const tool of chat.tools) tokens += TOKENS_PER_PART + toolTokens(tool)
  }
  if (chat.output?.type === 'json-schema') tokens += estimateTextTokens(JSON.stringify(chat.output.schema))
  return tokens
}

function toolTokens(tool: Tool): number {
  if (tool.type === 'hosted') return estimateTextTokens(JSON.stringify(tool.raw))
  const schema = tool.type === 'function' ? tool.parameters : tool.format
  const described = tool.name + (tool.description ?? '')
  return (
    estimateTextTokens(described) + (schema === undefined ? 0 : estimateTextTokens(JSON.stringify(schema)))
  )
}

/** Estimates the tokens of members that one family alone knows; some servers put them into the prompt. */
export function estimateExtraTokens(extra: Extra | undefined): number {
  let tokens = 0
  for (const family in extra) tokens += estimateTextTokens(JSON.stringify(extra[family]))
  return tokens
}

/** Estimates the tokens of content. */
export function estimateBlocksTokens(blocks: readonly Block[]): number {
  let tokens = 0
  for (const block of blocks) tokens += blockTokens(block)
  return tokens
}

function blockTokens(block: Block): number {
  switch (block.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return estimateTextTokens(block.text)
    case 'tool-call':
      return TOKENS_PER_PART + estimateTextTokens(block.name + block.arguments)
    case 'tool-result':
    case 'search-result':
      return TOKENS_PER_PART + estimateBlocksTokens(block.blocks)
    case 'media':
      return mediaTokens(block.kind, block.source)
    case 'native':
      return estimateTextTokens(JSON.stringify(block.raw))
  }
}

function mediaTokens(kind: string, source: MediaSource): number {
  if (source.from === 'text') return estimateTextTokens(source.text)
  if (source.from === 'blocks') return estimateBlocksTokens(source.blocks)
  if (kind === 'document' && source.from === 'bytes') {
    return Math.ceil(bytesOf(source.base64) / DOCUMENT_BYTES_PER_TOKEN)
  }
  return TOKENS_PER_IMAGE
}

/**
 * By how much the tokens of a media part may exceed their estimate. What only an address or an id leads to may be large; images
 * are scaled down before they are read, wherever they come from.
 */
export function mediaTokensBeyondEstimate({ kind, source }: MediaBlock): number {
  const estimate = mediaTokens(kind, source)
  if (source.from === 'text' || source.from === 'blocks') return 0
  if (kind === 'image') return MOST_TOKENS_PER_IMAGE - estimate
  if (kind === 'audio' && source.from === 'file') return TOKENS_PER_SPOKEN_ANSWER - estimate
  if (source.from !== 'bytes') return TOKENS_BY_REFERENCE - estimate
  if (kind === 'document') return 0
  return Math.max(0, bytesOf(source.base64) / AUDIO_BYTES_PER_TOKEN - estimate)
}

function bytesOf(base64: string): number {
  return (base64.length * 3) / 4
}
