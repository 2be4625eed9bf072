import type { Block, Seal } from '../../exchange/content.ts'
import type { ChatEvent } from '../../exchange/chat-said.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { sseEvent } from '../../kit/sse.ts'
import { callInputText, isCallInput } from './call-input.ts'
import {
  callCarrier,
  encodeCitation,
  openCall,
  ownFields,
  redactedData,
  signatureOf,
} from './encode-response-blocks.ts'
import { FAMILY } from './schema.ts'

/** The events that make up blocks. */
export type BlockEvent = Extract<ChatEvent, { readonly index: number }>

/** Writes the blocks of one answer, strictly one after the other. */
export interface BlockWriter {
  /** Wire text for one event; empty while its block has to wait for an earlier one. */
  write(event: BlockEvent): string
  /** Ends whatever is still open or waiting. */
  close(): string
  /** True once a call of a tool was written. */
  sawCall(): boolean
}

/** The block that is being written. */
interface ActiveBlock {
  readonly index: number
  readonly block: Block
  /** Index on the wire, once the block was begun there. Text and reasoning begin with their first content. */
  wireIndex: number | undefined
  /** Constant beginning of its delta frames. */
  prefix: string
  /** True once the free text of an emulated tool was begun. */
  textBegun: boolean
  /** Arguments so far, piece by piece; held back while they are few, so that they can be judged before they are told. */
  readonly held: string[]
  heldCharacters: number
  /** The proof of a call that came behind its beginning. */
  lateSeal: Seal | undefined
}

/**
 * Creates a writer. The wire has one open block at a time, but a provider may interleave the arguments of several calls: events
 * of a later block are held until the earlier one ends. Indexes are dense from 0 and count what is written, not what came in.
 */
export function createBlockWriter(notice: NoticeSink): BlockWriter {
  const waiting = new Map<number, BlockEvent[]>()
  const state: WriterState = { active: undefined, nextIndex: 0, sawCall: false, notice }

  const promote = (): string => {
    let text = ''
    while (state.active === undefined) {
      const next = waiting.entries().next()
      if (next.done) break
      const [index, held] = next.value
      waiting.delete(index)
      for (const event of held) text += writeEvent(state, event)
    }
    return text
  }

  return {
    write(event) {
      if (event.index === state.active?.index) {
        const text = writeEvent(state, event)
        return state.active === undefined ? text + promote() : text
      }
      if (event.type !== 'block-start') {
        waiting.get(event.index)?.push(event)
        return ''
      }
      if (state.active === undefined) return writeEvent(state, event)
      waiting.set(event.index, [event])
      return ''
    },
    close() {
      let text = ''
      while (state.active !== undefined) {
        text += writeEvent(state, { type: 'block-end', choice: 0, index: state.active.index }) + promote()
      }
      return text
    },
    sawCall: () => state.sawCall,
  }
}

interface WriterState {
  active: ActiveBlock | undefined
  nextIndex: number
  sawCall: boolean
  readonly notice: NoticeSink
}

function writeEvent(state: WriterState, event: BlockEvent): string {
  if (event.type === 'block-start') return activate(state, event.index, event.block)
  const { active } = state
  if (active === undefined) return ''
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return writeText(state, active, event.text)
    case 'reasoning-delta':
      return writeThinking(state, active, event.text)
    case 'arguments-delta':
      return writeArguments(active, event.text)
    case 'seal':
      return writeSeal(state, active, event.seal)
    case 'citation':
      return writeCitation(state, active, encodeCitation(event.citation, state.notice))
    case 'native-delta':
      return active.wireIndex === undefined ? '' : `${active.prefix}${JSON.stringify(event.raw)}}\n\n`
    case 'block-end':
      state.active = undefined
      return endBlock(state, active)
  }
}

function activate(state: WriterState, index: number, block: Block): string {
  const active: ActiveBlock = {
    index,
    block,
    wireIndex: undefined,
    prefix: '',
    textBegun: false,
    held: [],
    heldCharacters: 0,
    lateSeal: undefined,
  }
  state.active = active
  switch (block.type) {
    case 'text':
      return writeText(state, active, block.text) + writeSeal(state, active, block.seal)
    case 'refusal':
      return writeText(state, active, block.text)
    case 'reasoning':
      return writeThinking(state, active, block.text) + writeSeal(state, active, block.seal)
    case 'tool-call':
      state.sawCall = true
      return (
        writeCarrier(state, block) +
        beginBlock(state, active, openCall(block)) +
        writeArguments(active, block.arguments)
      )
    case 'native':
      if (block.family === FAMILY) return beginBlock(state, active, block.raw)
      state.notice('native.dropped')
      return ''
    case 'media':
    case 'search-result':
    case 'tool-result':
      state.notice(block.type === 'media' ? 'media.dropped' : 'native.dropped')
      return ''
  }
}

/** The block that carries the proof of a call, whole. */
function writeCarrier(state: WriterState, call: Parameters<typeof callCarrier>[0]): string {
  const content = callCarrier(call)
  if (content === undefined) return ''
  const wireIndex = state.nextIndex
  state.nextIndex += 1
  return startFrame(wireIndex, content) + stopFrame(wireIndex)
}

function beginBlock(state: WriterState, active: ActiveBlock, content: JsonObject): string {
  const wireIndex = state.nextIndex
  state.nextIndex += 1
  active.wireIndex = wireIndex
  active.prefix = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${wireIndex},"delta":`
  return startFrame(wireIndex, content)
}

function startFrame(wireIndex: number, content: JsonObject): string {
  return sseEvent(
    'content_block_start',
    `{"type":"content_block_start","index":${wireIndex},"content_block":${JSON.stringify(content)}}`,
  )
}

function stopFrame(wireIndex: number): string {
  return sseEvent('content_block_stop', `{"type":"content_block_stop","index":${wireIndex}}`)
}

function writeText(state: WriterState, active: ActiveBlock, text: string): string {
  if (text === '') return ''
  return `${beginText(state, active)}${active.prefix}{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`
}

function beginText(state: WriterState, active: ActiveBlock): string {
  if (active.wireIndex !== undefined) return ''
  return beginBlock(state, active, { type: 'text', text: '', ...ownFields(active.block) })
}

function writeCitation(state: WriterState, active: ActiveBlock, citation: JsonObject | undefined): string {
  if (citation === undefined) return ''
  const delta = JSON.stringify({ type: 'citations_delta', citation })
  return `${beginText(state, active)}${active.prefix}${delta}}\n\n`
}

function writeThinking(state: WriterState, active: ActiveBlock, text: string): string {
  if (text === '') return ''
  const delta = `{"type":"thinking_delta","thinking":${JSON.stringify(text)}}`
  return `${beginThinking(state, active)}${active.prefix}${delta}}\n\n`
}

function beginThinking(state: WriterState, active: ActiveBlock): string {
  if (active.wireIndex !== undefined) return ''
  return beginBlock(state, active, {
    type: 'thinking',
    thinking: '',
    signature: '',
    ...ownFields(active.block),
  })
}

/** A proof in the slot that its block has for it. What belongs to a call has none, and what belongs to a text gets none. */
function writeSeal(state: WriterState, active: ActiveBlock, seal: Seal | undefined): string {
  if (seal === undefined) return ''
  const { block } = active
  if (block.type === 'tool-call') active.lateSeal = seal
  if (block.type === 'text') state.notice('seal.lost')
  if (block.type !== 'reasoning') return ''
  const data = redactedData(block, seal)
  if (data !== undefined && active.wireIndex === undefined) {
    return beginBlock(state, active, { type: 'redacted_thinking', data, ...ownFields(block) })
  }
  const signature = signatureOf(seal)
  if (signature === undefined) return ''
  const delta = `{"type":"signature_delta","signature":${JSON.stringify(signature)}}`
  return `${beginThinking(state, active)}${active.prefix}${delta}}\n\n`
}

/**
 * Arguments as they arrive, once there are too many to be held back until they are known to be JSON; the free text of an
 * emulated tool becomes the one field of its function.
 */
function writeArguments(active: ActiveBlock, text: string): string {
  const { block, held } = active
  if (text === '' || block.type !== 'tool-call') return ''
  if (block.form === 'text') {
    const opening = active.textBegun ? '' : '{"input":"'
    active.textBegun = true
    return inputDelta(active, opening + JSON.stringify(text).slice(1, -1))
  }
  const wereHeld = isHeld(active)
  held.push(text)
  active.heldCharacters += text.length
  if (isHeld(active)) return ''
  return inputDelta(active, wereHeld ? held.join('') : text)
}

function isHeld({ heldCharacters }: ActiveBlock): boolean {
  return heldCharacters <= LIMITS.heldArgumentCharacters
}

function inputDelta(active: ActiveBlock, partial: string): string {
  return `${active.prefix}{"type":"input_json_delta","partial_json":${JSON.stringify(partial)}}}\n\n`
}

function endBlock(state: WriterState, active: ActiveBlock): string {
  if (active.wireIndex === undefined) return ''
  const ended = endArguments(state, active) + stopFrame(active.wireIndex)
  const { block, lateSeal } = active
  if (block.type !== 'tool-call' || lateSeal === undefined) return ended
  return ended + writeCarrier(state, { id: block.id, seal: lateSeal })
}

function endArguments({ notice }: WriterState, active: ActiveBlock): string {
  const { block, held } = active
  if (block.type !== 'tool-call') return ''
  if (block.form === 'text') return inputDelta(active, active.textBegun ? '"}' : '{"input":""}')
  const text = held.join('')
  if (!isHeld(active)) {
    // Told already: all that can be done is to say so.
    if (!isCallInput(text)) notice('arguments.invalid')
    return ''
  }
  const input = callInputText(text, notice)
  return input === '' ? '' : inputDelta(active, input)
}
