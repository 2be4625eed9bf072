import type { Plan } from '../gateway/plan.ts'
import { decisionLine } from '../insight/decision-line.ts'
import { pricesIn } from '../insight/receipt.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { tellEvent } from './playground-events.ts'
import { readReceipt } from './receipts.ts'
import { toReceiptJson } from './receipts-json.ts'
import { toRequestJson } from './to-json.ts'

const MS_PER_S = 1_000

export interface OverNeeds {
  readonly store: Pick<Store, 'requests' | 'ledger'>
  readonly plan: () => Plan
  /** Resolves when what was recorded so far is in the store, or that takes too long. */
  readonly written: () => Promise<unknown>
}

/** The last event of a request: its line in the log, its receipt, its decision and its times. */
export async function tellOver(id: string, tookMs: number, needs: OverNeeds): Promise<string> {
  await needs.written()
  const read = await readReceipt(id, { store: needs.store, priceNow: pricesIn(needs.plan()) })
  if (read === undefined)
    return tellEvent('over', { request: null, receipt: null, decision: null, times: { total_ms: tookMs } })
  const { row, receipt } = read
  return tellEvent('over', {
    request: toRequestJson(row),
    receipt: toReceiptJson(row, receipt),
    decision: decisionLine(row) ?? null,
    times: timesOf(row),
  })
}

function timesOf({ durationMs, firstEventMs, outputTokens }: RequestRow): JsonObject {
  const writingMs = durationMs - (firstEventMs ?? durationMs)
  const perSecond = writingMs >= 1 && outputTokens > 1 ? (outputTokens * MS_PER_S) / writingMs : undefined
  return { total_ms: durationMs, ...defined({ first_ms: firstEventMs, tokens_per_second: perSecond }) }
}
