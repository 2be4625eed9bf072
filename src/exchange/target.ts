import type { PicoUsd } from '../kit/money.ts'
import type { Secret } from '../kit/secret.ts'
import type { Effort } from './chat.ts'
import type { Operation } from './operations/all.ts'

/** One key of ours at a provider. */
export interface Credential {
  /** Stable and safe to print: `<provider>/<name>`. */
  readonly id: string
  readonly secret: Secret
  readonly weight: number
}

/** Upper bounds of one attempt, milliseconds. Always finite. */
export interface Timeouts {
  /** Until the connection stands, its TLS handshake included. */
  readonly connectMs: number
  /** Until the first semantic event of a stream. */
  readonly firstByteMs: number
  /** Between two semantic events of a stream. */
  readonly idleMs: number
  /** Silence of a whole answer: until it begins, and within it. */
  readonly silenceMs: number
  readonly totalMs: number
  /** What takes their place where the request asks the model to reason. */
  readonly reasoning?: Pick<Timeouts, 'firstByteMs' | 'idleMs'>
  /** True where `firstByteMs` is a guess, which may be stretched by what is measured of the target. */
  readonly elastic?: boolean
}

/** What a model can do, as far as known. `undefined` is "not known", which never excludes a target. */
export interface Capabilities {
  readonly contextTokens?: number
  readonly maxOutputTokens?: number
  readonly tools?: boolean
  readonly vision?: boolean
  readonly documents?: boolean
  readonly audioInput?: boolean
  readonly jsonSchema?: boolean
  /** Does it take temperature, top_p and the like? Some models do as long as they are not asked to reason. */
  readonly sampling?: boolean | 'unless-reasoning'
  /** May the last turn be the beginning of the answer? */
  readonly prefill?: boolean
  /** How it is told to reason. */
  readonly reasoning?: 'effort' | 'adaptive' | 'budget' | 'none'
  /** The efforts that it knows, from least to most. */
  readonly efforts?: readonly Effort[]
  /** Beside tools, some models take no effort by name (`unnamed`), others none but `none`. */
  readonly effortBesideTools?: 'any' | 'unnamed' | 'none'
  readonly midSystemTurns?: boolean
}

/** Pico-USD per unit (1 USD = 10^12). A bucket without a price of its own is charged as its plain sibling. */
export interface Rates {
  readonly input: PicoUsd
  readonly output: PicoUsd
  readonly cacheRead?: PicoUsd
  readonly cacheWrite?: PicoUsd
  readonly cacheWriteLong?: PicoUsd
  readonly inputAudio?: PicoUsd
  readonly outputAudio?: PicoUsd
  /** Where reasoning has a price of its own. */
  readonly reasoning?: PicoUsd
  readonly webSearch?: PicoUsd
  /** Fixed price of one request. */
  readonly request?: PicoUsd
}

/** What service costs that is not the usual one: a multiple of the usual price of every token, or rates of its own. */
export interface ServiceTier {
  readonly price:
    | { readonly times: readonly [numerator: bigint, denominator: bigint] }
    | { readonly rates: Rates }
  /** True when it is given only to requests that name it, and never to those that leave the choice to the provider. */
  readonly onlyAsked?: boolean
}

/** What a model costs. */
export interface Price extends Rates {
  /** Identifies the version of the price, for the ledger. */
  readonly id: string
  /**
   * Service at another price, by the word with which the provider tells that it was given (`priority`, `fast`, `us`). What is not
   * among them has no known price. Several that were given together are multiplied.
   */
  readonly serviceTiers?: ReadonlyMap<string, ServiceTier>
  /** Whole-request tiers: when the input exceeds `aboveInputTokens`, that tier's prices hold for everything. Ascending. */
  readonly tiers?: readonly {
    readonly aboveInputTokens: number
    readonly price: Rates
  }[]
  /** Invented, for the simulated provider; never summed with real money. */
  readonly simulated: boolean
}

/** Declared peculiarities of a provider's wire, as data that dialects obey. Absent means "as the dialect's reference does it". */
export interface Quirks {
  /** Request fields to leave out (with a notice), by wire name. */
  readonly dropParams?: readonly string[]
  /** Request fields to rename, by wire name. */
  readonly renameParams?: Readonly<Record<string, string>>
  /** Wire name of the output limit. */
  readonly maxTokensParam?: string
  /** `system` where the provider does not know the developer role. */
  readonly developerRole?: 'developer' | 'system'
  /** The field in which a message carries reasoning text. */
  readonly reasoningField?: string
  /** True where reasoning comes in the text, between `<think>` tags at its beginning. */
  readonly thinkTags?: boolean
  /** Which past reasoning must be sent back: none, on turns with tool calls (empty if unknown). */
  readonly echoReasoning?: 'never' | 'tool-calls'
  /** How reasoning effort is asked for. */
  readonly reasoningParam?: 'reasoning_effort' | 'thinking-type' | 'none'
  /** Is reasoning counted inside the reported output tokens? */
  readonly reasoningTokens?: 'inside' | 'outside'
  /** Are cache writes counted inside the reported input tokens, under this field? */
  readonly cacheWriteField?: string
  /** Ids of tool calls must match: characters and length. */
  readonly toolCallId?: {
    readonly pattern: 'any' | 'alphanumeric' | 'identifier'
    readonly length: number
    readonly exact?: boolean
  }
  /** Most characters of a tool's name. */
  readonly maxToolNameCharacters?: number
  /** Most characters of the name of the end user. */
  readonly maxUserCharacters?: number
  /**
   * `words` where a choice among tools is told by words alone and none by name, `unheard` where it is not listened to at all.
   */
  readonly toolChoice?: 'words' | 'unheard'
  /** `any` where the provider's word for `required` differs. */
  readonly toolChoiceRequired?: string
  /** False where the provider refuses `stream_options`. */
  readonly streamOptions?: boolean
  /** What the provider's structured output can do; `json-schema-only` refuses to be asked for any JSON object. */
  readonly structuredOutput?: 'json-schema' | 'json-schema-only' | 'json-object' | 'none'
  /** False where `strict` in tools is refused. */
  readonly strictTools?: boolean
  /** False where tools are refused altogether. */
  readonly tools?: boolean
  /** False where tools with free-text input are refused and must be told as functions of one string. */
  readonly textTools?: boolean
  /** False where text content must be a string instead of an array of parts. */
  readonly contentParts?: boolean
  /** Media types of images that are taken as bytes. */
  readonly imageTypes?: readonly string[]
  /** False where images must be inline bytes. */
  readonly imageUrls?: boolean
  /** True where turns must alternate. */
  readonly alternateTurns?: boolean
  /** Highest temperature. */
  readonly maxTemperature?: number
  /** Most stop sequences. */
  readonly maxStops?: number
  /** False when the provider's streams deviate from the dialect and are repaired instead of passed through. */
  readonly conformant?: boolean
  /** True where calls of a stream may share an index or have none: streams that can hold calls are repaired instead of passed through. */
  readonly sharedCallIndex?: boolean
  /** Operations of the dialect that the provider does not serve. */
  readonly lacks?: readonly Operation[]
  /** True where client attribution lines in the system prompt must reach the provider. */
  readonly keepAttribution?: boolean
  /** Fields of requests that stand for what the provider keeps, and that it knows: an earlier conversation, a store of files. */
  readonly keeps?: readonly string[]
  /** False where past reasoning without a seal is refused. */
  readonly unsealedReasoning?: boolean
}

/** Where a quirk shows: in requests that are written for the provider, or otherwise (in answers, in the choice of the lane). */
export const QUIRK_SIDES = {
  dropParams: 'request',
  renameParams: 'request',
  developerRole: 'request',
  reasoningField: 'other',
  thinkTags: 'other',
  echoReasoning: 'request',
  reasoningParam: 'request',
  reasoningTokens: 'other',
  cacheWriteField: 'other',
  toolChoice: 'request',
  toolChoiceRequired: 'request',
  // These are obeyed by requests that are passed on as well, or lose nothing there.
  maxTokensParam: 'other',
  toolCallId: 'other',
  maxToolNameCharacters: 'other',
  maxUserCharacters: 'other',
  imageTypes: 'other',
  streamOptions: 'other',
  keepAttribution: 'other',
  keeps: 'other',
  unsealedReasoning: 'other',
  structuredOutput: 'request',
  strictTools: 'request',
  tools: 'request',
  textTools: 'request',
  contentParts: 'request',
  imageUrls: 'request',
  alternateTurns: 'request',
  maxTemperature: 'request',
  maxStops: 'request',
  conformant: 'other',
  sharedCallIndex: 'other',
  lacks: 'other',
} as const satisfies Record<keyof Quirks, 'request' | 'other'>

/** A request that is complete but for the proof of who sends it. */
export interface UnsignedRequest {
  readonly method: string
  readonly url: string
  /** All that will be sent, lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string | undefined
}

/** Proves who sends a request by a signature over all of it, without the secret itself. */
export interface Signer {
  /** The headers to be added, lower case. */
  sign(request: UnsignedRequest, secret: string): Readonly<Record<string, string>>
}

/** How a credential is sent: in a header, behind a prefix, or as a signature. */
export type Authentication = { readonly header: string; readonly prefix: string } | Signer

/** A dialect as one provider speaks it. */
export interface SpokenDialect {
  readonly dialect: string
  /** Where: joined with the dialect's path for the operation. No trailing slash. */
  readonly baseUrl: string
  readonly auth: Authentication
  readonly headers: Readonly<Record<string, string>>
  readonly quirks: Quirks
}

/** Where an attempt can go: provider, credentials, model, with everything resolved by the plan. Data only. */
export interface Target {
  /** `<provider>/<model>`; unique within a plan. */
  readonly id: string
  readonly provider: string
  /** The provider's name of the model. */
  readonly model: string
  readonly region?: string
  /** Best first; the client's own dialect is preferred when it is among them. */
  readonly spoken: readonly SpokenDialect[]
  readonly credentials: readonly Credential[]
  readonly timeouts: Timeouts
  readonly capabilities: Capabilities
  /** Absent: unpriced, which is a state and not zero. */
  readonly price?: Price
  /** True for a target whose answers and prices are invented. */
  readonly simulated: boolean
}

/** A request's wish for service at another price. */
export interface ServiceWish {
  /** The dialect of the client; only a provider that speaks it gets these words. */
  readonly dialect: string
  readonly words: readonly string[]
}

/**
 * What has no known price when a target serves a request: the model, or the tier of service that the request asks for by name.
 * Undefined when all of it has one.
 */
export function unpricedAt({ price, spoken }: Target, wish?: ServiceWish): string | undefined {
  if (price === undefined) return 'the model'
  return wish === undefined ? undefined : unpricedTier(price, spoken, wish)
}

function unpricedTier(
  { serviceTiers }: Price,
  spoken: Target['spoken'],
  { dialect, words }: ServiceWish,
): string | undefined {
  if (!spoken.some((one) => one.dialect === dialect)) return undefined
  const unknown = words.find((word) => word !== LEFT_OPEN && serviceTiers?.has(word) !== true)
  return unknown === undefined ? undefined : `the tier ${unknown}`
}

/** The word by which a request leaves the tier of service to the provider. */
export const LEFT_OPEN = 'auto'
