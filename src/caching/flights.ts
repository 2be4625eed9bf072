import { LIMITS } from '../kit/limits.ts'
import type { RecordedAnswer } from './recorded-answer.ts'

interface Flight {
  readonly landing: Promise<RecordedAnswer | undefined>
  followers: number
}

/** Calls under way whose answers others wait for who ask the same. Each ends with its call, so there are never more than requests. */
export class Flights {
  readonly #open = new Map<string, Flight>()

  /** Is a call under way that others follow? */
  isOpen(key: string): boolean {
    return this.#open.has(key)
  }

  /**
   * The answer of the call under way: undefined once that has come to none, and somebody else has to ask. Gives undefined itself where
   * no call is under way, or as many follow it as may.
   */
  follow(key: string): Promise<RecordedAnswer | undefined> | undefined {
    const flight = this.#open.get(key)
    if (flight === undefined || flight.followers >= LIMITS.cacheFollowers) return undefined
    flight.followers += 1
    return flight.landing
  }

  /** A call begins. Gives what it ends with, to be called once; where another call is under way already, nobody follows this one. */
  begin(key: string): (answer?: RecordedAnswer) => void {
    if (this.#open.has(key)) return () => undefined
    const { promise, resolve } = Promise.withResolvers<RecordedAnswer | undefined>()
    this.#open.set(key, { landing: promise, followers: 0 })
    return (answer) => {
      this.#open.delete(key)
      resolve(answer)
    }
  }
}
