import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Affinity } from './affinity.ts'
import type { AttemptResult } from './attempt-result.ts'
import type { CacheRecord } from './cache.ts'
import { closestAccess, type ContentAccess } from './content-access.ts'
import type { ContentRecord } from './content-record.ts'
import type { DecisionStep } from './decision.ts'
import type { DecisionInputs } from './decision-inputs.ts'
import type { GuardRecord } from './guard.ts'
import type { EndListener } from './watcher.ts'
import type { KnownFacts } from './condition.ts'
import { toFailure, type Failure } from './failure.ts'
import type { RequestFeatures } from './features.ts'
import { NoticeList, type Notice, type NoticeCode } from './notice.ts'
import type { ModelRequest } from './operations/all.ts'
import type { Reservation } from './reservation.ts'
import type { Target } from './target.ts'

const NO_HEADERS: Readonly<Record<string, string>> = {}
const NO_NOTICES: readonly Notice[] = []

/** What the trail keeps of the attempt that answers. */
export interface ServingAttempt {
  readonly id: string
  readonly target: Target
  readonly notices: NoticeList
}

/**
 * What happened to an exchange so far. The one thing in it that grows; everything else is replaced by copying.
 */
export class Trail {
  readonly #attempts: AttemptResult[] = []
  readonly #steps: DecisionStep[] = []
  /** Steps beyond `LIMITS.decisionSteps`. */
  #stepsOmitted = 0
  /** Name of the route, once known. */
  route?: string
  /** The attempt that answers, once known; in `attempts` only when it is over. */
  #serving?: ServingAttempt
  #changed?: NoticeList
  /** Waits for providers that are open, since when one is, and for how long one was before. Monotonic milliseconds. */
  #openWaits = 0
  #waitingSinceMs = 0
  #waitedMs = 0
  /** Milliseconds from the start until the first semantic event was handed on. */
  firstEventMs?: number
  /** Rate-limit headers that describe the gateway's own limits. */
  limitHeaders: Readonly<Record<string, string>> = NO_HEADERS
  /** Kept by `requestFeatures`, with the request that they are of. */
  features?: RequestFeatures
  featuresOf?: ModelRequest
  /** What keeps it near requests that it belongs to, once that is known; absent where nothing does. */
  affinity?: Affinity
  /** What conditions have read of it, each time that some were asked; absent where none was. */
  #facts: KnownFacts[] | undefined
  /** What its targets were chosen by; absent where no model is asked. */
  choice?: DecisionInputs
  /** What is held for the exchange; absent where its caller has no budget. */
  reservation?: Reservation
  /** What models cost that were asked on behalf of the exchange: their attempts are not among its own. */
  askedNanoUsd: NanoUsd = 0n
  /** How many questions were sent to models on behalf of the exchange, whatever came of them. */
  questions = 0
  /** How much less it cost than the last rung would have, or than a kept answer had, once it is over; absent where nobody can tell. */
  savedNanoUsd?: NanoUsd
  /** What came of it at the cache; absent where its route keeps no answers. */
  cache?: CacheRecord
  /** True where the answer is stored under its id when it ends. */
  isStored = false
  /** What broke the exchange or cut it short, once it is over. */
  endedBy?: Failure
  /** How closely what is said is followed: the closest that a layer has claimed. */
  contentAccess: ContentAccess = 'none'
  /** What guardrails have said; absent where none holds for it. */
  guard?: GuardRecord
  /** Takes down what is said, where that is kept. */
  content?: ContentRecord
  readonly #listeners: EndListener[] = []
  /** Work of the exchange that goes on although its client is done with it. */
  #goingOn = 0
  /** How it ended for its client, where that is yet to be told. */
  #ended: { readonly failure: Failure | undefined } | undefined

  /**
   * A layer says on the way in that it reads or rewrites what is said; the closest claim wins (law 18). It holds for the whole
   * exchange: the sender obeys it, and the client API refuses to hand on what passed it by.
   */
  claimContent(access: ContentAccess): void {
    this.contentAccess = closestAccess(this.contentAccess, access)
  }

  get facts(): readonly KnownFacts[] | undefined {
    return this.#facts
  }

  /** Conditions are asked of these facts. */
  noteFacts(facts: KnownFacts): void {
    ;(this.#facts ??= []).push(facts)
  }

  /** What became of the attempts that are over. */
  get attempts(): readonly AttemptResult[] {
    return this.#attempts
  }

  /** An attempt is over, whether or not it is the one that answers. */
  close(result: AttemptResult): void {
    this.#attempts.push(result)
    this.decide({ step: 'attempt', result })
  }

  /** Takes down a step on the way to the answer. */
  decide(step: DecisionStep): void {
    if (this.#steps.length < LIMITS.decisionSteps) this.#steps.push(step)
    else this.#stepsOmitted += 1
  }

  /** Why the exchange went where it went, step by step. */
  get steps(): readonly DecisionStep[] {
    return this.#steps
  }

  /** How many steps were taken that are not among `steps`. */
  get stepsOmitted(): number {
    return this.#stepsOmitted
  }

  /** Asks to be told when the exchange is over. Whoever asked last is told first, so that what was taken last is given back first. */
  onEnd(listener: EndListener): void {
    this.#listeners.push(listener)
  }

  /** Somebody who asked has nothing to do at the end any more. */
  forgetEnd(listener: EndListener): void {
    const index = this.#listeners.lastIndexOf(listener)
    if (index >= 0) this.#listeners.splice(index, 1)
  }

  /**
   * Something of the exchange goes on although its client is done with it: what that costs is the exchange's own, so that its end is told
   * when that is over. Gives what is to be called then, once.
   */
  goOn(): () => void {
    this.#goingOn += 1
    return () => {
      this.#goingOn -= 1
      if (this.#goingOn === 0 && this.#ended !== undefined) this.#tellEnd(this.#ended.failure)
    }
  }

  /**
   * The exchange is over: tells everybody who asked, once. One that throws does not keep the others from being told.
   *
   * @param failure what broke it or cut it short; absent after a complete answer
   */
  end(failure?: Failure): void {
    if (failure !== undefined) this.endedBy ??= failure
    if (this.#goingOn > 0) this.#ended ??= { failure }
    else this.#tellEnd(failure)
  }

  #tellEnd(failure?: Failure): void {
    let thrown: unknown
    for (let listener = this.#listeners.pop(); listener !== undefined; listener = this.#listeners.pop()) {
      try {
        listener.onEnd(failure)
      } catch (error) {
        thrown ??= error
      }
    }
    if (thrown !== undefined) throw toFailure(thrown)
  }

  /** A wait for a provider begins; several may be open at once. */
  beginWait(nowMs: number): void {
    if (this.#openWaits === 0) this.#waitingSinceMs = nowMs
    this.#openWaits += 1
  }

  /** A wait for a provider is over. */
  endWait(nowMs: number): void {
    this.#openWaits -= 1
    if (this.#openWaits === 0) this.#waitedMs += nowMs - this.#waitingSinceMs
  }

  /** Milliseconds until `nowMs` in which a provider was waited for; time in which several were counts once. */
  upstreamMs(nowMs: number): number {
    return this.#openWaits === 0 ? this.#waitedMs : this.#waitedMs + nowMs - this.#waitingSinceMs
  }

  /**
   * An attempt answers: from now on the trail speaks of its target, and of what was lost on the way there and back. One that goes on
   * with the answer of another takes over what was lost of that.
   */
  serve(attempt: ServingAttempt): void {
    if (this.#serving !== undefined)
      for (const { code, subject } of this.#serving.notices.all) attempt.notices.add(code, subject)
    this.#serving = attempt
  }

  /** The target that answers, once known. */
  get served(): Target | undefined {
    return this.#serving?.target
  }

  /** Id of the attempt that answers. */
  get servedAttemptId(): string | undefined {
    return this.#serving?.id
  }

  /** What was changed in the request before anybody was asked, and the notices of the attempt that answers; those of attempts that failed concern nobody. */
  get notices(): readonly Notice[] {
    const ofAttempt = this.#serving?.notices.all ?? NO_NOTICES
    return this.#changed === undefined ? ofAttempt : [...this.#changed.all, ...ofAttempt]
  }

  /** Adds a notice about the request, whoever is asked and whether he answers. */
  noteChange(code: NoticeCode, subject: string): void {
    this.#changed ??= new NoticeList()
    this.#changed.add(code, subject)
  }

  /** Adds a notice about the answer; without one there is nothing to note. */
  note(code: NoticeCode, subject?: string): void {
    this.#serving?.notices.add(code, subject)
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

  /** Is what the exchange used, or some of it, not what a provider reported? */
  isEstimated(): boolean {
    for (const { basis } of this.attempts) if (basis !== 'reported' && basis !== 'none') return true
    return false
  }

  /**
   * Sum of what budgets are charged for the attempts, invented money included. An unpriced attempt counts as nothing: what is
   * priced still has to be paid.
   */
  chargedNanoUsd(): NanoUsd {
    let sum = 0n
    for (const { chargedNanoUsd, costNanoUsd } of this.attempts) sum += chargedNanoUsd ?? costNanoUsd ?? 0n
    return sum
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
