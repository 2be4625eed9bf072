import { z } from 'zod'
import { defineStrategy } from './strategy.ts'

/**
 * In turn: whoever is furthest behind its share is next, and of equals the one that is listed first (smooth weighted round-robin, as in
 * nginx). Shares are exact and without bursts, which a draw gives only in the long run; who is left out is not owed anything for it.
 */
export const weighted = defineStrategy({
  name: 'weighted',
  summary: 'in turn by weight, the rest as fallback',
  reason: { code: 'weighted-turn', sentence: 'It was furthest behind its share by weight.' },
  usesWeights: true,
  remembers: 'shares',
  options: z.strictObject({}),
  rank(targets, { load }) {
    if (targets.length < 2) return targets
    let total = 0
    for (const { weight } of targets) total += weight
    return targets
      .map(({ target, weight }) => ({
        target,
        weight,
        detail: `${weight} of ${total}`,
        due: (load.of(target.id).owed ?? 0) + weight,
      }))
      .sort((left, right) =>
        left.weight > 0 === right.weight > 0 ? right.due - left.due : right.weight - left.weight,
      )
  },
})
