import type { KnownTool } from '../tool-name.ts'
import { ThinkTags } from './think-tags.ts'
import type { Block, Seal } from '../../exchange/content.ts'
import type { ChatEvent, ChatSink } from '../../exchange/chat-said.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Quirks } from '../../exchange/target.ts'
import type { Draft } from '../../kit/draft.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { ServiceWord } from '../served-tiers.ts'
import { decodeUsage } from './usage.ts'

/** A tool call under way. It is opened towards the reader once its name is known. */
export interface CallState {
  /** The provider's index of the call, when it gives one. */
  readonly key: number | undefined
  id: string | undefined
  name: string | undefined
  /** The proof that the provider wants back with the call. */
  seal: Seal | undefined
  readonly form: 'json' | 'text'
  readonly extra: JsonObject | undefined
  /** Index of the block, once opened. */
  block: number | undefined
  /** Arguments not yet told. */
  held: string[]
  /** All arguments so far. */
  text: string
  /** True for a free-text tool that was told to the provider as a function. */
  readonly emulated: boolean
}

/** The block of prose that is being written: at most one at a time. */
export interface Prose {
  readonly kind: 'text' | 'reasoning' | 'refusal'
  readonly block: number
  /** Tells parts of reasoning apart that must not flow together. */
  readonly part: string
}

export interface ChoiceState {
  readonly index: number
  nextBlock: number
  prose: Prose | undefined
  /** Where the provider writes thoughts into the text. */
  readonly tags: ThinkTags | undefined
  readonly calls: CallState[]
  audioBlock: number | undefined
  /** True once a call was begun. */
  called: boolean
  refused: boolean
  cited: boolean
  /** The provider's finish word, once told. */
  finishWord: string | undefined
  nativeWord: string | undefined
  stopSequence: string | undefined
}

/** Everything that the decoder remembers between frames. */
export interface ResponseState {
  readonly quirks: Quirks
  /** Tools that the provider knows by another name, or as something else than they are; by the provider's names. */
  readonly tools: ReadonlyMap<string, KnownTool>
  readonly choices: ChoiceState[]
  /** What the response says of itself, merged from the chunks before the first choice. */
  responseId: string | undefined
  model: string | undefined
  extra: Record<string, Json | undefined> | undefined
  started: boolean
  /** How many answers the client asked for. */
  readonly wanted: number
  /** The largest report of usage so far, and the one that was told last. */
  usage: JsonObject | undefined
  toldUsage: JsonObject | undefined
  /** The tier of service, as the client asked for it and as the provider tells it. */
  readonly service: Draft<ServiceWord>
  /** Sources that the provider lists for the whole answer. */
  sources: readonly { readonly url: string; readonly title?: string }[]
  /** Frames that said anything at all. */
  chunks: number
  badFrames: number
  /** True once something was pushed that the client would notice. */
  semantic: boolean
  /** True once a reader of fields that pushes nothing has seen something that the client would notice. */
  spoke: boolean
  done: boolean
  failed: boolean
  /** True where choices hold whole messages (the body of a unary answer) and not deltas. */
  whole: boolean
  /** Reads the delta or message of a choice; the tap of the native lane reads less. */
  readFields: ReadFields
  sink: ChatSink
}

/** Reads the fields of one delta of a choice, or of the whole message of a unary answer. */
export type ReadFields = (state: ResponseState, choice: ChoiceState, fields: JsonObject) => void

/** Pushes an event and remembers whether it meant something. */
export function emit(state: ResponseState, event: ChatEvent): void {
  if (state.done) return
  if (!state.semantic && isSemantic(event)) state.semantic = true
  state.sink(event)
}

/** The state of a choice; undefined beyond the limit of choices. */
export function choiceAt(state: ResponseState, index: number): ChoiceState | undefined {
  for (const known of state.choices) if (known.index === index) return known
  if (!Number.isInteger(index) || index < 0 || state.choices.length >= LIMITS.choices) return undefined
  const choice: ChoiceState = {
    index,
    nextBlock: 0,
    prose: undefined,
    tags: state.quirks.thinkTags === true ? new ThinkTags() : undefined,
    calls: [],
    audioBlock: undefined,
    called: false,
    refused: false,
    cited: false,
    finishWord: undefined,
    nativeWord: undefined,
    stopSequence: undefined,
  }
  state.choices.push(choice)
  return choice
}

/** Opens a block and gives its index. Ends the response when there are too many. */
export function openBlock(state: ResponseState, choice: ChoiceState, block: Block): number {
  const index = choice.nextBlock
  if (index >= LIMITS.blocks) {
    fail(state, new Failure('response-too-large', { cause: 'too many blocks' }))
    return index
  }
  choice.nextBlock += 1
  emit(state, { type: 'block-start', choice: choice.index, index, block })
  return index
}

/** Closes the open block of prose, if any. The text block of the first choice takes the listed sources with it. */
export function closeProse(state: ResponseState, choice: ChoiceState): void {
  const { prose } = choice
  if (prose === undefined) return
  choice.prose = undefined
  const index = prose.block
  if (prose.kind === 'text' && choice.index === 0 && !choice.cited) {
    for (const source of state.sources)
      emit(state, { type: 'citation', choice: choice.index, index, citation: source })
    choice.cited = state.sources.length > 0
  }
  emit(state, { type: 'block-end', choice: choice.index, index })
}

/**
 * Tells what is known of usage, where that is news: at once, because it has to be paid however the response ends. It is final
 * when every answer has said how it ended.
 */
export function tellUsage(state: ResponseState): void {
  const { usage: reported, choices, wanted } = state
  if (reported === undefined || reported === state.toldUsage) return
  state.toldUsage = reported
  const usage = decodeUsage(reported, state.quirks, state.service)
  const isFinal = choices.length >= wanted && choices.every(isFinished)
  emit(state, isFinal ? { type: 'usage', usage, isFinal } : { type: 'usage', usage })
}

/** Has an answer said how it ended? */
export function isFinished({ finishWord }: ChoiceState): boolean {
  return finishWord !== undefined
}

/** Ends the response with a failure; usage that is already known is told first, because it was charged. */
export function fail(state: ResponseState, failure: Failure): void {
  if (state.done) return
  tellUsage(state)
  emit(state, { type: 'failure', failure })
  state.done = true
  state.failed = true
}
