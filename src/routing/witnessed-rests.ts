import { createRestList, type RestList } from './rest-list.ts'

/** One refusal that lets a name rest. Times are monotonic milliseconds. */
export interface Refusal {
  readonly name: string
  readonly caller: string
  readonly untilMs: number
  readonly nowMs: number
  /** True where no request can have caused it: it holds for everybody at once. */
  readonly isCertain: boolean
}

/**
 * Names that are left alone until a time. A refusal that a request may have caused holds for its caller alone, until another
 * caller is refused too: nobody takes a model or a credential from the others by what he sends.
 */
export class WitnessedRests {
  readonly #all: RestList
  /** By name and caller. */
  readonly #own: RestList

  /**
   * @param capacity names remembered, ≥ 1
   */
  constructor(capacity: number) {
    this.#all = createRestList(capacity)
    this.#own = createRestList(capacity)
  }

  /** Lets a name rest. Gives true when it rests for everybody. */
  rest({ name, caller, untilMs, nowMs, isCertain }: Refusal): boolean {
    const own = ownKey(name, caller)
    const prefix = ownKey(name, '')
    const isWitnessed =
      isCertain ||
      this.#all.until(name, nowMs) !== undefined ||
      this.#own.some((key) => key !== own && key.startsWith(prefix), nowMs)
    if (isWitnessed) this.#all.rest(name, untilMs, nowMs)
    else this.#own.rest(own, untilMs, nowMs)
    return isWitnessed
  }

  /** The end of a name's rest for a caller, or undefined when it does not rest. */
  until(name: string, caller: string, nowMs: number): number | undefined {
    const forAll = this.#all.size === 0 ? undefined : this.#all.until(name, nowMs)
    if (this.#own.size === 0) return forAll
    const own = this.#own.until(ownKey(name, caller), nowMs)
    return forAll === undefined || (own ?? 0) > forAll ? own : forAll
  }

  /** How often in a row the name was sent to rest, as this caller knows it. */
  strikes(name: string, caller: string): number {
    return Math.max(this.#all.strikes(name), this.#own.strikes(ownKey(name, caller)))
  }

  /** Does another name that passes `matches` rest for everybody? */
  some(matches: (name: string) => boolean, nowMs: number): boolean {
    return this.#all.some(matches, nowMs)
  }

  /** An answer to a caller: the name is well. */
  clear(name: string, caller: string): void {
    this.#all.clear(name)
    if (this.#own.size > 0) this.#own.clear(ownKey(name, caller))
  }

  /** Clears every name with this ending, for everybody. */
  clearEnding(ending: string): void {
    this.#all.clearMatching((name) => name.endsWith(ending))
    this.#own.clearMatching((key) => key.slice(0, key.lastIndexOf('\n')).endsWith(ending))
  }

  /** What rests at `nowMs`, with the milliseconds left: for everybody, then for single callers. */
  entries(
    nowMs: number,
  ): readonly { readonly name: string; readonly caller?: string; readonly restsMs: number }[] {
    const own = this.#own.entries(nowMs).map(([key, restsMs]) => {
      const end = key.lastIndexOf('\n')
      return { name: key.slice(0, end), caller: key.slice(end + 1), restsMs }
    })
    return [...this.#all.entries(nowMs).map(([name, restsMs]) => ({ name, restsMs })), ...own]
  }

  /** Names that rested and were not cleared. */
  get size(): number {
    return this.#all.size + this.#own.size
  }
}

function ownKey(name: string, caller: string): string {
  return `${name}\n${caller}`
}
