import type { Inbound } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { createDecider, type Decided, type Imagined } from './decide-again.ts'
import { flipsOf, type Flip } from './flips.ts'
import { imagine, type Surroundings } from './imagine.ts'
import { outageOf, type Outage } from './outage.ts'

/** What is to be explained: a request, under a plan. */
export interface ToExplain {
  readonly plan: Plan
  readonly inbound: Inbound
  readonly around: Surroundings
  /** A provider, for what would become of the request if it went down. */
  readonly outage?: string
}

/** How a request would be decided on, what would flip that, and what would become of it without a provider. */
export interface Explanation {
  readonly plan: Plan
  readonly dialect: string
  readonly imagined: Imagined
  readonly decided: Decided
  readonly flips: readonly Flip[]
  readonly outage?: Outage
}

/** Explains a decision before it is made. Nobody is asked, and nothing is held or counted. */
export function explain({ plan, inbound, around, outage }: ToExplain): Explanation {
  const decide = createDecider(plan)
  const imagined = imagine(inbound, around, decide)
  const made = { plan, decide, imagined, decided: decide(imagined) }
  return {
    plan,
    dialect: inbound.dialect,
    imagined,
    decided: made.decided,
    flips: flipsOf(made),
    ...defined({ outage: outage === undefined ? undefined : outageOf(made, outage) }),
  }
}
