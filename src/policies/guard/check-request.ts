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

/**
 * Creates the admission that has the checks of a plan judge what is asked, as lookers have left it. Stands behind them: what they block is
 * not asked about, and what they mask is not told. Rejects as they do, and where the limits of the caller do not let a check ask, as those do.
 */
export function createCheckRequest(parts: CheckParts): Admission {
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
  parts: CheckParts,
  asked: Exchange,
  opinions: readonly CheckOpinion[],
): Promise<Exchange> {
  const judged: CheckOpinion[] = []
  let exchange = asked
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
