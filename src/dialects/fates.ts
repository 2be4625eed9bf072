import type { ChatRequest } from '../exchange/chat.ts'
import type { NoticeCode } from '../exchange/notice.ts'
import type { Json, JsonObject } from '../kit/json.ts'

/** What a request says beside its model, its conversation and what only one family understands. */
export type Parameter = Exclude<
  keyof ChatRequest,
  | 'operation'
  | 'model'
  | 'turns'
  | 'bound'
  | 'bearing'
  | 'extra'
  | 'legacyCalls'
  | 'wantsUsage'
  | 'answerShape'
>

/** A body under construction, field by field; what is undefined is not said. */
export type Body = Record<string, Json | undefined>

/** What becomes of one parameter in a dialect: how its clients say it, and what its providers are told. */
export interface Fate<Value, Towards> {
  /** Its fields in a body, the one that is written first. Notices and refusals name it by that one. */
  readonly names: readonly [string, ...string[]]
  /** `kept`, or what a request with it comes to. */
  readonly becomes: 'kept' | 'refused' | NoticeCode
  /** What else has to be known of it, for the documentation: a sentence without its full stop. */
  readonly note?: string
  /** True for what is not told to a model that takes no sampling parameters. */
  readonly sampling?: true
  /** True for what counts as input: a request that only counts tokens says it too. */
  readonly counted?: boolean
  /**
   * Reads it from a client's body. Absent where no client of the dialect can say it.
   *
   * @param rest takes what only this family understands of its fields, by name
   */
  readonly read?: (body: JsonObject, rest: Body) => Value | undefined
  /** Tells a provider of it, and takes a notice for what cannot be told. Absent: said together with another one. */
  readonly write?: (value: Value, towards: Towards, body: Body) => void
  /** Tells what the provider has to be told where the client said nothing. */
  readonly otherwise?: (towards: Towards, body: Body) => void
}

/** One fate for each parameter. A dialect that says nothing about one does not compile. */
export type Fates<Towards> = {
  readonly [P in Parameter]: Fate<NonNullable<ChatRequest[P]>, Towards>
}
