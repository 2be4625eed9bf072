import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Attempt } from '../exchange/exchange.ts'
import { operationOf } from '../exchange/operations/all.ts'
import type { Price } from '../exchange/target.ts'
import { NO_COUNTS, type Counts } from '../exchange/units.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { LedgerRow } from '../store/store.ts'

/** The price of a usage in nano-USD, rounded up once; undefined when it was served at a price that is not known. */
export type CostOf = (usage: Usage, price: Price) => NanoUsd | undefined

/** What an intent needs besides the attempt. */
export interface IntentFacts {
  /** When the attempt begins, wall time: decides the budget windows that it counts in. */
  readonly atMs: number
  /** The estimate of the input. */
  readonly inputTokens: number
  /** The estimate of the searches, where they are charged. */
  readonly searches?: number | undefined
  readonly costOf: CostOf
  /** The most that the attempt may cost; absent: unpriced. */
  readonly mostNanoUsd: NanoUsd | undefined
}

/** The outcome of an attempt whose process died. */
const CRASHED = 'crashed'

/**
 * The announcement of an attempt that is about to be sent: its row as it stands should the process die. The provider has read
 * the input and will charge for it. What it had sent is not known and not invented; budgets are charged the most that it may be.
 */
export function toAttemptIntent(attempt: Attempt, facts: IntentFacts): LedgerRow {
  const { atMs, costOf, mostNanoUsd } = facts
  const estimate: Mutable<Counts> = { ...NO_COUNTS, inputTokens: facts.inputTokens }
  setDefined(estimate, 'searches', facts.searches)
  const { exchange, target, begun } = attempt
  const { caller, request, route } = exchange
  const { price } = target
  const row: Mutable<LedgerRow> = {
    id: attempt.id,
    requestId: exchange.id,
    ordinal: attempt.ordinal,
    atMs,
    owners: caller.owners,
    route: route?.name ?? request.model,
    target: target.id,
    provider: target.provider,
    model: target.model,
    simulated: target.simulated,
    outcome: CRASHED,
    durationMs: 0,
    usage: estimate,
    basis: 'crash-estimate',
  }
  if (begun !== undefined) {
    row.begunFor = begun.for
    setDefined(row, 'rung', begun.rung)
  }
  if (exchange.asked !== undefined) {
    row.purpose = exchange.asked.purpose
    row.parentId = exchange.asked.parentId
  }
  if (price === undefined) return row
  row.priceId = price.id
  const isFree = operationOf(request).charge === 'nothing'
  const cost = isFree ? 0n : costOf({ ...NO_USAGE, ...estimate, estimated: true }, price)
  setDefined(row, 'costNanoUsd', cost)
  setDefined(row, 'chargedNanoUsd', mostNanoUsd)
  return row
}

/**
 * The row of an attempt that is over: what was used, unit by unit, and what all of it was worth. An attempt that used nothing costs
 * nothing, priced or not.
 *
 * @param intent what was announced of the same attempt
 */
export function toAttemptRow(intent: LedgerRow, result: AttemptResult): LedgerRow {
  const usage = result.usage ?? NO_USAGE
  const costNanoUsd = result.usage === undefined ? 0n : result.costNanoUsd
  const row: Mutable<LedgerRow> = {
    ...intent,
    outcome: result.outcome,
    durationMs: result.durationMs,
    usage,
    basis: result.basis,
  }
  if (result.status !== undefined) row.status = result.status
  if (costNanoUsd === undefined) delete row.costNanoUsd
  else row.costNanoUsd = costNanoUsd
  if (result.chargedNanoUsd === undefined) delete row.chargedNanoUsd
  else row.chargedNanoUsd = result.chargedNanoUsd
  if (usage.anomalies !== undefined) row.anomalies = usage.anomalies.join(' ')
  if (usage.servedTiers !== undefined) row.servedTiers = usage.servedTiers.join(' ')
  return row
}
