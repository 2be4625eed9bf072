import type { PaceTerms } from '../../../exchange/pace-terms.ts'
import { hedge } from './hedge.ts'
import type { Pace } from './pace.ts'
import { race } from './race.ts'

/**
 * The pace of an exchange, made of what its route says.
 *
 * @param patienceMs how long a hedge waits for the attempt that runs; undefined where nobody can tell
 */
export function paceOf(terms: PaceTerms, patienceMs: () => number | undefined): Pace {
  return terms.kind === 'race' ? race(terms) : hedge(patienceMs)
}
