import type { Block } from '../../exchange/content.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'
import { encodeCitation, ownFields, ownSignature, redactedData } from './encode-response-blocks.ts'
import { FAMILY } from './schema.ts'

/** The events that make up blocks. */
export type BlockEvent = Extract<ResponseEvent, { readonly index: number }>

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
}

/**
 * Creates a writer. The wire has one open block at a time, but a provider may interleave the arguments of several calls: events
 * of a later block are held until the earlier one ends. Indexes are dense from 0 and count what is written, not what came in.
 */
export function createBlockWriter(): BlockWriter {
  const waiting = new Map<number, BlockEvent[]>()
  const state: WriterState = { active: undefined, nextIndex: 0, sawCall: false }

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
      return writeCitation(state, active, encodeCitation(event.citation))
    case 'native-delta':
      return active.wireIndex === undefined ? '' : `${active.prefix}${JSON.stringify(event.raw)}}\n\n`
    case 'block-end':
      state.active = undefined
      return endBlock(active)
  }
}

function activate(state: WriterState, index: number, block: Block): string {
  const active: ActiveBlock = { index, block, wireIndex: undefined, prefix: '', textBegun: false }
  state.active = active
  switch (block.type) {
    case 'text':
    case 'refusal':
      return writeText(state, active, block.text)
    case 'reasoning':
      return writeThinking(state, active, block.text) + writeSeal(state, active, block.seal)
    case 'tool-call':
      state.sawCall = true
      return (
        beginBlock(state, active, {
          type: 'tool_use',
          id: block.id,
          name: block.name,
          input: {},
          ...ownFields(block),
        }) + writeArguments(active, block.arguments)
      )
    case 'native':
      return block.family === FAMILY ? beginBlock(state, active, block.raw) : ''
    case 'media':
    case 'search-result':
    case 'tool-result':
      return ''
  }
}

function beginBlock(state: WriterState, active: ActiveBlock, content: JsonObject): string {
  const wireIndex = state.nextIndex
  state.nextIndex += 1
  active.wireIndex = wireIndex
  active.prefix = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${wireIndex},"delta":`
  return sseEvent(
    'content_block_start',
    `{"type":"content_block_start","index":${wireIndex},"content_block":${JSON.stringify(content)}}`,
  )
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

type Sealed = Parameters<typeof ownSignature>[0]

/** Only seals of this family mean anything to its clients; a redacted block is nothing but its seal. */
function writeSeal(state: WriterState, active: ActiveBlock, seal: Sealed): string {
  if (active.block.type !== 'reasoning') return ''
  const data = redactedData(seal)
  if (data !== undefined && active.wireIndex === undefined) {
    return beginBlock(state, active, { type: 'redacted_thinking', data, ...ownFields(active.block) })
  }
  const signature = ownSignature(seal)
  if (signature === undefined) return ''
  const delta = `{"type":"signature_delta","signature":${JSON.stringify(signature)}}`
  return `${beginThinking(state, active)}${active.prefix}${delta}}\n\n`
}

/** Arguments as they arrive; the free text of an emulated tool becomes the one field of its function. */
function writeArguments(active: ActiveBlock, text: string): string {
  if (text === '' || active.block.type !== 'tool-call') return ''
  if (active.block.form === 'json') return inputDelta(active, text)
  const opening = active.textBegun ? '' : '{"input":"'
  active.textBegun = true
  return inputDelta(active, opening + JSON.stringify(text).slice(1, -1))
}

function inputDelta(active: ActiveBlock, partial: string): string {
  return `${active.prefix}{"type":"input_json_delta","partial_json":${JSON.stringify(partial)}}}\n\n`
}

function endBlock(active: ActiveBlock): string {
  if (active.wireIndex === undefined) return ''
  const closing = active.block.type === 'tool-call' && active.block.form === 'text' ? closeText(active) : ''
  const stop = `{"type":"content_block_stop","index":${active.wireIndex}}`
  return closing + sseEvent('content_block_stop', stop)
}

function closeText(active: ActiveBlock): string {
  return inputDelta(active, active.textBegun ? '"}' : '{"input":""}')
}
