import { callerId } from '../../exchange/caller.ts'
import type { Attempt, Exchange } from '../../exchange/exchange.ts'
import { abortFailure, Failure, toFailure } from '../../exchange/failure.ts'
import type { HealthView } from '../../exchange/health-view.ts'
import { NoticeList } from '../../exchange/notice.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Route } from '../../exchange/route.ts'
import type { Credential, Target } from '../../exchange/target.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Random } from '../../kit/random.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Candidate } from '../../routing/choose.ts'
import { pickCredential } from '../../routing/pick-credential.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { UpperBound } from '../most-cost.ts'
import type { HandleAttempt } from '../policy.ts'
import { commitFor } from './commit.ts'
import { finalFailure } from './final-failure.ts'
import type { FailedAttempt, Judgement } from './judge.ts'
import { paceOf } from './paces/all.ts'
import type { ContestView, Pace } from './paces/pace.ts'
import { pause } from './pause.ts'
import { Purse } from './purse.ts'
import type { RetryBudget } from './retry-budget.ts'
import { firstToEnd, ignore, outrun, spentBy, type Runner } from './runner.ts'

/** Added to a wait, so that waiting clients do not come back in step. */
const WAIT_JITTER_MS = 200

/** What contests work with. */
export interface ContestParts {
  /** The inner onion with the provider at its heart. */
  readonly call: HandleAttempt
  readonly upperBound: UpperBound
  readonly health: HealthView
  readonly retries: RetryBudget
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** An exchange whose route is known. */
export type RoutedExchange = Exchange & { readonly route: Route }

/** An attempt that is to be begun. */
interface Start {
  readonly candidate: Candidate
  readonly credential: Credential
  readonly repeat?: Repeat
}

/** What is different when a target is asked again. */
interface Repeat {
  /** The attempt at the same target before it. */
  readonly before: Runner
  /** How often the target was asked again after a wait. */
  readonly retries: number
  /** Must a new connection be opened? */
  readonly fresh?: boolean
  readonly waitMs?: number
}

/**
 * One exchange's attempts, and the only loop in the house. The pace says what is begun, the commit when an answer counts; the
 * first that counts has won. Those that run beside it are stopped and settled for what they may have used.
 */
export class Contest implements ContestView {
  readonly #parts: ContestParts
  readonly #exchange: RoutedExchange
  readonly #candidates: readonly Candidate[]
  readonly #pace: Pace
  readonly #purse: Purse
  readonly #running: Runner[] = []
  #failures: Failure[] | undefined
  /** The first candidate whose turn has not come. */
  #position = 0
  /** Attempts in all. */
  #made = 0
  #hasStopped = false
  /** Whose failure is to be answered, and another credential of its target that could be tried now. */
  #lost: Runner | undefined
  #spare: Credential | undefined
  failed: FailedAttempt | undefined
  lastStartMs = 0

  /**
   * @param candidates who may be asked, in the order of trying
   */
  constructor(parts: ContestParts, exchange: RoutedExchange, candidates: readonly Candidate[]) {
    this.#parts = parts
    this.#exchange = exchange
    this.#candidates = candidates
    this.#pace = paceOf(exchange.route.pace)
    const { upperBound, clock } = parts
    this.#purse = new Purse({
      upperBound,
      exchange,
      first: candidates[0]?.target,
      nowMs: () => clock.nowMs(),
    })
  }

  get running(): number {
    return this.#running.length
  }

  get nowMs(): number {
    return this.#parts.clock.elapsedMs()
  }

  /** Gives the answer that won. Rejects with the most useful failure when all failed, with `client-gone` when the client left. */
  async run(): Promise<ModelResponse> {
    const exchange = this.#exchange
    const first = this.#nextTarget()
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
      return response
    }
    if (exchange.signal.aborted) throw new Failure('client-gone')
    throw finalFailure(this.#failures ?? [])
  }

  /** Does what the pace says, as long as it has something begun. Gives the time at which it wants to look again. */
  #follow(): MaybePromise<number | undefined> {
    if (this.#hasStopped) return undefined
    const move = this.#pace.decide(this)
    const { failed } = this
    this.failed = undefined
    if (move.action === 'wait') return move.untilMs
    if (failed === undefined && !this.#hasRoom()) return undefined
    const start = this.#next(move)
    this.#hasStopped = move.action === 'stop' || (start !== undefined && !this.#mayBegin(start, move, failed))
    return start === undefined || this.#hasStopped ? undefined : this.#followWith(start)
  }

  #followWith(start: Start): MaybePromise<number | undefined> {
    return andThen(this.#isCovered(start), (isCovered) => {
      if (!isCovered || this.#exchange.signal.aborted) return undefined
      this.#begin(start)
      return this.#follow()
    })
  }

  /** May it be paid for? Where not, the failure before it stands; those under way go on, and others may follow them. */
  #isCovered({ candidate }: Start): MaybePromise<boolean> {
    const running = this.#running.map(({ attempt }) => attempt.target)
    return this.#purse.covers(candidate.target, running)
  }

  /** May a further target be asked beside those that run? Never with what must not be sent twice. */
  #hasRoom(): boolean {
    const { request, requestOptions } = this.#exchange
    const isLeft = this.#position < this.#candidates.length && requestOptions.noFallback !== true
    if (operationOf(request).repeat === 'before-sending') return false
    return isLeft && this.#purse.attemptsLeft(this.#running.length) > 0
  }

  /** Is there an attempt left in the purse, and in the budget for what all exchanges add to the load of providers? */
  #mayBegin({ candidate, repeat }: Start, move: Judgement, failed: FailedAttempt | undefined): boolean {
    const { retries, telemetry } = this.#parts
    const code = failed?.failure.code ?? 'none'
    const isFresh = repeat?.fresh === true
    let action: string = move.action
    if (!isFresh && !this.#purse.grants(candidate.target, this.#running.length)) action = 'refused-by-purse'
    // A call that was never made costs nothing.
    else if (!isFresh && code !== 'circuit-open' && !retries.spend(callerId(this.#exchange.caller)))
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
        const waitMs = move.waitMs + this.#parts.random.next() * WAIT_JITTER_MS
        return { candidate, credential, repeat: { before: lost, retries: retries + 1, waitMs } }
      }
    }
  }

  /** The next candidate that has a credential. Its turn has come when it is begun. */
  #nextTarget(): Start | undefined {
    for (; this.#position < this.#candidates.length; this.#position += 1) {
      const candidate = this.#candidates[this.#position]
      const credential = candidate === undefined ? undefined : this.#pickCredential(candidate, NONE)
      if (candidate !== undefined && credential !== undefined) return { candidate, credential }
    }
    return undefined
  }

  #pickCredential({ target, lastResort }: Candidate, spent: readonly string[]): Credential | undefined {
    const { health, random } = this.#parts
    const caller = callerId(this.#exchange.caller)
    return pickCredential({ target, health, random, caller, spent, lastResort })
  }

  #begin({ candidate, credential, repeat }: Start): void {
    const { call, clock, ids } = this.#parts
    const exchange = this.#exchange
    const { target, lastResort } = candidate
    const { waitMs = 0, fresh = false, retries = 0, before } = repeat ?? FIRST
    const { overlaps } = this.#pace
    const abort = overlaps ? new AbortController() : undefined
    this.#made += 1
    if (repeat === undefined) this.#position += 1
    if (fresh) this.#purse.uncount()
    const attempt: Attempt = {
      id: ids.mint('att'),
      ordinal: this.#made,
      exchange,
      target,
      credential,
      deadlineAtMs: Math.min(exchange.deadlineAtMs, clock.nowMs() + waitMs + target.timeouts.totalMs),
      notices: noticesAbout(target),
      signal: abort === undefined ? exchange.signal : AbortSignal.any([exchange.signal, abort.signal]),
      freshConnection: fresh,
      lastResort,
    }
    const begun = waitMs === 0 ? call(attempt) : this.#callAfter(waitMs, attempt)
    const answer = begun.then(commitFor(exchange.request))
    this.#running.push({ attempt, retries, before, abort, answer })
    if (!overlaps) return
    this.lastStartMs = this.nowMs
    // It may fail while budgets are asked for the next, when nobody listens.
    answer.catch(ignore)
  }

  async #callAfter(waitMs: number, attempt: Attempt): Promise<ModelResponse> {
    await pause(this.#parts.clock, waitMs, attempt.signal)
    if (attempt.signal.aborted) throw abortFailure(attempt.signal)
    return this.#parts.call(attempt)
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
    this.#failures ??= []
    this.#failures.push(failure)
    if (failure.code !== 'circuit-open') this.#purse.count()
    this.#hasStopped ||= exchange.signal.aborted
    if (this.#hasStopped) return
    this.#lost = runner
    this.#spare = this.#pickCredential(attempt, spentBy(runner))
    this.failed = {
      failure,
      repeat: operationOf(exchange.request).repeat,
      route: exchange.route,
      attemptsLeft: this.#purse.attemptsLeft(this.#running.length),
      remainingMs: this.#purse.remainingMs,
      noFallback: exchange.requestOptions.noFallback === true,
      refreshed: attempt.freshConnection,
      retries,
      rests: health.targetRestsUntil(attempt.target.id, callerId(exchange.caller)) !== undefined,
      otherCredential: this.#spare !== undefined,
      targetsLeft: this.#candidates.length - this.#position,
    }
  }
}

/** What the client of an attempt is told before anything else. */
function noticesAbout({ retiring }: Target): NoticeList {
  const notices = new NoticeList()
  if (retiring !== undefined) notices.add('model.retiring', retiring)
  return notices
}

const NONE: readonly string[] = []
const FIRST: Partial<Repeat> = {}
