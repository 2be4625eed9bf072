import type { Failure } from '../exchange/failure.ts'
import { toFailure } from '../exchange/failure.ts'
import type { Inbound } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import type { NanoUsd } from '../kit/money.ts'
import { reservedFor } from '../policies/request/reserve-budget.ts'
import { createDecider } from './decide-again.ts'
import { imagine, toExchange, type Surroundings } from './imagine.ts'

/** What a request may come to, before anybody is asked. */
export interface HeldFor {
  /** The most that a budget would hold for it; absent where nobody would be asked, or no price is known. */
  readonly nanoUsd?: NanoUsd
  readonly route?: string
  /** Whom it would be sent to first. */
  readonly target?: string
  readonly simulated?: boolean
  /** Why nobody would be asked, or nothing can be held. */
  readonly failure?: Failure
}

/** Works out where a request would go and the most that would be held for it, by the functions that decide and reserve. Nothing is held. */
export function heldFor(plan: Plan, inbound: Inbound, around: Surroundings): HeldFor {
  const decide = createDecider(plan)
  const { candidates, route, failure } = decide(imagine(inbound, around, decide))
  const first = candidates[0]?.target
  const told = defined({ route: route?.name, target: first?.id, simulated: first?.simulated })
  if (failure !== undefined) return { ...told, failure }
  if (route === undefined) return told
  try {
    return { ...told, nanoUsd: reservedFor({ ...toExchange(inbound, around), route }, around.upperBound) }
  } catch (thrown) {
    return { ...told, failure: toFailure(thrown) }
  }
}
