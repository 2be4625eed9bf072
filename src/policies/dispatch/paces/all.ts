import type { PaceTerms } from '../../../exchange/pace-terms.ts'
import { hedge } from './hedge.ts'
import type { Pace } from './pace.ts'
import { race } from './race.ts'
import { sequence } from './sequence.ts'

/** The pace of an exchange, made of what its route says. A route that says nothing has one attempt follow another, at no cost. */
export function paceOf(terms: PaceTerms | undefined): Pace {
  if (terms === undefined) return sequence
  return terms.kind === 'race' ? race(terms) : hedge(terms)
}
