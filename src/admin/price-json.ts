import { z } from 'zod'
import type { Price, Rates } from '../exchange/target.ts'
import { UNIT_NAMES, unitFacts, type UnitRate } from '../exchange/units.ts'
import type { JsonObject } from '../kit/json.ts'
import type { PicoUsd } from '../kit/money.ts'
import { underscored } from '../kit/underscored.ts'
import { moneySchema } from './admin-route.ts'
import { toMoneyJson } from './to-json.ts'

const MILLION = 1_000_000n
const PICO_PER_NANO = 1_000n

/** Where a price comes from. */
const SOURCES = ['override', 'list', 'provider', 'simulated'] as const

/** By what the id of a price begins with. */
const SOURCE_BY_PREFIX: Readonly<Record<string, (typeof SOURCES)[number]>> = {
  config: 'override',
  list: 'list',
  listed: 'list',
  row: 'provider',
}

/** What so many units cost, by what they are charged as. */
const RATES: readonly { readonly rate: UnitRate | 'request'; readonly per: bigint }[] = [
  ...[...new Set(UNIT_NAMES.flatMap((unit) => unitFacts(unit).rates))].map((rate) => ({
    rate,
    per: isCountless(rate) ? MILLION : 1n,
  })),
  { rate: 'request', per: 1n },
]

/** Are there so many of it that a price is told of a million? */
function isCountless(rate: UnitRate): boolean {
  return UNIT_NAMES.some((unit) => {
    const { side, rates } = unitFacts(unit)
    return rates[0] === rate && (side !== undefined || unit === 'characters')
  })
}

const ratesAnswer = z.array(
  z.object({
    rate: z.string().describe('`input`, `output`, `cache_read`, … as in `models` of the file.'),
    per: z.int().describe('Of so many units: a million tokens or characters, or one of anything else.'),
    price: moneySchema,
  }),
)

/** What `toPriceJson` gives. */
export const priceAnswer = z.object({
  source: z
    .enum(SOURCES)
    .describe(
      '`override`: `models` of the configuration; `list`: a list kept by others; `provider`: the row of the provider.',
    ),
  id: z.string().describe('The version of the price, as the ledger has it.'),
  rates: ratesAnswer,
  tiers: z
    .array(z.object({ above_input_tokens: z.int(), rates: ratesAnswer }))
    .describe('What the whole request costs where its input is longer.'),
  service: z
    .array(z.object({ tier: z.string(), times: z.number().optional(), rates: ratesAnswer.optional() }))
    .describe(
      'Service that is not the usual one: a multiple of the price of every token, or rates of its own.',
    ),
})

/** A price for people: of a million tokens, and where it comes from. */
export function toPriceJson(price: Price): JsonObject {
  const { id, tiers = [], serviceTiers = [], simulated } = price
  return {
    source: simulated ? 'simulated' : (SOURCE_BY_PREFIX[id.slice(0, id.indexOf(':'))] ?? 'list'),
    id,
    rates: toRatesJson(price),
    tiers: tiers.map(({ aboveInputTokens, price: rates }) => ({
      above_input_tokens: aboveInputTokens,
      rates: toRatesJson(rates),
    })),
    service: [...serviceTiers].map(([tier, { price: terms }]) => ({
      tier,
      ...('times' in terms
        ? { times: Number(terms.times[0]) / Number(terms.times[1]) }
        : { rates: toRatesJson(terms.rates) }),
    })),
  }
}

function toRatesJson(rates: Rates): JsonObject[] {
  return RATES.flatMap(({ rate, per }) => {
    const pico = rates[rate]
    return pico === undefined
      ? []
      : [{ rate: underscored(rate), per: Number(per), price: { ...toMoneyJson(nanoOf(pico, per)) } }]
  })
}

function nanoOf(pico: PicoUsd, per: bigint): bigint {
  return (pico * per + PICO_PER_NANO - 1n) / PICO_PER_NANO
}
