import type { JsonScan } from '../kit/json-scan.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Secret } from '../kit/secret.ts'
import type { Decision } from './decision.ts'
import type { Ending } from './ending.ts'
import { toFailure, type Failure } from './failure.ts'
import type { FailureCode } from './failure-table.ts'
import { featuresOf, type RequestFeatures } from './features.ts'
import { addNotice, type Notice } from './notice.ts'
import type { ModelRequest } from './operation.ts'
import type { Lane } from './response.ts'
import type { Credential, Target } from './target.ts'
import type { Usage } from './usage.ts'

/** Limits that hold for one owner of requests. Absent means unlimited. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly parallelRequests?: number
}

export type BudgetWindow = 'hour' | 'day' | 'week' | 'month' | 'total'

export interface Budget {
  readonly window: BudgetWindow
  readonly limitNanoUsd: NanoUsd
}

/** Somebody whose requests are limited and whose spending is counted: a key, a project. */
export interface Account {
  readonly scope: 'key' | 'project'
  readonly id: string
  readonly name: string
  readonly limits: RateLimits
  readonly budgets: readonly Budget[]
}

/** Who is asking, established by `authenticate`. */
export interface Caller {
  readonly keyId: string
  readonly keyName: string
  readonly project?: string
  /** Patterns (`openai/*`, `smart`) of models and routes that the key may use; absent means all. */
  readonly models?: readonly string[]
  /** Operations that the key may use; absent means all. */
  readonly operations?: readonly string[]
  /** Per-request wishes that the key may set. */
  readonly wishes: readonly string[]
  /** Narrowest first: the key itself, then its project. */
  readonly accounts: readonly Account[]
}

/** What the client asked of the gateway itself, from the body field or headers; permitted by `permit`. */
export interface Wishes {
  readonly strict?: boolean
  readonly timeoutMs?: number
  /** Turns fallback off: the first target or nothing. */
  readonly noFallback?: boolean
  readonly tags?: readonly string[]
  readonly session?: string
  readonly customer?: string
}

export interface RouteTarget {
  readonly target: Target
  readonly weight: number
}

/** A public model name and how a target is chosen for it. */
export interface Route {
  readonly name: string
  readonly strategy: 'ordered' | 'weighted'
  readonly targets: readonly RouteTarget[]
  /** Tried in order after `targets`. */
  readonly fallback: readonly RouteTarget[]
  /** Attempts in all, first included. */
  readonly maxAttempts: number
  /** Milliseconds for all attempts together. */
  readonly deadlineMs: number
  /** Failure codes that lead to the next target in addition to the table's own. */
  readonly alsoFailOver: readonly FailureCode[]
  readonly strict: boolean
  readonly unpriced: 'allow' | 'deny'
}

/** The request as the client sent it, kept for the native lane. */
export interface RawRequest {
  readonly body: Uint8Array
  /** Where the members of the body stand; found at the door, used again where the body is passed on. */
  readonly scan: JsonScan
  /** Headers of the client that the dialect forwards, lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export type AttemptOutcome = 'ok' | 'cancelled' | FailureCode

/** What became of one attempt; the ledger keeps it for ever, the trail for the length of the exchange. */
export interface AttemptResult {
  readonly id: string
  readonly target: string
  readonly credential: string
  readonly lane: Lane
  readonly outcome: AttemptOutcome
  /** The provider's HTTP status, when there was one. */
  readonly status?: number
  readonly durationMs: number
  /** Until the first semantic event. */
  readonly firstEventMs?: number
  readonly usage?: Usage
  /** Absent: unpriced. */
  readonly costNanoUsd?: NanoUsd
  readonly simulated: boolean
}

const NO_HEADERS: Readonly<Record<string, string>> = {}

/**
 * What happened to an exchange so far. The one thing in it that grows; everything else is replaced by copying.
 */
export class Trail {
  readonly notices: Notice[] = []
  readonly attempts: AttemptResult[] = []
  decision?: Decision
  /** Who is asking, once known: the layers outside of `authenticate` hold an older copy of the exchange. */
  caller?: Caller
  /** Name of the route, once known. */
  route?: string
  /** The target that answers, once known. */
  served?: Target
  /** Id of the attempt that answers; in `attempts` only when it is over. */
  servedAttemptId?: string
  /** Milliseconds spent waiting for providers. */
  upstreamMs = 0
  /** Milliseconds from the start until the first semantic event was handed on. */
  firstEventMs?: number
  /** Rate-limit headers that describe the gateway's own limits. */
  limitHeaders: Readonly<Record<string, string>> = NO_HEADERS
  /** Kept by `requestFeatures`. */
  features?: RequestFeatures
  /** What broke the exchange or cut it short, once it is over. */
  endedBy?: Failure
  readonly #endings: Ending[] = []

  /** Asks to be told when the exchange is over. Whoever asked last is told first: layers end in the order of an onion. */
  atEnd(ending: Ending): void {
    this.#endings.push(ending)
  }

  /**
   * The exchange is over: tells everybody who asked, once. One that throws does not keep the others from being told.
   *
   * @param failure what broke it or cut it short; absent after a complete answer
   */
  end(failure?: Failure): void {
    if (failure !== undefined) this.endedBy ??= failure
    let thrown: unknown
    for (let ending = this.#endings.pop(); ending !== undefined; ending = this.#endings.pop()) {
      try {
        ending.ended(failure)
      } catch (error) {
        thrown ??= error
      }
    }
    if (thrown !== undefined) throw toFailure(thrown)
  }

  note(notice: Notice): void {
    addNotice(this.notices, notice)
  }

  /**
   * Is the money of the exchange invented? Only where no real target was charged: the two are never summed, and real money is
   * never hidden behind the other.
   */
  isSimulated(): boolean {
    let isSimulated = false
    for (const { usage, simulated } of this.attempts) {
      if (usage !== undefined && !simulated) return false
      isSimulated ||= simulated
    }
    return isSimulated
  }

  /** Sum of what the attempts cost, of one kind of money; undefined when one of them was used and has no price. */
  costNanoUsd(): NanoUsd | undefined {
    const isSimulated = this.isSimulated()
    let sum = 0n
    for (const { usage, costNanoUsd, simulated } of this.attempts) {
      if (usage === undefined || simulated !== isSimulated) continue
      if (costNanoUsd === undefined) return undefined
      sum += costNanoUsd
    }
    return sum
  }
}

/** One client request on its way through the house. Policies extend it by copying. */
export interface Exchange {
  /** `req_…`; also the client's `x-request-id`. */
  readonly id: string
  /** Name of the client's dialect. */
  readonly dialect: string
  readonly request: ModelRequest
  readonly raw: RawRequest
  readonly wishes: Wishes
  /** The key as presented; only `authenticate` reveals it. */
  readonly presentedKey?: Secret
  readonly startedAtMs: number
  /** Start on the monotonic clock, milliseconds. */
  readonly startedElapsedMs: number
  /** Wall time after which nothing more is tried. */
  readonly deadlineAtMs: number
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  readonly trail: Trail
  readonly planVersion: string
  /** Set by `authenticate`. */
  readonly caller?: Caller
  /** Set by `permit`. */
  readonly route?: Route
}

/** What an exchange's request needs. Worked out once, since limits, reservations, routing and metering all ask. */
export function requestFeatures({ request, trail }: Exchange): RequestFeatures {
  trail.features ??= featuresOf(request)
  return trail.features
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
  /** Aborted when the client leaves or the attempt times out. */
  readonly signal: AbortSignal
  /** True when a kept-alive connection just failed and a new one must be opened. */
  readonly freshConnection: boolean
  /** True when everything was resting and this target is tried although its circuit is open. */
  readonly lastResort?: boolean
}

/** An attempt in the list that clients and logs get to see: by the provider's status, or by its outcome where that says more. */
export function attemptSummary({ target, status, outcome, durationMs }: AttemptResult): string {
  const hidden = outcome !== 'ok' && status !== undefined && status < 400
  return `${target}=${hidden ? outcome : (status ?? outcome)}/${Math.round(durationMs)}ms`
}

/** What an attempt's failure is called in the list; kept here so that all policies spell it the same. */
export function outcomeOf(failure: Failure): AttemptOutcome {
  return failure.code === 'client-gone' ? 'cancelled' : failure.code
}
