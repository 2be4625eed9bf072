import type { Bearing } from '../bearing.ts'
import type { Block, Extra } from '../content.ts'
import type { StoredTexts } from '../stored-texts.ts'
import type { SpineEvent } from '../event-spine.ts'
import type { RequestFeatures } from '../features.ts'

/** What every request says, whatever it asks for: all that those need who know no operation. */
export interface RequestSpine {
  readonly operation: string
  /** The model name as the client wrote it. */
  readonly model: string
  readonly stream: boolean
  /**
   * The shape in which the client wants the answer, where its dialect has several, in the dialect's own word. Providers are asked in
   * the usual one, so their bytes are not for such a client.
   */
  readonly answerShape?: string
  /** What else bears on the bill; nothing of it is ever written. */
  readonly bearing?: Bearing
  /** Fields that only one family of dialects knows. */
  readonly extra?: Extra
}

/** What conditions ask of a conversation, whatever it is wanted for. */
export interface Conversation {
  readonly turns: readonly {
    readonly role: 'system' | 'user' | 'assistant'
    readonly blocks: readonly Block[]
  }[]
  readonly tools?: readonly { readonly name: string }[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** Something that is said. Where it has a `text`, that is delivered, and counts towards what was written. */
export interface ContentEvent {
  readonly type: string
}

/** Does something that is said carry meaning to the client? Some of it does only where it says something. */
export type Meaning<Content> = boolean | { of(content: Content): boolean }

/** Until when a request may be sent again. What is created by being sent must not be created twice. */
export type Repeat = 'until-first-event' | 'before-sending'

/** Folds the events of a response to what a unary answer says. `failure` events are not folded: whoever drives the fold decides what a failure means. */
export interface Fold<Content, Result> {
  push(event: SpineEvent | Content): void
  /** What was said so far. */
  result(): Result
}

/** Inputs of a request that are answered one by one, so that it can be asked in several parts. */
export interface Inputs<Request extends RequestSpine, Content extends ContentEvent> {
  /** The quirk that says how many of them a provider takes at once. */
  readonly most: 'batchInputs' | 'batchDocuments'
  /** The quirk that is false where what is said of one depends on those beside it: more than are taken at once are refused then. */
  readonly apart?: 'comparableScores'
  /** The field that holds them, in the words of clients. */
  readonly field: string
  /** The tokens of each, estimated. */
  tokens(request: Request): readonly number[]
  /** The same question about some of them. */
  slice(request: Request, from: number, to: number): Request
  /** What is said of a part, as it is said of the whole in which so many stand before it. */
  shift(content: Content, by: number): Content
}

/** What is asked of an answer that is stored. */
export interface StoredQuestion {
  readonly id: string
  /** The answer itself; all that led to it; that it be removed; that it be stopped while it is being given. */
  readonly wants: 'answer' | 'conversation' | 'removal' | 'stop'
}

/** An operation that is about stored answers: no model is named and none is asked. */
export interface Recall<Request extends RequestSpine, Content extends ContentEvent> {
  question(request: Request): StoredQuestion
  /** What is answered, of the answer that was asked for, behind those that led to it where they were wanted. */
  content(found: readonly StoredTexts[]): readonly Content[]
}

/** What the house knows about an operation whose name it does not ask. */
export interface OperationFacts<Request extends RequestSpine, Content extends ContentEvent, Result> {
  /** The name under which keys permit it. */
  readonly name: Request['operation']
  /** What a request needs from whoever answers it, and the most it can use. Pure; O(size of the request). */
  features(request: Request): RequestFeatures
  /** What is charged for it: `nothing` where every provider answers for nothing, whether it succeeds or fails. */
  readonly charge: 'usage' | 'nothing'
  /** What the model writes that is counted in tokens: an answer, or none. */
  readonly writes: 'tokens' | 'nothing'
  /** What an answer proves to be well: `nothing` where servers answer that do not wait for the model. */
  readonly proves: 'target' | 'nothing'
  /** How long a request may be sent again, there or elsewhere. */
  readonly repeat: Repeat
  /**
   * `some` where most models cannot be asked for it: that one is not found proves nothing for what else it is asked. `few` where most
   * providers have no such models either: they are asked only where their row says that they do (`serves`).
   */
  readonly servedBy: 'all' | 'some' | 'few'
  /** Would the same request be answered the same again, so that an answer may be kept? */
  isSteady(request: Request): boolean
  /** False where answers of different models must not stand side by side, so that no other model may answer in the place of one. */
  readonly interchangeable: boolean
  /** Absent where a request cannot be taken apart. */
  readonly inputs?: Inputs<Request, Content>
  /** What is the same for as long as a conversation lasts, where the request names it: the key of a prompt cache. */
  affinity?(request: Request): string | undefined
  /** A hash of what stays the same at the beginning of a conversation, whether or not it is named. O(size of that). */
  promptPrefix?(request: Request): number | undefined
  /** What the model is told before anybody speaks; absent where nothing is. */
  systemPrompt?(request: Request): string
  /** The conversation that it is about; absent where it is about none. */
  conversation?(request: Request): Conversation
  /** Absent where a model is asked. */
  readonly recall?: Recall<Request, Content>
  /** The request with a limit of its answer, in tokens; absent where answers have none. */
  withOutputLimit?(request: Request, maxOutputTokens: number): Request
  /** The answer of the house where a provider cannot give one; an estimate. */
  answerHere?(features: RequestFeatures): readonly Content[]
  /** What says that an answer, or one of several, has all been said: what is told of usage behind it is final. */
  readonly lastWord: Content['type']
  createFold(): Fold<Content, Result>
}

/** One row of the table of operations. */
export interface OperationRow<
  Request extends RequestSpine,
  Content extends ContentEvent,
  Result,
> extends OperationFacts<Request, Content, Result> {
  /**
   * By the type of what is said, whether it carries meaning: behind the first that does, failover is forbidden (law 5), and an
   * answer without any is empty.
   */
  readonly meaning: { readonly [Type in Content['type']]: Meaning<Extract<Content, { readonly type: Type }>> }
}
