import type { ChatRequest, OutputFormat, ReasoningOptions, Tool, ToolChoice, Turn } from '../exchange/chat.ts'
import type { Choice } from '../exchange/collect.ts'
import type { Block } from '../exchange/content.ts'
import type { ChatEvent, Finish } from '../exchange/chat-content.ts'
import type { NoticeCode } from '../exchange/notice.ts'
import type { Fate, Parameter } from './fates.ts'

/*
 * Everything that a request or an answer can hold. The lists follow from the types: a member that is added to
 * one of them has no fate until it is written into the table of every dialect, and the tests do not compile before.
 */

/**
 * What becomes of something in a wire language: `kept`, `otherwise` (in other words that mean the same), `unneeded` (lost, and nobody
 * there misses it), `refused`, or lost with a notice.
 */
export type PartFate = 'kept' | 'otherwise' | 'unneeded' | 'refused' | NoticeCode | readonly NoticeCode[]

/** What becomes of it where it was said by the language's own family, and where by another. */
export interface PartFateByFamily {
  readonly own: PartFate
  readonly foreign: PartFate
}

/** A table of them: complete, or it does not compile. */
export type PartFates<Part extends string> = Readonly<Record<Part, PartFate | PartFateByFamily>>

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
  | Named<'reasoning', ReasoningOptions>
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
      | 'answerShape'
    >

/** What a request holds in a field of its own: its fate stands in the product's own table. */
type ParameterPart = Extract<RequestPart, `request.${Parameter}`>

/** What becomes of everything in chats of one dialect. */
export interface ChatFates {
  /** Towards a provider of which nothing special is known. */
  readonly parameters: Readonly<Record<Parameter, Pick<Fate<unknown, unknown>, 'names' | 'becomes' | 'note'>>>
  /** The rest of a request. */
  readonly request: PartFates<Exclude<RequestPart, ParameterPart>>
  /** Towards a client. */
  readonly answer: PartFates<AnswerPart>
}

/** A fate as it is where its part was said by the dialect's own family, and where by another. */
export function byFamily(fate: PartFate | PartFateByFamily): PartFateByFamily {
  return typeof fate === 'object' && 'own' in fate ? fate : { own: fate, foreign: fate }
}

/** What becomes of everything that a request can hold: what stands in fields of its own, and the rest. */
export function requestFates({
  parameters,
  request,
}: ChatFates): ReadonlyMap<string, PartFate | PartFateByFamily> {
  const own = Object.entries(parameters).map(([name, { becomes }]) => [`request.${name}`, becomes] as const)
  return new Map<string, PartFate | PartFateByFamily>([...own, ...Object.entries(request)])
}
