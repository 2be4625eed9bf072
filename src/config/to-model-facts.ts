import type { Capabilities, Price } from '../exchange/target.ts'
import { parsePricePerMillion, type PicoUsd } from '../kit/money.ts'
import type { ModelOverride, PriceConfig } from './schema/models.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

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
  const known: Mutable<Capabilities> = {}
  if (written.context !== undefined) known.contextTokens = written.context
  if (written.max_output !== undefined) known.maxOutputTokens = written.max_output
  if (written.tools !== undefined) known.tools = written.tools
  if (written.vision !== undefined) known.vision = written.vision
  if (written.documents !== undefined) known.documents = written.documents
  if (written.audio !== undefined) known.audioInput = written.audio
  if (written.json_schema !== undefined) known.jsonSchema = written.json_schema
  if (written.sampling !== undefined) known.sampling = written.sampling
  if (written.prefill !== undefined) known.prefill = written.prefill
  if (written.reasoning !== undefined) known.reasoning = written.reasoning
  return known
}
