import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import type { Timeouts } from '../exchange/target.ts'

/** The longest delay that timers of the platform can hold (32 bits). */
const LONGEST_DELAY_MS = 2_147_483_647

export interface WatchdogOptions {
  readonly clock: Clock
  readonly timeouts: Timeouts
  /** True when the client asked for a stream: then the first semantic event is waited for, not only the head. */
  readonly stream: boolean
  /** Wall time after which the attempt is over, and what it is called then. */
  readonly deadlineAtMs: number
  readonly deadlineCode: FailureCode
  /** Aborting it stops the attempt. */
  readonly signal: AbortSignal
}

/** What an aborted signal means: the failure it carries, or that the client left. */
export function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason
  return reason instanceof Failure ? reason : new Failure('client-gone')
}

interface Bound {
  readonly dueMs: number
  readonly code: FailureCode
}

/**
 * Watches one attempt. Every wait for the provider has an end: the head, the first semantic event, the silence between
 * events, the silence on the wire, the whole. Time in which nobody reads does not count as the provider's silence.
 *
 * One timer serves all bounds: events only move timestamps, and a timer that wakes too early goes to sleep again,
 * so a chunk costs no timer.
 */
export class Watchdog {
  /** Why the attempt was stopped. */
  reason: Failure | undefined
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #stream: boolean
  readonly #outer: AbortSignal
  #whole: Bound
  #silence: Bound
  #wireDueMs = Number.POSITIVE_INFINITY
  /** Set while nobody reads: only the bound of the whole attempt holds then. */
  #heldSinceMs: number | undefined
  #timer: Timer | undefined
  #armedDueMs = 0
  #stopped = false

  constructor(options: WatchdogOptions) {
    const { clock, timeouts, stream, signal } = options
    const startedMs = clock.elapsedMs()
    this.#clock = clock
    this.#idleMs = timeouts.idleMs
    this.#stream = stream
    this.#outer = signal
    this.#whole = wholeBound(options, startedMs)
    this.#silence = stream
      ? { dueMs: startedMs + timeouts.firstByteMs, code: 'first-byte-timeout' }
      : this.#whole
    signal.addEventListener('abort', this.#leave, { once: true })
    this.#arm()
    if (signal.aborted) this.#leave()
  }

  /** Aborted when time is up or the attempt was stopped. For the call to the provider, which may abort it for reasons of its own. */
  readonly controller = new AbortController()

  /** The head of the response has arrived; nothing is being read yet. */
  answered(): void {
    this.#hold()
    if (!this.#stream) this.#progress()
  }

  /** A read begins. */
  reading(): void {
    if (this.#heldSinceMs === undefined) return
    const heldMs = this.#clock.elapsedMs() - this.#heldSinceMs
    this.#heldSinceMs = undefined
    this.#silence = { dueMs: this.#silence.dueMs + heldMs, code: this.#silence.code }
    this.#wireDueMs += heldMs
    this.#arm()
  }

  /** A read gave bytes. `meaningful`: they held a semantic event, which pings and comments do not. */
  received(meaningful: boolean): void {
    this.#hold()
    if (meaningful) this.#progress()
  }

  /** The answer is over; what is left on the wire may take `withinMs`, and nobody's leaving matters any more. */
  wind(withinMs: number): void {
    this.#outer.removeEventListener('abort', this.#leave)
    this.#whole = {
      dueMs: Math.min(this.#whole.dueMs, this.#clock.elapsedMs() + withinMs),
      code: 'idle-timeout',
    }
    this.#arm()
  }

  /** Stops the attempt for a reason. The first reason stays; an attempt that is over has none. */
  abort(reason: Failure): void {
    if (this.#stopped) return
    this.stop()
    this.reason = reason
    this.controller.abort(reason)
  }

  /** The attempt is over: no timer and no listener is left behind. Harmless when repeated. */
  stop(): void {
    this.#stopped = true
    this.#timer?.cancel()
    this.#timer = undefined
    this.#outer.removeEventListener('abort', this.#leave)
  }

  readonly #leave = (): void => this.abort(abortFailure(this.#outer))

  readonly #wake = (): void => {
    this.#timer = undefined
    const due = this.#next()
    if (due.dueMs <= this.#clock.elapsedMs()) this.abort(new Failure(due.code))
    else this.#arm()
  }

  #hold(): void {
    this.#heldSinceMs = this.#clock.elapsedMs()
    this.#wireDueMs = this.#heldSinceMs + LIMITS.transportIdleMs
  }

  #progress(): void {
    this.#silence = { dueMs: this.#clock.elapsedMs() + this.#idleMs, code: 'idle-timeout' }
  }

  #next(): Bound {
    if (this.#heldSinceMs !== undefined) return this.#whole
    const first = this.#silence.dueMs < this.#whole.dueMs ? this.#silence : this.#whole
    return this.#wireDueMs < first.dueMs ? { dueMs: this.#wireDueMs, code: 'idle-timeout' } : first
  }

  #arm(): void {
    if (this.#stopped) return
    const { dueMs } = this.#next()
    if (this.#timer !== undefined && dueMs >= this.#armedDueMs) return
    this.#timer?.cancel()
    this.#armedDueMs = dueMs
    this.#timer = this.#clock.after(toDelay(dueMs - this.#clock.elapsedMs()), this.#wake)
  }
}

/** The bound of the whole attempt: its own limit or the deadline, whichever comes first. */
function wholeBound(options: WatchdogOptions, startedMs: number): Bound {
  const { clock, timeouts, deadlineAtMs, deadlineCode } = options
  const leftMs = deadlineAtMs - clock.nowMs()
  return leftMs < timeouts.totalMs
    ? { dueMs: startedMs + leftMs, code: deadlineCode }
    : { dueMs: startedMs + timeouts.totalMs, code: 'attempt-timeout' }
}

function toDelay(leftMs: number): number {
  return Math.min(Math.max(1, Math.ceil(leftMs)), LONGEST_DELAY_MS)
}
