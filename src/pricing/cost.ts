import { LEFT_OPEN, type Price, type Rates, type ServiceTier } from '../exchange/target.ts'
import { TOKEN_UNITS, UNIT_NAMES, unitFacts, type Side, type Unit, type UnitRate } from '../exchange/units.ts'
import { totalInput, toTokens, type Usage } from '../exchange/usage.ts'
import { defined } from '../kit/defined.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { PriceSum, type NanoUsd, type PicoUsd } from '../kit/money.ts'

/** The units with what they are charged by. */
const CHARGED = UNIT_NAMES.map((unit) => ({ unit, ...unitFacts(unit) }))

/** What is charged for, as it is added up. */
export interface Charges {
  /** So many of a unit, at the price of each. */
  add(count: number, price: PicoUsd, unit: Unit | 'request'): void
}

/**
 * Adds up what a usage is charged for, unit by unit, the price of the request itself included. A whole-request tier is chosen by all
 * input tokens, cached or not, and then holds for everything. False when the provider served otherwise than usual, or used what has no
 * price, and what that costs is not known: what was added until then is no bill.
 */
export function addCharges(usage: Usage, price: Price, charges: Charges): boolean {
  const rates = asServed(ratesFor(price, totalInput(usage)), usage.servedTiers, price)
  if (rates === undefined) return false
  if (rates.request !== undefined) charges.add(1, rates.request, 'request')
  for (const { unit, rates: names, free } of CHARGED) {
    const count = toTokens(usage[unit])
    if (count === 0) continue
    const rate = firstOf(rates, names)
    if (rate !== undefined) charges.add(count, rate, unit)
    else if (free !== true) return false
  }
  return true
}

/** What a usage costs: the sum of its charges in pico-USD, rounded up once. Undefined when that is not known. */
export function costOf(usage: Usage, price: Price): NanoUsd | undefined {
  const sum = new PriceSum()
  return addCharges(usage, price, sum) ? sum.toNanoUsd() : undefined
}

/** The first of the rates that there is. */
function firstOf(rates: Rates, names: readonly UnitRate[]): PicoUsd | undefined {
  for (const name of names) {
    const rate = rates[name]
    if (rate !== undefined) return rate
  }
  return undefined
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
  /** Searches that are asked for; they cost nothing where the price says nothing of them, since tokens are charged then. */
  readonly askedSearches?: number
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
  sum.add(toTokens(question.inputTokens), dearestToken(rates, 'input', question))
  sum.add(toTokens(question.maxOutputTokens), dearestToken(rates, 'output', question))
  sum.add(toTokens(question.searches), rates.webSearch ?? USUAL_SEARCH_FEE)
  if (rates.search !== undefined) sum.add(toTokens(question.askedSearches), rates.search)
  if (rates.request !== undefined) sum.add(1, rates.request)
  return sum.toNanoUsd()
}

type Occasions = Pick<UpperBoundQuestion, 'audio' | 'cacheWrites'>

/** What tokens of a side may be charged by, and on which occasions. */
const TOKEN_RATES: Readonly<Record<Side, readonly TokenRate[]>> = {
  input: ratesOf('input'),
  output: ratesOf('output'),
}

interface TokenRate {
  readonly rate: UnitRate
  readonly only: 'audio' | 'cache-writes' | undefined
}

function ratesOf(side: Side): readonly TokenRate[] {
  return TOKEN_UNITS.map(unitFacts)
    .filter((facts) => facts.side === side)
    .map(({ rates: [rate], only }) => ({ rate, only }))
}

function dearestToken(rates: Rates, side: Side, { audio = false, cacheWrites = true }: Occasions): PicoUsd {
  let dearest = rates[side]
  for (const { rate, only } of TOKEN_RATES[side]) {
    if ((only === 'audio' && !audio) || (only === 'cache-writes' && !cacheWrites)) continue
    dearest = dearer(dearest, rates[rate])
  }
  return dearest
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

/** What is charged by the token. Fees for anything else are the same however it was served. */
const PER_TOKEN: ReadonlySet<UnitRate> = new Set(TOKEN_UNITS.flatMap((unit) => unitFacts(unit).rates))

const ALL_RATES: ReadonlySet<keyof Rates> = new Set([
  ...CHARGED.flatMap(({ rates }) => rates),
  'request' as const,
])

const FEES = [...ALL_RATES].filter((name) => name === 'request' || !PER_TOKEN.has(name))

function multiplied(rates: Rates, [numerator, denominator]: readonly [bigint, bigint]): Rates {
  const product: Mutable<Rates> = { ...rates }
  for (const name of PER_TOKEN) {
    const rate = rates[name]
    // Rounded up, as everything that is charged.
    if (rate !== undefined) product[name] = (rate * numerator + denominator - 1n) / denominator
  }
  return product
}

/** A price at which every token costs so many times the usual one. Fees stay. */
export function timesPrice(price: Price, times: readonly [numerator: bigint, denominator: bigint]): Price {
  const tiers = price.tiers?.map((tier) => ({ ...tier, price: multiplied(tier.price, times) }))
  return {
    ...price,
    ...multiplied(price, times),
    id: `${price.id}*${times.join('/')}`,
    ...defined({ tiers }),
  }
}

function dearestOf(left: Rates, right: Rates): Rates {
  const dearest: Mutable<Rates> = { ...left }
  for (const name of ALL_RATES) {
    const rate = right[name]
    if (rate !== undefined) dearest[name] = dearer(rate, left[name])
  }
  return dearest
}

/** The dearest rates at which a request with so much input may be served that asks for service by these words. */
export function ratesAsked(price: Price, inputTokens: number, words: readonly string[]): Rates {
  return dearestServed(ratesFor(price, inputTokens), words, price)
}

/** The prices that hold for a request with so much input. */
function ratesFor(price: Price, inputTokens: number): Rates {
  const tier = price.tiers?.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens)
  return tier === undefined ? price : withBase(price, tier.price)
}

/**
 * A tier's prices, completed by the base's. Fees that are not per token stay. A unit that only the base prices costs what its
 * next rate costs in the tier, or what it costs in the base where that is dearer: more of anything never costs less.
 */
function withBase(base: Rates, tier: Rates): Rates {
  const rates: Mutable<Rates> = { ...tier }
  for (const name of FEES) setDefined(rates, name, tier[name] ?? base[name])
  for (const [name, ...next] of CHAINS) {
    const own = base[name]
    const sibling = firstOf(rates, next)
    if (tier[name] === undefined && own !== undefined && sibling !== undefined)
      rates[name] = dearer(sibling, own)
  }
  return rates
}

/** The rates of tokens with what stands in for them; the dearest units last, since theirs build on the others'. */
const CHAINS = TOKEN_UNITS.map((unit) => unitFacts(unit).rates)
  .filter(({ length }) => length > 1)
  .toReversed()
