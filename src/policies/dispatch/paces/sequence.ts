import { judge } from '../judge.ts'
import type { Move, Pace } from './pace.ts'

const WAIT: Move = { action: 'wait' }

/** One attempt after another: the next is begun when the last has failed, as its failure's row says. */
export const sequence: Pace = {
  overlaps: false,
  waitsForWhole: false,
  decide: ({ failed }) => (failed === undefined ? WAIT : judge(failed)),
}
