import type { Capabilities, Price, Rates, ServiceTier } from '../exchange/target.ts'
import type { FeeRate } from '../exchange/units.ts'
import { defined } from '../kit/defined.ts'
import { parsePricePerMillion, parseUsd, type PicoUsd } from '../kit/money.ts'
import type { ModelOverride, PriceConfig, ServiceTierConfig } from './schema/models.ts'

/** How often the written unit goes into a million tokens. */
const PER_MILLION = { '1M': 1n, '1k': 1_000n, '1': 1_000_000n } as const
const UNITS_PER_MILLION = 1_000_000n

/**
 * An own price in pico-USD per token.
 *
 * @param id identifies the version of the price in the ledger
 */
export function toPrice(written: PriceConfig, id: string): Price {
  const { service_tiers: tiers } = written
  const unit = unitOf(written)
  return {
    id,
    ...toRates(written, unit),
    ...toFees(written),
    ...(tiers === undefined ? {} : { serviceTiers: toServiceTiers(tiers, unit) }),
    simulated: false,
  }
}

/** What is charged by the piece. A piece is one unit, so its price is not divided by a million. */
function toFees(written: PriceConfig) {
  const fee = (amount: string | undefined): PicoUsd | undefined =>
    amount === undefined ? undefined : parsePricePerMillion(amount) * UNITS_PER_MILLION
  return defined({
    request: fee(written.request),
    webSearch: fee(written.web_search),
    character: fee(written.character),
    second: fee(written.second),
    image: fee(written.image),
    search: fee(written.search),
    page: fee(written.page),
  } satisfies Record<FeeRate | 'request', PicoUsd | undefined>)
}

type Unit = (amount: string) => PicoUsd

function unitOf({ per }: PriceConfig): Unit {
  return (amount) => parsePricePerMillion(amount) * PER_MILLION[per]
}

type WrittenRates = Pick<PriceConfig, 'input' | 'output' | 'cache_read' | 'cache_write' | 'cache_write_long'>

function toRates(written: WrittenRates, unit: Unit): Rates {
  const { cache_read: read, cache_write: write, cache_write_long: long } = written
  return {
    input: unit(written.input),
    output: unit(written.output),
    ...(read === undefined ? {} : { cacheRead: unit(read) }),
    ...(write === undefined ? {} : { cacheWrite: unit(write) }),
    ...(long === undefined ? {} : { cacheWriteLong: unit(long) }),
  }
}

function toServiceTiers(
  written: Readonly<Record<string, ServiceTierConfig>>,
  unit: Unit,
): ReadonlyMap<string, ServiceTier> {
  return new Map(
    Object.entries(written).map(([tier, terms]) => [
      tier,
      { price: 'times' in terms ? { times: toRatio(terms.times) } : { rates: toRates(terms, unit) } },
    ]),
  )
}

/** A decimal as a ratio, so that nothing is rounded before it is multiplied. */
function toRatio(decimal: string): readonly [bigint, bigint] {
  return [parseUsd(decimal), parseUsd('1')]
}

/** What the file says a model can do. */
export function toCapabilities(written: ModelOverride): Capabilities {
  return defined({
    operations: written.operations,
    contextTokens: written.context,
    maxInputTokens: written.max_input,
    maxOutputTokens: written.max_output,
    // What the operator says of a limit is also asked for; what is listed is only kept to.
    defaultOutputTokens: written.default_output ?? written.max_output,
    cachedFromTokens: written.cached_from,
    quality: written.quality,
    retiresOn: written.retires,
    // A day in the file is one that somebody was told.
    retiresAtEarliest: written.retires === undefined ? undefined : false,
    successor: written.successor,
    tools: written.tools,
    vision: written.vision,
    documents: written.documents,
    audioInput: written.audio,
    audioOutput: written.speech,
    jsonSchema: written.json_schema,
    sampling: written.sampling,
    prefill: written.prefill,
    reasoning: written.reasoning,
    efforts: written.efforts,
    effortBesideTools: written.effort_beside_tools,
  })
}
