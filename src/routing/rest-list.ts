interface Rest {
  readonly untilMs: number
  /** Rests in a row without a success between. */
  readonly strikes: number
}

const NEVER: Rest = { untilMs: 0, strikes: 0 }

/** Names that are left alone until a time. Bounded; the oldest rest is forgotten first. Times are monotonic milliseconds. */
export interface RestList {
  /**
   * Lets a name rest. A later end wins over an earlier one, whichever came first. What comes while the name rests is no
   * further strike: calls that were under way together are refused together.
   */
  rest(name: string, untilMs: number, nowMs: number): void
  /** The end of a name's rest, or undefined when it does not rest at `nowMs`. */
  until(name: string, nowMs: number): number | undefined
  /** How often in a row the name was sent to rest. */
  strikes(name: string): number
  clear(name: string): void
  clearMatching(matches: (name: string) => boolean): void
  /** Does a name that passes `matches` rest at `nowMs`? */
  some(matches: (name: string) => boolean, nowMs: number): boolean
  /** Names that rest at `nowMs`, with the milliseconds left. */
  entries(nowMs: number): readonly (readonly [name: string, restsMs: number])[]
  readonly size: number
}

/**
 * Creates an empty list.
 *
 * @param capacity names remembered, ≥ 1
 */
export function createRestList(capacity: number): RestList {
  const rests = new Map<string, Rest>()
  return {
    rest(name, untilMs, nowMs) {
      const { untilMs: knownMs, strikes } = rests.get(name) ?? NEVER
      rests.delete(name)
      rests.set(name, {
        untilMs: Math.max(untilMs, knownMs),
        strikes: knownMs > nowMs ? strikes : strikes + 1,
      })
      if (rests.size <= capacity) return
      const oldest = rests.keys().next()
      if (!oldest.done) rests.delete(oldest.value)
    },
    until(name, nowMs) {
      const untilMs = rests.get(name)?.untilMs
      return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined
    },
    strikes: (name) => rests.get(name)?.strikes ?? 0,
    clear: (name) => void rests.delete(name),
    clearMatching(matches) {
      for (const name of rests.keys()) {
        if (matches(name)) rests.delete(name)
      }
    },
    some(matches, nowMs) {
      for (const [name, { untilMs }] of rests) {
        if (untilMs > nowMs && matches(name)) return true
      }
      return false
    },
    entries(nowMs) {
      const resting: (readonly [string, number])[] = []
      for (const [name, { untilMs }] of rests) {
        if (untilMs > nowMs) resting.push([name, untilMs - nowMs])
      }
      return resting
    },
    get size() {
      return rests.size
    },
  }
}
