import type { Finish } from '../exchange/chat-content.ts'
import type { Block, Citation } from '../exchange/content.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { MapText } from '../exchange/map-json-texts.ts'
import { LIMITS } from '../kit/limits.ts'
import { mapMembers } from '../exchange/request-texts.ts'
import { joinDeltas } from './native-deltas.ts'
import { textsOfTokens } from './told-tokens.ts'

type EventOf<Type extends ResponseEvent['type']> = Extract<ResponseEvent, { readonly type: Type }>
type TextDelta = EventOf<'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'arguments-delta'>

/** A text that is still being written, and may be told in another form. */
export interface ChangingText {
  /** Was something told in another form than it was said? */
  readonly isChanged: boolean
  /** A further piece was said. Gives what may be told now. */
  push(piece: string): string
  /** All was said. Gives the rest. */
  end(): string
  /** Where a place in the text as it was said stands in the text as it was told. */
  shownAt(place: number): number
}

/** What becomes of the texts of an answer. */
export interface AnswerChange {
  /** A text of a block begins. */
  begin(block: Block): ChangingText
  /** What is told in the place of a text that is whole. */
  readonly whole: MapText
  /** May a text not be told that stands beside what is said? Absent: any may. */
  readonly hides?: (text: string) => boolean
  /** True where nothing more may be told. */
  readonly isStopped: () => boolean
  /** More was held than may be. True where it may be told as it is. */
  readonly onTooLong: () => boolean
  /** Told of what is lost because a text was changed. */
  readonly onLost: (code: 'logprobs.dropped' | 'seal.lost') => void
  /** True where proofs of texts hold all the same. */
  readonly keepsProofs: boolean
}

/** A block that is being written. */
interface OpenBlock {
  readonly text: ChangingText
  /** The type of its deltas. */
  deltas?: TextDelta['type']
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
 * Tells an answer with its texts changed, event by event: texts no later than they must be, what only one family understands when it is
 * whole.
 */
export class ToldAnswer {
  readonly #change: AnswerChange
  readonly #choices = new Map<number, OpenChoice>()

  constructor(change: AnswerChange) {
    this.#change = change
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
        return [event.extra === undefined ? event : mapped(event, { extra: event.extra }, this.#change.whole)]
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
    const choice = this.#choiceAt(event.choice)
    choice.nextIndex = Math.max(choice.nextIndex, event.index + 1)
    const { begun, said } = beginningOf(event.block)
    const block = mapMembers(begun, this.#change.whole)
    const open: OpenBlock = {
      text: this.#change.begin(begun),
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
    const shown = open.text.push(event.text)
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
    open.heldCharacters += JSON.stringify(event).length
    if (open.heldCharacters <= LIMITS.guardrailHeldCharacters || !this.#change.onTooLong()) return NONE
    open.heldCharacters = 0
    return [...open.natives.splice(0), ...open.behind.splice(0)]
  }

  #keepLogprobs(event: EventOf<'logprobs'>): readonly ResponseEvent[] {
    const { logprobs } = this.#choiceAt(event.choice)
    if (logprobs.length < LIMITS.guardrailHeldLogprobs) logprobs.push(event)
    else this.#change.onLost('logprobs.dropped')
    return NONE
  }

  #end(event: EventOf<'block-end'>): readonly ResponseEvent[] {
    const open = this.#blockAt(event)
    if (open === undefined) return [event]
    const rest = this.#rest(open, event)
    if (this.#change.isStopped()) return NONE
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
    const text = open.text.end()
    open.isChanged ||= open.text.isChanged
    return text === '' ? NONE : [{ type, choice, index, text }]
  }

  #natives(open: OpenBlock): readonly ResponseEvent[] {
    const raws = joinDeltas(
      open.natives.map(({ raw }) => raw),
      this.#change.whole,
    )
    return open.natives.map((delta, at) => ({ ...delta, raw: raws[at] ?? delta.raw }))
  }

  /** A proof of a text that was changed proves nothing, and its provider would refuse it. */
  #behind({ behind, text, isChanged }: OpenBlock): readonly ResponseEvent[] {
    return behind.flatMap((event): readonly ResponseEvent[] => {
      if (event.type === 'citation') return [this.#citation(event, text)]
      if (!isChanged || this.#change.keepsProofs) return [event]
      this.#change.onLost('seal.lost')
      return NONE
    })
  }

  #citation(event: EventOf<'citation'>, text: ChangingText): ResponseEvent {
    const citation = mapMembers(event.citation, this.#change.whole)
    if (!text.isChanged) return citation === event.citation ? event : { ...event, citation }
    return { ...event, citation: shifted(citation, text) }
  }

  #finish(event: Finish): readonly ResponseEvent[] {
    const choice = this.#choiceAt(event.choice)
    const { explanation, stopSequence, extra } = event
    const told = mapped(event, { explanation, stopSequence, extra }, this.#change.whole)
    if (this.#change.isStopped()) return NONE
    choice.isOver = true
    const { logprobs } = choice
    if (logprobs.length === 0) return [told]
    if (!choice.isChanged && !this.#hides(logprobs)) return [...logprobs, told]
    this.#change.onLost('logprobs.dropped')
    return [told]
  }

  #hides(logprobs: readonly EventOf<'logprobs'>[]): boolean {
    const { hides } = this.#change
    return hides !== undefined && textsOfTokens(logprobs).some(hides)
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

function shifted({ start, end, ...rest }: Citation, text: ChangingText): Citation {
  return {
    ...rest,
    ...(start === undefined ? {} : { start: text.shownAt(start) }),
    ...(end === undefined ? {} : { end: text.shownAt(end) }),
  }
}
