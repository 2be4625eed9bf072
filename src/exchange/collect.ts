import type { Block, TextBlock } from './content.ts'
import type { ChatEvent, ChatContent, Finish } from './chat-content.ts'
import type { StartEvent } from './event-spine.ts'
import { Failure } from './failure.ts'
import type { Fold } from './operations/operation-row.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { NO_USAGE, type Usage } from './usage.ts'
import { defined } from '../kit/defined.ts'

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
  block: Block
  /** Deltas, joined once at the end: string concatenation per delta would be quadratic in the worst engines. */
  readonly parts: string[]
  readonly native: JsonObject[]
}

interface OpenChoice {
  readonly blocks: Map<number, OpenBlock>
  readonly logprobs: Json[]
  finish?: Finish
}

interface Collected {
  readonly choices: Map<number, OpenChoice>
  head: Omit<StartEvent, 'type'>
  usage: Usage
}

/** Creates the fold of one answer. */
export function createCollector(): Fold<ChatContent, Message> {
  const fold: Collected = { choices: new Map(), head: {}, usage: NO_USAGE }
  return {
    push: (event) => foldEvent(fold, event),
    result: () => ({
      ...fold.head,
      choices: [...fold.choices]
        .sort(([left], [right]) => left - right)
        .map(([index, choice]) => closeChoice(index, choice)),
      usage: fold.usage,
    }),
  }
}

function foldEvent(fold: Collected, event: ChatEvent): void {
  switch (event.type) {
    case 'start': {
      const { type: _type, ...head } = event
      fold.head = head
      return
    }
    case 'block-start':
      choiceAt(fold, event.choice).blocks.set(event.index, { block: event.block, parts: [], native: [] })
      return
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'arguments-delta':
      choiceAt(fold, event.choice).blocks.get(event.index)?.parts.push(event.text)
      return
    case 'native-delta':
      choiceAt(fold, event.choice).blocks.get(event.index)?.native.push(event.raw)
      return
    case 'signature':
    case 'citation':
      attach(choiceAt(fold, event.choice).blocks.get(event.index), event)
      return
    case 'logprobs':
      for (const one of event.content) choiceAt(fold, event.choice).logprobs.push(one)
      return
    case 'finish':
      choiceAt(fold, event.choice).finish = event
      return
    case 'usage':
      fold.usage = event.usage
      return
    case 'passed':
      throw new Failure('internal', { cause: 'what passed unread was to be folded' })
    case 'block-end':
    case 'end':
    case 'failure':
  }
}

function choiceAt({ choices }: Collected, index: number): OpenChoice {
  let choice = choices.get(index)
  if (choice === undefined) {
    choice = { blocks: new Map(), logprobs: [] }
    choices.set(index, choice)
  }
  return choice
}

/** Folds a whole list of events at once. */
export function collect(events: Iterable<ChatEvent>): Message {
  const collector = createCollector()
  for (const event of events) collector.push(event)
  return collector.result()
}

function attach(
  open: OpenBlock | undefined,
  event: Extract<ChatEvent, { type: 'signature' | 'citation' }>,
): void {
  if (open === undefined) return
  const { block } = open
  if (event.type === 'signature') {
    if (block.type === 'reasoning' || block.type === 'text' || block.type === 'tool-call') {
      open.block = { ...block, signature: event.signature }
    }
    return
  }
  if (block.type === 'text') {
    open.block = { ...block, citations: [...(block.citations ?? []), event.citation] } satisfies TextBlock
  }
}

function closeChoice(index: number, choice: OpenChoice): Choice {
  return {
    index,
    blocks: [...choice.blocks].sort(([left], [right]) => left - right).map(([, open]) => closeBlock(open)),
    logprobs: choice.logprobs,
    ...defined({ finish: choice.finish }),
  }
}

function closeBlock({ block, parts, native }: OpenBlock): Block {
  switch (block.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return { ...block, text: block.text + parts.join('') }
    case 'tool-call':
      return { ...block, arguments: block.arguments + parts.join('') }
    case 'native':
      return native.length === 0 ? block : { ...block, raw: { ...block.raw, deltas: native } }
    case 'media':
    case 'search-result':
    case 'tool-result':
      return block
  }
}
