import { joinConstraints } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { textsOf } from '../../exchange/request-texts.ts'
import { CheckOpinion, hasCheck } from '../../guardrails/check-opinion.ts'
import { guardrailsFor } from '../../guardrails/guardrail.ts'
import type { Admission } from '../policy.ts'
import { refuse, restrict } from './follow-findings.ts'
import { maskRequest } from './mask-request.ts'
import { placesOf } from './masked-places.ts'
import { reportFindings } from './report-findings.ts'
import { roundsOf, runChecks, type CheckParts } from './run-checks.ts'
import { subjectOf } from './subject-of.ts'

/** What judging requests takes. */
export interface CheckRequestParts extends CheckParts {
  /** Lets through whoever is within the limits of his own: nobody makes the house ask more often than he may ask himself. */
  readonly limit: Admission
}

/**
 * Creates the admission that has the checks of a plan judge what is asked, as lookers have left it. Stands behind them: what they block is
 * not asked about, and what they mask is not told. Rejects as they do, as the limits of the caller do, and where his money does not let a check ask, as his budget does.
 */
export function createCheckRequest(parts: CheckRequestParts): Admission {
  return (exchange) => {
    // What the house asks was judged when it was asked for, and no question leads to another.
    if (exchange.asked !== undefined || exchange.declined !== undefined) return exchange
    const checks = guardrailsFor(parts.terms, subjectOf(exchange), 'input').filter(hasCheck)
    if (checks.length === 0) return exchange
    const opinions = checks.map((check) => new CheckOpinion(check, 'input'))
    return judgeRequest(parts, exchange, opinions)
  }
}

async function judgeRequest(
  parts: CheckRequestParts,
  asked: Exchange,
  opinions: readonly CheckOpinion[],
): Promise<Exchange> {
  const judged: CheckOpinion[] = []
  let exchange: Exchange = { ...(await parts.limit(asked)), isLimited: true }
  for (const round of roundsOf(opinions)) {
    await runChecks(parts, round, { phase: 'input', exchange: underRoute(exchange), texts: saidIn(exchange) })
    judged.push(...round)
    if (round.some(({ blocks }) => blocks)) break
    const { createPlaceholders } = parts
    const places = placesOf(round)
    exchange = restrict(maskRequest(exchange, { places, opinions: round, createPlaceholders }), round)
  }
  reportFindings(parts.telemetry, { exchange, phase: 'input', opinions: judged })
  const blocking = judged.find(({ blocks }) => blocks)
  return blocking === undefined ? exchange : refuse(exchange, blocking)
}

/** What its route wants of targets holds for what is asked about it too, where it is known already. */
function underRoute(exchange: Exchange): Exchange {
  const { route } = exchange
  const only = route?.steps === undefined ? route?.only : undefined
  return only === undefined ? exchange : { ...exchange, only: joinConstraints(exchange.only, only) ?? only }
}

function saidIn({ request }: Exchange): readonly string[] {
  return [...new Set(textsOf(request))].filter((text) => text.trim() !== '')
}
