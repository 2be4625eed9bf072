import type { Block } from '../src/exchange/content.ts'
import type { ResponseEvent } from '../src/exchange/event.ts'
import type { Exchange } from '../src/exchange/exchange.ts'
import type { ChatRequest } from '../src/exchange/chat.ts'
import type { ModelRequest } from '../src/exchange/operations/all.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../src/exchange/response.ts'
import type { Layer } from '../src/policies/policy.ts'

/*
 * Layers of the smallest kind that have to do with what is said, to see that it holds everywhere: one that rewrites every text,
 * and one that reads every text.
 */

/** Writes every text in capitals, of the request and of the answer. */
export const shout: Layer = (next) => async (exchange) => {
  exchange.trail.claimContent('rewrite')
  const request = shoutRequest(exchange.request)
  return shoutAnswer(await next({ ...exchange, request }))
}

/** Writes every text of the answer in capitals and leaves the request alone. */
export const shoutBack: Layer = (next) => async (exchange) => {
  exchange.trail.claimContent('rewrite')
  return shoutAnswer(await next(exchange))
}

/** As `shoutBack`, but says so only when the answer is there. */
export const shoutLate: Layer = (next) => async (exchange) => {
  const response = await next(exchange)
  exchange.trail.claimContent('rewrite')
  return response
}

/** What a reading layer found in an exchange. */
export interface WordCount {
  readonly exchange: Exchange
  /** Where the client was when it asked. */
  readonly address: string
  asked: number
  answered: number
  /** Frames that went by unread. */
  unread: number
}

/** Counts the words of request and answer. */
export function countWords(tell: (count: WordCount) => void): Layer {
  return (next) => async (exchange) => {
    exchange.trail.claimContent('read')
    const texts = chatOf(exchange.request).turns.flatMap(({ blocks }) => blocks.map(textOf))
    const { address } = exchange.envelope
    const count: WordCount = { exchange, address, asked: wordsIn(texts.join(' ')), answered: 0, unread: 0 }
    const response = await next(exchange)
    let text = ''
    const source = mapChunks(response.source, (chunk) => {
      for (const event of chunk.events) {
        if (event.type === 'text-delta') text += event.text
        if (event.type === 'passed') count.unread += event.frames
        if (event.type !== 'end') continue
        count.answered = wordsIn(text)
        tell(count)
      }
      return chunk
    })
    return { ...response, source }
  }
}

/** How many words a text has. */
export function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length
}

function textOf(block: Block): string {
  return block.type === 'text' ? block.text : ''
}

/** The conversation that a request is about; these layers are only shown such. */
function chatOf(request: ModelRequest): ChatRequest {
  if (request.operation === 'chat') return request
  if ('chat' in request) return request.chat
  throw new Error(`no conversation: ${request.operation}`)
}

function shoutRequest(request: ModelRequest): ModelRequest {
  const chat = chatOf(request)
  const turns = chat.turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(shoutBlock) }))
  if (request.operation === 'count-tokens') return { ...request, chat: { ...chat, turns } }
  return { ...chat, turns }
}

function shoutBlock(block: Block): Block {
  return block.type === 'text' ? { ...block, text: block.text.toUpperCase() } : block
}

function shoutAnswer(response: ModelResponse): ModelResponse {
  const source = mapChunks(response.source, ({ events }) => ({ events: events.map(shoutEvent) }))
  return { ...response, source }
}

function shoutEvent(event: ResponseEvent): ResponseEvent {
  if ('text' in event) return { ...event, text: event.text.toUpperCase() }
  return event.type === 'block-start' ? { ...event, block: shoutBlock(event.block) } : event
}

function mapChunks(source: ChunkSource, map: (chunk: ResponseChunk) => ResponseChunk): ChunkSource {
  return {
    async next() {
      const chunk = await source.next()
      return chunk === undefined ? undefined : map(chunk)
    },
    cancel: (reason) => source.cancel(reason),
  }
}
