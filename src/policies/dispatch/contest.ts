import { callerId } from '../../exchange/caller.ts'
import { insistOn } from '../../exchange/constraint.ts'
import { requestFeatures, type RoutedExchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { LoadView, RoomView } from '../../exchange/load-view.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Candidate } from '../../routing/choice.ts'
import type { UpperBound } from '../most-cost.ts'
import { beginAttempt, type AttemptParts, type Start } from './begin-attempt.ts'
import { Beside, mayBeTwice } from './beside.ts'
import type { ExtraStarts } from './extra-starts.ts'
import type { FailedAttempt } from './judge.ts'
import type { ChooseFor } from './leads.ts'
import { Lineup } from './lineup.ts'
import type { ContestView, Pace } from './paces/pace.ts'
import { sequence } from './paces/sequence.ts'
import { Purse } from './purse.ts'
import { Recovery, type RecoveryParts, type RecoveryPlace } from './recovery.ts'
import { firstToEnd, outrun, type Runner } from './runner.ts'

/** What contests work with. */
export interface ContestParts extends AttemptParts, RecoveryParts {
  readonly upperBound: UpperBound
  readonly load: LoadView & RoomView
  readonly extraStarts: ExtraStarts
}

/** Who was chosen for an exchange. */
export interface Chosen {
  /** Who may be asked, in the order of trying. */
  readonly candidates: readonly Candidate[]
  readonly chooseFor: ChooseFor
  /** What an earlier contest has left, where this one goes on with its answer. */
  readonly after?: Spent
}

/** What attempts have used up: a purse, and how many there were. */
export interface Spent {
  readonly purse: Purse
  readonly made: number
}

/**
 * One exchange's attempts, and the only loop in the house. The pace says what is begun, the commit when an answer counts; the
 * first that counts has won. Those that run beside it are stopped and settled for what they may have used.
 */
export class Contest implements ContestView {
  readonly #parts: ContestParts
  readonly #exchange: RoutedExchange
  readonly #chosen: Chosen
  readonly #lineup: Lineup
  readonly #running: Runner[] = []
  /** Absent where attempts follow one another. */
  readonly #beside: Beside | undefined
  readonly #pace: Pace
  /** Both made when they are asked for: most exchanges need one attempt. */
  #purse: Purse | undefined
  #recovery: Recovery | undefined
  /** Attempts in all. */
  #made: number
  #hasStopped = false
  failed: FailedAttempt | undefined
  lastStartMs = 0

  constructor(parts: ContestParts, exchange: RoutedExchange, chosen: Chosen) {
    this.#parts = parts
    this.#exchange = exchange
    this.#chosen = chosen
    this.#made = chosen.after?.made ?? 0
    this.#purse = chosen.after?.purse
    const caller = { id: callerId(exchange.caller), tokens: requestFeatures(exchange).inputTokens }
    this.#lineup = new Lineup(parts, caller, chosen.candidates)
    this.#beside = besideOf(parts, exchange, this.#running)
    this.#pace = this.#beside?.pace ?? sequence
  }

  /** What is left when it is over, for another that goes on with its answer. */
  get spent(): Spent {
    return { purse: this.#openPurse(), made: this.#made }
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
      if (this.#running.length > 1) await outrun(othersThan(runner, this.#running))
      this.#beside?.over(runner)
      return response
    }
    this.#beside?.over(undefined)
    if (exchange.signal.aborted) throw new Failure('client-gone')
    if (this.#recovery === undefined) throw new Failure('no-candidate')
    const best = this.#recovery.leastBad()
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
    const recovery = this.#recovery
    if (failed === undefined || recovery === undefined) return this.#followBeside()
    const start = recovery.next(move)
    this.#hasStopped =
      move.action === 'stop' || (start !== undefined && !recovery.mayBegin(start, move, failed))
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
    return this.#openPurse().covers(candidate.target, running)
  }

  /** May a further target be asked beside those that run? */
  #hasRoom(): boolean {
    return this.#lineup.left > 0 && this.#openPurse().attemptsLeft(this.#running.length) > 0
  }

  #begin(start: Start, beside?: Beside): Runner {
    const { repeat, candidate } = start
    insistOn(this.#exchange.only, candidate.target)
    this.#made += 1
    if (repeat === undefined) this.#lineup.advance()
    if (repeat?.fresh === true) this.#openPurse().uncount()
    const runner = beginAttempt(this.#parts, start, {
      exchange: this.#exchange,
      ordinal: this.#made,
      pace: this.#pace,
      begun: this.#beginsPlainly() ? undefined : this.#open().begunAs(this.#made, start, beside?.kind),
    })
    this.#running.push(runner)
    this.lastStartMs = runner.startsAtMs
    return runner
  }

  /** Is it the first of a contest in which no answers are looked at, as most are? */
  #beginsPlainly(): boolean {
    return this.#made === 1 && this.#exchange.route.accept === undefined
  }

  #only(wakeAtMs: number | undefined): Runner | undefined {
    return wakeAtMs === undefined && this.#running.length === 1 ? this.#running[0] : undefined
  }

  /** An attempt has failed: prepares what the pace is asked. */
  #fail(runner: Runner, failure: Failure): void {
    this.#running.splice(this.#running.indexOf(runner), 1)
    this.#beside?.failed()
    const recovery = this.#open()
    recovery.count(failure)
    if (this.#hasStopped) return
    this.failed = recovery.lost(runner, failure)
    this.#hasStopped = this.failed === undefined
  }

  #openPurse(): Purse {
    const { upperBound, clock } = this.#parts
    const first = this.#chosen.candidates[0]?.target
    return (this.#purse ??= new Purse({ upperBound, exchange: this.#exchange, first, clock }))
  }

  #open(): Recovery {
    return (this.#recovery ??= openRecovery(this.#parts, this.#chosen, {
      exchange: this.#exchange,
      lineup: this.#lineup,
      purse: this.#openPurse(),
      running: this.#running,
    }))
  }
}

function openRecovery(
  parts: RecoveryParts,
  chosen: Chosen,
  place: Omit<RecoveryPlace, 'chooseFor'>,
): Recovery {
  return new Recovery(parts, { ...place, chooseFor: (led) => chosen.chooseFor(led) })
}

function othersThan(winner: Runner, running: readonly Runner[]): readonly Runner[] {
  return running.filter((other) => other !== winner)
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
