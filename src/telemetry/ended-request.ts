import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { DecisionStep } from '../exchange/decision.ts'
import type { TraceContext } from '../exchange/trace-context.ts'
import type { NanoUsd } from '../kit/money.ts'

/** What is told of a request that is over. Plain facts: nothing of what was said, and no secrets. */
export interface EndedRequest {
  readonly id: string
  readonly trace: TraceContext
  readonly dialect: string
  readonly operation: string
  readonly path: string
  readonly stream: boolean
  readonly requestedModel: string
  readonly route?: string
  /** The target that answered. */
  readonly target?: string
  /** What the client named, or its headers tell. */
  readonly session?: string
  readonly tags: readonly string[]
  readonly client: string
  readonly keyName?: string
  readonly outcome: string
  readonly status: number
  readonly atMs: number
  readonly durationMs: number
  readonly upstreamMs: number
  readonly firstEventMs?: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costNanoUsd?: NanoUsd
  readonly savedNanoUsd?: NanoUsd
  /** What came of it at the cache. */
  readonly cache?: string
  readonly simulated: boolean
  readonly estimated: boolean
  /** Ids of whom it is counted for, by scope. */
  readonly owners: Readonly<Record<string, string | undefined>>
  readonly planVersion: string
  /** Set where the house asked on behalf of another request. */
  readonly purpose?: string
  readonly parentId?: string
  /** As clients are told of them: `param.dropped=seed; seal.foreign`. */
  readonly notices: string
  readonly attempts: readonly AttemptResult[]
  readonly steps: readonly DecisionStep[]
}

interface Money {
  readonly costNanoUsd?: NanoUsd
  readonly simulated: boolean
  readonly estimated: boolean
}

/** How good a figure of cost is: what was reported at a known price (`priced`), founded on an estimate, without a price, or invented. */
export function costState({ costNanoUsd, simulated, estimated }: Money): CostState {
  if (simulated) return 'simulated'
  if (costNanoUsd === undefined) return 'unpriced'
  return estimated ? 'estimated' : 'priced'
}

/** One of these. */
export type CostState = 'priced' | 'estimated' | 'unpriced' | 'simulated'
