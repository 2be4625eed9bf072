import { callerId } from '../../exchange/caller.ts'
import type { BesideStep } from '../../exchange/decision.ts'
import { requestFeatures, type Exchange } from '../../exchange/exchange.ts'
import { failureRow, isFailureCode, type FailureCode } from '../../exchange/failure-table.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { LoadView } from '../../exchange/load-view.ts'
import type { PaceTerms } from '../../exchange/pace-terms.ts'
import type { Target } from '../../exchange/target.ts'
import type { Clock } from '../../kit/clock.ts'
import { formatUsd, type NanoUsd } from '../../kit/money.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'
import type { ExtraAccount, ExtraStarts } from './extra-starts.ts'
import { paceOf } from './paces/all.ts'
import type { Pace } from './paces/pace.ts'
import type { Runner } from './runner.ts'

const METRICS = { race: 'gatehouse_races_total', hedge: 'gatehouse_hedges_total' } as const
const NANO_PER_USD = 1e9

/** What attempts beside others are bounded by and told to. */
export interface BesideParts {
  readonly extraStarts: ExtraStarts
  readonly load: LoadView
  readonly upperBound: UpperBound
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** The contest in which they are. */
export interface BesidePlace {
  readonly terms: PaceTerms
  readonly routeName: string
  /** Who runs at any time. */
  readonly running: readonly Runner[]
}

/** May the same be asked of two at once? What is created by being sent, or stands at one provider, must not be there twice. */
export function mayBeTwice(exchange: Exchange): boolean {
  const { request, held, state, requestOptions } = exchange
  if (operationOf(request).repeat === 'before-sending' || requestOptions.noFallback === true) return false
  if (held !== undefined || state?.store === 'asked') return false
  return !requestFeatures(exchange).hostedTools && (request.bearing?.toolRuns ?? 0) === 0
}

/**
 * The attempts of one exchange that are begun beside others: whether they may be, what became of them, and what they cost. The pace
 * says when, and the contest begins them.
 */
export class Beside {
  readonly pace: Pace
  readonly #parts: BesideParts
  readonly #exchange: Exchange
  readonly #terms: PaceTerms
  readonly #running: readonly Runner[]
  readonly #account: ExtraAccount
  readonly #routeName: string
  /** Ids of the attempts that were begun beside others, and since when the first of them runs. */
  readonly #begun = new Set<string>()
  #begunAtMs = 0
  #heldNanoUsd = 0n
  #lastHeldNanoUsd = 0n
  #wasDue = false
  /** How long a hedge has waited. */
  #waitedMs: number | undefined
  #hasFailed = false
  #refusal: Pick<BesideStep, 'outcome' | 'reason'> | undefined

  constructor(parts: BesideParts, exchange: Exchange, { terms, routeName, running }: BesidePlace) {
    this.#running = running
    this.#parts = parts
    this.#exchange = exchange
    this.#terms = terms
    this.#routeName = routeName
    this.#account = parts.extraStarts.open({
      route: routeName,
      caller: callerId(exchange.caller),
      terms,
      inputTokens: requestFeatures(exchange).inputTokens,
    })
    this.pace = paceOf(terms, () => this.#patienceMs())
    exchange.trail.onEnd({ onEnd: () => this.#learn() })
  }

  /** What attempts beside others are begun for. */
  get kind(): PaceTerms['kind'] {
    return this.#terms.kind
  }

  /** How long the attempt that runs has for its beginning; undefined where that is not known. */
  #patienceMs(): number | undefined {
    if (this.#terms.kind !== 'hedge') return undefined
    const { after } = this.#terms
    if ('ms' in after) return after.ms
    const target = this.#running[0]?.attempt.target
    // Of what comes whole, the beginning tells nothing: a long answer would be taken for a slow one.
    if (target === undefined || !this.#exchange.request.stream) return undefined
    const { inputTokens } = requestFeatures(this.#exchange)
    const ms = this.#parts.load.firstTokenQuantileMs(target.id, inputTokens, after.share)
    return ms === undefined ? undefined : Math.max(after.leastMs, ms)
  }

  /** An attempt is due beside those that run. */
  due(): void {
    if (this.#wasDue) return
    this.#wasDue = true
    this.#waitedMs = this.#patienceMs()
    if (this.#terms.kind === 'hedge') this.#account.sawFirst(true)
  }

  /** May a target be asked beside those that run? A refusal holds for the rest of the exchange. */
  grants(target: Target): boolean {
    if (this.#refusal !== undefined) return false
    const { upperBound } = this.#parts
    const grant = this.#account.ask(mostCost(upperBound, this.#exchange, target) ?? 0n)
    if (!grant.granted) {
      this.#refuse(grant.off)
      return false
    }
    this.#lastHeldNanoUsd = grant.heldNanoUsd
    return true
  }

  /** What was granted is not begun: the client has left, or his budgets have no room for it. */
  withdraw(): void {
    this.#account.withdraw(this.#lastHeldNanoUsd)
    if (!this.#exchange.signal.aborted) this.#refuse(undefined)
  }

  #refuse(reason: BesideStep['reason']): void {
    this.#refusal = reason === undefined ? { outcome: 'refused-by-budget' } : { outcome: 'off', reason }
  }

  /** What was granted was begun. */
  began(attemptId: string): void {
    if (this.#begun.size === 0) this.#begunAtMs = this.#parts.clock.elapsedMs()
    this.#begun.add(attemptId)
    this.#heldNanoUsd += this.#lastHeldNanoUsd
    this.#count('fired')
  }

  failed(): void {
    this.#hasFailed = true
  }

  /** The contest is over, and whoever lost is settled. Takes down what became of it. */
  over(winner: Runner | undefined): void {
    if (!this.#wasDue && !this.#hasFailed && this.#terms.kind === 'hedge') this.#account.sawFirst(false)
    if (this.#begun.size === 0) {
      if (this.#refusal !== undefined) this.#tell(this.#refusal)
      return
    }
    const hasWon = winner !== undefined && this.#begun.has(winner.attempt.id)
    if (winner !== undefined && this.#begun.size === 1) this.#compare(hasWon)
    const extraNanoUsd = this.#extraNanoUsd()
    this.#account.settle(this.#heldNanoUsd, extraNanoUsd)
    const startedMs = Math.round(this.#begunAtMs - this.#exchange.startedElapsedMs)
    const extraCostUsd = formatUsd(extraNanoUsd)
    if (winner === undefined) return this.#tell({ outcome: 'failed', startedMs, extraCostUsd })
    const outcome = hasWon ? 'won' : 'lost'
    this.#tell({ outcome, startedMs, winner: winner.attempt.target.id, extraCostUsd })
    const labels = { route: this.#routeName }
    this.#parts.telemetry.count('gatehouse_extra_cost_usd_total', labels, Number(extraNanoUsd) / NANO_PER_USD)
  }

  /** Was the second as slow as the first? Where that won before anybody could know, nothing is learned. */
  #compare(hasWon: boolean): void {
    if (this.#waitedMs === undefined) return
    const isSlow = this.#parts.clock.elapsedMs() - this.#begunAtMs > this.#waitedMs
    if (hasWon || isSlow) this.#account.sawSecond(isSlow)
  }

  #extraNanoUsd(): NanoUsd {
    let sum = 0n
    for (const { outcome, costNanoUsd } of this.#exchange.trail.attempts) {
      if (outcome === 'outrun') sum += costNanoUsd ?? 0n
    }
    return sum
  }

  #tell(facts: Omit<BesideStep, 'step'>): void {
    this.#exchange.trail.decide({ step: this.#terms.kind, ...facts })
    if (facts.outcome !== 'failed') this.#count(facts.outcome)
  }

  #count(outcome: string): void {
    this.#parts.telemetry.count(METRICS[this.#terms.kind], { route: this.#routeName, outcome })
  }

  /** The exchange is over: what its attempts came to. */
  #learn(): void {
    const { trail } = this.#exchange
    for (const { id, outcome, costNanoUsd } of trail.attempts) {
      if (outcome === 'ok') this.#account.sawAttempt(false)
      else if (isFailureCode(outcome) && outcome !== 'outrun') this.#account.sawAttempt(isFault(outcome))
      if (id === trail.servedAttemptId && costNanoUsd !== undefined) this.#account.paid(costNanoUsd)
    }
  }
}

function isFault(code: FailureCode): boolean {
  const { health } = failureRow(code)
  return health === 'fault' || health === 'unreachable'
}
