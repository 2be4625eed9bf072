import type { Failure } from '../exchange/failure.ts'
import type { Trail } from '../exchange/trail.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { ArmOutcome } from './guard-watch.ts'

const NANO_PER_USD = 1e9
const SERVER_ERROR = 500

/** How an exchange went that got its answer: when it began, and what it cost. */
export function goodOutcome(trail: Pick<Trail, 'firstEventMs' | 'costNanoUsd'>): ArmOutcome {
  const outcome: Mutable<ArmOutcome> = { isError: false }
  setDefined(outcome, 'firstEventMs', trail.firstEventMs)
  const cost = trail.costNanoUsd()
  if (cost !== undefined) outcome.costUsd = Number(cost) / NANO_PER_USD
  return outcome
}

/** Where nobody could answer and the provider says that it is for what was asked, a client could have a canary taken back by asking for it. */
export function isProvidersFault({ row: { source, health, status } }: Failure): boolean {
  return source === 'provider' && (health !== 'none' || status >= SERVER_ERROR)
}
