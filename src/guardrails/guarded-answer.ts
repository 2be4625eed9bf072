import type { Finish } from '../exchange/chat-content.ts'
import type { Block, Citation } from '../exchange/content.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import { mapTextsOfJson, type MapText } from '../exchange/map-json-texts.ts'
import { LIMITS } from '../kit/limits.ts'
import { mapMembers } from '../exchange/request-texts.ts'
import { joinDeltas } from './native-deltas.ts'
import type { Eye } from './eye.ts'
import { HeldText, type PutMask } from './held-text.ts'

type EventOf<Type extends ResponseEvent['type']> = Extract<ResponseEvent, { readonly type: Type }>
type TextDelta = EventOf<'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'arguments-delta'>

/** What those who look at an answer need. */
export interface AnswerParts {
  /** Whoever can change what is said. */
  readonly acting: readonly Eye[]
  /** Whoever only tells what is found. */
  readonly seeing: readonly Eye[]
  readonly put: PutMask
  /** Told of what is lost because a text was changed. */
  readonly onLost: (code: 'logprobs.dropped' | 'seal.lost') => void
}

/** A block that is being written. */
interface OpenBlock {
  readonly block: Block
  /** Absent for what is looked at when it is whole. */
  readonly text?: HeldText
  readonly seen: HeldText
  /** The type of its deltas. */
  deltas?: TextDelta['type']
  /** Pieces of arguments, until they are whole. */
  readonly pieces: string[]
  readonly natives: EventOf<'native-delta'>[]
  /** What is told of the text when it is over. */
  readonly behind: EventOf<'signature' | 'citation'>[]
  isChanged: boolean
  /** Of those that wait until it is whole. */
  heldCharacters: number
}

interface OpenChoice {
  readonly blocks: Map<number, OpenBlock>
  readonly logprobs: EventOf<'logprobs'>[]
  nextIndex: number
  isChanged: boolean
  isOver: boolean
}

/**
 * Looks at an answer event by event, and gives the events that may be told of it: texts are held back as little as can be, arguments of
 * tools and what only one family understands until they are whole. When somebody blocks (`blockedBy`), it gives nothing more.
 */
export class GuardedAnswer {
  readonly #parts: AnswerParts
  readonly #choices = new Map<number, OpenChoice>()
  #mostHeld = 0

  constructor(parts: AnswerParts) {
    this.#parts = parts
  }

  /** Whoever keeps the answer from going on. */
  get blockedBy(): Eye | undefined {
    return this.#parts.acting.find(({ blocks }) => blocks)
  }

  /** Most characters of a text that were held at a time. */
  get mostHeld(): number {
    return this.#mostHeld
  }

  /** Choices that are not over: their blocks that are open, and the index of the next one. */
  get open(): readonly {
    readonly choice: number
    readonly blocks: readonly number[]
    readonly nextIndex: number
  }[] {
    return [...this.#choices].flatMap(([choice, { blocks, nextIndex, isOver }]) =>
      isOver ? [] : [{ choice, blocks: [...blocks.keys()], nextIndex }],
    )
  }

  /** What may be told, now that this was said. */
  take(event: ResponseEvent): readonly ResponseEvent[] {
    switch (event.type) {
      case 'block-start':
        return this.#start(event)
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'arguments-delta':
        return this.#hear(event)
      case 'native-delta':
      case 'signature':
      case 'citation':
        return this.#keep(event)
      case 'block-end':
        return this.#end(event)
      case 'logprobs':
        return this.#keepLogprobs(event)
      case 'finish':
        return this.#finish(event)
      case 'start':
        return [event.extra === undefined ? event : mapped(event, { extra: event.extra }, this.#look)]
      case 'usage':
      case 'passed':
      case 'end':
      case 'failure':
      // These say no text: counts, numbers, names of categories; and what is stored was looked at when it was given.
      case 'token-count':
      case 'vector':
      case 'verdict':
      case 'rank':
      case 'recalled':
        return [event]
    }
  }

  /** Looks at a text that is whole. */
  readonly #look: MapText = (text) => {
    const { acting, seeing, put } = this.#parts
    const seen = new HeldText(seeing, put)
    seen.push(text)
    seen.end()
    const held = new HeldText(acting, put)
    return held.push(text) + held.end()
  }

  #choiceAt(index: number): OpenChoice {
    const known = this.#choices.get(index)
    if (known !== undefined) return known
    const choice: OpenChoice = {
      blocks: new Map(),
      logprobs: [],
      nextIndex: 0,
      isChanged: false,
      isOver: false,
    }
    this.#choices.set(index, choice)
    return choice
  }

  #start(event: EventOf<'block-start'>): readonly ResponseEvent[] {
    const { acting, seeing, put } = this.#parts
    const choice = this.#choiceAt(event.choice)
    choice.nextIndex = Math.max(choice.nextIndex, event.index + 1)
    const { begun, said } = beginningOf(event.block)
    const block = mapMembers(begun, this.#look)
    const isText = begun.type === 'text' || begun.type === 'reasoning' || begun.type === 'refusal'
    const open: OpenBlock = {
      block,
      ...(isText ? { text: new HeldText(acting, put) } : {}),
      seen: new HeldText(seeing, put),
      pieces: [],
      natives: [],
      behind: [],
      isChanged: block !== begun,
      heldCharacters: 0,
    }
    choice.blocks.set(event.index, open)
    const started = block === event.block ? event : { ...event, block }
    const type = DELTAS[begun.type]
    if (said === '' || type === undefined) return [started]
    return [started, ...this.#hear({ type, choice: event.choice, index: event.index, text: said })]
  }

  #hear(event: TextDelta): readonly ResponseEvent[] {
    const open = this.#blockAt(event)
    if (open === undefined) return NONE
    open.deltas = event.type
    if (open.text === undefined) {
      open.pieces.push(event.text)
      this.#hold(open, event.text.length)
      return NONE
    }
    open.seen.push(event.text)
    const shown = open.text.push(event.text)
    this.#mostHeld = Math.max(this.#mostHeld, open.text.held)
    if (shown === event.text) return [event]
    return shown === '' ? NONE : [{ ...event, text: shown }]
  }

  #blockAt({ choice, index }: { readonly choice: number; readonly index: number }): OpenBlock | undefined {
    return this.#choices.get(choice)?.blocks.get(index)
  }

  #keep(event: EventOf<'native-delta' | 'signature' | 'citation'>): readonly ResponseEvent[] {
    const open = this.#blockAt(event)
    if (open === undefined) return NONE
    if (event.type === 'native-delta') open.natives.push(event)
    else open.behind.push(event)
    this.#hold(open, event.type === 'native-delta' ? JSON.stringify(event.raw).length : 0)
    return NONE
  }

  #keepLogprobs(event: EventOf<'logprobs'>): readonly ResponseEvent[] {
    const { logprobs } = this.#choiceAt(event.choice)
    if (logprobs.length < LIMITS.guardrailHeldLogprobs) logprobs.push(event)
    else this.#parts.onLost('logprobs.dropped')
    return NONE
  }

  /** So much more of a block is held until it is whole. Of one that is too long nobody knows what it says. */
  #hold(open: OpenBlock, characters: number): void {
    open.heldCharacters += characters
    if (open.heldCharacters <= LIMITS.guardrailHeldCharacters) return
    for (const eye of [...this.#parts.acting, ...this.#parts.seeing]) eye.giveUp()
  }

  #end(event: EventOf<'block-end'>): readonly ResponseEvent[] {
    const open = this.#blockAt(event)
    if (open === undefined) return [event]
    const rest = this.#rest(open, event)
    if (this.blockedBy !== undefined) return NONE
    const choice = this.#choiceAt(event.choice)
    choice.blocks.delete(event.index)
    choice.isChanged ||= open.isChanged
    return [...rest, ...this.#behind(open), event]
  }

  /** What is left to be told of a block that is whole. */
  #rest(open: OpenBlock, { choice, index }: EventOf<'block-end'>): readonly ResponseEvent[] {
    if (open.natives.length > 0) return this.#natives(open)
    const type = open.deltas
    if (type === undefined) return NONE
    const text = open.text === undefined ? this.#arguments(open) : this.#restOfText(open, open.text)
    return text === '' ? NONE : [{ type, choice, index, text }]
  }

  #restOfText(open: OpenBlock, text: HeldText): string {
    open.seen.end()
    const rest = text.end()
    open.isChanged ||= text.isChanged
    return rest
  }

  #arguments(open: OpenBlock): string {
    const said = open.pieces.join('')
    const isJson = open.block.type !== 'tool-call' || open.block.form === 'json'
    const shown = isJson ? mapTextsOfJson(said, this.#look) : this.#look(said)
    open.isChanged ||= shown !== said
    return shown
  }

  #natives(open: OpenBlock): readonly ResponseEvent[] {
    const raws = joinDeltas(
      open.natives.map(({ raw }) => raw),
      this.#look,
    )
    return open.natives.map((delta, at) => ({ ...delta, raw: raws[at] ?? delta.raw }))
  }

  /** A proof of a text that was changed proves nothing, and its provider would refuse it. */
  #behind({ behind, text, isChanged }: OpenBlock): readonly ResponseEvent[] {
    return behind.flatMap((event): readonly ResponseEvent[] => {
      if (event.type === 'citation') return [this.#citation(event, text)]
      if (!isChanged) return [event]
      this.#parts.onLost('seal.lost')
      return NONE
    })
  }

  #citation(event: EventOf<'citation'>, text: HeldText | undefined): ResponseEvent {
    const citation = mapMembers(event.citation, this.#look)
    if (text?.isChanged !== true) return citation === event.citation ? event : { ...event, citation }
    return { ...event, citation: shifted(citation, text) }
  }

  #finish(event: Finish): readonly ResponseEvent[] {
    const choice = this.#choiceAt(event.choice)
    const { explanation, stopSequence, extra } = event
    const told = mapped(event, { explanation, stopSequence, extra }, this.#look)
    if (this.blockedBy !== undefined) return NONE
    choice.isOver = true
    const { logprobs } = choice
    if (!choice.isChanged) return [...logprobs, told]
    if (logprobs.length > 0) this.#parts.onLost('logprobs.dropped')
    return [told]
  }
}

const NONE: readonly ResponseEvent[] = []

const DELTAS: { readonly [T in Block['type']]?: TextDelta['type'] } = {
  text: 'text-delta',
  reasoning: 'reasoning-delta',
  refusal: 'refusal-delta',
  'tool-call': 'arguments-delta',
}

/** The block without the text that it may begin with, and that text, which is looked at like any other piece. */
function beginningOf(block: Block): { readonly begun: Block; readonly said: string } {
  if (block.type === 'tool-call')
    return block.arguments === ''
      ? { begun: block, said: '' }
      : { begun: { ...block, arguments: '' }, said: block.arguments }
  if (block.type !== 'text' && block.type !== 'reasoning' && block.type !== 'refusal')
    return { begun: block, said: '' }
  return block.text === '' ? { begun: block, said: '' } : { begun: { ...block, text: '' }, said: block.text }
}

/** An event with some of its members looked at; the same where nothing changes. */
function mapped<Event extends ResponseEvent>(event: Event, members: object, look: MapText): Event {
  const looked = mapMembers(members, look)
  return looked === members ? event : { ...event, ...looked }
}

function shifted({ start, end, ...rest }: Citation, text: HeldText): Citation {
  return {
    ...rest,
    ...(start === undefined ? {} : { start: text.shownAt(start) }),
    ...(end === undefined ? {} : { end: text.shownAt(end) }),
  }
}
