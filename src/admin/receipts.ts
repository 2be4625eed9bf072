import { z } from 'zod'
import { requestIdOf } from '../exchange/decision.ts'
import type { Plan } from '../gateway/plan.ts'
import { pricesIn, toReceipt, type PriceNow, type Receipt } from '../insight/receipt.ts'
import type { RequestRow, Store } from '../store/store.ts'
import type { AdminRoute } from './admin-route.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { receiptAnswer, toReceiptJson } from './receipts-json.ts'

/** Attempts that a receipt is made of, its own and those of what was asked on its behalf each. */
const MOST_ATTEMPTS = 500
/** What is asked on behalf of a request is asked while it lasts, or, for its record, soon afterwards. */
const SOON_MS = 600_000

/** What a receipt is made of. */
export interface ReceiptNeeds {
  readonly store: Pick<Store, 'requests' | 'ledger'>
  readonly priceNow: PriceNow
}

/** A request with its receipt. */
export interface ReadReceipt {
  readonly row: RequestRow
  readonly receipt: Receipt
}

/** A request with its receipt; undefined where the log has no such request. */
export async function readReceipt(id: string, needs: ReceiptNeeds): Promise<ReadReceipt | undefined> {
  const row = await needs.store.requests.find(requestIdOf(id))
  return row && { row, receipt: await receiptOf(row, needs) }
}

/** The receipt of a request that was read. */
export async function receiptOf(
  row: RequestRow,
  { store, priceNow }: { readonly store: Pick<Store, 'ledger'> } & Pick<ReceiptNeeds, 'priceNow'>,
): Promise<Receipt> {
  const [own, asked] = await Promise.all([
    store.ledger.list({ limit: MOST_ATTEMPTS, requestId: row.id }),
    store.ledger.askedFor(row.id, { fromMs: row.atMs, toMs: row.atMs + row.durationMs + SOON_MS }),
  ])
  const inOrder = own.rows.toSorted((left, right) => left.ordinal - right.ordinal)
  return toReceipt(inOrder, asked, priceNow)
}

/** What requests cost, and how that is worked out. */
export function receiptRoutes(needs: {
  readonly store: ReceiptNeeds['store']
  readonly plan: () => Plan
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/receipts/{id}',
      summary: 'What a request cost, attempt by attempt and unit by unit, with what was asked on its behalf.',
      answer: { status: 200, schema: z.object({ ...receiptAnswer }) },
      async handle({ params: { id = '' } }) {
        const read = await readReceipt(id, { store: needs.store, priceNow: pricesIn(needs.plan()) })
        if (read === undefined)
          throw new AdminProblem('not-found', {
            detail: `There is no request ${id.slice(0, 100)} in the log.`,
          })
        return jsonResponse(toReceiptJson(read.row, read.receipt))
      },
    },
  ]
}
