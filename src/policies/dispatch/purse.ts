import type { CostLimit } from '../../exchange/again.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import type { Target } from '../../exchange/target.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Clock } from '../../kit/clock.ts'
import { showUsd, type NanoUsd } from '../../kit/money.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'
import { coversFurther } from './covers.ts'

/** A multiple of a cost is reckoned to the thousandth, since money has no fractions. */
const THOUSAND = 1_000

/** What a purse is opened with. */
export interface PurseParts {
  readonly upperBound: UpperBound
  readonly exchange: RoutedExchange
  /** Who is asked first. */
  readonly first: Target | undefined
  readonly clock: Pick<Clock, 'nowMs'>
  /** That of whose first attempt its money is a multiple, where that is not the same. */
  readonly opened?: RoutedExchange
}

/**
 * What all attempts of an exchange share, whatever began them: retries, fallbacks, and what runs beside another. It holds
 * attempts, time and money; whoever wants to begin a further attempt has to get it here, and what is refused is taken down.
 */
export class Purse {
  readonly #parts: PurseParts
  /** Attempts that are over and count. */
  #counted = 0
  #hasRefused = false

  constructor(parts: PurseParts) {
    this.#parts = parts
  }

  /** What is left of it, for an exchange that goes on with the answer of this one. */
  for(exchange: RoutedExchange): Purse {
    const opened = this.#parts.opened ?? this.#parts.exchange
    const purse = new Purse({ ...this.#parts, exchange, opened })
    purse.#counted = this.#counted
    return purse
  }

  /** An attempt is over that counts towards the maximum. */
  count(): void {
    this.#counted += 1
  }

  /** The one before is made once more, on a new connection, as if it had not been. */
  uncount(): void {
    this.#counted -= 1
  }

  /**
   * How many more may be begun.
   *
   * @param running how many are under way
   */
  attemptsLeft(running: number): number {
    return this.#mostAttempts - this.#counted - running
  }

  /** Until the deadline of the exchange, milliseconds. */
  get remainingMs(): number {
    const { exchange, clock } = this.#parts
    return exchange.deadlineAtMs - clock.nowMs()
  }

  get #mostAttempts(): number {
    return Math.min(this.#parts.exchange.route.maxAttempts, LIMITS.attempts)
  }

  /** Is there an attempt left for a target? */
  grants(next: Target, running: number): boolean {
    if (this.attemptsLeft(running) > 0) return true
    this.#refuse(next, `${this.#mostAttempts} attempts`)
    return false
  }

  /**
   * Is there money left for an attempt at a target: in the purse of the route, and in the budgets of the caller?
   *
   * @param running whose attempts are under way
   */
  covers(next: Target, running: readonly Target[]): MaybePromise<boolean> {
    const { upperBound, exchange } = this.#parts
    const { trail, route } = exchange
    const limit = route.again?.cost
    if (limit === undefined && trail.reservation === undefined) return true
    let neededNanoUsd = trail.chargedNanoUsd() + (mostCost(upperBound, exchange, next) ?? 0n)
    for (const target of running) neededNanoUsd += mostCost(upperBound, exchange, target) ?? 0n
    if (limit !== undefined && !this.#fits(limit, next, neededNanoUsd)) return false
    return coversFurther(exchange, next, neededNanoUsd)
  }

  #fits(limit: CostLimit, next: Target, neededNanoUsd: NanoUsd): boolean {
    const mostNanoUsd = 'nanoUsd' in limit ? limit.nanoUsd : this.#multiple(limit.times)
    // Of a first target without a price, nothing is a multiple: what follows it is bound by attempts and time alone.
    if (mostNanoUsd === undefined) return true
    if (mostCost(this.#parts.upperBound, this.#parts.exchange, next) === undefined) {
      this.#refuse(next, 'its price is not known')
      return false
    }
    if (neededNanoUsd <= mostNanoUsd) return true
    this.#refuse(next, `needs ${showUsd(neededNanoUsd)} in all, of ${showUsd(mostNanoUsd)}`)
    return false
  }

  #multiple(times: number): NanoUsd | undefined {
    const { upperBound, exchange, first, opened = exchange } = this.#parts
    const most = first === undefined ? undefined : mostCost(upperBound, opened, first)
    return most === undefined ? undefined : (most * BigInt(Math.round(times * THOUSAND))) / BigInt(THOUSAND)
  }

  /** Takes down what the purse was too small for; once, since a pace may ask again and again. */
  #refuse(next: Target, detail: string): void {
    if (this.#hasRefused) return
    this.#hasRefused = true
    const targets = [{ target: next.id, reason: 'beyond-purse', detail }] as const
    this.#parts.exchange.trail.decide({ step: 'filter', targets })
  }
}
