import type { Citation, Signature, ToolCallBlock } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'
import { sayHeld, type AnswerBlock, type BlockWire, type WrittenBlock } from '../block-writer.ts'
import { CallInputWriter } from '../call-input.ts'
import {
  callCarrier,
  encodeCitation,
  openCall,
  ownFields,
  redactedData,
  shownSignature,
} from './encode-response-blocks.ts'
import { FAMILY } from './vocabulary.ts'

/** How a stream of Messages says blocks. Indexes are dense from 0 and count what is written, not what came in. */
export class MessageBlocks implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  #nextAt = 0
  /** True once a call of a tool was written. */
  hasCalled = false

  constructor(notice: NoticeSink) {
    this.notice = notice
  }

  open(written: WrittenBlock): string {
    const { block } = written
    switch (block.type) {
      case 'text':
      case 'refusal':
      case 'reasoning':
        return sayHeld(this, written)
      case 'tool-call':
        return this.#openCall(written, block)
      case 'native':
        return this.#begin(written, block.raw)
      case 'media':
        this.notice('media.dropped')
        return ''
    }
  }

  say(written: WrittenBlock, text: string): string {
    switch (written.block.type) {
      case 'text':
      case 'refusal':
        return `${this.#beginProse(written)}${written.prefix}{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`
      case 'reasoning':
        return `${this.#beginProse(written)}${written.prefix}{"type":"thinking_delta","thinking":${JSON.stringify(text)}}}\n\n`
      case 'tool-call':
        return inputDelta(written, written.input?.push(text) ?? '')
      case 'native':
      case 'media':
        return ''
    }
  }

  /** A proof in the slot that its block has for it. What belongs to a call has none, and what belongs to a text gets none. */
  sign(written: WrittenBlock, signature: Signature): string {
    const { block } = written
    if (block.type === 'tool-call') written.lateSignature = signature
    if (block.type === 'text') this.notice('seal.lost')
    if (block.type !== 'reasoning') return ''
    const data = redactedData(block, signature)
    if (data !== undefined && written.at === undefined) {
      return this.#begin(written, { type: 'redacted_thinking', data, ...ownFields(block) })
    }
    const shown = shownSignature(signature)
    if (shown === undefined) return ''
    const delta = `{"type":"signature_delta","signature":${JSON.stringify(shown)}}`
    return `${this.#beginProse(written)}${written.prefix}${delta}}\n\n`
  }

  cite(written: WrittenBlock, citation: Citation): string {
    const told = encodeCitation(citation, this.notice)
    if (told === undefined) return ''
    const delta = JSON.stringify({ type: 'citations_delta', citation: told })
    return `${this.#beginProse(written)}${written.prefix}${delta}}\n\n`
  }

  sayNative({ at, prefix }: WrittenBlock, raw: JsonObject): string {
    return at === undefined ? '' : `${prefix}${JSON.stringify(raw)}}\n\n`
  }

  close(written: WrittenBlock): string {
    const { at, block, input, lateSignature } = written
    if (at === undefined) return ''
    const ended = inputDelta(written, input?.end() ?? '') + stopFrame(at)
    if (block.type !== 'tool-call' || lateSignature === undefined) return ended
    return ended + this.#writeCarrier({ id: block.id, signature: lateSignature })
  }

  #openCall(written: WrittenBlock, call: ToolCallBlock): string {
    this.hasCalled = true
    const carrier = this.#writeCarrier(call)
    written.input = new CallInputWriter(call, this.notice)
    return (
      carrier + this.#begin(written, openCall(call)) + inputDelta(written, written.input.push(call.arguments))
    )
  }

  /** The block that carries the proof of a call, whole. */
  #writeCarrier(call: Pick<ToolCallBlock, 'id' | 'signature'>): string {
    const content = callCarrier(call)
    if (content === undefined) return ''
    const at = this.#nextAt
    this.#nextAt += 1
    return startFrame(at, content) + stopFrame(at)
  }

  #begin(written: WrittenBlock, content: JsonObject): string {
    const at = this.#nextAt
    this.#nextAt += 1
    written.at = at
    written.prefix = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${at},"delta":`
    return startFrame(at, content)
  }

  #beginProse(written: WrittenBlock): string {
    return written.at === undefined ? this.#begin(written, emptyProse(written.block)) : ''
  }
}

function emptyProse(block: AnswerBlock): JsonObject {
  return block.type === 'reasoning'
    ? { type: 'thinking', thinking: '', signature: '', ...ownFields(block) }
    : { type: 'text', text: '', ...ownFields(block) }
}

function startFrame(at: number, content: JsonObject): string {
  return sseEvent(
    'content_block_start',
    `{"type":"content_block_start","index":${at},"content_block":${JSON.stringify(content)}}`,
  )
}

function stopFrame(at: number): string {
  return sseEvent('content_block_stop', `{"type":"content_block_stop","index":${at}}`)
}

function inputDelta({ prefix }: WrittenBlock, partial: string): string {
  if (partial === '') return ''
  return `${prefix}{"type":"input_json_delta","partial_json":${JSON.stringify(partial)}}}\n\n`
}
