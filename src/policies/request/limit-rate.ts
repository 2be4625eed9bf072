import type { EndListener } from '../../exchange/watcher.ts'
import { requestFeatures, type Exchange } from '../../exchange/exchange.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { WINDOW_MS, type LimitedSlots, type LimitedRate, type Standing } from '../../exchange/standing.ts'
import type { Route } from '../../exchange/route.ts'
import type { Trail } from '../../exchange/trail.ts'
import { Failure } from '../../exchange/failure.ts'
import { totalInput, totalOutput } from '../../exchange/usage.ts'
import type { Clock } from '../../kit/clock.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { CounterStore, RateVerdict } from '../../store/store.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { mostOutput } from '../most-cost.ts'
import type { Admission } from '../policy.ts'
import { inBackground } from './in-background.ts'
import { limitHeaders } from './limit-headers.ts'

/** A slot outlives its exchange's deadline by this much before it is taken back from a lost owner. */
const SLOT_GRACE_MS = 120_000
/** One answer takes one part of so many of a limit of tokens beforehand. */
const OUTPUT_PARTS = 4
/** Nobody knows when a running request ends; this is when asking again is reasonable. */
const SLOT_RETRY_MS = 1_000

const NOTHING: readonly LimitedRate[] = []
const NOTHING_TAKEN: RateVerdict = { admitted: true, states: [] }

/** What rate limiting works with. */
export interface LimitRateParts {
  readonly counters: CounterStore
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Creates the admission that holds a caller's accounts to their requests per minute, tokens per minute and requests at a time.
 * Tokens are taken by the estimate of the input and the output that may come, and corrected by what was used; slots are given back
 * however the exchange ends. A refused request consumes nothing, whoever refuses it: what fails before anything was sent is given back whole.
 * Rejects with `rate-limited`.
 */
export function createLimitRate(parts: LimitRateParts): Admission {
  return (exchange) => {
    const limits = limitsFor(exchange)
    if (limits.slots.length === 0 && limits.rates.length === 0) return exchange
    const hold = new LimitHold(parts, exchange, limits)
    exchange.trail.onEnd(hold)
    const entered = andThen(hold.takeSlots(), enter, hold)
    const verdict = andThen(entered, charge, hold)
    return andThen(verdict, admit, hold)
  }
}

const enter = (fullAt: number | undefined, hold: LimitHold): MaybePromise<void> => hold.enter(fullAt)
const charge = (_: void, hold: LimitHold): MaybePromise<RateVerdict> => hold.charge()
const admit = (verdict: RateVerdict, hold: LimitHold): Exchange => hold.admit(verdict)

type Limits = Pick<Standing, 'slots' | 'rates'>

/** What the house asks on behalf of an exchange is part of that one request and has its slot; only its tokens are its own. */
function limitsFor({ asked, caller }: Exchange): Limits {
  return asked === undefined ? caller : { slots: [], rates: caller.rates.filter(countsTokens) }
}

function countsTokens({ metric }: LimitedRate): boolean {
  return metric === 'tokens'
}

/** What one exchange takes, to be given back at its end. */
class LimitHold implements EndListener {
  readonly #parts: LimitRateParts
  readonly #exchange: Exchange
  readonly #limits: Limits
  /** When all this is taken, by the clock that never steps: a wall clock set back would keep a full window full. */
  readonly #takenAtMs: number
  #hasSlot = false
  /** What is charged, and whether it was taken. */
  #charges: readonly LimitedRate[] = NOTHING
  #isTaken = false

  constructor(parts: LimitRateParts, exchange: Exchange, limits: Limits) {
    this.#parts = parts
    this.#exchange = exchange
    this.#limits = limits
    this.#takenAtMs = parts.clock.elapsedMs()
  }

  /** Takes a slot of every account. Gives the index of one that is full, and has taken none then. */
  takeSlots(): MaybePromise<number | undefined> {
    const { slots } = this.#limits
    if (slots.length === 0) return undefined
    const { id, deadlineAtMs } = this.#exchange
    const { counters, clock } = this.#parts
    const untilMs = this.#takenAtMs + (deadlineAtMs - clock.nowMs()) + SLOT_GRACE_MS
    return counters.enter(id, slots, untilMs, this.#takenAtMs)
  }

  charge(): MaybePromise<RateVerdict> {
    const { rates } = this.#limits
    if (rates.length === 0) return NOTHING_TAKEN
    this.#charges = chargesOf(this.#exchange, rates)
    return this.#parts.counters.takeRate(this.#charges, this.#takenAtMs)
  }

  /** Leaves the slots and gives back what was charged and not used. In the background: the client need not wait for it. */
  onEnd(failure?: Failure): void {
    const { trail } = this.#exchange
    const { counters, clock } = this.#parts
    this.#leave()
    // One about which a model was asked was no request for nothing.
    const isRefused = failure !== undefined && trail.attempts.length === 0 && trail.questions === 0
    const used = tokensUsed(trail)
    const differences: LimitedRate[] = []
    for (const taken of this.#isTaken ? this.#charges : NOTHING) {
      if (taken.metric === 'tokens') differences.push({ ...taken, units: taken.units - used })
      else if (isRefused) differences.push(taken)
    }
    if (differences.length === 0) return
    this.#giveBack(counters.adjustRate(differences, this.#takenAtMs, clock.elapsedMs()))
  }

  /** Takes note that there was a slot at every account. Throws or rejects with what the one that is full means. */
  enter(fullAt: number | undefined): MaybePromise<void> {
    if (fullAt !== undefined) return this.#refuseSlot(fullAt)
    this.#hasSlot = true
  }

  #refuseSlot(fullAt: number): MaybePromise<void> {
    // Who is refused for want of a slot is told where its rates stand all the same; looking takes nothing.
    const looks = this.#limits.rates.map((rate) => ({ ...rate, units: 0 }))
    return andThen(this.#parts.counters.takeRate(looks, this.#takenAtMs), ({ states }) => {
      this.#exchange.trail.forgetEnd(this)
      throw slotsTaken(this.#limits.slots[fullAt], limitHeaders(looks, states))
    })
  }

  /** Tells the client where it stands, and throws when it asked for too much. */
  admit(verdict: RateVerdict): Exchange {
    const charges = this.#charges
    const headers = limitHeaders(charges, verdict.states)
    if (verdict.admitted) {
      this.#exchange.trail.limitHeaders = headers
      this.#isTaken = true
      return this.#exchange
    }
    // Whoever waits until there is room takes nothing from others meanwhile, and asks again with another hold.
    this.#leave()
    this.#exchange.trail.forgetEnd(this)
    const { refusedBy = 0, retryAfterMs } = verdict
    if (retryAfterMs === undefined) throw neverFits(charges, headers)
    throw refusal(charges[refusedBy], { headers, retryAfterMs, nowMs: this.#parts.clock.nowMs() })
  }

  #leave(): void {
    if (!this.#hasSlot) return
    this.#hasSlot = false
    this.#giveBack(this.#parts.counters.leave(this.#exchange.id))
  }

  #giveBack(returning: MaybePromise<void>): void {
    const { telemetry } = this.#parts
    const message = 'a limit could not be given back'
    inBackground(returning, { telemetry, level: 'warn', message, exchange: this.#exchange })
  }
}

function slotsTaken(full: LimitedSlots | undefined, headers: Readonly<Record<string, string>>): Failure {
  if (full === undefined) return new Failure('rate-limited', { headers, retryAfterMs: SLOT_RETRY_MS })
  const { scope, limit } = full
  return new Failure('rate-limited', {
    headers,
    message: `The ${scope} already has ${limit} requests under way, which is its limit. Wait for one to end.`,
    retryAfterMs: SLOT_RETRY_MS,
    facts: { scope, metric: 'concurrency', limit, window: null, resets_at: null },
  })
}

function chargesOf(exchange: Exchange, rates: readonly LimitedRate[]): readonly LimitedRate[] {
  const charges: LimitedRate[] = []
  for (const rate of rates) {
    const isTokens = rate.metric === 'tokens'
    charges.push(isTokens ? { ...rate, units: tokensToCome(exchange, rate.limit) } : rate)
  }
  return charges
}

/**
 * The tokens that a request takes from a limit beforehand: its input, and the most that may be answered. Hardly any answer is as long
 * as it may be, and one that asks for all that a model can write would leave nothing to others until it ends: so the answer takes
 * a quarter of the limit at most, and never what its input leaves no room for. What it takes in truth is known at the end.
 */
function tokensToCome(exchange: Exchange, limit: number): number {
  const { inputTokens } = requestFeatures(exchange)
  if (operationOf(exchange.request).charge === 'nothing') return inputTokens
  let output = 0
  for (const { target } of exchange.route?.targets ?? NO_TARGETS)
    output = Math.max(output, mostOutput(exchange, target))
  return inputTokens + Math.min(output, Math.ceil(limit / OUTPUT_PARTS), Math.max(0, limit - inputTokens))
}

const NO_TARGETS: Route['targets'] = []

interface RefusalFacts {
  readonly headers: Readonly<Record<string, string>>
  readonly retryAfterMs: number
  readonly nowMs: number
}

function refusal(charge: LimitedRate | undefined, { headers, retryAfterMs, nowMs }: RefusalFacts): Failure {
  if (charge === undefined) return new Failure('rate-limited', { headers, retryAfterMs })
  const { scope, metric, limit } = charge
  return new Failure('rate-limited', {
    message: `The ${scope}'s limit of ${limit} ${metric} per minute is reached. Wait and try again.`,
    retryAfterMs,
    headers,
    facts: { scope, metric, limit, window: '1m', resets_at: new Date(nowMs + retryAfterMs).toISOString() },
  })
}

/** A charge that is larger than its limit: waiting does not help, a smaller request does. */
function neverFits(charges: readonly LimitedRate[], headers: Readonly<Record<string, string>>): Failure {
  const charge = charges.find(({ units, limit }) => units > limit)
  if (charge === undefined) return new Failure('rate-limited', { headers, retryAfterMs: WINDOW_MS })
  const { scope, metric, limit, units } = charge
  return new Failure('rate-limited', {
    message: `The request counts as ${units} ${metric}, more than the ${scope}'s limit of ${limit} per minute ever lets through. Send a smaller one.`,
    headers,
    facts: { scope, metric, limit, requested: units, window: '1m', resets_at: null },
  })
}

function tokensUsed({ attempts }: Trail): number {
  let sum = 0
  for (const { usage } of attempts) {
    if (usage !== undefined) sum += totalInput(usage) + totalOutput(usage)
  }
  return sum
}
