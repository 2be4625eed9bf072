import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Failure } from './failure.ts'
import type { ContentOf, ModelRequest, Operation, ResultOf } from './operations/all.ts'
import type { Fold } from './operations/operation-row.ts'
import type { ResponseOrigin } from './response.ts'
import type { StoredTexts } from './stored-texts.ts'

/** What was said so far, whatever the operation. */
export type AnyFold = Fold<ContentOf<Operation>, ResultOf<Operation>>

/** An answer that is over, for whoever stores it. */
export interface EndedAnswer {
  /** That of the exchange. */
  readonly requestId: string
  readonly startedAtMs: number
  readonly request: ModelRequest
  readonly from: ResponseOrigin
  /** What was said; nothing where the provider's bytes passed. */
  readonly content: AnyFold
  /** The bytes that passed together with its last word. */
  readonly passed?: Uint8Array
  /** Its id, where bytes that passed have told it to the client and never came to their last word. */
  readonly shownId?: string
  /** What broke it. */
  readonly failure?: Failure
}

/** What is to be stored. */
export interface AnswerToStore extends StoredTexts {
  /** True where the provider stores it as well, and knows it by the same id. */
  readonly isHeld: boolean
}

/**
 * What a request says of stored answers, and how it is done in the client's dialect. Whoever stores them knows no dialect; nobody
 * else knows the store.
 */
export interface ConversationState {
  /** Id of the stored answer from which the request goes on; undefined where it stands for itself. */
  readonly previousId: string | undefined
  /** Is the answer to be stored: `asked` by the client, `usual` where it says nothing and its API means yes. */
  readonly store: 'asked' | 'usual' | 'no'
  /**
   * The request as it is with everything before it, oldest first. Throws or rejects with `Failure` where that is more than a request
   * may be, or than there is memory for.
   */
  resume(before: readonly StoredTexts[]): MaybePromise<ModelRequest>
  /** What is to be stored of an answer; undefined where the client knows no id of it. */
  textsOf(answer: EndedAnswer): AnswerToStore | undefined
}

/** A conversation that a provider stores as well. It needs no more of a request that goes on from there than what the client wrote. */
export interface HeldConversation {
  /** As the client wrote it. */
  readonly request: ModelRequest
  /** The same with everything before it. Only where that is what is still to be asked do the client's own words stand for it. */
  readonly resumed: ModelRequest
  /** Id of the target. */
  readonly target: string
  /** Id of the credential. */
  readonly credential: string
}
