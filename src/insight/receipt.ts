import type { Price } from '../exchange/target.ts'
import { entriesOf } from '../exchange/route.ts'
import type { Unit } from '../exchange/units.ts'
import type { Usage } from '../exchange/usage.ts'
import type { NamedRoutes } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { toNanoUsd, type NanoUsd, type PicoUsd } from '../kit/money.ts'
import { addCharges, type Charges } from '../pricing/cost.ts'
import type { LedgerRow } from '../store/store.ts'

/** So many of a unit, at the price of each. */
export interface ReceiptLine {
  readonly unit: Unit | 'request'
  readonly count: number
  readonly pricePicoUsd: PicoUsd
  readonly amountPicoUsd: PicoUsd
}

/**
 * Whether what an attempt cost is the provider's report at a known price (`settled`), founded on an estimate, without a price, or nothing,
 * because nothing was used.
 */
export type ReceiptState = 'settled' | 'estimated' | 'unpriced' | 'unused'

/**
 * Why the arithmetic of an attempt cannot be shown: it has no price (`no-price`); what was served otherwise has none (`other-service`); the plan
 * has no such target any more (`target-gone`), or another price for it (`price-changed`), so that only the amount of the ledger is left.
 */
export type NoArithmetic = 'no-price' | 'other-service' | 'target-gone' | 'price-changed'

/** What one attempt cost, and how that was worked out. */
export interface ReceiptAttempt {
  readonly row: LedgerRow
  readonly state: ReceiptState
  readonly lines: readonly ReceiptLine[]
  /** What the sum of the lines was rounded up by: once for each attempt. */
  readonly roundedPicoUsd: PicoUsd
  /** Set where there are no lines although something was used. */
  readonly why?: NoArithmetic
  /** The price that the plan has now, where it is another one. */
  readonly priceNow?: string
}

/** Sums over attempts. Real and invented money are never added. */
export interface ReceiptTotal {
  readonly costNanoUsd: NanoUsd
  readonly simulatedNanoUsd: NanoUsd
  readonly unpriced: number
  readonly estimated: number
}

/** What a request cost: its attempts, and those of what was asked on its behalf. */
export interface Receipt {
  readonly attempts: readonly ReceiptAttempt[]
  readonly asked: readonly ReceiptAttempt[]
  /** Of its own attempts. */
  readonly own: ReceiptTotal
  /** Of all of them. */
  readonly total: ReceiptTotal
}

/** Gives the price that the plan has for the target of a row; undefined where it has no such target, or that no price. */
export type PriceNow = (row: Pick<LedgerRow, 'route' | 'target'>) => { readonly price?: Price } | undefined

/** Looks targets up in a plan: on the route of the row, or by their own name. */
export function pricesIn(plan: NamedRoutes): PriceNow {
  return ({ route, target: id }) => {
    for (const name of [route, id]) {
      const found = plan.resolveRoute(name)
      const entry = found && entriesOf(found).find(({ target }) => target.id === id)
      if (entry !== undefined) return entry.target
    }
    return undefined
  }
}

/** The receipt of a request, made by the functions that the ledger's amounts were made by. */
export function toReceipt(
  own: readonly LedgerRow[],
  asked: readonly LedgerRow[],
  priceNow: PriceNow,
): Receipt {
  const attempts = own.map((row) => toReceiptAttempt(row, priceNow))
  const others = asked.map((row) => toReceiptAttempt(row, priceNow))
  return { attempts, asked: others, own: totalOf(attempts), total: totalOf([...attempts, ...others]) }
}

function toReceiptAttempt(row: LedgerRow, priceNow: PriceNow): ReceiptAttempt {
  const state = stateOf(row)
  const bare = { row, state, lines: [], roundedPicoUsd: 0n }
  if (state === 'unused') return bare
  if (row.priceId === undefined) return { ...bare, why: 'no-price' }
  const target = priceNow(row)
  if (target === undefined) return { ...bare, why: 'target-gone' }
  const { price } = target
  if (price?.id !== row.priceId) return { ...bare, why: 'price-changed', ...defined({ priceNow: price?.id }) }
  const bill = new Bill()
  const isKnown = addCharges(usageOf(row), price, bill)
  if (row.costNanoUsd === undefined) return { ...bare, why: isKnown ? 'price-changed' : 'other-service' }
  // A price that is said in a file keeps its name when its amounts change.
  if (!isKnown || toNanoUsd(bill.sumPicoUsd) !== row.costNanoUsd)
    return { ...bare, why: 'price-changed', priceNow: price.id }
  const { lines, sumPicoUsd } = bill
  return { row, state, lines, roundedPicoUsd: row.costNanoUsd * 1_000n - sumPicoUsd }
}

function stateOf({ basis, costNanoUsd }: LedgerRow): ReceiptState {
  if (costNanoUsd === undefined) return 'unpriced'
  if (basis === 'none') return 'unused'
  return basis === 'reported' ? 'settled' : 'estimated'
}

function usageOf({ usage, servedTiers, basis }: LedgerRow): Usage {
  return { ...usage, estimated: basis !== 'reported', ...defined({ servedTiers: servedTiers?.split(' ') }) }
}

/** The lines that what an attempt cost is the sum of; none where that is not known. */
export function chargeLines(usage: Usage, price: Price): readonly ReceiptLine[] {
  const bill = new Bill()
  return addCharges(usage, price, bill) ? bill.lines : []
}

/** The charges of an attempt, line by line. */
class Bill implements Charges {
  readonly lines: ReceiptLine[] = []
  sumPicoUsd = 0n

  add(count: number, pricePicoUsd: PicoUsd, unit: Unit | 'request'): void {
    const amountPicoUsd = BigInt(count) * pricePicoUsd
    this.lines.push({ unit, count, pricePicoUsd, amountPicoUsd })
    this.sumPicoUsd += amountPicoUsd
  }
}

function totalOf(attempts: readonly ReceiptAttempt[]): ReceiptTotal {
  let [costNanoUsd, simulatedNanoUsd, unpriced, estimated] = [0n, 0n, 0, 0]
  for (const { row, state } of attempts) {
    if (row.simulated) simulatedNanoUsd += row.costNanoUsd ?? 0n
    else costNanoUsd += row.costNanoUsd ?? 0n
    if (state === 'unpriced') unpriced += 1
    if (state === 'estimated') estimated += 1
  }
  return { costNanoUsd, simulatedNanoUsd, unpriced, estimated }
}
