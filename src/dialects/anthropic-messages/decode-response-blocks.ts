import type { Block } from '../../exchange/content.ts'
import type { ChatSink } from '../../exchange/chat-said.ts'
import { readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { BLOCKS, readCitation } from './blocks.ts'
import { createInputUnwrapper, type InputUnwrapper } from './input-unwrapper.ts'
import { FAMILY, REDACTED, SIGNATURE } from './schema.ts'
import type { KnownTool } from '../tool-name.ts'

interface OpenBlock {
  /** The provider's index, which some providers use twice, though never at the same time here. */
  readonly wireIndex: number
  readonly index: number
  readonly kind: Block['type']
  /** Input that the opening frame of a call already held; used when no deltas follow. */
  input: JsonObject | undefined
  unwrapper: InputUnwrapper | undefined
  /** True once arguments of the call were received. */
  filled: boolean
}

/** The blocks of one answer while it is read. */
export interface BlockState {
  /** Tools whose calls need undoing, by name on the wire. */
  readonly tools: ReadonlyMap<string, KnownTool>
  /** In order of opening; hardly ever more than one. */
  readonly open: OpenBlock[]
  nextIndex: number
  sawCall: boolean
  /** Takes the events of the frame that is being read. */
  sink: ChatSink
}

type Open = (state: BlockState, wireIndex: number, block: JsonObject) => void

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
export function openBlock(state: BlockState, wireIndex: number | undefined, block: JsonObject): boolean {
  const at = wireIndex ?? state.nextIndex
  closeBlock(state, at)
  if (state.nextIndex >= LIMITS.blocks) return false
  const open = OPENERS.get(readString(block, 'type') ?? '') ?? openNative
  open(state, at, block)
  return true
}

function begin(state: BlockState, wireIndex: number, block: Block): OpenBlock {
  const index = state.nextIndex
  const open: OpenBlock = {
    wireIndex,
    index,
    kind: block.type,
    input: undefined,
    unwrapper: undefined,
    filled: false,
  }
  state.nextIndex += 1
  state.open.push(open)
  state.sink({ type: 'block-start', choice: 0, index, block })
  return open
}

function findOpen({ open }: BlockState, wireIndex: number): OpenBlock | undefined {
  for (const block of open) if (block.wireIndex === wireIndex) return block
  return undefined
}

function openText(state: BlockState, wireIndex: number, block: JsonObject): void {
  const empty: Block = { type: 'text', text: '', ...BLOCKS.unknown(block, 'text') }
  const { index } = begin(state, wireIndex, empty)
  const text = readString(block, 'text') ?? ''
  if (text !== '') state.sink({ type: 'text-delta', choice: 0, index, text })
  for (const raw of readObjects(block, 'citations')) {
    state.sink({ type: 'citation', choice: 0, index, citation: readCitation(raw) })
  }
}

function openThinking(state: BlockState, wireIndex: number, block: JsonObject): void {
  const empty: Block = { type: 'reasoning', text: '', form: 'full', ...BLOCKS.unknown(block, 'thinking') }
  const { index } = begin(state, wireIndex, empty)
  const text = readString(block, 'thinking') ?? ''
  if (text !== '') state.sink({ type: 'reasoning-delta', choice: 0, index, text })
  sealThinking(state, index, readString(block, 'signature'))
}

function sealThinking({ sink }: BlockState, index: number, signature: string | undefined): void {
  if (signature === undefined || signature === '') return
  sink({ type: 'seal', choice: 0, index, seal: { family: FAMILY, scheme: SIGNATURE, value: signature } })
}

function openRedacted(state: BlockState, wireIndex: number, block: JsonObject): void {
  const empty: Block = {
    type: 'reasoning',
    text: '',
    form: 'hidden',
    ...BLOCKS.unknown(block, 'redacted_thinking'),
  }
  const { index } = begin(state, wireIndex, empty)
  const seal = { family: FAMILY, scheme: REDACTED, value: readString(block, 'data') ?? '' }
  state.sink({ type: 'seal', choice: 0, index, seal })
}

function openCall(state: BlockState, wireIndex: number, block: JsonObject): void {
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
    ...BLOCKS.unknown(block, 'tool_use'),
  }
  const open = begin(state, wireIndex, empty)
  open.input = readObject(block, 'input')
  if (text) open.unwrapper = createInputUnwrapper()
}

function openNative(state: BlockState, wireIndex: number, block: JsonObject): void {
  begin(state, wireIndex, { type: 'native', family: FAMILY, raw: block })
}

/**
 * Says what a delta adds. Text without an opened block opens one; every other stray or unknown delta means nothing.
 * Gives false when the answer has more blocks than `LIMITS.blocks`.
 */
export function addDelta(state: BlockState, wireIndex: number | undefined, delta: JsonObject): boolean {
  const at = wireIndex ?? state.open.at(-1)?.wireIndex ?? state.nextIndex
  const open = findOpen(state, at)
  if (open !== undefined) addToBlock(state, open, delta)
  return open !== undefined || addUnopened(state, at, delta)
}

function addToBlock(state: BlockState, open: OpenBlock, delta: JsonObject): void {
  if (open.kind === 'text') addToText(state, open.index, delta)
  else if (open.kind === 'reasoning') addToThinking(state, open.index, delta)
  else if (open.kind === 'tool-call') addArguments(state, open, readString(delta, 'partial_json') ?? '')
  else state.sink({ type: 'native-delta', choice: 0, index: open.index, raw: delta })
}

const IMPLIED: Readonly<Record<string, string>> = { text_delta: 'text', thinking_delta: 'thinking' }

function addUnopened(state: BlockState, wireIndex: number, delta: JsonObject): boolean {
  const type = IMPLIED[readString(delta, 'type') ?? '']
  if (type === undefined) return true
  if (!openBlock(state, wireIndex, { type })) return false
  const open = findOpen(state, wireIndex)
  if (open !== undefined) addToBlock(state, open, delta)
  return true
}

function addToText({ sink }: BlockState, index: number, delta: JsonObject): void {
  const text = readString(delta, 'text')
  if (text !== undefined && text !== '') sink({ type: 'text-delta', choice: 0, index, text })
  const citation = readObject(delta, 'citation')
  if (citation !== undefined) sink({ type: 'citation', choice: 0, index, citation: readCitation(citation) })
}

function addToThinking(state: BlockState, index: number, delta: JsonObject): void {
  const text = readString(delta, 'thinking')
  if (text !== undefined && text !== '') state.sink({ type: 'reasoning-delta', choice: 0, index, text })
  sealThinking(state, index, readString(delta, 'signature'))
}

function addArguments(state: BlockState, open: OpenBlock, piece: string): void {
  if (piece === '') return
  open.filled = true
  pushArguments(state, open, open.unwrapper === undefined ? piece : open.unwrapper.push(piece))
}

function pushArguments({ sink }: BlockState, { index }: OpenBlock, text: string): void {
  if (text !== '') sink({ type: 'arguments-delta', choice: 0, index, text })
}

/** Ends the block under the provider's index, if one is open. A call without any arguments gets those it was opened with. */
export function closeBlock(state: BlockState, wireIndex: number | undefined): void {
  const open = wireIndex === undefined ? state.open.at(-1) : findOpen(state, wireIndex)
  if (open === undefined) return
  if (open.kind === 'tool-call') {
    if (!open.filled) addArguments(state, open, JSON.stringify(open.input ?? {}))
    if (open.unwrapper !== undefined) pushArguments(state, open, open.unwrapper.end())
  }
  if (state.open.at(-1) === open) state.open.pop()
  else state.open.splice(state.open.indexOf(open), 1)
  state.sink({ type: 'block-end', choice: 0, index: open.index })
}

/** Ends every block that is still open. */
export function closeAllBlocks(state: BlockState): void {
  for (let first = state.open[0]; first !== undefined; first = state.open[0])
    closeBlock(state, first.wireIndex)
}
