import { z } from 'zod'
import type { Strategy } from '../../routing/strategies/strategy.ts'

const ONE = 'one strategy with its options'

/**
 * The strategy of a route: its name, or, where it has options, a map of its name to them. Gives the ranking that the route holds.
 *
 * @param strategies all that there are
 * @param standard the one of a route that names none, which is for whoever compiles it to say
 */
export function strategySchema(strategies: readonly Strategy[], standard: Strategy) {
  const byName = new Map(strategies.map((strategy) => [strategy.name, strategy]))
  const named = z.enum([...byName.keys()]).transform((name) => (byName.get(name) ?? standard).standard)
  const ways = strategies.map(({ name, summary }) => `${name}: ${summary}`).join('; ')
  const adjustable = strategies.filter(({ standard: { options } }) => Object.keys(options).length > 0)
  const schema = adjustable.length === 0 ? named : z.union([named, withOptions(adjustable)])
  return schema.optional().describe(`${ways}. Default: ${standard.name}.`)
}

function withOptions(strategies: readonly Strategy[]) {
  return z
    .strictObject(
      Object.fromEntries(
        strategies.map(({ name, summary, schema }) => [name, schema.optional().describe(`${summary}.`)]),
      ),
    )
    .transform((map, { addIssue }) => {
      const [chosen, ...more] = Object.values(map).filter((ranking) => ranking !== undefined)
      if (chosen !== undefined && more.length === 0) return chosen
      addIssue({ code: 'custom', message: ONE })
      return z.NEVER
    })
}
