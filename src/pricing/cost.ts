import { LEFT_OPEN, type Price, type Rates, type ServiceTier } from '../exchange/target.ts'
import { totalInput, toTokens, type Usage } from '../exchange/usage.ts'
import { setDefined, type Draft } from '../kit/draft.ts'
import { PriceSum, type NanoUsd, type PicoUsd } from '../kit/money.ts'

/** The numeric buckets of a usage. */
type Bucket = Exclude<keyof Usage, 'estimated' | 'serviceTier' | 'servedTiers' | 'anomalies'>

/** Buckets that may have a price of their own. */
type PricedBucket = 'cacheRead' | 'cacheWrite' | 'cacheWriteLong' | 'inputAudio' | 'reasoning' | 'outputAudio'

/** What each bucket costs; one without a price of its own costs as much as its plain sibling. */
const RATE_OF: Readonly<Record<Bucket, (rates: Rates) => PicoUsd>> = {
  inputTokens: (rates) => rates.input,
  cacheReadTokens: (rates) => rates.cacheRead ?? rates.input,
  cacheWriteTokens: (rates) => rates.cacheWrite ?? rates.input,
  cacheWriteLongTokens: (rates) => rates.cacheWriteLong ?? rates.cacheWrite ?? rates.input,
  inputAudioTokens: (rates) => rates.inputAudio ?? rates.input,
  outputTokens: (rates) => rates.output,
  reasoningTokens: (rates) => rates.reasoning ?? rates.output,
  outputAudioTokens: (rates) => rates.outputAudio ?? rates.output,
  webSearches: (rates) => rates.webSearch ?? 0n,
  hiddenInputTokens: (rates) => rates.input,
  hiddenOutputTokens: (rates) => rates.output,
}

const BUCKETS: readonly Bucket[] = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteLongTokens',
  'inputAudioTokens',
  'outputTokens',
  'reasoningTokens',
  'outputAudioTokens',
  'webSearches',
  'hiddenInputTokens',
  'hiddenOutputTokens',
]

/**
 * What a usage costs: the sum over all buckets in pico-USD, the price of the request itself included, rounded up once.
 * A whole-request tier is chosen by all input tokens, cached or not, and then holds for everything. Undefined when the provider
 * served otherwise than usual and what that costs is not known.
 */
export function costOf(usage: Usage, price: Price): NanoUsd | undefined {
  const rates = asServed(ratesFor(price, totalInput(usage)), usage.servedTiers, price)
  if (rates === undefined) return undefined
  const sum = new PriceSum()
  if (rates.request !== undefined) sum.add(1, rates.request)
  for (const bucket of BUCKETS) {
    const units = toTokens(usage[bucket])
    if (units > 0) sum.add(units, RATE_OF[bucket](rates))
  }
  return sum.toNanoUsd()
}

export interface UpperBoundQuestion {
  /** The estimate of all input. */
  readonly inputTokens: number
  /** The most output that can come, reasoning included, of all choices together. */
  readonly maxOutputTokens: number
  readonly price: Price
  /** True when input or output may be audio, which costs up to twenty times as much. */
  readonly audio?: boolean
  /** False when nothing asks for a cache write, which costs up to twice as much as plain input. */
  readonly cacheWrites?: boolean
  /** Most searches that the provider may run. */
  readonly searches?: number
  /** Words by which service at another price is asked for; `auto` leaves it to the provider. */
  readonly serviceTiers?: readonly string[]
}

/** Estimates of tokens may be this much too low; a tier that begins within that reach counts as reached. */
const ESTIMATE_SLACK = 1.25

/**
 * The most that a request can cost, for its reservation: every input token at the dearest price that input can have
 * (a cache write, say), every output token likewise, every search, in the dearest tier within reach, served as dearly as the request lets it be. Tiers of service
 * whose price is not known add nothing: whoever asks for one is not to be held to an amount.
 */
export function upperBound(question: UpperBoundQuestion): NanoUsd {
  const { inputTokens, price } = question
  const served = question.serviceTiers ?? NO_WORDS
  let dearest = boundAt(dearestServed(price, served, price), question)
  for (const tier of price.tiers ?? NO_TIERS) {
    if (inputTokens * ESTIMATE_SLACK <= tier.aboveInputTokens) continue
    dearest = dearer(dearest, boundAt(dearestServed(withBase(price, tier.price), served, price), question))
  }
  return dearest
}

const NO_WORDS: readonly string[] = []
const NO_TIERS: NonNullable<Price['tiers']> = []

/** Held for a search whose price is not known: what most companies take, a cent. */
const USUAL_SEARCH_FEE = 10_000_000_000n

/** The most that a request can cost at one tier's prices. */
function boundAt(rates: Rates, question: UpperBoundQuestion): NanoUsd {
  const sum = new PriceSum()
  sum.add(toTokens(question.inputTokens), dearestInput(rates, question))
  sum.add(toTokens(question.maxOutputTokens), dearestOutput(rates, question))
  sum.add(toTokens(question.searches), rates.webSearch ?? USUAL_SEARCH_FEE)
  if (rates.request !== undefined) sum.add(1, rates.request)
  return sum.toNanoUsd()
}

type Occasions = Pick<UpperBoundQuestion, 'audio' | 'cacheWrites'>

function dearestInput(rates: Rates, { audio = false, cacheWrites = true }: Occasions): PicoUsd {
  let dearest = dearer(rates.input, rates.cacheRead)
  if (cacheWrites) dearest = dearer(dearer(dearest, rates.cacheWrite), rates.cacheWriteLong)
  return audio ? dearer(dearest, rates.inputAudio) : dearest
}

function dearestOutput(rates: Rates, { audio = false }: Occasions): PicoUsd {
  const dearest = dearer(rates.output, rates.reasoning)
  return audio ? dearer(dearest, rates.outputAudio) : dearest
}

function dearer(price: PicoUsd, other: PicoUsd | undefined): PicoUsd {
  return other !== undefined && other > price ? other : price
}

/** The rates at which the provider served; undefined when one of the words for it has no known price. */
function asServed(
  rates: Rates,
  words: readonly string[] | undefined,
  { serviceTiers }: Price,
): Rates | undefined {
  if (words === undefined) return rates
  const tiers: ServiceTier[] = []
  for (const word of words) {
    const tier = serviceTiers?.get(word)
    if (tier === undefined) return undefined
    tiers.push(tier)
  }
  // Rates of their own first: what is a multiple is one of them.
  return tiers.toSorted(ownRatesFirst).reduce(served, rates)
}

function ownRatesFirst(left: ServiceTier, right: ServiceTier): number {
  return Number('times' in left.price) - Number('times' in right.price)
}

function served(rates: Rates, { price }: ServiceTier): Rates {
  return 'rates' in price ? withBase(rates, price.rates) : multiplied(rates, price.times)
}

/** The dearest rates at which a request may be served that asks for service by these words. */
function dearestServed(rates: Rates, words: readonly string[], { serviceTiers }: Price): Rates {
  if (serviceTiers === undefined || words.length === 0) return rates
  let asked = rates
  for (const word of words) {
    const tier = serviceTiers.get(word)
    if (tier !== undefined) asked = dearestOf(asked, served(asked, tier))
  }
  if (!words.includes(LEFT_OPEN)) return asked
  let dearest = asked
  for (const tier of serviceTiers.values()) {
    if (tier.onlyAsked !== true) dearest = dearestOf(dearest, served(asked, tier))
  }
  return dearest
}

/** What is charged by the token. Fees for a search or a request are the same however it was served. */
const PER_TOKEN = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWriteLong',
  'inputAudio',
  'outputAudio',
  'reasoning',
] as const

function multiplied(rates: Rates, [numerator, denominator]: readonly [bigint, bigint]): Rates {
  const product: Draft<Rates> = { ...rates }
  for (const name of PER_TOKEN) {
    const rate = rates[name]
    // Rounded up, as everything that is charged.
    if (rate !== undefined) product[name] = (rate * numerator + denominator - 1n) / denominator
  }
  return product
}

function dearestOf(left: Rates, right: Rates): Rates {
  const dearest: Draft<Rates> = { ...left }
  for (const name of [...PER_TOKEN, 'webSearch', 'request'] as const) {
    const rate = right[name]
    if (rate !== undefined) dearest[name] = dearer(rate, left[name])
  }
  return dearest
}

/** The prices that hold for a request with so much input. */
function ratesFor(price: Price, inputTokens: number): Rates {
  const tier = price.tiers?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
  return tier === undefined ? price : withBase(price, tier.price)
}

/**
 * A tier's prices, completed by the base's. Fees that are not per token stay. A bucket that only the base prices costs what its
 * plain sibling costs in the tier, or what it costs in the base where that is dearer: more of anything never costs less.
 */
function withBase(base: Rates, tier: Rates): Rates {
  const { webSearch, request } = base
  const rates: Draft<Rates> = { ...tier }
  setDefined(rates, 'webSearch', tier.webSearch ?? webSearch)
  setDefined(rates, 'request', tier.request ?? request)
  const complete = (bucket: PricedBucket, sibling: PicoUsd): void => {
    const own = base[bucket]
    if (tier[bucket] === undefined && own !== undefined) rates[bucket] = dearer(sibling, own)
  }
  complete('cacheRead', tier.input)
  complete('cacheWrite', tier.input)
  complete('cacheWriteLong', rates.cacheWrite ?? tier.input)
  complete('inputAudio', tier.input)
  complete('reasoning', tier.output)
  complete('outputAudio', tier.output)
  return rates
}
