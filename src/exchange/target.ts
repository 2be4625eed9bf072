import type { PicoUsd } from '../kit/money.ts'
import type { Secret } from '../kit/secret.ts'
import type { Cap } from './cap.ts'
import type { Effort } from './chat.ts'
import type { CircuitRules } from './circuit-rules.ts'
import type { Operation } from './operations/all.ts'
import type { LimitHeaders, LimitLeft } from './provider-limit.ts'
import type { UnitRate } from './units.ts'

/** One key of ours at a provider. */
export interface Credential {
  /** Stable and safe to print: `<provider>/<name>`. */
  readonly id: string
  readonly secret: Secret
  readonly weight: number
  /** What the operator says that the provider allows it, for whoever shares out what is left. */
  readonly limits?: readonly LimitLeft[]
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
  /** What it can be asked for. */
  readonly operations?: readonly Operation[]
  /** What question and answer share. */
  readonly contextTokens?: number
  /** The longest question, where that is less than the context. */
  readonly maxInputTokens?: number
  /** The longest answer, reasoning included. */
  readonly maxOutputTokens?: number
  /** Asked for, and held money for, where a client names no limit; absent: `DEFAULT_OUTPUT_TOKENS`, as far as the model goes. */
  readonly defaultOutputTokens?: number
  readonly tools?: boolean
  readonly vision?: boolean
  readonly documents?: boolean
  readonly audioInput?: boolean
  /** Can its answer be spoken? */
  readonly audioOutput?: boolean
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
  /** The shortest prompt that its provider caches; absent: `CACHED_FROM_TOKENS`. */
  readonly cachedFromTokens?: number
  /** How good its answers are, 0 to 1, as whoever runs the gateway holds them. */
  readonly quality?: number
  /** The day on which the provider retires it, `YYYY-MM-DD`. */
  readonly retiresOn?: string
  /** True where that is the earliest day on which it may be retired, and none is announced. */
  readonly retiresAtEarliest?: boolean
  /** The provider's name of the model that it recommends in its place. */
  readonly successor?: string
}

/** The shortest prompt that most providers cache. */
export const CACHED_FROM_TOKENS = 1_024

/** Output asked for, and held money for, where neither the client nor the operator says how much. */
export const DEFAULT_OUTPUT_TOKENS = 8_192

/** The limit that a model is given, and the money held for, where the client names none. */
export function unaskedOutput({ defaultOutputTokens, maxOutputTokens }: Capabilities): number {
  const wanted = defaultOutputTokens ?? DEFAULT_OUTPUT_TOKENS
  return maxOutputTokens === undefined ? wanted : Math.min(wanted, maxOutputTokens)
}

/** Pico-USD per unit (1 USD = 10^12). A unit without a price of its own is charged by the next rate that it names. */
export type Rates = Readonly<Record<PlainRate, PicoUsd>> & {
  readonly [R in Exclude<UnitRate, PlainRate>]?: PicoUsd
} & {
  /** Fixed price of one request. */
  readonly request?: PicoUsd
}

/** What every price has. */
type PlainRate = 'input' | 'output'

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

/**
 * Declared peculiarities of a provider's wire, as data that dialects obey. Each dialect adds those that it obeys, by name and type, in
 * its `quirks.ts`; for everybody else they are opaque. Absent means "as the dialect's reference does it".
 */
export interface Quirks {}

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

/** What a provider charges for a stream that the gateway hangs up on: what it sent until then, what it wrote until then, or all that it would have written. */
export type CancelBilling = 'stops' | 'bills-generated' | 'bills-whole'

/** Where an attempt can go: provider, credentials, model, with everything resolved by the plan. Data only. */
export interface Target {
  /** `<provider>/<model>`; unique within a plan. */
  readonly id: string
  readonly provider: string
  /** The provider's name of the model. */
  readonly model: string
  readonly region?: string
  /** For how long the provider keeps what it is sent, milliseconds; 0: not at all. Absent: nobody has said. */
  readonly retentionMs?: number
  /** What the provider may do with what it is sent. Absent: nobody has said. */
  readonly dataPolicy?: 'no-training' | 'training'
  /** Words of the operator for the provider. */
  readonly tags?: readonly string[]
  /** Targets with the same name here are slow, or away, when it is. Read as `incidentDomainOf`. */
  readonly incidentDomain?: string
  /** Absent: not known, which is taken for the whole answer. */
  readonly cancelled?: CancelBilling
  /** Best first; the client's own dialect is preferred when it is among them. */
  readonly spoken: readonly SpokenDialect[]
  readonly credentials: readonly Credential[]
  /** How the provider tells of its limits with each answer; absent: it is not known to. */
  readonly limitHeaders?: readonly LimitHeaders[]
  readonly timeouts: Timeouts
  readonly capabilities: Capabilities
  /** The announced day of its retirement, `YYYY-MM-DD`, where that is near or past. */
  readonly retiring?: string
  /** Absent: unpriced, which is a state and not zero. */
  readonly price?: Price
  /** When it is left alone, where that is not as for everybody. */
  readonly circuit?: CircuitRules
  /** How many attempts may be under way there at a time, by itself and together with others. Absent: any number. */
  readonly caps?: readonly Cap[]
  /** True for a target whose answers and prices are invented. */
  readonly simulated: boolean
}

/** The name under which its incidents go. */
export function incidentDomainOf({ incidentDomain, provider }: Target): string {
  return incidentDomain ?? provider
}

/** A request's wish to be served at another price. */
export interface TierRequest {
  /** The dialect of the client; only a provider that speaks it gets these words. */
  readonly dialect: string
  readonly words: readonly string[]
}

/**
 * What has no known price when a target serves a request: the model, or the tier of service that the request asks for by name.
 * Undefined when all of it has one.
 */
export function unpricedAt({ price, spoken }: Target, tier?: TierRequest): string | undefined {
  if (price === undefined) return 'the model'
  return tier === undefined ? undefined : unpricedTier(price, spoken, tier)
}

function unpricedTier(
  { serviceTiers }: Price,
  spoken: Target['spoken'],
  { dialect, words }: TierRequest,
): string | undefined {
  if (!spoken.some((one) => one.dialect === dialect)) return undefined
  const unknown = words.find((word) => word !== LEFT_OPEN && serviceTiers?.has(word) !== true)
  return unknown === undefined ? undefined : `the tier ${unknown}`
}

/** The word by which a request leaves the tier of service to the provider. */
export const LEFT_OPEN = 'auto'
