import { z } from 'zod'
import type { TargetLoad } from '../../exchange/load-view.ts'
import { lowestFirst } from './lowest-first.ts'
import { trust } from './trust.ts'
import { defineStrategy } from './strategy.ts'

/**
 * By the calls that are under way, for its weight. Who fails at once has few of them: without the penalty for errors he would be
 * given everything.
 */
export const leastBusy = defineStrategy({
  name: 'least-busy',
  summary: 'the fewest calls under way, for its weight',
  reason: {
    code: 'least-busy',
    sentence: 'It had the fewest calls under way for its weight; who fails counts as busier.',
  },
  usesWeights: true,
  options: z.strictObject({}),
  rank: (targets, { load, route, random }) =>
    lowestFirst(targets, random, ({ target, weight }) => {
      const measured = load.of(target.id, route.name)
      const score = (measured.inFlight + 1) / (weight * trust(measured))
      return { score, detail: () => detailOf(measured) }
    }),
})

function detailOf({ inFlight, errorShare }: TargetLoad): string {
  const failing = Math.round(errorShare * 100)
  return failing === 0 ? `${inFlight} under way` : `${inFlight} under way, ${failing} % failed`
}
