import { describe, expect, test } from 'bun:test'
import { ledgerRow } from '../../test/contract/store.contract.ts'
import type { Price, Rates, ServiceTier } from '../exchange/target.ts'
import { NO_COUNTS, UNIT_NAMES, unitFacts, type Counts } from '../exchange/units.ts'
import type { Mutable } from '../kit/mutable.ts'
import { createSeededRandom } from '../kit/random.ts'
import { costOf } from '../pricing/cost.ts'
import type { LedgerRow } from '../store/store.ts'
import { toReceipt, type PriceNow } from './receipt.ts'

const PLAIN: Price = { id: 'p1', input: 1_500_000n, output: 7_000_001n, simulated: false }
const has =
  (price: Price | undefined): PriceNow =>
  () =>
    price === undefined ? {} : { price }

/** A row as the ledger has it: its cost is what its usage costs at the price. */
function paid(id: string, price: Price, changes: Partial<LedgerRow> = {}): LedgerRow {
  const { costNanoUsd: _cost, ...row } = ledgerRow(id, { priceId: price.id, ...changes })
  const servedTiers = row.servedTiers?.split(' ')
  const usage = { ...row.usage, estimated: false, ...(servedTiers && { servedTiers }) }
  const costNanoUsd = costOf(usage, price)
  return costNanoUsd === undefined ? row : { ...row, costNanoUsd }
}

describe('a receipt', () => {
  test('has quantity times price for each unit, and its rounding', () => {
    const row = paid('att_1', PLAIN, { usage: { ...NO_COUNTS, inputTokens: 3, reasoningTokens: 1 } })
    const { attempts, total } = toReceipt([row], [], has(PLAIN))
    expect(attempts[0]?.lines).toEqual([
      { unit: 'inputTokens', count: 3, pricePicoUsd: 1_500_000n, amountPicoUsd: 4_500_000n },
      { unit: 'reasoningTokens', count: 1, pricePicoUsd: 7_000_001n, amountPicoUsd: 7_000_001n },
    ])
    expect([row.costNanoUsd, attempts[0]?.roundedPicoUsd]).toEqual([11_501n, 999n])
    expect([attempts[0]?.state, total.costNanoUsd]).toEqual(['settled', 11_501n])
  })

  test('keeps invented money, estimates, what has no price and what was unused apart', () => {
    const { costNanoUsd: _cost, ...unpriced } = ledgerRow('att_3')
    const rows: readonly LedgerRow[] = [
      paid('att_1', PLAIN, { simulated: true }),
      paid('att_2', PLAIN, { basis: 'counted' }),
      unpriced,
      ledgerRow('att_4', { usage: NO_COUNTS, basis: 'none', costNanoUsd: 0n }),
    ]
    const receipt = toReceipt(rows, [paid('att_5', PLAIN, { purpose: 'judge' })], has(PLAIN))
    expect(receipt.attempts.map(({ state, why }) => [state, why])).toEqual([
      ['settled', undefined],
      ['estimated', undefined],
      ['unpriced', 'no-price'],
      ['unused', undefined],
    ])
    const each = rows[0]?.costNanoUsd ?? 0n
    expect(receipt.own).toEqual({ costNanoUsd: each, simulatedNanoUsd: each, unpriced: 1, estimated: 1 })
    expect(receipt.total.costNanoUsd).toBe(2n * each)
  })

  test('says when it cannot be worked out any more, and keeps to the ledger', () => {
    const row = paid('att_1', PLAIN)
    const why = (now: PriceNow) => {
      const { attempts, total } = toReceipt([row], [], now)
      expect(total.costNanoUsd).toBe(row.costNanoUsd ?? -1n)
      expect(attempts[0]?.lines).toEqual([])
      return [attempts[0]?.why, attempts[0]?.priceNow]
    }
    expect(why(() => undefined)).toEqual(['target-gone', undefined])
    expect(why(has(undefined))).toEqual(['price-changed', undefined])
    expect(why(has({ ...PLAIN, id: 'p2' }))).toEqual(['price-changed', 'p2'])
    expect(why(has({ ...PLAIN, input: 1n }))).toEqual(['price-changed', 'p1'])
    const served = paid('att_2', PLAIN, { servedTiers: 'unheard' })
    expect(toReceipt([served], [], has(PLAIN)).attempts[0]).toMatchObject({
      state: 'unpriced',
      why: 'other-service',
    })
  })
})

const random = createSeededRandom(7)
const upTo = (most: number): number => Math.floor(random.next() * most)

function anyRates(): Rates {
  const rates: Mutable<Rates> = { input: BigInt(upTo(90_000_000)), output: BigInt(upTo(90_000_000)) }
  for (const unit of UNIT_NAMES)
    for (const name of unitFacts(unit).rates) if (upTo(2) === 0) rates[name] = BigInt(upTo(1_000_000_000))
  if (upTo(3) === 0) rates.request = BigInt(upTo(10_000_000_000))
  return rates
}

function anyPrice(id: string): Price {
  const fast: ServiceTier = upTo(2) === 0 ? { price: { times: [3n, 2n] } } : { price: { rates: anyRates() } }
  return {
    ...anyRates(),
    id,
    simulated: upTo(4) === 0,
    ...(upTo(2) === 0 && { tiers: [{ aboveInputTokens: upTo(5_000), price: anyRates() }] }),
    ...(upTo(2) === 0 && { serviceTiers: new Map([['fast', fast]]) }),
  }
}

function anyCounts(): Counts {
  const counts: Mutable<Counts> = { ...NO_COUNTS }
  for (const unit of UNIT_NAMES) if (upTo(3) === 0) counts[unit] = upTo(upTo(20) === 0 ? 2 ** 45 : 10_000)
  return counts
}

test('10,000 receipts add up to the ledger to the last nano-USD', () => {
  let ofLines = 0
  for (let index = 0; index < 10_000; index += 1) {
    const price = anyPrice(`p${index}`)
    const rows = Array.from({ length: 1 + upTo(3) }, (_, place) =>
      paid(`att_${place}`, price, {
        usage: anyCounts(),
        simulated: price.simulated,
        basis: upTo(3) === 0 ? 'counted' : 'reported',
        ...(upTo(3) === 0 && { servedTiers: 'fast' }),
      }),
    )
    const { attempts, total } = toReceipt(rows, [], has(price))
    const sum = rows.reduce((all, { costNanoUsd = 0n }) => all + costNanoUsd, 0n)
    expect(total.costNanoUsd + total.simulatedNanoUsd).toBe(sum)
    expect(total.unpriced).toBe(rows.filter(({ costNanoUsd }) => costNanoUsd === undefined).length)
    for (const { lines, roundedPicoUsd, row, why } of attempts) {
      expect(why === undefined).toBe(row.costNanoUsd !== undefined)
      if (row.costNanoUsd === undefined) continue
      const pico = lines.reduce((all, { count, pricePicoUsd }) => all + BigInt(count) * pricePicoUsd, 0n)
      expect(pico + roundedPicoUsd).toBe(row.costNanoUsd * 1_000n)
      expect(roundedPicoUsd >= 0n && roundedPicoUsd < 1_000n).toBe(true)
      ofLines += 1
    }
  }
  expect(ofLines).toBeGreaterThan(5_000)
})
