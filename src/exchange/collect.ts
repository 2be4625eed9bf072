import type { Block, Citation } from './content.ts'
import type { ChatEvent, ChatContent, Finish } from './chat-content.ts'
import type { StartEvent } from './event-spine.ts'
import { Failure } from './failure.ts'
import type { Fold } from './operations/operation-row.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { NO_USAGE, type Usage } from './usage.ts'

/** One of the answers of a response. */
export interface Choice {
  readonly index: number
  readonly blocks: readonly Block[]
  readonly finish?: Finish
  readonly logprobs: readonly Json[]
}

/** A finished response: the fold of its events. What a unary answer is made of. */
export interface Message {
  readonly responseId?: string
  readonly model?: string
  readonly extra?: Readonly<Record<string, JsonObject>>
  readonly choices: readonly Choice[]
  readonly usage: Usage
}

interface OpenBlock {
  readonly index: number
  block: Block
  /** Deltas, joined once at the end: string concatenation per delta would be quadratic in the worst engines. */
  parts?: string[]
  native?: JsonObject[]
  /** Those of a text, for the same reason. */
  citations?: Citation[]
}

interface OpenChoice {
  readonly index: number
  readonly blocks: OpenBlock[]
  logprobs?: Json[]
  finish?: Finish
}

/** Creates the fold of one answer. */
export function createCollector(): Fold<ChatContent, Message> {
  return new Collector()
}

/** Choices and blocks stand in the order of their indexes, which they nearly always come in. */
class Collector implements Fold<ChatContent, Message> {
  readonly #choices: OpenChoice[] = []
  #head: Omit<StartEvent, 'type'> = NO_HEAD
  #usage: Usage = NO_USAGE

  push(event: ChatEvent): void {
    switch (event.type) {
      case 'start': {
        const { type: _type, ...head } = event
        this.#head = head
        return
      }
      case 'block-start':
        put(this.#choiceAt(event.choice).blocks, { index: event.index, block: event.block })
        return
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'arguments-delta':
      case 'native-delta':
      case 'signature':
      case 'citation':
        addToBlock(find(this.#choiceAt(event.choice).blocks, event.index), event)
        return
      case 'logprobs': {
        const logprobs = (this.#choiceAt(event.choice).logprobs ??= [])
        for (const one of event.content) logprobs.push(one)
        return
      }
      case 'finish':
        this.#choiceAt(event.choice).finish = event
        return
      case 'usage':
        this.#usage = event.usage
        return
      case 'passed':
        throw new Failure('internal', { cause: 'what passed unread was to be folded' })
      case 'block-end':
      case 'end':
      case 'failure':
    }
  }

  result(): Message {
    return { ...this.#head, choices: this.#choices.map(closeChoice), usage: this.#usage }
  }

  #choiceAt(index: number): OpenChoice {
    const known = find(this.#choices, index)
    if (known !== undefined) return known
    const choice: OpenChoice = { index, blocks: [] }
    put(this.#choices, choice)
    return choice
  }
}

const NO_HEAD: Omit<StartEvent, 'type'> = {}
const NO_LOGPROBS: readonly Json[] = []

interface Indexed {
  readonly index: number
}

/** Where the last one stands that does not come behind an index; -1 where all do. Mostly it is the last of all. */
function placeOf(list: readonly Indexed[], index: number): number {
  let place = list.length - 1
  while (place >= 0 && (list[place]?.index ?? 0) > index) place -= 1
  return place
}

function find<T extends Indexed>(list: readonly T[], index: number): T | undefined {
  const one = list[placeOf(list, index)]
  return one?.index === index ? one : undefined
}

/** Puts one in its place, instead of the one that was there. */
function put<T extends Indexed>(list: T[], one: T): void {
  const place = placeOf(list, one.index)
  if (list[place]?.index === one.index) list[place] = one
  else list.splice(place + 1, 0, one)
}

/** Folds a whole list of events at once. */
export function collect(events: Iterable<ChatEvent>): Message {
  const collector = createCollector()
  for (const event of events) collector.push(event)
  return collector.result()
}

type BlockEvent = Extract<ChatEvent, { readonly choice: number; readonly index: number }>

function addToBlock(
  open: OpenBlock | undefined,
  event: Exclude<BlockEvent, { readonly type: 'block-start' | 'block-end' }>,
): void {
  if (open === undefined) return
  const { block } = open
  if ('text' in event) (open.parts ??= []).push(event.text)
  else if (event.type === 'native-delta') (open.native ??= []).push(event.raw)
  else if (event.type === 'citation') (open.citations ??= []).push(event.citation)
  else if (block.type === 'reasoning' || block.type === 'text' || block.type === 'tool-call')
    open.block = { ...block, signature: event.signature }
}

function closeChoice({ index, blocks, logprobs, finish }: OpenChoice): Choice {
  const choice = { index, blocks: blocks.map(closeBlock), logprobs: logprobs ?? NO_LOGPROBS }
  return finish === undefined ? choice : { ...choice, finish }
}

function closeBlock({ block, parts, native, citations }: OpenBlock): Block {
  switch (block.type) {
    case 'text': {
      const said = parts === undefined ? block : { ...block, text: block.text + parts.join('') }
      return citations === undefined
        ? said
        : { ...said, citations: [...(block.citations ?? []), ...citations] }
    }
    case 'reasoning':
    case 'refusal':
      return parts === undefined ? block : { ...block, text: block.text + parts.join('') }
    case 'tool-call':
      return parts === undefined ? block : { ...block, arguments: block.arguments + parts.join('') }
    case 'native':
      return native === undefined ? block : { ...block, raw: { ...block.raw, deltas: native } }
    case 'media':
    case 'search-result':
    case 'tool-result':
      return block
  }
}
