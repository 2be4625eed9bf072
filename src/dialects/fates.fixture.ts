import type { ChatRequest, OutputFormat, ReasoningWish, Tool, ToolChoice, Turn } from '../exchange/chat.ts'
import type { Choice } from '../exchange/collect.ts'
import type { Block } from '../exchange/content.ts'
import type { ChatEvent, Finish } from '../exchange/chat-said.ts'
import type { NoticeCode } from '../exchange/notice.ts'

/*
 * Everything that a request or an answer can hold. The lists follow from the types: a member that is added to
 * one of them has no fate until it is written into the table of every dialect, and the tests do not compile before.
 */

/**
 * What becomes of something in a wire language: `said`, `otherwise` (in other words that mean the same), `unneeded` (lost, and nobody
 * there misses it), `refused`, or lost with a notice.
 */
export type Fate = 'said' | 'otherwise' | 'unneeded' | 'refused' | NoticeCode | readonly NoticeCode[]

/** What becomes of it where it was said by the language's own family, and where by another. */
export interface FateByFamily {
  readonly own: Fate
  readonly foreign: Fate
}

/** A table of fates: complete, or it does not compile. */
export type Fates<Part extends string> = Readonly<Record<Part, Fate | FateByFamily>>

/** Where the client wrote something is nothing that it says. */
type Place = 'at'

/** The members of each kind of a union, as `kind.member`. */
type MembersOf<Union, Others extends string> = Union extends { readonly type: infer Kind extends string }
  ? `${Kind}.${Exclude<keyof Union & string, 'type' | Place | Others>}`
  : never

type Named<
  Name extends string,
  Type,
  Others extends string = never,
> = `${Name}.${Exclude<keyof Type & string, Place | Others>}`

/** What the blocks of both directions can hold. */
export type BlockPart = MembersOf<Block, 'cache' | 'extra'>

type Start = Extract<ChatEvent, { readonly type: 'start' }>

/** What an answer can hold. */
export type AnswerPart =
  | BlockPart
  | 'block.extra'
  | Named<'finish', Finish, 'type' | 'choice'>
  | Named<'start', Start, 'type'>
  | Named<'choice', Choice, 'blocks' | 'finish'>

/** What a request can hold, besides how it is delivered. */
export type RequestPart =
  | BlockPart
  | 'block.cache'
  | 'block.extra'
  | Named<'turn', Turn, 'role' | 'blocks'>
  | MembersOf<Tool, never>
  | `choice.${ToolChoice['type']}`
  | Named<'reasoning', ReasoningWish>
  | MembersOf<OutputFormat, never>
  | `output.${OutputFormat['type']}`
  | Named<
      'request',
      ChatRequest,
      | 'operation'
      | 'model'
      | 'turns'
      | 'tools'
      | 'toolChoice'
      | 'reasoning'
      | 'output'
      | 'bearing'
      | 'stream'
      | 'wantsUsage'
      | 'legacyCalls'
    >
