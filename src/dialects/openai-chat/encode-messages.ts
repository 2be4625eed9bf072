import type { Turn } from '../../exchange/chat.ts'
import type { Block, TextBlock, ToolCallBlock, ToolResultBlock } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import { withoutAttribution } from '../client-attribution.ts'
import { systemNote } from '../system-note.ts'
import { toWireToolName } from '../tool-name.ts'
import { writeOwnCallSeal } from './call-seal.ts'
import { encodeReasoning } from './encode-reasoning.ts'
import type { Encoding } from './encode-context.ts'
import {
  encodeParts,
  plainText,
  TEXT_SEPARATOR,
  toContent,
  unsupported,
  type WireContent,
} from './encode-parts.ts'
import { mergeMessages } from './merge-messages.ts'
import { FAMILY, TOOL_ERROR_PREFIX } from './schema.ts'

/**
 * Encodes turns as `messages`. What a turn becomes depends on that turn and those before it, never on later ones, so
 * that a growing conversation keeps hitting the provider's prompt cache (the exception is a target that demands
 * alternating turns).
 */
export function encodeMessages(turns: readonly Turn[], encoding: Encoding): JsonObject[] {
  const messages: JsonObject[] = []
  let moved: JsonObject[] | undefined
  let leading = true
  let index = 0
  for (const turn of turns) {
    leading &&= turn.role === 'system'
    const place = { path: `messages[${index}]`, encoding, leading }
    index += 1
    // All results of a round come first: the wire wants them right behind the calls, media of results follow them.
    if (holdsResults(turn)) {
      moved ??= []
      if (encodeResults(turn, { ...place, messages, moved }) === turn.blocks.length) continue
    }
    flushMoved(messages, moved)
    moved = undefined
    const message = encodeTurn(turn, place)
    if (message !== undefined) messages.push(message)
  }
  flushMoved(messages, moved)
  refusePrefill(turns, encoding)
  return encoding.quirks.alternateTurns === true ? mergeMessages(messages, encoding.notice) : messages
}

function flushMoved(messages: JsonObject[], moved: JsonObject[] | undefined): void {
  if (moved !== undefined && moved.length > 0) messages.push({ role: 'user', content: moved })
}

function holdsResults({ blocks }: Turn): boolean {
  for (const block of blocks) if (block.type === 'tool-result') return true
  return false
}

interface ResultPlace extends TurnPlace {
  readonly messages: JsonObject[]
  /** What of the results the wire has to say behind all of them. */
  readonly moved: JsonObject[]
}

/** Writes the results of a turn and gives their number. */
function encodeResults({ blocks }: Turn, place: ResultPlace): number {
  let count = 0
  for (const block of blocks) {
    if (block.type !== 'tool-result') continue
    count += 1
    place.messages.push(encodeResult(block, place))
  }
  return count
}

interface TurnPlace {
  readonly path: string
  readonly encoding: Encoding
  /** True in the run of system turns at the head. */
  readonly leading: boolean
}

function encodeTurn(turn: Turn, place: TurnPlace): JsonObject | undefined {
  switch (turn.role) {
    case 'system':
      return encodeSystem(turn, place)
    case 'user':
      return encodeUser(turn, place)
    case 'assistant':
      return encodeAssistant(turn, place)
  }
}

function encodeSystem(turn: Turn, { path, encoding, leading }: TurnPlace): JsonObject | undefined {
  const blocks = withoutAttribution(turn.blocks, encoding)
  if (blocks.every((block) => block.type === 'text' && isBlank(block.text))) return undefined
  const content = plainText(blocks) ?? toContent(encodeParts(blocks, path, encoding), encoding)
  if (!leading && encoding.capabilities.midSystemTurns === false) {
    encoding.notice('system.relocated', path)
    const text = typeof content === 'string' ? content : blocks.map(textOf).join(TEXT_SEPARATOR)
    return { role: 'user', content: systemNote(text) }
  }
  return toMessage(turn, systemRole(turn, path, encoding), content)
}

function toMessage({ extra, name }: Turn, role: string, content: WireContent): JsonObject {
  const message = name === undefined ? { role, content } : { role, content, name }
  const own = extra?.[FAMILY]
  return own === undefined ? message : { ...own, ...message }
}

function systemRole(turn: Turn, path: string, { quirks, notice }: Encoding): string {
  if (turn.rank !== 'developer') return 'system'
  if (quirks.developerRole !== 'system') return 'developer'
  notice('rank.weakened', path)
  return 'system'
}

function encodeUser(turn: Turn, { path, encoding }: TurnPlace): JsonObject | undefined {
  const plain = plainText(turn.blocks)
  if (plain !== undefined) return toMessage(turn, 'user', plain)
  const parts = encodeParts(turn.blocks, path, encoding)
  const hasResults = turn.blocks.some((block) => block.type === 'tool-result')
  // A blank text beside others says nothing, and some targets refuse it.
  const kept = parts.filter(({ type, text }) => type !== 'text' || typeof text !== 'string' || !isBlank(text))
  if (kept.length === 0 && hasResults) return undefined
  const content = toContent(kept.length === 0 ? parts : kept, encoding)
  return toMessage(turn, 'user', content)
}

function encodeAssistant(turn: Turn, { path, encoding }: TurnPlace): JsonObject {
  const calls = turn.blocks.filter((block) => block.type === 'tool-call')
  const { text, refusal, audio } = answerOf(turn, path, encoding)
  const reasoning = encodeReasoning(turn.blocks, { path, encoding, hasCalls: calls.length > 0 })
  const empty = text === undefined && refusal === undefined && audio === undefined
  if (empty && calls.length === 0 && Object.keys(reasoning).length === 0) {
    encoding.notice('turn.emptied', path)
  }
  return {
    ...turn.extra?.[FAMILY],
    role: 'assistant',
    // Null content is legal beside calls or audio only, and several servers want the key to be there.
    content: text ?? (calls.length > 0 || audio !== undefined || refusal !== undefined ? null : ''),
    ...(refusal === undefined ? {} : { refusal }),
    ...nameOf(turn),
    ...reasoning,
    ...(audio === undefined ? {} : { audio }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => encodeCall(call, path, encoding)) }),
  }
}

/** What an assistant turn says besides its calls. Texts are joined without a separator: they were one stream once. */
function answerOf(
  turn: Turn,
  path: string,
  encoding: Encoding,
): { text?: string; refusal?: string; audio?: JsonObject } {
  let text: string | undefined
  let refusal: string | undefined
  let audio: JsonObject | undefined
  let called = false
  for (const block of turn.blocks) {
    if (block.type === 'tool-call') called = true
    else if (block.type === 'refusal') refusal = (refusal ?? '') + block.text
    else if (block.type === 'native')
      audio = nativeAudio(block.family, block.raw) ?? droppedNative(path, encoding, audio)
    else if (block.type === 'media')
      throw unsupported(path, 'Media in an answer of the assistant cannot be sent back.')
    else if (block.type === 'text') {
      if (called && !isBlank(block.text)) encoding.notice('order.flattened', path)
      noteUnsayable(block, path, encoding)
      text = (text ?? '') + block.text
    }
  }
  // White space between two texts is part of them; alone it says nothing.
  if (text !== undefined && isBlank(text)) text = undefined
  return defined({ text, refusal, audio })
}

/** Texts of an answer that has been given bear neither sources nor proofs. */
function noteUnsayable({ citations, seal }: TextBlock, path: string, { notice }: Encoding): void {
  if (citations !== undefined) notice('citation.dropped', path)
  if (seal !== undefined) notice('seal.foreign', path)
}

/** The reference to earlier audio, if the block is one: the wire takes only its id. */
function nativeAudio(family: string, raw: JsonObject): JsonObject | undefined {
  const { audio } = raw
  if (family !== FAMILY || typeof audio !== 'object' || audio === null || !('id' in audio)) return undefined
  return { id: audio['id'] }
}

function droppedNative(
  path: string,
  encoding: Encoding,
  audio: JsonObject | undefined,
): JsonObject | undefined {
  encoding.notice('native.dropped', path)
  return audio
}

function encodeCall(call: ToolCallBlock, path: string, encoding: Encoding): JsonObject {
  const { seal } = call
  const proof = seal === undefined ? undefined : writeOwnCallSeal(seal)
  if (seal !== undefined && proof === undefined) encoding.notice('seal.foreign', path)
  const shared = { ...call.extra?.[FAMILY], ...proof, id: encoding.callId(call.id) }
  const name = toWireToolName(call.name, encoding.wire)
  if (call.form === 'json') {
    return { ...shared, type: 'function', function: { name, arguments: argumentsOf(call) } }
  }
  if (encoding.wire.emulatesText) {
    const wrapped = JSON.stringify({ input: call.arguments })
    return { ...shared, type: 'function', function: { name, arguments: wrapped } }
  }
  return { ...shared, type: 'custom', custom: { name, input: call.arguments } }
}

/** The arguments as they were received; a call without any is told with an empty object, which all servers can parse. */
function argumentsOf(call: ToolCallBlock): string {
  return call.arguments === '' ? '{}' : call.arguments
}

function encodeResult(result: ToolResultBlock, { path, encoding, moved }: ResultPlace): JsonObject {
  const callId = encoding.callId(result.callId)
  const media = result.blocks.filter((block) => block.type === 'media')
  const said = media.length === 0 ? result.blocks : result.blocks.filter((block) => block.type !== 'media')
  if (media.length > 0) {
    encoding.notice('result.media-moved', path)
    moved.push({ type: 'text', text: `[tool ${callId} returned ${media[0]?.kind ?? 'media'}]` })
    moved.push(...encodeParts(media, path, encoding))
  }
  if (result.isError) encoding.notice('result.error-textual', path)
  if (result.cache !== undefined) encoding.notice('cache.hint-dropped')
  const blocks: readonly Block[] = said.length === 0 && media.length > 0 ? ATTACHED : said
  const content = resultContent(blocks, path, encoding)
  return {
    ...result.extra?.[FAMILY],
    role: 'tool',
    tool_call_id: callId,
    content: result.isError ? afterText(TOOL_ERROR_PREFIX, content) : content,
  }
}

const ATTACHED: readonly Block[] = [{ type: 'text', text: '[attached below]' }]

/** What a result says: one text, or parts where the client wrote into them what only the provider knows. */
function resultContent(blocks: readonly Block[], path: string, encoding: Encoding): WireContent {
  if (encoding.quirks.contentParts !== false && blocks.some(isOfFamily))
    return encodeParts(blocks, path, encoding)
  if (blocks.some((block) => block.type === 'native')) encoding.notice('native.dropped', path)
  if (blocks.some((block) => block.cache !== undefined)) encoding.notice('cache.hint-dropped')
  return blocks.map(textOf).join('\n')
}

function isOfFamily(block: Block): boolean {
  return block.extra?.[FAMILY] !== undefined || (block.type === 'native' && block.family === FAMILY)
}

function afterText(text: string, content: WireContent): WireContent {
  return typeof content === 'string' ? text + content : [{ type: 'text', text }, ...content]
}

/** What a block says as plain text; blocks without text say nothing. */
function textOf(block: Block): string {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return block.text
    case 'search-result':
      return `${block.title}\n${block.source}\n${block.blocks.map(textOf).join('\n')}`
    case 'reasoning':
    case 'media':
    case 'tool-call':
    case 'tool-result':
    case 'native':
      return ''
  }
}

function nameOf(turn: Turn): { name?: string } {
  return turn.name === undefined ? {} : { name: turn.name }
}

function refusePrefill(turns: readonly Turn[], { capabilities }: Encoding): void {
  if (capabilities.prefill !== false || turns.at(-1)?.role !== 'assistant') return
  throw unsupported(
    `messages[${turns.length - 1}]`,
    'The model cannot continue an answer that was begun for it.',
  )
}
