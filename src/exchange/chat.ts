import type { JsonObject } from '../kit/json.ts'
import type { Block, BoundContent, CacheMark, Extra } from './content.ts'
import type { RequestSpine } from './operations/operation-row.ts'

/**
 * One turn of a conversation. Tool results live in user turns (before any text), which is the shape that
 * every dialect can be split from and merged to without loss.
 */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant'
  /** Set when a system turn was written by the application's developer and the dialect knows the difference. */
  readonly rank?: 'developer'
  readonly blocks: readonly Block[]
  readonly name?: string
  readonly extra?: Extra
  /** Where the client wrote it, in its own words: `messages[2]`. */
  readonly at?: string
}

/** A function that the caller runs. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  /** JSON Schema of the arguments; absent means "no arguments". */
  readonly parameters?: JsonObject
  readonly strict?: boolean
  readonly cache?: CacheMark
  readonly extra?: Extra
  /** True where it joined in the middle of the conversation. Dialects that say so there leave it out of their list. */
  readonly joined?: boolean
}

/** A tool whose input is free text, optionally bound by a grammar. */
export interface TextTool {
  readonly type: 'text'
  readonly name: string
  readonly description?: string
  /** The grammar as the family wrote it. */
  readonly format?: JsonObject
  readonly cache?: CacheMark
  readonly extra?: Extra
}

/** A tool that the provider runs (web search, code execution, …). Only its own family understands it. */
export interface HostedTool {
  readonly type: 'hosted'
  readonly family: string
  /** The family's name of the tool, for example `web_search_20260209`. */
  readonly name: string
  readonly raw: JsonObject
  /** Where the client wrote it, in its own words: `tools[1]`. */
  readonly at?: string
  /** As of a function. */
  readonly joined?: boolean
  /** True where the client offers it by habit: where it cannot be told it is left out with a notice. */
  readonly optional?: true
}

export type Tool = FunctionTool | TextTool | HostedTool

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export interface ReasoningOptions {
  readonly effort?: Effort
  /** Upper bound of reasoning tokens. */
  readonly budgetTokens?: number
  /** `adaptive`: the model decides how much; `on` and `off` are explicit. Absent: the client did not say. */
  readonly mode?: 'on' | 'off' | 'adaptive'
  /** How much of the reasoning the client wants to read. */
  readonly show?: 'full' | 'summary' | 'omitted'
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly schema: JsonObject
      readonly name?: string
      readonly description?: string
      readonly strict?: boolean
    }

/**
 * The canonical chat request. Absence is meaningful: a decoder never fills in a default, an encoder owns
 * the defaults that its wire demands. Only what at least two dialects can say is a field; the rest is `extra`.
 */
export interface ChatRequest extends RequestSpine {
  readonly operation: 'chat'
  readonly turns: readonly Turn[]
  readonly bound?: readonly BoundContent[]
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  /** True when the client knows only the deprecated form of calls of its dialect, which holds one call and no id. */
  readonly legacyCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  /** Number of answers wanted; absent means one. */
  readonly choices?: number
  readonly logprobs?: { readonly top?: number }
  readonly logitBias?: Readonly<Record<string, number>>
  readonly reasoning?: ReasoningOptions
  readonly output?: OutputFormat
  readonly verbosity?: string
  /** Key under which the provider should keep its prompt cache. */
  readonly cacheKey?: string
  /** A request-wide cache mark ("cache what you can"). */
  readonly cache?: CacheMark
  readonly serviceTier?: string
  /** The end user as the client names them. */
  readonly user?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** True when the client of a stream asked to be told the usage; unary answers always tell it. */
  readonly wantsUsage: boolean
}
