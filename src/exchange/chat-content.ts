import type { Json, JsonObject } from '../kit/json.ts'
import type { Block, Citation, Extra, Signature } from './content.ts'
import type { SpineEvent } from './event-spine.ts'

/** Why a choice ended. */
export type FinishReason =
  | 'stop'
  | 'stop-sequence'
  | 'length'
  | 'context-length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'pause'

export interface Finish {
  readonly type: 'finish'
  readonly choice: number
  readonly reason: FinishReason
  /** The provider's own word, kept when it says more than `reason`. */
  readonly rawReason?: string
  readonly stopSequence?: string
  /** Why the model refused, in the provider's words. */
  readonly explanation?: string
  readonly extra?: Extra
}

/** A block with empty text or arguments; `native` blocks come whole and get `native-delta`s. */
export interface BlockStart {
  readonly type: 'block-start'
  readonly choice: number
  readonly index: number
  readonly block: Block
}

/** A further piece of the text of a block. */
export interface TextPiece<Type extends string> {
  readonly type: Type
  readonly choice: number
  readonly index: number
  readonly text: string
}

export interface NativePiece {
  readonly type: 'native-delta'
  readonly choice: number
  readonly index: number
  readonly raw: JsonObject
}

export interface BlockEnd {
  readonly type: 'block-end'
  readonly choice: number
  readonly index: number
}

/**
 * What an answer in a conversation says. Grammar, per choice: `(block-start piece* block-end)* finish`. Several blocks of a choice
 * may be open at once (a provider may interleave tool calls); encoders whose wire cannot say that put them in order. `index`
 * counts blocks within a choice from 0 in order of opening.
 */
export type ChatContent =
  | BlockStart
  | TextPiece<'text-delta'>
  | TextPiece<'reasoning-delta'>
  | TextPiece<'refusal-delta'>
  | TextPiece<'arguments-delta'>
  | NativePiece
  | {
      readonly type: 'signature'
      readonly choice: number
      readonly index: number
      readonly signature: Signature
    }
  | {
      readonly type: 'citation'
      readonly choice: number
      readonly index: number
      readonly citation: Citation
    }
  | { readonly type: 'logprobs'; readonly choice: number; readonly content: readonly Json[] }
  | BlockEnd
  | Finish

/** The events of an answer in a conversation. */
export type ChatEvent = SpineEvent | ChatContent

/** Receives the events of an answer in a conversation one by one, synchronously. */
export type ChatSink = (event: ChatEvent) => void
