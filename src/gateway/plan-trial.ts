import type { VersionTrial } from '../experiments/version-trial.ts'
import type { Plan } from './plan.ts'

/** A plan that is tried on a share of the requests, and who says which these are and hears how they end. */
export interface PlanTrial extends Pick<VersionTrial, 'takes' | 'record' | 'refused'> {
  readonly plan: Plan
}
