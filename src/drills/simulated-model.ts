import type { ChatRequest } from '../exchange/chat.ts'
import type { Block } from '../exchange/content.ts'
import type { Finish } from '../exchange/chat-content.ts'
import type { Random } from '../kit/random.ts'
import type { Fault } from './fault.ts'
import type { ModelOptions, OptionKinds } from './model-options.ts'

/** How fast a model speaks. */
export interface Pace {
  /** Until the first content, milliseconds. */
  readonly firstMs: number
  /** Tokens per second after that; absent: as fast as it can be read. */
  readonly perSecond?: number
  /** Tokens that come at once; absent: one after the other. */
  readonly burst?: number
}

/** What a simulated model says: finished blocks, which are cut into deltas when they are sent. */
export interface Script {
  readonly blocks: readonly Block[]
  /** How the answer ends by itself; limits and stop sequences of the request may end it sooner. */
  readonly finish: Omit<Finish, 'type' | 'choice'>
  /** True where the text is a promise to the caller: limits and stop sequences are not applied. */
  readonly exact?: boolean
  /** How likely each token was to the model, where the vendor tells; absent: its usual number. */
  readonly logprob?: number
  /** The model's own speed; the options `ttft` and `tps` go before it. */
  readonly pace?: Pace
  /** What goes wrong while it is sent. */
  readonly fault?: Fault
}

/** What a simulated model gets to see. */
export interface ScriptRequest {
  readonly chat: ChatRequest
  readonly options: ModelOptions
  /** Which of several answers (`n`) this is, from 0. */
  readonly choice: number
  /** Seeded by the provider's seed, the content of the request and the choice: the same request gets the same answer. */
  readonly random: Random
  /** How many requests this model name has had, this one included. */
  readonly turn: number
  /** In [0, 1), drawn by the provider's seed and `turn`: repeats with the run, not with the content. */
  readonly lot: number
  /** Requests for this model name since the minute began that was opened by the first of them. */
  readonly perMinute: { readonly count: number; readonly resetMs: number }
  /** Mints an id of a tool call in the vendor's form. */
  callId(): string
  /** The script of another simulated model for the same request; throws a `VendorError` when there is none. */
  askModel(name: string): Script
  /** The vendor's canned error of a status, thrown for the caller to pass on. */
  failWith(status: number, retryAfterSeconds?: number): never
  /** The vendor's error for an account without money. */
  failForQuota(): never
}

/** A simulated model, as lists show it. */
export interface ModelCard {
  /** In requests: the name, then options as in a query (`slow?ttft=2s&tps=20`). */
  readonly name: string
  /** What it does, in one sentence, for lists. */
  readonly summary: string
  readonly options: OptionKinds
}

/** A model with a script instead of a network. Throws `VendorError` where the vendor would answer with one. */
export interface SimulatedModel extends ModelCard {
  answer(request: ScriptRequest): Script
}
