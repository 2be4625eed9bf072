import { LAST_RESORT, type RankStep } from '../exchange/decision.ts'
import type { Choice, ChoiceQuestion } from './choice.ts'
import { toFilter, type Refused } from './refuse.ts'

/** Clients are told to wait for a limit that ends within this time; asking the provider earlier would be refused. */
const WORTH_WAITING_MS = 60_000

/**
 * Nothing is eligible. Circuits and context estimates may be wrong, so the best of those is tried: the circuit that
 * recovers first, else the largest context, else a credential that rests for so long that somebody may have put it right
 * by now. Hard reasons (permission, price, capability, a short limit) are never overruled.
 */
export function chooseLastResort({ route }: ChoiceQuestion, refused: readonly Refused[]): Choice {
  const filter = toFilter(refused)
  const best = earliestCircuit(refused) ?? largestContext(refused) ?? longResting(refused)
  if (best !== undefined) {
    const { strategy } = route.ranking
    const {
      target: { id },
      refusal: { detail },
    } = best
    const targets = [detail === undefined ? { target: id } : { target: id, detail }]
    const rank: RankStep = { step: 'rank', strategy, reason: LAST_RESORT, targets }
    return { candidates: [{ target: best.target, lastResort: true }], filter, rank }
  }
  const retryAfterMs = freeInMs(refused)
  return retryAfterMs === Number.POSITIVE_INFINITY
    ? { candidates: [], filter }
    : { candidates: [], filter, retryAfterMs }
}

function earliestCircuit(refused: readonly Refused[]): Refused | undefined {
  let best: Refused | undefined
  let bestMs = Number.POSITIVE_INFINITY
  for (const one of refused) {
    const { reason, restMs } = one.refusal
    if (reason !== 'circuit-open' || restMs === undefined || restMs >= bestMs) continue
    best = one
    bestMs = restMs
  }
  return best
}

function largestContext(refused: readonly Refused[]): Refused | undefined {
  let best: Refused | undefined
  for (const one of refused) {
    if (one.refusal.reason !== 'context-too-small') continue
    if (best === undefined || contextOf(one) > contextOf(best)) best = one
  }
  return best
}

/** The first target whose credentials rest; none while one of them is free again before a client loses patience. */
function longResting(refused: readonly Refused[]): Refused | undefined {
  if (freeInMs(refused) <= WORTH_WAITING_MS) return undefined
  return refused.find(
    ({ target, refusal }) => refusal.reason === 'credentials-exhausted' && target.credentials.length > 0,
  )
}

/** When the first of the limits ends; infinity when there is none. */
function freeInMs(refused: readonly Refused[]): number {
  return Math.min(...refused.map(({ refusal }) => refusal.restMs ?? Number.POSITIVE_INFINITY))
}

function contextOf({ target }: Refused): number {
  const { contextTokens, maxInputTokens } = target.capabilities
  return contextTokens ?? maxInputTokens ?? 0
}
