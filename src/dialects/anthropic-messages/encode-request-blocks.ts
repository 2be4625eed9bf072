import type {
  Block,
  Citation,
  NativeBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { parseJsonObject, type JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import type { RequestContext } from '../dialect.ts'
import { wordsOfForeign } from '../foreign-native.ts'
import { encodeMedia, encodeSearchResult } from './encode-media.ts'
import { writeArray, writeObject } from './json-text.ts'
import { encodeCacheMark, isPlainText, ownExtra, type RequestWriter } from './request-writer.ts'
import { FAMILY, REDACTED, SIGNATURE, TOOL_WIRE } from './schema.ts'
import { toWireToolName } from '../tool-name.ts'

/**
 * Writes one block as JSON text. Undefined when nothing is left of it: blank text (the API refuses it), reasoning of
 * another maker, traffic of another family. Throws `unsupported-feature` for input that cannot be carried.
 */
export function encodeBlock(block: Block, writer: RequestWriter): string | undefined {
  const { notice } = writer.context
  switch (block.type) {
    case 'text':
      return encodeText(block, notice)
    case 'refusal':
      return isBlank(block.text)
        ? undefined
        : writeObject({ type: '"text"', text: JSON.stringify(block.text) })
    case 'media':
      return encodeMedia(block, writer, (blocks) => encodeBlocks(blocks, writer))
    case 'search-result':
      return encodeSearchResult(block, writer, (blocks) => encodeBlocks(blocks, writer))
    case 'reasoning':
      return encodeReasoning(block, writer.context)
    case 'tool-call':
      return encodeToolCall(block, writer)
    case 'tool-result':
      return encodeToolResult(block, writer)
    case 'native':
      return block.family === FAMILY ? JSON.stringify(block.raw) : encodeForeign(block, notice)
  }
}

function encodeForeign(block: NativeBlock, notice: NoticeSink): string | undefined {
  const words = wordsOfForeign(block, 'messages', notice)
  return words === '' ? undefined : writeObject({ type: '"text"', text: JSON.stringify(words) })
}

/** Writes the blocks that something is left of. */
function encodeBlocks(blocks: readonly Block[], writer: RequestWriter): string[] {
  const texts: string[] = []
  for (const block of blocks) {
    const text = encodeBlock(block, writer)
    if (text !== undefined) texts.push(text)
  }
  return texts
}

function encodeText(block: TextBlock, notice: NoticeSink): string | undefined {
  if (isBlank(block.text)) return undefined
  noteForeignSeal(block.seal, notice)
  const citations = encodeCitations(block.citations ?? [], notice)
  return writeObject(
    {
      type: '"text"',
      text: JSON.stringify(block.text),
      citations: citations.length === 0 ? undefined : writeArray(citations),
      cache_control: encodeCacheMark(block.cache, block.extra, notice),
    },
    ownExtra(block.extra),
  )
}

/** Only citations that this family wrote can be sent back: each points into a document by the family's own rules. */
function encodeCitations(citations: readonly Citation[], notice: NoticeSink): string[] {
  const texts: string[] = []
  for (const citation of citations) {
    const own = citation.extra?.[FAMILY]
    // An empty index marks a citation that the gateway itself put together for a client.
    if (own === undefined || own['encrypted_index'] === '') notice('citation.dropped')
    else texts.push(JSON.stringify(own))
  }
  return texts
}

/**
 * A block of thinking with its own seal goes back exactly as it came. Foreign reasoning is dropped, never turned to
 * text: vendors bill it and a model takes it for something it said.
 */
function encodeReasoning(block: ReasoningBlock, context: RequestContext): string | undefined {
  const { seal } = block
  const extra = ownExtra(block.extra)
  if (seal?.family === FAMILY && seal.scheme === REDACTED) {
    return writeObject({ type: '"redacted_thinking"', data: JSON.stringify(seal.value) }, extra)
  }
  if (seal?.family === FAMILY) return writeThinking(block.text, seal.value, extra)
  if (seal === undefined && context.quirks.echoReasoning === 'tool-calls') {
    return writeThinking(block.text, '', extra)
  }
  context.notice(seal === undefined ? 'reasoning.dropped' : 'seal.foreign')
  return undefined
}

function writeThinking(text: string, signature: string, extra: JsonObject | undefined): string {
  return writeObject(
    { type: '"thinking"', thinking: JSON.stringify(text), [SIGNATURE]: JSON.stringify(signature) },
    extra,
  )
}

function encodeToolCall(block: ToolCallBlock, writer: RequestWriter): string {
  const { notice } = writer.context
  noteForeignSeal(block.seal, notice)
  const name = toWireToolName(block.name, TOOL_WIRE)
  return writeObject(
    {
      type: '"tool_use"',
      id: JSON.stringify(writer.callId(block.id)),
      name: JSON.stringify(name),
      input: encodeArguments(block),
      cache_control: encodeCacheMark(block.cache, block.extra, notice),
    },
    ownExtra(block.extra),
  )
}

/** The arguments as they stand, checked but not rewritten; a free text becomes the one field of the emulating function. */
function encodeArguments(block: ToolCallBlock): string {
  if (block.form === 'text') return writeObject({ input: JSON.stringify(block.arguments) })
  const text = block.arguments.trim()
  if (text === '') return '{}'
  if (parseJsonObject(text) !== undefined) return text
  throw new Failure('invalid-request', {
    param: block.at ?? 'messages',
    message: `The arguments of tool call "${block.id}" (${block.name}) are not a JSON object.`,
  })
}

function encodeToolResult(block: ToolResultBlock, writer: RequestWriter): string {
  const { notice } = writer.context
  return writeObject(
    {
      type: '"tool_result"',
      tool_use_id: JSON.stringify(writer.callId(block.callId)),
      content: encodeResultContent(block.blocks, writer),
      is_error: block.isError ? 'true' : undefined,
      cache_control: encodeCacheMark(block.cache, block.extra, notice),
    },
    ownExtra(block.extra),
  )
}

function encodeResultContent(blocks: readonly Block[], writer: RequestWriter): string | undefined {
  const [first] = blocks
  if (blocks.length === 1 && first?.type === 'text' && isPlainText(first) && !isBlank(first.text)) {
    return JSON.stringify(first.text)
  }
  const texts = encodeBlocks(blocks, writer)
  return texts.length === 0 ? undefined : writeArray(texts)
}

function noteForeignSeal(seal: TextBlock['seal'], notice: NoticeSink): void {
  if (seal !== undefined) notice('seal.foreign')
}
