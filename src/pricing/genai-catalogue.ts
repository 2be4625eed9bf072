import type * as genaiPrices from '@pydantic/genai-prices'
import type { ConditionalPrice, ModelInfo, ModelPrice, Provider, TieredPrices } from '@pydantic/genai-prices'
import { MODEL_OPERATIONS, operationOf, type Operation } from '../exchange/operations/all.ts'
import type { Capabilities, Price, Rates } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { parsePricePerMillion, parseUsd, type PicoUsd } from '../kit/money.ts'
import type { ListedProvider, ModelCatalogue } from './catalogue.ts'
import { modelNames, undatedName } from './model-names.ts'
import { parseTimeOfDay, type PriceCondition, type PricePeriod } from './price-period.ts'

type Library = typeof genaiPrices

/**
 * Loads the catalogue of `@pydantic/genai-prices` (https://github.com/pydantic/genai-prices). Loaded on demand, because its data
 * take 30 ms to parse: a command that needs no prices does not pay for them.
 */
export async function loadGenaiCatalogue(): Promise<ModelCatalogue> {
  const library = await import('@pydantic/genai-prices')
  const providerOf = ({ name, priceId: providerId = name }: ListedProvider): Provider | undefined =>
    library.findProvider({ providerId })
  return {
    find: (provider, model) => findPeriods(library, providerOf(provider), model),
    facts: (provider, model) => toFacts(findModel(library, providerOf(provider), model)),
    models: (provider) => providerOf(provider)?.models.map(({ id }) => id) ?? [],
  }
}

function findPeriods(
  library: Library,
  provider: Provider | undefined,
  name: string,
): PricePeriod[] | undefined {
  const found = findModel(library, provider, name)
  if (provider === undefined || found === undefined) return undefined
  const conditional: readonly ConditionalPrice[] = Array.isArray(found.prices)
    ? found.prices
    : [{ prices: found.prices }]
  const periods: PricePeriod[] = []
  for (const entry of conditional) {
    const condition = toCondition(entry)
    const price = toPrice(`${provider.id}/${found.id}`, entry.prices)
    // A model of which one period is not understood is not half priced.
    if (condition === undefined || price === undefined) return undefined
    periods.push({ condition, price })
  }
  return periods
}

/** The entry that the library's own rules match, under the name as given or a near spelling of it. */
function findModel(library: Library, provider: Provider | undefined, name: string): ModelInfo | undefined {
  if (provider === undefined) return undefined
  for (const candidate of modelNames(name)) {
    const found = library.calcPrice({}, candidate, { providerId: provider.id })
    if (found !== null) return found.model
  }
  const wanted = undatedName(name)
  return provider.models.filter((model) => undatedName(model.id) === wanted).at(-1)
}

/** The operations of which nothing is written, beside those that every model can be asked for. */
const READING = MODEL_OPERATIONS.filter((operation) => {
  const { writes, servedBy } = operationOf({ operation })
  return writes === 'nothing' && servedBy !== 'all'
})

/**
 * What a price tells of a model: that it hears, sees or speaks, where that has a price of its own; that it only reads, where tokens are
 * charged that it reads and none that it writes; and that nobody converses with it, where no tokens are charged but hours or pages.
 */
function toFacts(found: ModelInfo | undefined): Capabilities {
  if (found === undefined) return {}
  const { prices, context_window: contextTokens } = found
  const [last = {}] = Array.isArray(prices) ? prices.slice(-1).map((entry) => entry.prices) : [prices]
  const charges = (key: string): true | undefined => (last[key] === undefined ? undefined : true)
  return defined({
    contextTokens,
    operations: operationsOf(last),
    audioInput: charges('input_audio_mtok'),
    audioOutput: charges('output_audio_mtok'),
    vision: charges('input_image_mtok'),
  })
}

function operationsOf(price: ModelPrice): readonly Operation[] | undefined {
  if (price['output_mtok'] !== undefined) return undefined
  if (price['input_mtok'] !== undefined) return READING
  // A model that costs nothing has no price at all, whatever it does.
  return Object.keys(price).length === 0 ? undefined : []
}

function toCondition({ constraint }: ConditionalPrice): PriceCondition | undefined {
  if (constraint === undefined) return { type: 'always' }
  if (constraint.type === 'start_date') {
    const atMs = Date.parse(constraint.start_date)
    return Number.isNaN(atMs) ? undefined : { type: 'since', atMs }
  }
  const fromMs = parseTimeOfDay(constraint.start_time)
  const toMs = parseTimeOfDay(constraint.end_time)
  return fromMs === undefined || toMs === undefined ? undefined : { type: 'time-of-day', fromMs, toMs }
}

/** The token prices at a size of input; undefined when the model is not priced by tokens (by hours of audio, by pages). */
function toRates(prices: ModelPrice, inputTokens: number): Rates | undefined {
  const perToken = (key: string): PicoUsd | undefined => {
    const amount = amountAt(prices[key], inputTokens)
    return amount === undefined ? undefined : parsePricePerMillion(amount)
  }
  // USD per thousand uses: nano-USD per thousand is pico-USD per one.
  const perUse = (key: string): PicoUsd | undefined => {
    const amount = amountAt(prices[key], inputTokens)
    return amount === undefined ? undefined : parseUsd(amount)
  }
  const input = perToken('input_mtok')
  if (input === undefined) return undefined
  return {
    input,
    // Embedding models have no output price and no output; should one ever report some, it is not free.
    output: perToken('output_mtok') ?? input,
    ...defined({
      cacheRead: perToken('cache_read_mtok'),
      cacheWrite: perToken('cache_write_mtok'),
      cacheWriteLong: perToken('cache_write_1h_mtok'),
      inputAudio: perToken('input_audio_mtok'),
      outputAudio: perToken('output_audio_mtok'),
      reasoning: perToken('output_reasoning_mtok'),
      webSearch: perUse('web_searches_kcount'),
      request: perUse('requests_kcount'),
    }),
  }
}

function toPrice(name: string, prices: ModelPrice): Price | undefined {
  const base = toRates(prices, 0)
  if (base === undefined) return undefined
  const tiers = tierStarts(prices).flatMap((aboveInputTokens) => {
    const price = toRates(prices, aboveInputTokens + 1)
    return price === undefined ? [] : [{ aboveInputTokens, price }]
  })
  return {
    // Addressed by content: an update of the catalogue that changes the price changes the id.
    id: `list:${name}#${sha256Hex(JSON.stringify(prices)).slice(0, 8)}`,
    ...base,
    ...(tiers.length === 0 ? {} : { tiers }),
    simulated: false,
  }
}

function isTiered(value: number | TieredPrices | undefined): value is TieredPrices {
  return typeof value === 'object'
}

function amountAt(value: number | TieredPrices | undefined, inputTokens: number): number | undefined {
  if (!isTiered(value)) return value
  let reached = { start: -1, price: value.base }
  for (const tier of value.tiers) if (inputTokens > tier.start && tier.start > reached.start) reached = tier
  return reached.price
}

function tierStarts(prices: ModelPrice): number[] {
  const starts = new Set<number>()
  for (const value of Object.values(prices))
    if (isTiered(value)) for (const { start } of value.tiers) starts.add(start)
  return [...starts].sort((left, right) => left - right)
}
