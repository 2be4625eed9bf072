import type { Extra } from './content.ts'
import type { Failure } from './failure.ts'
import type { Usage } from './usage.ts'

/** The provider has begun to answer. */
export interface StartEvent {
  readonly type: 'start'
  /** The provider's id of the response. */
  readonly responseId?: string
  /** The model that the provider says answers. */
  readonly model?: string
  readonly extra?: Extra
}

/** Cumulative; the last one wins. Final when it covers the whole answer, as every report behind the last word of an answer does. */
export interface UsageEvent {
  readonly type: 'usage'
  readonly usage: Usage
  readonly isFinal?: true
}

/** Native lane only: frames that carried content and were passed on unread. */
export interface PassedEvent {
  readonly type: 'passed'
  readonly frames: number
  readonly bytes: number
}

/** The dialect's terminal marker was seen: the response is complete. */
export interface EndEvent {
  readonly type: 'end'
}

export interface FailureEvent {
  readonly type: 'failure'
  readonly failure: Failure
}

/**
 * What every response is made of beside what it says: `start`, then what its operation says, then `usage`, then `end`. What is told
 * of usage before that comes when it is told, since it has to be paid even when the rest never comes; a `failure` may come
 * anywhere and is the last event.
 */
export type SpineEvent = StartEvent | UsageEvent | PassedEvent | EndEvent | FailureEvent
