import type { Price } from '../exchange/target.ts'
import { totalInput, toTokens, type Usage } from '../exchange/usage.ts'
import { toNanoUsd, type NanoUsd, type PicoUsd } from '../kit/money.ts'

/** The prices of one tier; tiers themselves have none. */
type Rates = Omit<Price, 'tiers' | 'id' | 'simulated'>

/** The numeric buckets of a usage. */
type Bucket = Exclude<keyof Usage, 'estimated' | 'serviceTier'>

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
 * A whole-request tier is chosen by all input tokens, cached or not, and then holds for everything.
 */
export function costOf(usage: Usage, price: Price): NanoUsd {
  const rates = ratesFor(price, totalInput(usage))
  let pico = rates.request ?? 0n
  for (const bucket of BUCKETS) {
    const units = toTokens(usage[bucket])
    if (units > 0) pico += BigInt(units) * RATE_OF[bucket](rates)
  }
  return toNanoUsd(pico)
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
}

/** Estimates of tokens may be this much too low; a tier that begins within that reach counts as reached. */
const ESTIMATE_SLACK = 1.25

/**
 * The most that a request can cost, for its reservation: every input token at the dearest price that input can have
 * (a cache write, say), every output token likewise, in the dearest tier within reach. Searches are not foreseen.
 */
export function upperBound(question: UpperBoundQuestion): NanoUsd {
  const { inputTokens, maxOutputTokens, price } = question
  const input = BigInt(toTokens(inputTokens))
  const output = BigInt(toTokens(maxOutputTokens))
  let dearest = 0n
  for (const rates of reachableRates(price, inputTokens * ESTIMATE_SLACK)) {
    const tokens = input * dearestInput(rates, question) + output * dearestOutput(rates, question)
    const pico = (rates.request ?? 0n) + tokens
    if (pico > dearest) dearest = pico
  }
  return toNanoUsd(dearest)
}

type Occasions = Pick<UpperBoundQuestion, 'audio' | 'cacheWrites'>

function dearestInput(rates: Rates, { audio = false, cacheWrites = true }: Occasions): PicoUsd {
  const prices = [rates.input, rates.cacheRead]
  if (cacheWrites) prices.push(rates.cacheWrite, rates.cacheWriteLong)
  if (audio) prices.push(rates.inputAudio)
  return dearestOf(prices)
}

function dearestOutput(rates: Rates, { audio = false }: Occasions): PicoUsd {
  return dearestOf(
    audio ? [rates.output, rates.reasoning, rates.outputAudio] : [rates.output, rates.reasoning],
  )
}

function dearestOf(prices: readonly (PicoUsd | undefined)[]): PicoUsd {
  let dearest = 0n
  for (const price of prices) if (price !== undefined && price > dearest) dearest = price
  return dearest
}

/** The prices that hold for a request with so much input. What a tier does not price stays as in the base. */
function ratesFor(price: Price, inputTokens: number): Rates {
  const tier = price.tiers?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
  return tier === undefined ? price : withBase(price, tier.price)
}

function reachableRates(price: Price, inputTokens: number): Rates[] {
  const tiers = price.tiers?.filter(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? []
  return [price, ...tiers.map((tier) => withBase(price, tier.price))]
}

/** Fees that are not per token do not change with the tier unless it says so. */
function withBase(price: Price, tier: Rates): Rates {
  const { webSearch, request } = price
  return {
    ...(webSearch === undefined ? {} : { webSearch }),
    ...(request === undefined ? {} : { request }),
    ...tier,
  }
}
