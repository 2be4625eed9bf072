import { callerId } from '../../exchange/caller.ts'
import { insistOn } from '../../exchange/constraint.ts'
import { requestFeatures, type Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import { wasNeverBegun } from '../../exchange/failure-table.ts'
import type { HealthView } from '../../exchange/health-view.ts'
import type { LoadView, RoomView } from '../../exchange/load-view.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Route } from '../../exchange/route.ts'
import type { Credential } from '../../exchange/target.ts'
import type { Random } from '../../kit/random.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Candidate } from '../../routing/choose.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { UpperBound } from '../most-cost.ts'
import { beginAttempt, type AttemptParts, type Start } from './begin-attempt.ts'
import { Beside, mayBeTwice } from './beside.ts'
import type { ExtraStarts } from './extra-starts.ts'
import { finalFailure } from './final-failure.ts'
import type { FailedAttempt, Judgement } from './judge.ts'
import { Leads, type LeadsParts } from './leads.ts'
import { Lineup } from './lineup.ts'
import type { ContestView, Pace } from './paces/pace.ts'
import { sequence } from './paces/sequence.ts'
import { Purse } from './purse.ts'
import type { RetryBudget } from './retry-budget.ts'
import { Rungs } from './rungs.ts'
import { firstToEnd, outrun, spentBy, type Runner } from './runner.ts'

/** What contests work with. */
export interface ContestParts extends AttemptParts {
  readonly upperBound: UpperBound
  readonly health: HealthView
  readonly load: LoadView & RoomView
  readonly retries: RetryBudget
  readonly extraStarts: ExtraStarts
  readonly random: Random
  readonly telemetry: Telemetry
}

/** Who was chosen for an exchange. */
export interface Chosen extends Pick<LeadsParts, 'chooseFor'> {
  readonly candidates: readonly Candidate[]
}

/** An exchange whose route is known. */
export type RoutedExchange = Exchange & { readonly route: Route }

/**
 * One exchange's attempts, and the only loop in the house. The pace says what is begun, the commit when an answer counts; the
 * first that counts has won. Those that run beside it are stopped and settled for what they may have used.
 */
export class Contest implements ContestView {
  readonly #parts: ContestParts
  readonly #exchange: RoutedExchange
  readonly #lineup: Lineup
  readonly #leads: Leads
  readonly #purse: Purse
  readonly #rungs: Rungs
  readonly #running: Runner[] = []
  /** Absent where attempts follow one another. */
  readonly #beside: Beside | undefined
  readonly #pace: Pace
  #failures: Failure[] | undefined
  /** Attempts in all. */
  #made = 0
  #hasStopped = false
  /** Whose failure is to be answered, and another credential of its target that could be tried now. */
  #lost: Runner | undefined
  #spare: Credential | undefined
  failed: FailedAttempt | undefined
  lastStartMs = 0

  /**
   * @param chosen who may be asked, in the order of trying, and who else where a failure leads to others
   */
  constructor(parts: ContestParts, exchange: RoutedExchange, chosen: Chosen) {
    this.#parts = parts
    this.#exchange = exchange
    const { upperBound, clock } = parts
    const { candidates, chooseFor } = chosen
    this.#lineup = new Lineup(
      parts,
      { id: callerId(exchange.caller), tokens: requestFeatures(exchange).inputTokens },
      candidates,
    )
    this.#leads = new Leads({ route: exchange.route, trail: exchange.trail, chooseFor })
    this.#purse = new Purse({
      upperBound,
      exchange,
      first: candidates[0]?.target,
      nowMs: () => clock.nowMs(),
    })
    this.#rungs = new Rungs(exchange.route.accept, this.#lineup)
    this.#beside = besideOf(parts, exchange, this.#running)
    this.#pace = this.#beside?.pace ?? sequence
  }

  get running(): number {
    return this.#running.length
  }

  get nowMs(): number {
    return this.#parts.clock.elapsedMs()
  }

  /** Gives the answer that won. Rejects with the most useful failure when all failed, with `client-gone` when the client left. */
  run(): Promise<ModelResponse> {
    return this.#beside === undefined ? this.#contend() : this.#contendBeside()
  }

  /** Nobody runs on where one broke off by a defect. */
  async #contendBeside(): Promise<ModelResponse> {
    try {
      return await this.#contend()
    } catch (thrown) {
      if (this.#running.length > 0) await outrun(this.#running)
      throw thrown
    }
  }

  async #contend(): Promise<ModelResponse> {
    const exchange = this.#exchange
    const first = this.#lineup.next()
    if (first !== undefined) this.#begin(first)
    for (;;) {
      const followed = this.#follow()
      const wakeAtMs = followed instanceof Promise ? await followed : followed
      if (this.#running.length === 0) break
      const runner = this.#only(wakeAtMs) ?? (await firstToEnd(this.#running, this.#parts.clock, wakeAtMs))
      if (runner === undefined) continue
      let response: ModelResponse
      try {
        response = await runner.answer
      } catch (thrown) {
        this.#fail(runner, toFailure(thrown))
        continue
      }
      exchange.trail.serve(runner.attempt)
      if (this.#running.length > 1) await outrun(this.#running.filter((other) => other !== runner))
      this.#beside?.over(runner)
      return response
    }
    this.#beside?.over(undefined)
    if (exchange.signal.aborted) throw new Failure('client-gone')
    const best = this.#rungs.best()
    if (best === undefined) throw finalFailure(this.#failures ?? [])
    exchange.trail.serve(best.attempt)
    return best.response
  }

  /** Does what the pace says, as long as it has something begun. Gives the time at which it wants to look again. */
  #follow(): MaybePromise<number | undefined> {
    if (this.#hasStopped) return undefined
    const move = this.#pace.decide(this)
    const { failed } = this
    this.failed = undefined
    if (move.action === 'wait') return move.untilMs
    if (failed === undefined) return this.#followBeside()
    const start = this.#next(move)
    this.#hasStopped = move.action === 'stop' || (start !== undefined && !this.#mayBegin(start, move, failed))
    return start === undefined || this.#hasStopped ? undefined : this.#followWith(start)
  }

  /**
   * @param beside set where it is to run beside others
   */
  #followWith(start: Start, beside?: Beside): MaybePromise<number | undefined> {
    return andThen(this.#isCovered(start), (isCovered) => {
      if (!isCovered || this.#exchange.signal.aborted) {
        beside?.withdraw()
        return undefined
      }
      const { attempt } = this.#begin(start, beside)
      beside?.began(attempt.id)
      return this.#follow()
    })
  }

  /** A further target beside those that run, where that may be; else they go on by themselves. */
  #followBeside(): MaybePromise<number | undefined> {
    const beside = this.#beside
    const start = this.#hasRoom() ? this.#lineup.nextApart(this.#running) : undefined
    beside?.due()
    if (start === undefined || beside?.grants(start.candidate.target) !== true) return undefined
    return this.#followWith(start, beside)
  }

  /** May it be paid for? Where not, the failure before it stands; those under way go on, and others may follow them. */
  #isCovered({ candidate }: Start): MaybePromise<boolean> {
    const running = this.#running.map(({ attempt }) => attempt.target)
    return this.#purse.covers(candidate.target, running)
  }

  /** May a further target be asked beside those that run? */
  #hasRoom(): boolean {
    return this.#lineup.left > 0 && this.#purse.attemptsLeft(this.#running.length) > 0
  }

  /** Is there an attempt left in the purse, and in the budget for what all exchanges add to the load of providers? */
  #mayBegin({ candidate, repeat }: Start, move: Judgement, { failure }: FailedAttempt): boolean {
    const { retries, telemetry } = this.#parts
    const { code } = failure
    const isFresh = repeat?.fresh === true
    let action: string = move.action
    if (!isFresh && !this.#purse.grants(candidate.target, this.#running.length)) action = 'refused-by-purse'
    // A call that was never made costs nothing, and a better answer is wanted, not more of the same.
    else if (
      !isFresh &&
      !wasNeverBegun(code) &&
      code !== 'answer-rejected' &&
      !retries.spend(callerId(this.#exchange.caller))
    )
      action = 'refused-by-retry-budget'
    telemetry.count('gatehouse_retries_total', { action, code })
    return action === move.action
  }

  /** What is to be begun; undefined when there is nothing to begin it with. */
  #next(move: Judgement): Start | undefined {
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
    return this.#running.length === 0 ? this.#lineup.next() : this.#lineup.nextApart(this.#running)
  }

  #begin(start: Start, beside?: Beside): Runner {
    const { repeat, candidate } = start
    insistOn(this.#exchange.only, candidate.target)
    this.#made += 1
    if (repeat === undefined) this.#lineup.advance()
    if (repeat?.fresh === true) this.#purse.uncount()
    const runner = beginAttempt(this.#parts, start, {
      exchange: this.#exchange,
      ordinal: this.#made,
      pace: this.#pace,
      begun: this.#rungs.begun(this.#made, repeat !== undefined, beside?.kind),
    })
    this.#running.push(runner)
    this.lastStartMs = runner.startsAtMs
    return runner
  }

  #only(wakeAtMs: number | undefined): Runner | undefined {
    return wakeAtMs === undefined && this.#running.length === 1 ? this.#running[0] : undefined
  }

  /** An attempt has failed: prepares what the pace is asked. */
  #fail(runner: Runner, failure: Failure): void {
    const exchange = this.#exchange
    const { health } = this.#parts
    const { attempt, retries } = runner
    this.#running.splice(this.#running.indexOf(runner), 1)
    this.#beside?.failed()
    this.#failures ??= []
    this.#failures.push(failure)
    if (!wasNeverBegun(failure.code)) this.#purse.count()
    this.#hasStopped ||= this.#rungs.lost(attempt, failure) || exchange.signal.aborted
    if (this.#hasStopped) return
    this.#lost = runner
    const { repeat } = operationOf(exchange.request)
    const noFallback = exchange.requestOptions.noFallback === true
    if (!noFallback && repeat !== 'before-sending') this.#leads.after(failure, attempt.target, this.#lineup)
    this.#spare = this.#lineup.credentialOf(attempt, spentBy(runner))
    this.failed = {
      failure,
      repeat,
      route: exchange.route,
      attemptsLeft: this.#purse.attemptsLeft(this.#running.length),
      remainingMs: this.#purse.remainingMs,
      noFallback,
      refreshed: attempt.freshConnection,
      retries,
      rests: health.targetRestsUntil(attempt.target.id, callerId(exchange.caller)) !== undefined,
      otherCredential: this.#spare !== undefined,
      targetsLeft: this.#lineup.left,
    }
  }
}

/** Absent where the route has attempts follow one another, and for what must not be asked twice at once. */
function besideOf(
  parts: ContestParts,
  exchange: RoutedExchange,
  running: readonly Runner[],
): Beside | undefined {
  const { pace: terms, name: routeName } = exchange.route
  if (terms === undefined || !mayBeTwice(exchange)) return undefined
  return new Beside(parts, exchange, { terms, routeName, running })
}
