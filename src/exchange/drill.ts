import type { NanoUsd } from '../kit/money.ts'
import type { Schedule } from '../kit/cron.ts'

/** What can be rehearsed, and what it means. `at` says whom it strikes: a provider that is asked, or the house itself. */
export const DRILL_FAULTS = {
  outage: { at: 'provider', means: 'Nobody is there: every connection is refused.', takes: [] },
  '429-storm': {
    at: 'provider',
    means: 'Every request is refused with 429, and told when to come again.',
    takes: ['retry_after'],
  },
  malformed: { at: 'provider', means: 'Answers begin with what is no JSON.', takes: [] },
  empty: { at: 'provider', means: 'Status 200 and nothing behind it.', takes: [] },
  cut: {
    at: 'provider',
    means:
      'Answers end in their middle: for a client who has seen half of a stream no other provider can help.',
    takes: ['after_tokens'],
  },
  'slow-first-token': { at: 'provider', means: 'The first token comes late.', takes: ['delay'] },
  'slow-tokens': { at: 'provider', means: 'Tokens come slowly.', takes: ['tokens_per_second'] },
  'revoked-credential': { at: 'provider', means: 'The credential is refused with 401.', takes: [] },
  'budget-cap': {
    at: 'house',
    means: 'Whoever asks has a budget that is spent, or of so much.',
    takes: ['usd'],
  },
  'store-down': { at: 'house', means: 'The store takes no rows; they wait in the journal.', takes: [] },
} as const satisfies Record<string, DrillFaultFacts>

/** What is known of a kind of fault. */
export interface DrillFaultFacts {
  readonly at: 'provider' | 'house'
  readonly means: string
  /** What may be said of it besides how long it lasts. */
  readonly takes: readonly (keyof DrillFaultTerms)[]
}

export type DrillFaultKind = keyof typeof DRILL_FAULTS

/** Every kind of fault. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a closed table
export const DRILL_FAULT_KINDS = Object.keys(DRILL_FAULTS) as DrillFaultKind[]

/** How a fault is, in the words of the file. */
export interface DrillFaultTerms {
  /** Seconds after which a refused caller may come again. */
  readonly retry_after: number
  /** Tokens that are said before an answer is cut. */
  readonly after_tokens: number
  /** Until the first token, milliseconds. */
  readonly delay: number
  readonly tokens_per_second: number
  /** What may still be spent. */
  readonly usd: NanoUsd
}

/** A fault that a drill brings about. */
export interface DrillFault extends DrillFaultTerms {
  readonly kind: DrillFaultKind
  /** Whom it strikes; what is absent holds for any. */
  readonly provider?: string
  /** Id: `<provider>/<name>`. */
  readonly credential?: string
  /** The provider's name of the model. */
  readonly model?: string
  /** How long, milliseconds; absent: to the end of the drill. */
  readonly forMs?: number
}

/** A bound that a measured figure must keep, as written and as read. */
export interface DrillBound {
  readonly text: string
  readonly comparison: '<' | '<=' | '>' | '>='
  readonly value: number
}

/** What must hold of every route that is rehearsed. */
export interface DrillExpectations {
  /** Share of the requests that were answered whole, 0 to 1. */
  readonly success?: DrillBound
  /** What the fault adds to the time of a whole answer, 95th percentile, milliseconds. */
  readonly p95AddedMs?: DrillBound
  /** What the answers cost, as a multiple of what they cost without the fault. */
  readonly costTimes?: DrillBound
  /** The status of every answer is among these. */
  readonly statuses?: readonly number[]
  /** Every answer is given by one of these: providers, or targets as `provider/model`. */
  readonly servedBy?: readonly string[]
}

/** A rehearsed outage: what breaks, who asks meanwhile, and what must come of it. */
export interface Drill {
  readonly name: string
  readonly description?: string
  /** When the gateway runs it by itself; absent: only when asked to. */
  readonly schedule?: Schedule
  /** Names that a client may ask for; `all`: every route and alias. */
  readonly routes: 'all' | readonly string[]
  readonly faults: readonly DrillFault[]
  /** Invented requests, or such as were asked last. */
  readonly traffic: 'invented' | 'mirrored'
  /** For each route. */
  readonly requests: number
  /** How invented requests want their answers. */
  readonly stream: 'mixed' | 'always' | 'never'
  /** The declared key for which it asks; absent: one that may do everything. */
  readonly key?: string
  readonly expect: DrillExpectations
}
