import type { Turn } from '../../exchange/chat.ts'
import type { Block, TextBlock, ToolCallBlock, ToolResultBlock } from '../../exchange/content.ts'
import { isObject, type JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import { withoutAttribution } from '../client-attribution.ts'
import { wordsOfForeign } from '../foreign-native.ts'
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
    const place = { path: turn.at ?? `messages[${index}]`, encoding, leading }
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
function encodeResults({ role, blocks }: Turn, place: ResultPlace): number {
  let count = 0
  for (const block of blocks) {
    if (block.type !== 'tool-result') continue
    if (role === 'assistant')
      throw unsupported(block.at ?? place.path, 'The assistant has no results of tools.')
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
    const text = typeof content === 'string' ? content : textOf(blocks, path, encoding).join(TEXT_SEPARATOR)
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
  const { content, refusal, audio } = answerOf(turn, path, encoding)
  const reasoning = encodeReasoning(turn.blocks, { path, encoding, hasCalls: calls.length > 0 })
  const empty = content === undefined && refusal === undefined && audio === undefined
  if (empty && calls.length === 0 && Object.keys(reasoning).length === 0) {
    encoding.notice('turn.emptied', path)
  }
  return {
    ...turn.extra?.[FAMILY],
    role: 'assistant',
    // Null content is legal beside calls or audio only, and several servers want the key to be there.
    content: content ?? (calls.length > 0 || audio !== undefined || refusal !== undefined ? null : ''),
    ...(refusal === undefined ? {} : { refusal }),
    ...nameOf(turn),
    ...reasoning,
    ...(audio === undefined ? {} : { audio }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => encodeCall(call, path, encoding)) }),
  }
}

interface Answer {
  content?: WireContent
  refusal?: string
  audio?: JsonObject
}

/** What an assistant turn says besides its calls. Texts are joined without a separator: they were one stream once. */
function answerOf({ blocks }: Turn, path: string, encoding: Encoding): Answer {
  const answer: Answer = {}
  const parts: JsonObject[] = []
  let text = ''
  let called = false
  for (const block of blocks) {
    if (block.type === 'tool-call') called = true
    else if (block.type === 'refusal') answer.refusal = (answer.refusal ?? '') + block.text
    else if (block.type === 'native' && block.family === FAMILY) {
      const audio = audioIn(block.raw)
      if (audio === undefined) {
        parts.push(...textPart(text), block.raw)
        text = ''
      } else answer.audio = audio
    } else if (block.type !== 'reasoning') {
      if (block.type === 'text') noteUnsayable(block, path, encoding)
      const said = block.type === 'text' ? block.text : textOf([block], path, encoding).join('')
      if (called && !isBlank(said)) encoding.notice('order.flattened', path)
      text += said
    }
  }
  // White space between two texts is part of them; alone it says nothing.
  if (parts.length > 0) answer.content = [...parts, ...textPart(text)]
  else if (!isBlank(text)) answer.content = text
  return answer
}

function textPart(text: string): JsonObject[] {
  return isBlank(text) ? [] : [{ type: 'text', text }]
}

/** Texts of an answer that has been given bear neither sources nor proofs. */
function noteUnsayable({ citations, seal }: TextBlock, path: string, { notice }: Encoding): void {
  if (citations !== undefined) notice('citation.dropped', path)
  if (seal !== undefined) notice('seal.foreign', path)
}

/** The reference to earlier audio, if the block is one: the wire takes only its id. */
function audioIn({ audio }: JsonObject): JsonObject | undefined {
  return isObject(audio) && 'id' in audio ? { id: audio['id'] } : undefined
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
  if (blocks.some((block) => block.cache !== undefined)) encoding.notice('cache.hint-dropped')
  return textOf(blocks, path, encoding).join('\n')
}

function isOfFamily(block: Block): boolean {
  return block.extra?.[FAMILY] !== undefined || (block.type === 'native' && block.family === FAMILY)
}

function afterText(text: string, content: WireContent): WireContent {
  return typeof content === 'string' ? text + content : [{ type: 'text', text }, ...content]
}

/** What blocks say as plain text. Throws `unsupported-feature` for what has no text and must not be left out. */
function textOf(blocks: readonly Block[], path: string, encoding: Encoding): string[] {
  return blocks.flatMap((block): string[] => {
    switch (block.type) {
      case 'text':
      case 'refusal':
        return [block.text]
      case 'search-result':
        return [[block.title, block.source, ...textOf(block.blocks, path, encoding)].join('\n')]
      case 'native': {
        const words = wordsOfForeign(block, path, encoding.notice)
        return words === '' ? [] : [words]
      }
      case 'reasoning':
        return []
      case 'media':
      case 'tool-call':
      case 'tool-result':
        throw unsupported(block.at ?? path, `A block of ${WORDS[block.type]} cannot be sent in this place.`)
    }
  })
}

const WORDS = { media: 'media', 'tool-call': 'a call', 'tool-result': 'a result' } as const

function nameOf(turn: Turn): { name?: string } {
  return turn.name === undefined ? {} : { name: turn.name }
}
