import { z } from 'zod'
import type { RankQuestion, RouteTarget } from '../../exchange/route.ts'
import { defineStrategy } from './strategy.ts'

/**
 * By weight, without replacement: each target draws `-ln(u) / weight` and the smallest goes first, which gives every
 * target the share of its weight (Efraimidis and Spirakis, 2006). With an affinity, `u` is a hash of it and the target's
 * id instead of a random number: the same session meets the same target as long as that is eligible, and only the
 * sessions of a lost target move (weighted rendezvous hashing).
 */
export const weighted = defineStrategy({
  name: 'weighted',
  summary: 'drawn by weight, the rest as fallback',
  reason: { code: 'weighted-draw', sentence: 'It won the draw by weight, or its session belongs to it.' },
  usesWeights: true,
  options: z.strictObject({}),
  rank(targets, question) {
    if (targets.length < 2) return targets
    return targets
      .map((entry) => ({ entry, score: score(entry, question) }))
      .sort((left, right) => left.score - right.score)
      .map(({ entry }) => entry)
  },
})

function score({ target, weight }: RouteTarget, { random, affinity }: RankQuestion): number {
  const unit = affinity === undefined ? random.next() : hashToUnit(`${affinity}\n${target.id}`)
  return weight > 0 ? -Math.log(1 - unit) / weight : Number.MAX_VALUE
}

/** FNV-1a with the finaliser of MurmurHash3, as a float in [0, 1): spreads names that differ in one character. */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}
