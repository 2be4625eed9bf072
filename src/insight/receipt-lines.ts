import { unitFacts } from '../exchange/units.ts'
import type { JsonObject } from '../kit/json.ts'
import { formatUsd, type PicoUsd } from '../kit/money.ts'
import { underscored } from '../kit/underscored.ts'
import type { ReceiptLine } from './receipt.ts'

const MILLION = 1_000_000
const PICO_PER_NANO = 1_000n

/** A line of a receipt, for machines and people. */
export function toLineJson(line: ReceiptLine): JsonObject {
  const { per, usd } = writtenPrice(line)
  return {
    unit: line.unit === 'request' ? line.unit : underscored(line.unit),
    quantity: line.count,
    price_usd: usd,
    per,
    amount_pico_usd: line.amountPicoUsd.toString(),
  }
}

/** A price as it is usually written: of tokens for a million, of anything else for one. */
export function writtenPrice({ unit, pricePicoUsd }: ReceiptLine): {
  readonly usd: string
  readonly per: number
} {
  const isTokens = unit !== 'request' && unitFacts(unit).side !== undefined
  return isTokens
    ? { usd: inUsd(pricePicoUsd * BigInt(MILLION)), per: MILLION }
    : { usd: inUsd(pricePicoUsd), per: 1 }
}

/** Pico-USD as decimal dollars, exact. */
function inUsd(pico: PicoUsd): string {
  const rest = pico % PICO_PER_NANO
  const nano = formatUsd(pico / PICO_PER_NANO)
  if (rest === 0n) return nano
  const [whole = '0', fraction = ''] = nano.split('.')
  return `${whole}.${fraction.padEnd(9, '0')}${rest.toString().padStart(3, '0')}`
}
