import type { Price } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { parsePricePerMillion, parseUsd } from '../kit/money.ts'

/** What some of a provider's models cost, where the catalogue of prices does not know it. In US dollars. */
export interface PriceRow {
  /** The models, by their names at the provider. */
  readonly models: RegExp
  /** For a million tokens that are read. Nothing is written. */
  readonly input: string
  /** For a thousand searches. */
  readonly searches?: string
}

/** The price that a provider's row knows of a model; undefined where it knows none. */
export function rowPriceOf(
  provider: string,
  rows: readonly PriceRow[] | undefined,
  model: string,
): Price | undefined {
  const row = rows?.find(({ models }) => models.test(model))
  if (row === undefined) return undefined
  const { input, searches } = row
  const perToken = parsePricePerMillion(input)
  return {
    // Addressed by content, as those of the catalogue are.
    id: `row:${provider}/${model}#${sha256Hex(JSON.stringify({ input, searches })).slice(0, 8)}`,
    input: perToken,
    output: perToken,
    // USD per thousand: nano-USD per thousand is pico-USD per one.
    ...defined({ search: searches === undefined ? undefined : parseUsd(searches) }),
    simulated: false,
  }
}
