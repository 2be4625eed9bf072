import { clipText } from '../kit/plain-text.ts'
import type { Begun } from './begun.ts'
import type { BudgetUse } from './budget-use.ts'
import type { Caller } from './caller.ts'
import type { Constraint } from './constraint.ts'
import type { ConversationState, HeldConversation } from './conversation-state.ts'
import type { Envelope } from './envelope.ts'
import type { RequestFeatures } from './features.ts'
import type { Placeholders } from './guard.ts'
import type { NoticeList } from './notice.ts'
import { featuresOf, type ModelRequest } from './operations/all.ts'
import type { AskedBy } from './purpose.ts'
import type { Route } from './route.ts'
import type { Credential, TierRequest, Target } from './target.ts'
import type { Trail } from './trail.ts'
import { bodyLength, type WireBody } from './wire-body.ts'
import type { RequestOptions } from './request-options.ts'

/** The most bytes that UTF-8 takes for a unit of a string. */
const UTF8_BYTES = 3

const TIER_CHARACTERS = 40

/** The body as the client sent it, kept for the native lane. */
export type RawRequest = WireBody & {
  /** The request that was read from the bytes; they stand for no other. */
  readonly says: ModelRequest
  /** Where it came, without which the bytes cannot be read again; absent where nobody sent it. */
  readonly at?: RequestPlace
}

/** One of the endpoints of a codec, and the parameters of its path. */
export interface RequestPlace {
  readonly endpoint: string
  readonly params: Readonly<Record<string, string>>
}

/**
 * One client request on its way through the house. Policies extend it by copying; one that puts another request in the client's
 * place needs to do no more than that, because bytes (`clientBytes`) and features (`requestFeatures`) belong to a request.
 */
export interface Exchange {
  /** `req_…`; also the client's `x-request-id`. */
  readonly id: string
  /** Name of the client's dialect. */
  readonly dialect: string
  readonly request: ModelRequest
  /** What the client sent; absent where it was not a client who asked. To be passed on only as `clientBytes`. */
  readonly raw?: RawRequest
  readonly envelope: Envelope
  readonly requestOptions: RequestOptions
  /** Who is asking; nobody else gets as far as an exchange. */
  readonly caller: Caller
  readonly startedAtMs: number
  /** Start on the monotonic clock, milliseconds. */
  readonly startedElapsedMs: number
  /** Wall time after which nothing more is tried; finite from `permit` on. */
  readonly deadlineAtMs: number
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  readonly trail: Trail
  readonly planVersion: string
  /** Set where no client asked this, but the house on behalf of another exchange. */
  readonly asked?: AskedBy
  /** Set where the client may go on from answers that are stored. */
  readonly state?: ConversationState
  /** Set where a provider stores the conversation as well. */
  readonly held?: HeldConversation
  /** Set where an answer that broke off is gone on with: the request as it ends with the beginning of that answer, where that may be asked. */
  readonly continued?: { readonly prefilled?: ModelRequest }
  /** Set where values were masked in the request: what stands in their places. */
  readonly placeholders?: Placeholders
  /** Set where a guardrail has the client refused in the words of a model: what it is told. No model is asked. */
  readonly declined?: string
  /** True where the limits of its caller have let it through already. */
  readonly isLimited?: true
  /** Set by `permit`. */
  readonly route?: Route
  /** What every target must fulfil that it is sent to; nothing takes away from it. */
  readonly only?: readonly Constraint[]
  /** How far the budgets of the caller are used, narrowest owner first; set where the route goes by that. */
  readonly budgetUses?: readonly BudgetUse[]
}

/** An exchange whose route is known. */
export type RoutedExchange = Exchange & { readonly route: Route }

/**
 * The client's own bytes, where they say the request: they do not once a layer has put another one in its place.
 *
 * @param request what is asked, where that is not all of the exchange's own
 */
export function clientBytes(exchange: Exchange, request = exchange.request): RawRequest | undefined {
  return exchange.raw?.says === request ? exchange.raw : undefined
}

/** The length of a request in bytes: as the client sent it, else the most that it takes to write it. */
export function requestBytes(exchange: Exchange): number {
  const bytes = clientBytes(exchange)
  return bytes === undefined ? JSON.stringify(exchange.request).length * UTF8_BYTES : bodyLength(bytes)
}

/**
 * What an exchange's request needs. Worked out once, since limits, reservations, routing and metering all ask; and again where
 * a layer has put another request in the client's place.
 */
export function requestFeatures({ request, trail }: Exchange): RequestFeatures {
  if (trail.features === undefined || trail.featuresOf !== request) {
    trail.features = featuresOf(request)
    trail.featuresOf = request
  }
  return trail.features
}

/** The request's wish to be served at another price than the usual one; undefined when it has none. */
export function tierRequest({ request, dialect }: Exchange): TierRequest | undefined {
  const words = request.bearing?.serviceTiers
  return words === undefined ? undefined : { dialect, words: words.map(clipWord) }
}

/** No tier of any provider has a name as long as that. */
function clipWord(word: string): string {
  return clipText(word, TIER_CHARACTERS)
}

/**
 * What a target is asked by an exchange: all of its request, or no more than the client wrote where the target stores what stood
 * before it; or to go on with the beginning of an answer, where it is known to take one.
 */
export function requestTo({ exchange, target, credential }: Attempt): ModelRequest {
  const { request, held, continued } = exchange
  if (continued?.prefilled !== undefined && target.capabilities.prefill === true) return continued.prefilled
  const isHolder = held?.target === target.id && held.credential === credential.id
  return isHolder && held.resumed === request ? held.request : request
}

/** One call to one target. */
export interface Attempt {
  /** `att_…`; the primary key of the ledger. */
  readonly id: string
  /** 1 for the first of an exchange. */
  readonly ordinal: number
  readonly exchange: Exchange
  readonly target: Target
  readonly credential: Credential
  readonly deadlineAtMs: number
  /** What is changed or dropped on the way to the target and back; told to the client when this attempt answers. */
  readonly notices: NoticeList
  /** Aborted when the client leaves, or when this attempt is to be stopped alone. */
  readonly signal: AbortSignal
  /** True when a kept-alive connection just failed and a new one must be opened. */
  readonly freshConnection: boolean
  /** True when everything was resting and this target is tried although its circuit is open. */
  readonly lastResort: boolean
  /** True when most of the route rests and answers in part, so that this target is asked whether or not it rests. */
  readonly inPanic?: boolean | undefined
  /** Why it is begun. Absent: it is the first, and its answer is not looked at. */
  readonly begun?: Begun | undefined
}
