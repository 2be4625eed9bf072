import type { Message } from '../exchange/collect.ts'
import type { ChatEvent, Finish } from '../exchange/chat-content.ts'
import type { StartEvent } from '../exchange/event-spine.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Usage } from '../exchange/usage.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { sseComment } from '../kit/sse.ts'
import type { BlockEvent, BlockWriter } from './block-writer.ts'
import type { EncodeContext, ResponseEncoder } from './dialect.ts'

/** Probabilities of what an answer said. */
export type LogprobsEvent = Extract<ChatEvent, { type: 'logprobs' }>

/**
 * Writes an answer: what all dialects do alike with the events around its blocks. Start and usage are remembered, because wires want
 * them elsewhere than where they are told. Behind the end or a failure nothing is written.
 */
abstract class AnswerWriter implements ResponseEncoder<'chat'> {
  protected readonly context: EncodeContext<'chat'>
  protected start: StartEvent | undefined
  protected usage: Usage | undefined
  #isOver = false

  constructor(context: EncodeContext<'chat'>) {
    this.context = context
  }

  /** Wire text for a piece of a block. */
  protected abstract writeBlock(event: BlockEvent): string
  protected abstract writeFinish(finish: Finish): string
  protected abstract writeLogprobs(event: LogprobsEvent): string
  /** All that is still to be said of a complete answer, the terminal marker included. */
  protected abstract writeEnd(): string
  /** The dialect's error event. */
  protected abstract writeFailure(failure: Failure): string
  /** The terminal marker alone. */
  protected abstract readonly terminator: string
  abstract heartbeat(): string
  abstract unary(message: Message): JsonObject

  event(event: ChatEvent): string {
    if (this.#isOver) return ''
    if ('index' in event) return this.writeBlock(event)
    switch (event.type) {
      case 'start':
        this.start = event
        return ''
      case 'usage':
        this.usage = event.usage
        return ''
      case 'finish':
        return this.writeFinish(event)
      case 'logprobs':
        return this.writeLogprobs(event)
      case 'end':
        this.#isOver = true
        return this.writeEnd()
      case 'failure':
        this.#isOver = true
        return this.writeFailure(event.failure)
      case 'passed':
        return ''
    }
  }

  remark(text: string): string {
    return sseComment(text)
  }

  lastWord(): string {
    this.#isOver = true
    return this.terminator
  }

  /** Tells a whole answer as events, up to its end. */
  protected replay({ choices, extra, usage }: Message): void {
    this.event({ type: 'start', ...defined({ extra }) })
    for (const { index: choice, blocks, finish, logprobs } of choices) {
      for (const [index, block] of blocks.entries()) {
        this.event({ type: 'block-start', choice, index, block })
        this.event({ type: 'block-end', choice, index })
      }
      if (logprobs.length > 0) this.event({ type: 'logprobs', choice, content: logprobs })
      if (finish !== undefined) this.event(finish)
    }
    this.event({ type: 'usage', usage })
    this.event({ type: 'end' })
  }
}

/** How a wire writes one of several answers. */
interface ChoiceWire {
  readonly blocks: BlockWriter
  finish(finish: Finish): string
  logprobs(content: LogprobsEvent['content']): string
}

/** Writes the answers of a response on a wire that has several, each by a writer of its own. */
export abstract class ChoicesWriter<Wire extends ChoiceWire> extends AnswerWriter {
  /** In order of their first events. */
  protected readonly choices = new Map<number, Wire>()
  /** The one that was written to last, and nearly always is next. */
  #latest: { readonly index: number; readonly wire: Wire } | undefined

  /** Makes the writer of one answer; asked once for each. */
  protected abstract createChoice(index: number): Wire

  protected override writeBlock(event: BlockEvent): string {
    return this.#choiceAt(event.choice).blocks.write(event)
  }

  protected override writeFinish(finish: Finish): string {
    return this.#choiceAt(finish.choice).finish(finish)
  }

  protected override writeLogprobs({ choice, content }: LogprobsEvent): string {
    return this.#choiceAt(choice).logprobs(content)
  }

  #choiceAt(index: number): Wire {
    if (this.#latest?.index === index) return this.#latest.wire
    const wire = this.choices.get(index) ?? this.createChoice(index)
    this.choices.set(index, wire)
    this.#latest = { index, wire }
    return wire
  }
}

/**
 * Writes an answer on a wire that has one answer. Only the first choice is written; others are lost with a notice. Nothing is written
 * before there is something to say, because usage often follows the start at once.
 */
export abstract class SingleAnswerWriter extends AnswerWriter {
  protected finish: Finish | undefined
  #blocks: BlockWriter | undefined
  #isBegun = false

  /** Writes the blocks of the answer; asked once. */
  protected abstract createBlocks(): BlockWriter
  /** What stands before all blocks. */
  protected abstract writeHead(): string
  /** What stands behind all blocks, the terminal marker included. */
  protected abstract writeTail(): string

  protected override writeBlock(event: BlockEvent): string {
    if (event.choice === 0) return this.#begin() + this.#openBlocks().write(event)
    this.context.notice('choice.dropped')
    return ''
  }

  protected override writeFinish(finish: Finish): string {
    if (finish.choice === 0) this.finish = finish
    return ''
  }

  protected override writeLogprobs(_event: LogprobsEvent): string {
    this.context.notice('logprobs.dropped')
    return ''
  }

  protected override writeEnd(): string {
    return this.#begin() + (this.#blocks?.close() ?? '') + this.writeTail()
  }

  #begin(): string {
    if (this.#isBegun) return ''
    this.#isBegun = true
    return this.writeHead()
  }

  #openBlocks(): BlockWriter {
    this.#blocks ??= this.createBlocks()
    return this.#blocks
  }
}
