import type { Capabilities, Price } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { parsePricePerMillion, type PicoUsd } from '../kit/money.ts'
import type { ModelOverride, PriceConfig } from './schema/models.ts'

/** How often the written unit goes into a million tokens. */
const PER_MILLION = { '1M': 1n, '1k': 1_000n, '1': 1_000_000n } as const
/** One request is one unit, so its price is not divided by a million. */
const UNITS_PER_MILLION = 1_000_000n

/**
 * An own price in pico-USD per token.
 *
 * @param id identifies the version of the price in the ledger
 */
export function toPrice(written: PriceConfig, id: string): Price {
  const unit = (amount: string): PicoUsd => parsePricePerMillion(amount) * PER_MILLION[written.per]
  return {
    id,
    input: unit(written.input),
    output: unit(written.output),
    ...(written.cache_read === undefined ? {} : { cacheRead: unit(written.cache_read) }),
    ...(written.cache_write === undefined ? {} : { cacheWrite: unit(written.cache_write) }),
    ...(written.cache_write_long === undefined ? {} : { cacheWriteLong: unit(written.cache_write_long) }),
    ...(written.request === undefined
      ? {}
      : { request: parsePricePerMillion(written.request) * UNITS_PER_MILLION }),
    simulated: false,
  }
}

/** What the file says a model can do. */
export function toCapabilities(written: ModelOverride): Capabilities {
  return defined({
    contextTokens: written.context,
    maxOutputTokens: written.max_output,
    tools: written.tools,
    vision: written.vision,
    documents: written.documents,
    audioInput: written.audio,
    jsonSchema: written.json_schema,
    sampling: written.sampling,
    prefill: written.prefill,
    reasoning: written.reasoning,
  })
}
