import type { CanaryTerms } from '../exchange/split.ts'
import type { CanaryBoard } from './canary-board.ts'

/** What of the board requests need. */
export type CanaryShares = Pick<CanaryBoard, 'shareOf' | 'record'>

/**
 * The board as a plan sees it that is tried beside another: canaries that both have are the same ones. Those that it adds or changes
 * stand at their first share and are not judged, since the board would begin each anew whenever it is asked by the other plan.
 *
 * @param shared of the plan in force
 */
export function canariesBeside(board: CanaryShares, shared: readonly CanaryTerms<unknown>[]): CanaryShares {
  const known = new Map(shared.map(({ id, fingerprint }) => [id, fingerprint]))
  const isShared = ({ id, fingerprint }: CanaryTerms<unknown>): boolean => known.get(id) === fingerprint
  return {
    shareOf: (terms) => (isShared(terms) ? board.shareOf(terms) : (terms.ramp[0] ?? 0)),
    record(terms, arm, outcome) {
      if (isShared(terms)) board.record(terms, arm, outcome)
    },
  }
}
