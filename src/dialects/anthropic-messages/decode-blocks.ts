import type { Block } from '../../exchange/content.ts'
import type { EventSink } from '../../exchange/event.ts'
import { readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { readCitation } from './decode-content.ts'
import { createInputUnwrapper, type InputUnwrapper } from './input-unwrapper.ts'
import { readExtra } from './read-fields.ts'
import { FAMILY, REDACTED, SIGNATURE } from './schema.ts'
import type { KnownTool } from './tool-name.ts'

interface OpenBlock {
  readonly index: number
  readonly kind: Block['type']
  /** Input that the opening frame of a call already held; used when no deltas follow. */
  input?: JsonObject | undefined
  unwrapper?: InputUnwrapper
  /** True once arguments of the call were received. */
  filled: boolean
}

/** The blocks of one answer while it is read. */
export interface BlockState {
  /** Tools whose calls need undoing, by name on the wire. */
  readonly tools: ReadonlyMap<string, KnownTool>
  /** By the provider's index, which some providers use twice. */
  readonly open: Map<number, OpenBlock>
  nextIndex: number
  sawCall: boolean
  hasOpenCall(): boolean
}

/** Creates the state of an answer of which nothing was read. */
export function createBlockState(tools: ReadonlyMap<string, KnownTool>): BlockState {
  const open = new Map<number, OpenBlock>()
  return {
    tools,
    open,
    nextIndex: 0,
    sawCall: false,
    hasOpenCall: () => [...open.values()].some((block) => block.kind === 'tool-call'),
  }
}

/** An opening frame: the block as it begins. */
interface BlockFrame {
  readonly wireIndex: number | undefined
  readonly block: JsonObject
}

interface Opening {
  readonly wireIndex: number
  readonly block: JsonObject
}

type Open = (state: BlockState, opening: Opening, sink: EventSink) => void

/** Kinds of block with a meaning of their own; all others are carried as the family wrote them. */
const OPENERS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['text', openText],
  ['thinking', openThinking],
  ['redacted_thinking', openRedacted],
  ['tool_use', openCall],
])

/**
 * Opens a block and says what its opening frame holds already. A block still open under the same index is closed first.
 * Gives false when the answer has more blocks than `LIMITS.blocks`.
 */
export function openBlock(state: BlockState, { wireIndex, block }: BlockFrame, sink: EventSink): boolean {
  const at = { wireIndex: wireIndex ?? state.nextIndex, block }
  closeBlock(state, at.wireIndex, sink)
  if (state.nextIndex >= LIMITS.blocks) return false
  const open = OPENERS.get(readString(block, 'type') ?? '') ?? openNative
  open(state, at, sink)
  return true
}

interface Beginning {
  readonly wireIndex: number
  readonly block: Block
}

function begin(state: BlockState, { wireIndex, block }: Beginning, sink: EventSink): OpenBlock {
  const open: OpenBlock = { index: state.nextIndex, kind: block.type, filled: false }
  state.nextIndex += 1
  state.open.set(wireIndex, open)
  sink({ type: 'block-start', choice: 0, index: open.index, block })
  return open
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(['type', 'text', 'citations'])
const THINKING_FIELDS: ReadonlySet<string> = new Set(['type', 'thinking', 'signature'])
const REDACTED_FIELDS: ReadonlySet<string> = new Set(['type', 'data'])
const CALL_FIELDS: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input'])

function openText(state: BlockState, { wireIndex, block }: Opening, sink: EventSink): void {
  const empty: Block = { type: 'text', text: '', ...readExtra(block, TEXT_FIELDS) }
  const { index } = begin(state, { wireIndex, block: empty }, sink)
  const text = readString(block, 'text') ?? ''
  if (text !== '') sink({ type: 'text-delta', choice: 0, index, text })
  for (const raw of readObjects(block, 'citations')) {
    sink({ type: 'citation', choice: 0, index, citation: readCitation(raw) })
  }
}

function openThinking(state: BlockState, { wireIndex, block }: Opening, sink: EventSink): void {
  const empty: Block = { type: 'reasoning', text: '', form: 'full', ...readExtra(block, THINKING_FIELDS) }
  const { index } = begin(state, { wireIndex, block: empty }, sink)
  const text = readString(block, 'thinking') ?? ''
  if (text !== '') sink({ type: 'reasoning-delta', choice: 0, index, text })
  sealThinking(index, readString(block, 'signature'), sink)
}

function sealThinking(index: number, signature: string | undefined, sink: EventSink): void {
  if (signature === undefined || signature === '') return
  sink({ type: 'seal', choice: 0, index, seal: { family: FAMILY, scheme: SIGNATURE, value: signature } })
}

function openRedacted(state: BlockState, { wireIndex, block }: Opening, sink: EventSink): void {
  const empty: Block = { type: 'reasoning', text: '', form: 'hidden', ...readExtra(block, REDACTED_FIELDS) }
  const { index } = begin(state, { wireIndex, block: empty }, sink)
  const seal = { family: FAMILY, scheme: REDACTED, value: readString(block, 'data') ?? '' }
  sink({ type: 'seal', choice: 0, index, seal })
}

function openCall(state: BlockState, { wireIndex, block }: Opening, sink: EventSink): void {
  const wireName = readString(block, 'name') ?? ''
  const known = state.tools.get(wireName)
  const text = known?.text === true
  state.sawCall = true
  const empty: Block = {
    type: 'tool-call',
    id: readString(block, 'id') ?? '',
    name: known?.name ?? wireName,
    arguments: '',
    form: text ? 'text' : 'json',
    ...readExtra(block, CALL_FIELDS),
  }
  const open = begin(state, { wireIndex, block: empty }, sink)
  open.input = readObject(block, 'input')
  if (text) open.unwrapper = createInputUnwrapper()
}

function openNative(state: BlockState, { wireIndex, block }: Opening, sink: EventSink): void {
  begin(state, { wireIndex, block: { type: 'native', family: FAMILY, raw: block } }, sink)
}

/** A change to a block. */
interface DeltaFrame {
  readonly wireIndex: number | undefined
  readonly delta: JsonObject
}

/** Says what a delta adds. Text without an opened block opens one; every other stray or unknown delta means nothing. */
export function addDelta(state: BlockState, { wireIndex, delta }: DeltaFrame, sink: EventSink): void {
  const at = wireIndex ?? [...state.open.keys()].at(-1) ?? state.nextIndex
  if (!state.open.has(at)) openImplied(state, { wireIndex: at, delta }, sink)
  const open = state.open.get(at)
  if (open === undefined) return
  const { index, kind } = open
  if (kind === 'text') addToText(index, delta, sink)
  else if (kind === 'reasoning') addToThinking(index, delta, sink)
  else if (kind === 'tool-call') addArguments(open, readString(delta, 'partial_json') ?? '', sink)
  else sink({ type: 'native-delta', choice: 0, index, raw: delta })
}

const IMPLIED: Readonly<Record<string, string>> = { text_delta: 'text', thinking_delta: 'thinking' }

function openImplied(state: BlockState, { wireIndex, delta }: DeltaFrame, sink: EventSink): void {
  const type = IMPLIED[readString(delta, 'type') ?? '']
  if (type !== undefined) openBlock(state, { wireIndex, block: { type } }, sink)
}

function addToText(index: number, delta: JsonObject, sink: EventSink): void {
  const text = readString(delta, 'text')
  if (text !== undefined && text !== '') sink({ type: 'text-delta', choice: 0, index, text })
  const citation = readObject(delta, 'citation')
  if (citation !== undefined) sink({ type: 'citation', choice: 0, index, citation: readCitation(citation) })
}

function addToThinking(index: number, delta: JsonObject, sink: EventSink): void {
  const text = readString(delta, 'thinking')
  if (text !== undefined && text !== '') sink({ type: 'reasoning-delta', choice: 0, index, text })
  sealThinking(index, readString(delta, 'signature'), sink)
}

function addArguments(open: OpenBlock, piece: string, sink: EventSink): void {
  if (piece === '') return
  open.filled = true
  pushArguments(open, open.unwrapper === undefined ? piece : open.unwrapper.push(piece), sink)
}

function pushArguments({ index }: OpenBlock, text: string, sink: EventSink): void {
  if (text !== '') sink({ type: 'arguments-delta', choice: 0, index, text })
}

/** Ends the block under the provider's index, if one is open. A call without any arguments gets those it was opened with. */
export function closeBlock(state: BlockState, wireIndex: number | undefined, sink: EventSink): void {
  const at = wireIndex ?? [...state.open.keys()].at(-1)
  const open = at === undefined ? undefined : state.open.get(at)
  if (at === undefined || open === undefined) return
  if (open.kind === 'tool-call') {
    if (!open.filled) addArguments(open, JSON.stringify(open.input ?? {}), sink)
    if (open.unwrapper !== undefined) pushArguments(open, open.unwrapper.end(), sink)
  }
  state.open.delete(at)
  sink({ type: 'block-end', choice: 0, index: open.index })
}

/** Ends every block that is still open. */
export function closeAllBlocks(state: BlockState, sink: EventSink): void {
  for (const wireIndex of state.open.keys()) closeBlock(state, wireIndex, sink)
}
