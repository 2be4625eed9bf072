import type { Block, Citation, Extra, Seal } from './content.ts'
import type { Failure } from './failure.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Usage } from './usage.ts'

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

/**
 * Every response, streaming or not, is a sequence of these. Grammar, per choice:
 * `start (block-start delta* block-end)* finish`, then `usage`, then `end`; what is told of usage before that comes when it is told, since
 * it has to be paid even when the rest never comes; a `failure` may come anywhere and is the last event. Several blocks of a choice may be open at once (a provider may interleave tool calls); encoders whose
 * wire cannot say that put them in order. `index` counts blocks within a choice from 0 in order of opening.
 */
export type ResponseEvent =
  | {
      readonly type: 'start'
      /** The provider's id of the response. */
      readonly responseId?: string
      /** The model that the provider says answers. */
      readonly model?: string
      readonly extra?: Extra
    }
  | {
      readonly type: 'block-start'
      readonly choice: number
      readonly index: number
      /** The block with empty text or arguments; `native` blocks come whole and get `native-delta`s. */
      readonly block: Block
    }
  | { readonly type: 'text-delta'; readonly choice: number; readonly index: number; readonly text: string }
  | {
      readonly type: 'reasoning-delta'
      readonly choice: number
      readonly index: number
      readonly text: string
    }
  | { readonly type: 'refusal-delta'; readonly choice: number; readonly index: number; readonly text: string }
  | {
      readonly type: 'arguments-delta'
      readonly choice: number
      readonly index: number
      readonly text: string
    }
  | {
      readonly type: 'native-delta'
      readonly choice: number
      readonly index: number
      readonly raw: JsonObject
    }
  | { readonly type: 'seal'; readonly choice: number; readonly index: number; readonly seal: Seal }
  | {
      readonly type: 'citation'
      readonly choice: number
      readonly index: number
      readonly citation: Citation
    }
  | { readonly type: 'logprobs'; readonly choice: number; readonly content: readonly Json[] }
  | { readonly type: 'block-end'; readonly choice: number; readonly index: number }
  | Finish
  /** Cumulative; the last one wins. Final when it covers the whole answer, as every report behind the `finish` does. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly isFinal?: true }
  /** Answer to count-tokens. */
  | { readonly type: 'token-count'; readonly inputTokens: number; readonly estimated: boolean }
  /** Native lane only: frames that carried content and were passed on unread. */
  | { readonly type: 'passed'; readonly frames: number; readonly bytes: number }
  /** The dialect's terminal marker was seen: the response is complete. */
  | { readonly type: 'end' }
  | { readonly type: 'failure'; readonly failure: Failure }

/** Receives events one by one, synchronously. */
export type EventSink = (event: ResponseEvent) => void

/**
 * True for events that carry meaning to the client: after the first of them was written, failover is forbidden (law 5).
 * A role-only chunk, `message_start`, pings and usage do not count; a legitimate finish does.
 */
export function isSemantic(event: ResponseEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'arguments-delta':
      return event.text.length > 0
    case 'block-start':
      return event.block.type === 'tool-call' || event.block.type === 'native' || event.block.type === 'media'
    case 'native-delta':
    case 'seal':
    case 'finish':
    case 'token-count':
    case 'passed':
      return true
    case 'start':
    case 'citation':
    case 'logprobs':
    case 'block-end':
    case 'usage':
    case 'end':
    case 'failure':
      return false
  }
}
