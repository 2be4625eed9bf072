import type { ExplainRoutesNeeds } from '../admin/explain.ts'
import { DIALECTS } from '../dialects/all.ts'
import { callerId } from '../exchange/caller.ts'
import { ConsultedLoads } from '../routing/consulted-loads.ts'
import { Rests } from '../routing/rests.ts'
import type { Engine } from './engine.ts'

/** What explanations are made of while the gateway runs: how everybody does at the moment, and how far budgets are used. */
export function explainingParts(
  { health, parts }: Engine,
  compileDraft: ExplainRoutesNeeds['compileDraft'],
): Pick<ExplainRoutesNeeds, 'dialects' | 'compileDraft' | 'usesOf' | 'momentFor'> {
  return {
    dialects: DIALECTS,
    compileDraft,
    usesOf: ({ budgetPeriods }) => parts.budgets.uses(budgetPeriods),
    momentFor: (caller) => ({
      rests: new Rests(health, callerId(caller)),
      load: new ConsultedLoads(parts.loads),
      shareOf: (canary) => parts.canaries.shareOf(canary),
      warm: parts.warm,
    }),
  }
}
