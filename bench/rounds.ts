import type { Figures } from './scenarios.ts'

/** Figures of which the worst round counts: one failure or one stall is what a user would remember. */
const WORST: ReadonlySet<string> = new Set(['failures', 'longestGapMs'])

/** The figures of several rounds as one: the median of each, or the worst where one bad round is bad enough. */
export function overRounds(rounds: readonly Figures[]): Figures {
  const names = new Set(rounds.flatMap((figures) => Object.keys(figures)))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = rounds.map((figures) => figures[name] ?? Number.NaN).toSorted((one, two) => one - two)
      const place = WORST.has(name) ? values.length - 1 : (values.length - 1) >> 1
      return [name, values[place] ?? Number.NaN]
    }),
  )
}
