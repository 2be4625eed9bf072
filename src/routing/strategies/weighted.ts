import { z } from 'zod'
import { toDraw } from '../../kit/rendezvous.ts'
import { defineStrategy } from './strategy.ts'

/** By weight, without replacement: each target draws, and the lowest goes first, which gives every target the share of its weight. */
export const weighted = defineStrategy({
  name: 'weighted',
  summary: 'drawn by weight, the rest as fallback',
  reason: { code: 'weighted-draw', sentence: 'It won the draw by weight.' },
  usesWeights: true,
  options: z.strictObject({}),
  rank(targets, { random }) {
    if (targets.length < 2) return targets
    return targets
      .map((entry) => ({ entry, draw: toDraw(random.next(), entry.weight) }))
      .sort((left, right) => left.draw - right.draw)
      .map(({ entry }) => entry)
  },
})
