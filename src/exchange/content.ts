import type { JsonObject } from '../kit/json.ts'

/**
 * A family of wire languages that understand each other's opaque parts (`openai`, `anthropic`, …).
 * Each dialect declares its own; nothing outside a dialect's folder spells one out.
 */
export type Family = string

/** That of what was written here: no provider is of it, and all are told its words. */
export const HOUSE: Family = 'gatehouse'

/** Unknown wire fields kept for the family that sent them; re-emitted only towards the same family. */
export type Extra = Readonly<Record<Family, JsonObject>>

/** An opaque proof that a provider attaches to reasoning or calls and wants back byte for byte. */
export interface Signature {
  readonly family: Family
  /** The slot it came from, in the family's own words (for example `signature`). */
  readonly scheme: string
  readonly value: string
}

/** A hint that everything up to here may be cached by the provider. */
export interface CacheMark {
  /** Lifetime as the client wrote it, for example `5m` or `1h`; absent means the provider's default. */
  readonly ttl?: string
}

export interface Citation {
  readonly text?: string
  readonly url?: string
  readonly title?: string
  /** Offsets in UTF-16 code units of the cited answer text, end exclusive. */
  readonly start?: number
  readonly end?: number
  /** The citation as its family wrote it. */
  readonly extra?: Extra
}

/** Where the bytes of a media part are. */
export type MediaSource =
  | { readonly from: 'bytes'; readonly base64: string; readonly mediaType: string }
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'blocks'; readonly blocks: readonly Block[] }
  | { readonly from: 'file'; readonly family: Family; readonly fileId: string }

interface BlockBase {
  readonly cache?: CacheMark
  readonly extra?: Extra
  /** Where the client wrote it, in its own words, for refusals: `messages[0].content[1]`. Kept of what a target may not take. */
  readonly at?: string
}

export interface TextBlock extends BlockBase {
  readonly type: 'text'
  readonly text: string
  readonly citations?: readonly Citation[]
  readonly signature?: Signature
}

export interface MediaBlock extends BlockBase {
  readonly type: 'media'
  readonly kind: 'image' | 'audio' | 'video' | 'document'
  readonly source: MediaSource
  /** File name or title of a document. */
  readonly name?: string
  /** Background that the provider may read but not cite. */
  readonly context?: string
  /** Resolution wish for images: `auto`, `low`, `high`, `original`. */
  readonly detail?: string
  /** True when the client asked for citations of this document. */
  readonly cite?: boolean
}

/** A retrieved passage offered for answering and citing. */
export interface SearchResultBlock extends BlockBase {
  readonly type: 'search-result'
  readonly source: string
  readonly title: string
  readonly blocks: readonly Block[]
  readonly cite?: boolean
}

export interface ReasoningBlock extends BlockBase {
  readonly type: 'reasoning'
  readonly text: string
  /** `full` is the model's own text, `summary` a retelling, `hidden` only a signature. */
  readonly form: 'full' | 'summary' | 'hidden'
  readonly signature?: Signature
}

export interface ToolCallBlock extends BlockBase {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  /**
   * Raw text exactly as received: JSON for `json`, free text for `text`. Never re-serialised, so numbers keep their spelling.
   * `at` says where they stand.
   */
  readonly arguments: string
  readonly form: 'json' | 'text'
  readonly signature?: Signature
}

export interface ToolResultBlock extends BlockBase {
  readonly type: 'tool-result'
  readonly callId: string
  readonly isError: boolean
  readonly blocks: readonly Block[]
}

export interface RefusalBlock extends BlockBase {
  readonly type: 'refusal'
  readonly text: string
}

/** Traffic of hosted tools and other parts that only one family understands; carried whole or not at all. */
export interface NativeBlock extends BlockBase {
  readonly type: 'native'
  readonly family: Family
  readonly raw: JsonObject
  /**
   * What is told in its place to other families: words, or nothing (`''`) where the answer around it says what came of it. Absent:
   * it stands for content that cannot be told otherwise, and they refuse it.
   */
  readonly elsewhere?: string
}

/** Content of a request that stands outside its turns and that one family alone can say. It is never left out. */
export interface BoundContent {
  readonly family: Family
  /** Where the client wrote it, in its own words: `thread`, `messages[2].images`. */
  readonly field: string
  /** True where it stands for something that a provider keeps, such as an earlier conversation: that has to be one that does. */
  readonly kept: boolean
}

/** A piece of a turn. Closed: a new kind is added here and every `switch` over it then fails to compile. */
export type Block =
  | TextBlock
  | MediaBlock
  | SearchResultBlock
  | ReasoningBlock
  | ToolCallBlock
  | ToolResultBlock
  | RefusalBlock
  | NativeBlock
