import type { Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import type { GuardTerms, SplitUnit } from '../exchange/split.ts'
import type { Trail } from '../exchange/trail.ts'
import { goodOutcome, isProvidersFault } from './arm-outcome.ts'
import { bucketOf, unitOf, type Assignable } from './assignment.ts'
import { GuardWatch, type ArmFigures, type ArmOutcome } from './guard-watch.ts'

/** Under which of the two versions a request runs. */
export type TrialSide = 'in-force' | 'tried'

/** On what terms a version of the configuration is tried. */
export interface TrialTerms {
  /** Buckets. */
  readonly share: number
  readonly by: SplitUnit
  readonly guard: GuardTerms
}

/** What both sides did since the trial began in this process. */
export type TrialFigures = Readonly<Record<'inForce' | 'tried', ArmFigures>>

/** Divides requests between the version in force and one that is tried, and watches whether the latter does worse. */
export class VersionTrial {
  readonly #terms: TrialTerms
  readonly #salt: string
  readonly #onBreach: (verdict: string) => void
  readonly #watch: GuardWatch
  #isOver = false

  /** @param onBreach told once, in words, when it does worse than it may */
  constructor(terms: TrialTerms, version: number, onBreach: (verdict: string) => void) {
    this.#terms = terms
    this.#salt = `version ${version}`
    this.#onBreach = onBreach
    this.#watch = new GuardWatch(terms.guard)
  }

  /** Says who goes by the tried version: a hash, so that whoever does once does always. */
  takes(exchange: Assignable): boolean {
    return bucketOf(this.#salt, unitOf(exchange, this.#terms.by).id) < this.#terms.share
  }

  /** Hears how a request ended. */
  record(side: TrialSide, trail: Pick<Trail, 'firstEventMs' | 'costNanoUsd'>, failure?: Failure): void {
    if (failure === undefined) this.#add(side, goodOutcome(trail))
    else if (saysSomething(failure)) this.#add(side, { isError: true })
  }

  /** The tried version did not let in somebody whom the one in force lets in. */
  refused(failure: Failure): void {
    if (saysSomething(failure)) this.#add('tried', { isError: true })
  }

  get figures(): TrialFigures {
    return { inForce: this.#watch.rest, tried: this.#watch.canary }
  }

  #add(side: TrialSide, outcome: ArmOutcome): void {
    if (side === 'in-force') return this.#watch.addRest(outcome)
    this.#watch.addCanary(outcome)
    const verdict = this.#isOver ? undefined : this.#watch.breach()
    if (verdict === undefined) return
    this.#isOver = true
    this.#onBreach(verdict)
  }
}

/** What of the client's requests is refused because of what a configuration says. */
const CONFIGURED: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'project-missing',
  'model-not-found',
  'model-not-allowed',
  'outside-only',
  'unsupported-feature',
  'lossy-translation',
  'wish-unmet',
  'unpriced-model',
])

/** What of the gateway's failures has to do with its process, and nothing with what is configured. */
const OF_THE_PROCESS: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'overloaded',
  'shutting-down',
  'store-unavailable',
  'ledger-unavailable',
])

/** Spent budgets, limits, mistakes of clients and those who left say nothing of a configuration. */
function saysSomething(failure: Failure): boolean {
  const { code, row } = failure
  if (row.source === 'client') return CONFIGURED.has(code)
  return row.source === 'gateway' ? !OF_THE_PROCESS.has(code) : isProvidersFault(failure)
}
