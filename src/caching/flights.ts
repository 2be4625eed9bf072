import { LIMITS } from '../kit/limits.ts'
import { Flight, type FlightHead, type FlightKeeper } from './flight.ts'
import type { Follower } from './follower.ts'

/** Calls under way that others may join who ask the same. Each ends with its call, so there are never more than requests. */
export class Flights {
  readonly #open = new Map<string, Flight>()
  /** The questions whose answers are fetched anew, with nobody waiting. */
  readonly #refreshed = new Set<string>()

  #era = 0

  /** Grows when what calls under way will say is to be kept for nobody. */
  get era(): number {
    return this.#era
  }

  /** Nobody joins the calls under way any more, and what they say is not kept. Those who read along read on. */
  part(): void {
    this.#era += 1
    this.#open.clear()
  }

  /** Requests that read along calls which others may still join. */
  get followers(): number {
    let count = 0
    for (const { followers } of this.#open.values()) count += followers
    return count
  }

  /** Is a call under way that others may join? */
  isOpen(key: string): boolean {
    return this.#open.has(key)
  }

  /**
   * Joins the call under way; undefined where none is, or as many follow it as may.
   *
   * @param isPatient reads nothing before the end
   */
  join(key: string, isPatient: boolean): Follower<FlightHead> | undefined {
    const flight = this.#open.get(key)
    return flight === undefined || flight.followers >= LIMITS.cacheFollowers
      ? undefined
      : flight.join(isPatient)
  }

  /** New answers that are fetched with nobody waiting. */
  get refreshes(): number {
    return this.#refreshed.size
  }

  /** May a new answer be fetched with nobody waiting? Then it begins, until `endRefresh`. */
  beginRefresh(key: string): boolean {
    if (this.#refreshed.has(key) || this.#refreshed.size >= LIMITS.cacheRefreshes) return false
    this.#refreshed.add(key)
    return true
  }

  endRefresh(key: string): void {
    this.#refreshed.delete(key)
  }

  /** A call begins. Where another is under way already, nobody joins this one. */
  begin(key: string, keeper: Omit<FlightKeeper, 'onClosed'>): Flight {
    const flight: Flight = new Flight(
      {
        onClosed: () => {
          if (this.#open.get(key) === flight) this.#open.delete(key)
        },
        onOver: (said) => keeper.onOver(said),
        onLeft: () => keeper.onLeft(),
        onAlone: (reason) => keeper.onAlone(reason),
      },
      LIMITS.cachedAnswerBytes,
    )
    if (!this.#open.has(key)) this.#open.set(key, flight)
    return flight
  }
}
