import type { Clock } from '../kit/clock.ts'
import type { Deadline, Deadlines } from '../kit/deadlines.ts'
import { LIMITS } from '../kit/limits.ts'
import { abortFailure, Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import type { Timeouts } from '../exchange/target.ts'
import type { FirstTokenTimes } from './first-token-times.ts'

/** The longest delay that timers of the platform can hold (32 bits). */
const LONGEST_DELAY_MS = 2_147_483_647

export interface WatchdogOptions {
  readonly clock: Clock
  /** Where the deadlines of all attempts wait. */
  readonly deadlines: Deadlines<Watchdog>
  readonly timeouts: Timeouts
  /** Told when the first token of a stream came from which target. */
  readonly times: FirstTokenTimes
  readonly target: string
  /** True when the client asked for a stream: then the first semantic event is waited for, not only the head. */
  readonly stream: boolean
  /** Wall time after which the attempt is over, and what it is called then. */
  readonly deadlineAtMs: number
  readonly deadlineCode: FailureCode
  /** Aborting it stops the attempt. */
  readonly signal: AbortSignal
}

/**
 * Watches one attempt. Every wait for the provider has an end: the first semantic event of a stream, the silence between
 * its events, the silence of a whole answer, the attempt. Time in which nobody reads does not count as the provider's silence.
 *
 * One deadline serves all bounds: events only move timestamps, and a deadline that comes too early is set again,
 * so a chunk costs no timer, and the deadlines of all attempts share one.
 */
export class Watchdog implements Deadline {
  /** Why the attempt was stopped. */
  reason: Failure | undefined
  /** Aborted when time is up or the attempt was stopped. For the call to the provider, which may abort it for reasons of its own. */
  readonly controller = new AbortController()
  /** When it wakes up next, which may be before anything is due. */
  dueMs = Number.POSITIVE_INFINITY
  /** What holds for this attempt. */
  readonly timeouts: Timeouts
  readonly #times: FirstTokenTimes
  readonly #target: string
  readonly #startedMs: number
  readonly #clock: Clock
  readonly #deadlines: Deadlines<Watchdog>
  readonly #stream: boolean
  readonly #outer: AbortSignal
  #wholeDueMs: number
  #wholeCode: FailureCode
  #silenceDueMs: number
  #silenceCode: FailureCode
  /** Set while nobody reads: only the bound of the whole attempt holds then. */
  #heldSinceMs: number | undefined
  #isWhole: (() => boolean) | undefined
  /** When `#isWhole` is asked. */
  #lullDueMs = Number.POSITIVE_INFINITY
  #stopped = false

  constructor(options: WatchdogOptions) {
    const { clock, timeouts, stream, signal } = options
    const startedMs = clock.elapsedMs()
    const leftMs = options.deadlineAtMs - clock.nowMs()
    this.#clock = clock
    this.#deadlines = options.deadlines
    this.timeouts = timeouts
    this.#times = options.times
    this.#target = options.target
    this.#startedMs = startedMs
    this.#stream = stream
    this.#outer = signal
    this.#wholeDueMs = startedMs + Math.min(leftMs, timeouts.totalMs)
    this.#wholeCode = leftMs < timeouts.totalMs ? options.deadlineCode : 'attempt-timeout'
    this.#silenceDueMs = startedMs + (stream ? timeouts.firstByteMs : timeouts.silenceMs)
    this.#silenceCode = 'first-byte-timeout'
    signal.addEventListener('abort', this)
    this.#arm(startedMs)
    if (signal.aborted) this.handleEvent()
  }

  /** The head of the response has arrived; nothing is being read yet. */
  answered(): void {
    const nowMs = this.#hold()
    if (!this.#stream) this.#progress(nowMs)
  }

  /** A read begins. */
  reading(): void {
    if (this.#heldSinceMs === undefined) return
    const nowMs = this.#clock.elapsedMs()
    const heldMs = nowMs - this.#heldSinceMs
    this.#heldSinceMs = undefined
    this.#silenceDueMs += heldMs
    this.#arm(nowMs)
  }

  /** A read gave bytes. `meaningful`: they held a semantic event or a part of a whole answer; pings, comments and blank lines do not. */
  received(meaningful: boolean): void {
    const nowMs = this.#hold()
    if (!meaningful) return
    this.#lullDueMs = Number.POSITIVE_INFINITY
    this.#progress(nowMs)
  }

  /** All is said but the dialect's last word, which is not waited for long. */
  expectEnd(): void {
    const dueMs = this.#clock.elapsedMs() + LIMITS.lastWordMs
    this.#silenceDueMs = Math.min(this.#silenceDueMs, dueMs)
  }

  /**
   * What came last may have been the end of a whole answer: if nothing follows within `LIMITS.lastWordMs` and `isWhole` says
   * so then, nothing more is waited for.
   */
  mayBeWhole(isWhole: () => boolean): void {
    this.#isWhole = isWhole
    this.#lullDueMs = this.#clock.elapsedMs() + LIMITS.lastWordMs
  }

  /** The answer is over; what is left on the wire may take `withinMs`, and nobody's leaving matters any more. */
  wind(withinMs: number): void {
    this.#outer.removeEventListener('abort', this)
    this.hurry(withinMs)
  }

  /** What is known already matters more than the rest, which may take `withinMs`. */
  hurry(withinMs: number): void {
    const nowMs = this.#clock.elapsedMs()
    this.#wholeDueMs = Math.min(this.#wholeDueMs, nowMs + withinMs)
    this.#wholeCode = 'idle-timeout'
    this.#arm(nowMs)
  }

  /** Stops the attempt for a reason. The first reason stays; an attempt that is over has none. */
  abort(reason: Failure): void {
    if (this.#stopped) return
    this.stop()
    this.reason = reason
    this.controller.abort(reason)
  }

  /** The attempt is over: no deadline and no listener is left behind. Harmless when repeated. */
  stop(): void {
    this.#stopped = true
    this.#deadlines.remove(this)
    this.#outer.removeEventListener('abort', this)
  }

  /** The outer signal was aborted. The signal takes an object with this method for a listener, which saves a closure per attempt. */
  handleEvent(): void {
    this.abort(abortFailure(this.#outer))
  }

  /** The deadline has come; by now all bounds may have moved on. */
  expire(): void {
    const nowMs = this.#clock.elapsedMs()
    this.dueMs = Number.POSITIVE_INFINITY
    if (this.#lullDueMs <= nowMs) this.#endLull()
    if (this.#nextDueMs() <= nowMs) this.abort(new Failure(this.#nextCode()))
    else this.#arm(nowMs)
  }

  #endLull(): void {
    this.#lullDueMs = Number.POSITIVE_INFINITY
    if (this.#isWhole?.() === true) this.hurry(0)
  }

  #hold(): number {
    const nowMs = this.#clock.elapsedMs()
    this.#heldSinceMs = nowMs
    return nowMs
  }

  #progress(nowMs: number): void {
    const { idleMs, silenceMs } = this.timeouts
    if (this.#stream && this.#silenceCode === 'first-byte-timeout') {
      this.#times.observe(this.#target, nowMs - this.#startedMs)
    }
    this.#silenceDueMs = nowMs + (this.#stream ? idleMs : silenceMs)
    this.#silenceCode = 'idle-timeout'
  }

  #nextDueMs(): number {
    if (this.#heldSinceMs !== undefined) return this.#wholeDueMs
    return Math.min(this.#wholeDueMs, this.#silenceDueMs, this.#lullDueMs)
  }

  #nextCode(): FailureCode {
    return this.#nextDueMs() === this.#wholeDueMs ? this.#wholeCode : this.#silenceCode
  }

  #arm(nowMs: number): void {
    if (this.#stopped) return
    const dueMs = Math.min(this.#nextDueMs(), nowMs + LONGEST_DELAY_MS)
    if (dueMs >= this.dueMs) return
    this.dueMs = dueMs
    this.#deadlines.add(this)
  }
}
