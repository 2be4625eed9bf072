import type { Ask } from '../../exchange/ask.ts'
import type { Caller } from '../../exchange/caller.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import { toFailure } from '../../exchange/failure.ts'
import type { Operation, ResultOf } from '../../exchange/operations/all.ts'
import type { ShadowTerms } from '../../exchange/shadow.ts'
import { standingOf } from '../../exchange/standing.ts'
import { Trail } from '../../exchange/trail.ts'
import { agrees, compareAnswers, type Comparison } from '../../experiments/compare-answers.ts'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { formatUsd, type NanoUsd } from '../../kit/money.ts'
import type { ShadowRow } from '../../store/shadow-rows.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** What the client got. */
export interface Shown {
  readonly result: ResultOf<Operation>
  readonly ms: number
  /** Absent: unpriced. */
  readonly cost: NanoUsd | undefined
  /** Is that money invented? */
  readonly simulated: boolean
  /** Who answered. */
  readonly target: string
}

/** How a shadow ended. */
interface Ended {
  readonly outcome: 'compared' | 'failed'
  readonly charged: NanoUsd
}

interface AskShadowParts {
  readonly ask: Ask
  readonly exchange: Exchange
  readonly terms: ShadowTerms
  readonly keep: (row: ShadowRow) => void
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Asks the shadow what the client has asked, and keeps how its answer differs. Never rejects. */
export async function askShadow(parts: AskShadowParts, shown: Shown): Promise<Ended> {
  const { ask, exchange, terms, clock, telemetry } = parts
  const trail = new Trail()
  const startedMs = clock.elapsedMs()
  const told = { ...requestFields(exchange), route: exchange.route?.name ?? '', shadow: terms.to }
  const row = (outcome: string): ShadowRow => ({
    ...told,
    atMs: exchange.startedAtMs,
    shown: shown.target,
    outcome,
    durationMs: Math.round(shown.ms),
    shadowMs: Math.round(clock.elapsedMs() - startedMs),
    simulated: shown.simulated,
    shadowSimulated: trail.isSimulated(),
    ...defined({
      target: trail.served?.id,
      costNanoUsd: shown.cost,
      shadowCostNanoUsd: trail.costNanoUsd(),
    }),
  })
  try {
    const result = await ask({
      request: { ...exchange.request, model: terms.to },
      purpose: 'shadow',
      parent: askedByHouse(exchange),
      trail,
    })
    const comparison =
      isMessage(shown.result) && isMessage(result) ? compareAnswers(shown.result, result) : undefined
    countAgreement(parts, comparison)
    const compared = { ...row('compared'), ...(comparison && measuresOf(comparison)) }
    parts.keep(compared)
    tell(telemetry, compared, comparison)
    return { outcome: 'compared', charged: trail.chargedNanoUsd() }
  } catch (thrown) {
    const { code } = toFailure(thrown)
    parts.keep(row(code))
    telemetry.log('info', 'shadow: failed', { ...told, code })
    return { outcome: 'failed', charged: trail.chargedNanoUsd() }
  }
}

function measuresOf({ lengths, ...measures }: Comparison): Partial<ShadowRow> {
  const [length, shadowLength] = lengths
  return { ...measures, length, shadowLength, agrees: agrees(measures) }
}

function tell(telemetry: Telemetry, row: ShadowRow, comparison: Comparison | undefined): void {
  const { requestId, route, shadow, target = '', durationMs: ms, shadowMs } = row
  telemetry.log('info', 'shadow: compared', {
    requestId,
    route,
    shadow,
    target,
    ms,
    shadowMs,
    ...defined({ costUsd: inUsd(row.costNanoUsd), shadowCostUsd: inUsd(row.shadowCostNanoUsd) }),
    ...comparison,
    ...defined({ agrees: row.agrees }),
  })
}

/** The exchange as the house asks it: with time of its own, as the client does not wait. What it must not leave (`only`) holds on. */
function askedByHouse(exchange: Exchange): Exchange {
  const { signal } = new AbortController()
  return {
    ...exchange,
    caller: asHouse(exchange.caller),
    signal,
    deadlineAtMs: Number.POSITIVE_INFINITY,
  }
}

/** The house in the place of a caller: on nobody's budget, in nobody's limits, and without what his key may not use. */
export function asHouse({ keyName }: Caller): Caller {
  return { owners: {}, keyName, ...standingOf([], { allowedOptions: [] }) }
}

function isMessage(result: ResultOf<Operation>): result is Message {
  return 'choices' in result
}

function inUsd(cost: NanoUsd | undefined): string | undefined {
  return cost === undefined ? undefined : formatUsd(cost)
}

function countAgreement({ telemetry, exchange }: AskShadowParts, comparison: Comparison | undefined): void {
  if (comparison === undefined) return
  const { sameRefusal, sameTools, sameJson } = comparison
  const route = exchange.route?.name ?? ''
  for (const [measure, agrees] of Object.entries({ refusal: sameRefusal, tools: sameTools, json: sameJson }))
    if (agrees !== undefined)
      telemetry.count('gatehouse_shadow_agreement_total', { route, measure, agrees: String(agrees) })
}
