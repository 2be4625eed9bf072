import type { NanoUsd, PicoUsd } from '../kit/money.ts'
import type { CacheWish } from './cache.ts'
import type { ContentMode } from './content-record.ts'
import type { Target } from './target.ts'

/** What the client asked of the gateway itself, from the body field or headers; permitted by `permit`. */
export interface RequestOptions {
  readonly strict?: boolean
  readonly timeoutMs?: number
  /** Turns fallback off: the first target or nothing. */
  readonly noFallback?: boolean
  readonly tags?: readonly string[]
  readonly session?: string
  readonly customer?: string
  /** The arm of a route's split or canary that is wanted, whoever asks. */
  readonly arm?: string
  /** The most that an attempt may cost; targets that may cost more are not asked. */
  readonly maxCostNanoUsd?: NanoUsd
  /** A limit of the answer that is lowered where no target could keep to the most otherwise. */
  readonly maxCostTrims?: boolean
  /** Targets of which it is known that they begin later are not asked. */
  readonly maxTtftMs?: number
  /** How good a model must be, 0 to 1; one of which nobody has said it is not asked. */
  readonly minQuality?: number
  /** Where the target must be; one of which that is not known is not asked. */
  readonly region?: string
  /** Who is to answer, among those that the route has. */
  readonly prefer?: Preferences
  /** How much of what is said may be kept; never more than the rules of the plan say. */
  readonly log?: ContentMode
  /** Whether an answer that is kept may be given, and for whom this one is kept. */
  readonly cache?: CacheWish
}

/** Whom a client would like to be answered by: providers by name, or targets as `provider/model`. */
export interface Preferences {
  /** Asked before the others, in this order. */
  readonly order?: readonly string[]
  /** Nobody else is asked. */
  readonly only?: readonly string[]
  /** Not asked. */
  readonly ignore?: readonly string[]
  /** False: the first of them or nobody. */
  readonly allowFallbacks?: boolean
  /** Nobody is asked whose tokens cost more. */
  readonly maxPrice?: { readonly input?: PicoUsd; readonly output?: PicoUsd }
}

/** Is a target meant by a name, which is that of its provider, or `provider/model`? */
export function isNamed({ provider, model }: Pick<Target, 'provider' | 'model'>, name: string): boolean {
  return name === provider || name === `${provider}/${model}`
}

/** The options by the names under which clients write them and keys permit them. */
export const OPTION_NAMES = {
  strict: 'strict',
  timeoutMs: 'timeout_ms',
  noFallback: 'no_fallback',
  tags: 'tags',
  session: 'session',
  customer: 'customer',
  arm: 'arm',
  maxCostNanoUsd: 'max_cost_usd',
  maxCostTrims: 'max_cost_trims',
  maxTtftMs: 'max_ttft_ms',
  minQuality: 'min_quality',
  region: 'region',
  prefer: 'prefer',
  log: 'log',
  cache: 'cache',
} as const satisfies Record<keyof RequestOptions, string>

export type OptionName = (typeof OPTION_NAMES)[keyof RequestOptions]
