import type { Begun } from '../../exchange/begun.ts'
import { callerId } from '../../exchange/caller.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import { wasNeverBegun } from '../../exchange/failure-table.ts'
import type { HealthView } from '../../exchange/health-view.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { PaceTerms } from '../../exchange/pace-terms.ts'
import type { Credential } from '../../exchange/target.ts'
import type { Random } from '../../kit/random.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Start } from './begin-attempt.ts'
import { finalFailure } from './final-failure.ts'
import type { FailedAttempt, Judgement } from './judge.ts'
import { Leads, type ChooseFor } from './leads.ts'
import type { Lineup } from './lineup.ts'
import type { Purse } from './purse.ts'
import type { RetryBudget } from './retry-budget.ts'
import { Rungs, type Spare } from './rungs.ts'
import { spentBy, type Runner } from './runner.ts'

/** What is gone on with after a failure. */
export interface RecoveryParts {
  readonly health: HealthView
  readonly retries: RetryBudget
  readonly random: Random
  readonly telemetry: Telemetry
}

/** The contest that goes on, or ends. */
export interface RecoveryPlace {
  readonly exchange: RoutedExchange
  readonly lineup: Lineup
  readonly purse: Purse
  readonly chooseFor: ChooseFor
  /** Whose attempts are under way, at any time. */
  readonly running: readonly Runner[]
}

/** What follows the failures of a contest: who may be asked next, how often, and what the client gets when nobody is left. */
export class Recovery {
  readonly #parts: RecoveryParts
  readonly #place: RecoveryPlace
  readonly #leads: Leads
  readonly #rungs: Rungs
  readonly #failures: Failure[] = []
  /** Whose failure is to be answered, and another credential of its target that could be tried now. */
  #lost: Runner | undefined
  #spare: Credential | undefined

  constructor(parts: RecoveryParts, place: RecoveryPlace) {
    this.#parts = parts
    this.#place = place
    const { exchange, lineup, chooseFor } = place
    this.#leads = new Leads({ route: exchange.route, trail: exchange.trail, chooseFor })
    this.#rungs = new Rungs(exchange.route.accept, lineup)
  }

  /** What an attempt is begun as, behind others or beside them. */
  begunAs(ordinal: number, { repeat }: Start, beside: PaceTerms['kind'] | undefined): Begun {
    const { continued } = this.#place.exchange
    if (continued !== undefined && repeat === undefined) return { for: 'continue' }
    return this.#rungs.begun(ordinal, repeat !== undefined, beside)
  }

  /** An attempt has failed, whatever follows. */
  count(failure: Failure): void {
    this.#failures.push(failure)
    if (!wasNeverBegun(failure.code)) this.#place.purse.count()
  }

  /** What is to follow? Gives what the pace is asked; undefined when nothing more is to be begun. */
  lost(runner: Runner, failure: Failure): FailedAttempt | undefined {
    const { exchange, lineup, purse, running } = this.#place
    const { attempt, retries } = runner
    if (this.#rungs.lost(attempt, failure) || exchange.signal.aborted) return undefined
    this.#lost = runner
    const { repeat } = operationOf(exchange.request)
    const noFallback = exchange.requestOptions.noFallback === true
    if (!noFallback && repeat !== 'before-sending') this.#leads.after(failure, attempt.target, lineup)
    this.#spare = lineup.credentialOf(attempt, spentBy(runner))
    const restsUntilMs = this.#parts.health.targetRestsUntil(attempt.target.id, callerId(exchange.caller))
    return {
      failure,
      repeat,
      route: exchange.route,
      attemptsLeft: purse.attemptsLeft(running.length),
      remainingMs: purse.remainingMs,
      noFallback,
      refreshed: attempt.freshConnection,
      retries,
      rests: restsUntilMs !== undefined,
      otherCredential: this.#spare !== undefined,
      targetsLeft: lineup.left,
    }
  }

  /** What a move begins; undefined when there is nothing to begin it with. */
  next(move: Judgement): Start | undefined {
    const lost = this.#lost
    if (lost === undefined || move.action === 'next-target') return this.#nextTarget()
    const { attempt: candidate, retries } = lost
    const { credential } = candidate
    const again = { before: lost, retries }
    switch (move.action) {
      case 'stop':
        return undefined
      case 'retry-fresh':
        return { candidate, credential, repeat: { ...again, fresh: true } }
      case 'next-credential':
        return this.#spare && { candidate, credential: this.#spare, repeat: again }
      case 'retry-after': {
        const waitMs = move.waitMs + this.#parts.random.next() * move.spreadMs
        return { candidate, credential, repeat: { before: lost, retries: retries + 1, waitMs } }
      }
    }
  }

  #nextTarget(): Start | undefined {
    const { lineup, running } = this.#place
    return running.length === 0 ? lineup.next() : lineup.nextApart(running)
  }

  /** Is there an attempt left in the purse, and in the budget for what all exchanges add to the load of providers? */
  mayBegin({ candidate, repeat }: Start, move: Judgement, { failure: { code } }: FailedAttempt): boolean {
    const { retries, telemetry } = this.#parts
    const { exchange, purse, running } = this.#place
    const isFresh = repeat?.fresh === true
    let action: string = move.action
    if (!isFresh && !purse.grants(candidate.target, running.length)) action = 'refused-by-purse'
    // A call that was never made costs nothing, and a better answer is wanted, not more of the same.
    else if (
      !isFresh &&
      !wasNeverBegun(code) &&
      code !== 'answer-rejected' &&
      !retries.spend(callerId(exchange.caller))
    )
      action = 'refused-by-retry-budget'
    telemetry.count('gatehouse_retries_total', { action, code })
    return action === move.action
  }

  /** The answer that is given when nothing better came. Throws the most useful failure where there is none. */
  leastBad(): Spare {
    const best = this.#rungs.best()
    if (best === undefined) throw finalFailure(this.#failures)
    return best
  }
}
