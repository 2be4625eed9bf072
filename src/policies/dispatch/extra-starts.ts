import type { ExtraTerms } from '../../exchange/pace-terms.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru } from '../../kit/lru.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { Allowance } from './allowance.ts'
import { RecentShare } from './recent-share.ts'

/** With more failures than this among the latest attempts of a route, a second attempt would only add to what its providers suffer. */
const MOST_ERRORS = 0.1
const LEAST_ATTEMPTS = 20
/** When so many requests are late, or twice as many as may be hedged, everything is slow, and a second attempt is too. */
const MOST_LATE = 0.25
const LEAST_REQUESTS = 40
/** A correlation above this means that what is asked makes answers slow, and not who is asked. */
const MOST_CORRELATION = 0.3
const LEAST_PAIRS = 20
/** After this it is found out anew whether both are slow together. */
const APART_AGAIN_MS = 600_000
/** Requests of one kind are at most this much longer than each other; the shortest kind ends at the first of these. */
const SIZE_STEP = 4
const SHORT_TOKENS = 1_024
const SIZES = 5

/** Why no attempt is begun beside another at the moment: what it would add is load, and nothing else. */
export type OffReason = 'errors' | 'everything-slow' | 'slow-together'

/** An answer to the wish for an attempt beside another. */
export type Grant =
  | { readonly granted: true; readonly heldNanoUsd: NanoUsd }
  | { readonly granted: false; readonly off?: OffReason }

/** What is asked on behalf of an exchange. */
export interface ExtraQuestion {
  readonly route: string
  readonly caller: string
  readonly terms: ExtraTerms
  readonly inputTokens: number
}

/**
 * Bounds what attempts beside others add to load and cost, for each route and for each caller in it, over all exchanges of the
 * process; and sees when they are of no use.
 */
export interface ExtraStarts {
  /** An exchange begins whose route has attempts run beside each other. */
  open(question: ExtraQuestion): ExtraAccount
}

/** Creates full allowances; remembers at most `LIMITS.pacedRoutes` routes and as many callers in them. */
export function createExtraStarts(clock: Clock): ExtraStarts {
  const routes = createLru<string, RouteBook>(LIMITS.pacedRoutes)
  const callers = createLru<string, Allowance>(LIMITS.pacedRoutes)
  return {
    open(question) {
      const { route, caller } = question
      const key = `${route}\n${caller}`
      let book = routes.get(route)
      if (book === undefined) routes.set(route, (book = new RouteBook()))
      let own = callers.get(key)
      if (own === undefined) callers.set(key, (own = new Allowance()))
      return new ExtraAccount(book, own, { ...question, clock })
    },
  }
}

/** Requests of about the same length. */
interface SizeBook {
  /** Were they late, and was a second attempt at one that was late as slow? */
  readonly late: RecentShare
  readonly bothSlow: RecentShare
  offUntilMs: number
}

/** What is known of a route. */
class RouteBook {
  readonly all = new Allowance()
  readonly errors = new RecentShare()
  readonly late = new RecentShare()
  isSlow = false
  readonly #sizes: SizeBook[] = []

  sizeOf(inputTokens: number): SizeBook {
    const steps = Math.log(Math.max(1, inputTokens / SHORT_TOKENS)) / Math.log(SIZE_STEP)
    const size = Math.min(SIZES - 1, Math.ceil(steps))
    return (this.#sizes[size] ??= {
      late: new RecentShare(),
      bothSlow: new RecentShare(),
      offUntilMs: 0,
    })
  }
}

/** What one exchange may begin beside its first attempt, and what is learned from it. */
export class ExtraAccount {
  readonly #book: RouteBook
  readonly #size: SizeBook
  readonly #allowances: readonly Allowance[]
  readonly #terms: ExtraTerms
  readonly #clock: Clock

  constructor(book: RouteBook, own: Allowance, question: ExtraQuestion & { readonly clock: Clock }) {
    this.#book = book
    this.#size = book.sizeOf(question.inputTokens)
    this.#allowances = [book.all, own]
    this.#terms = question.terms
    this.#clock = question.clock
    for (const allowance of this.#allowances) allowance.earnStart(this.#terms)
  }

  /** Was the first attempt still silent when a hedge was due? */
  sawFirst(isLate: boolean): void {
    const { late, isSlow } = this.#book
    late.observe(isLate)
    this.#size.late.observe(isLate)
    const most = Math.min(1, Math.max(MOST_LATE, 2 * (this.#terms.extraStarts ?? 0)))
    if (late.value > most && late.seen >= LEAST_REQUESTS) this.#book.isSlow = true
    else if (isSlow && late.value < most / 2) this.#book.isSlow = false
  }

  /** Did the second attempt beside one that was late take as long as that? */
  sawSecond(isSlow: boolean): void {
    const { bothSlow, late } = this.#size
    bothSlow.observe(isSlow)
    if (bothSlow.seen < LEAST_PAIRS) return
    const usual = late.value
    const correlation = usual >= 1 ? 1 : (bothSlow.value - usual) / (1 - usual)
    if (correlation <= MOST_CORRELATION) return
    this.#size.offUntilMs = this.#clock.elapsedMs() + APART_AGAIN_MS
    bothSlow.forget()
  }

  /** What became of an attempt that was not stopped by ourselves. */
  sawAttempt(isFault: boolean): void {
    this.#book.errors.observe(isFault)
  }

  /** May another attempt be begun, which costs so much at most? */
  ask(mostNanoUsd: NanoUsd): Grant {
    const off = this.#off()
    if (off !== undefined) return { granted: false, off }
    const { ceilingNanoUsd } = this.#terms
    if (ceilingNanoUsd !== undefined && mostNanoUsd > ceilingNanoUsd) return { granted: false }
    const heldNanoUsd = this.#book.all.expected(mostNanoUsd)
    if (!this.#allowances.every((allowance) => allowance.has(this.#terms, heldNanoUsd)))
      return { granted: false }
    for (const allowance of this.#allowances) allowance.take(this.#terms, heldNanoUsd)
    return { granted: true, heldNanoUsd }
  }

  #off(): OffReason | undefined {
    const { errors, isSlow } = this.#book
    if (errors.seen >= LEAST_ATTEMPTS && errors.value > MOST_ERRORS) return 'errors'
    if (isSlow) return 'everything-slow'
    return this.#size.offUntilMs > this.#clock.elapsedMs() ? 'slow-together' : undefined
  }

  /** What was granted was not begun after all. */
  withdraw(heldNanoUsd: NanoUsd): void {
    for (const allowance of this.#allowances) {
      allowance.giveBack(this.#terms)
      allowance.settle(heldNanoUsd, 0n)
    }
  }

  /** What was held for attempts beside others, and what those cost that did not win. */
  settle(heldNanoUsd: NanoUsd, costNanoUsd: NanoUsd): void {
    for (const allowance of this.#allowances) allowance.settle(heldNanoUsd, costNanoUsd)
  }

  /** What the answer cost that the client got. */
  paid(costNanoUsd: NanoUsd): void {
    for (const allowance of this.#allowances) allowance.earnMoney(this.#terms, costNanoUsd)
  }
}
