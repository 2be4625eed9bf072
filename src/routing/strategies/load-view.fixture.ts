import { UNSEEN, type LoadView, type TargetLoad } from '../../exchange/load-view.ts'

/** For tests: a view in which these targets do so; of others nothing is known. */
export function sampleLoads(loads: Readonly<Record<string, Partial<TargetLoad>>>): LoadView {
  return {
    of: (target) => ({ ...UNSEEN, ...loads[target] }),
    firstTokenQuantileMs: () => undefined,
  }
}
