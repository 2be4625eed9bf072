import type { RaceTerms } from '../../../exchange/pace-terms.ts'
import { judge } from '../judge.ts'
import type { Pace } from './pace.ts'

/** So many at once from the start; who fails is followed as its failure's row says. */
export function race({ of, accept }: RaceTerms): Pace {
  return {
    overlaps: true,
    waitsForWhole: accept === 'whole',
    decide({ failed, running }) {
      if (failed !== undefined) return judge(failed)
      return { action: running < of ? 'next-target' : 'wait' }
    },
  }
}
