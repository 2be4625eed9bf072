import { z } from 'zod'
import type { LoadView } from '../../exchange/load-view.ts'
import type { RankedTarget } from '../../exchange/route.ts'

/** A target with the number that it was ranked by. */
export type ScoredTarget = RankedTarget & { readonly score: number }

/** The option by which a strategy does not move between targets that are about as good. */
export function keepWithinSchema(standard: number) {
  return z
    .number({ error: 'a number from 0 to 100' })
    .min(0, { error: 'a number from 0 to 100' })
    .max(100, { error: 'a number from 0 to 100' })
    .default(standard)
    .describe(
      'The target that was first the last time stays first as long as no other is better by more per cent.',
    )
}

/**
 * Puts the target first that was first the last time, if none is better by more than a margin: what is measured flutters, and every
 * move costs the warm caches of a provider.
 *
 * @param ranked the lowest score first
 */
export function keepLast(
  ranked: readonly ScoredTarget[],
  load: LoadView,
  withinPercent: number,
): readonly ScoredTarget[] {
  const [best] = ranked
  const kept = ranked.find(({ target }) => load.of(target.id).wasFirst === 1)
  if (best === undefined || kept === best) return ranked
  if (kept === undefined || !(kept.score <= best.score * (1 + withinPercent / 100))) return ranked
  return [kept, ...ranked.filter((one) => one !== kept)]
}
