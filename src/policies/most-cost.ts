import type { Extra } from '../exchange/content.ts'
import { requestFeatures, type Exchange } from '../exchange/exchange.ts'
import { operationOf } from '../exchange/operations/all.ts'
import {
  unaskedOutput,
  type Capabilities,
  type Price,
  type SpokenDialect,
  type Target,
} from '../exchange/target.ts'
import type { NanoUsd } from '../kit/money.ts'

/** The estimate of the input may be too low by this share, and by a few tokens of framing. */
const INPUT_MARGIN = 1.1
const INPUT_FRAMING_TOKENS = 16
/** What a tool of the provider finds in one run, a few pages of the web. */
const TOKENS_PER_TOOL_RUN = 10_000

/** The most that so many tokens can cost at a price, in nano-USD, however the provider counts them. */
export type UpperBound = (question: {
  readonly inputTokens: number
  readonly maxOutputTokens: number
  readonly price: Price
  readonly audio: boolean
  readonly cacheWrites: boolean
  /** Run by the provider beside its answer. */
  readonly searches: number
  /** Asked of it, such as rankings. */
  readonly askedSearches: number
  readonly serviceTiers: readonly string[]
}) => NanoUsd

/**
 * The most that one attempt at a target can cost, in nano-USD: what is held for it beforehand, and what budgets are charged
 * where its bill is not known. Undefined when the target has no price.
 */
export function mostCost(upperBound: UpperBound, exchange: Exchange, target: Target): NanoUsd | undefined {
  return mostCostWith(upperBound, { exchange, target }, mostOutput(exchange, target))
}

/**
 * As `mostCost`, of an attempt of which it is known that no more output can come than this: none from one that fails before it
 * answers, although the provider charges for what it read.
 */
export function mostCostWith(
  upperBound: UpperBound,
  { exchange, target: { price } }: { readonly exchange: Exchange; readonly target: Target },
  maxOutputTokens: number,
): NanoUsd | undefined {
  if (operationOf(exchange.request).charge === 'nothing') return 0n
  if (price === undefined) return undefined
  const { audio, cacheWrites, searches: askedSearches = 0 } = requestFeatures(exchange)
  const { bearing } = exchange.request
  return upperBound({
    inputTokens: mostInput(exchange),
    maxOutputTokens,
    price,
    audio: audio || bearing?.audio === true,
    cacheWrites,
    searches: bearing?.toolRuns ?? 0,
    askedSearches,
    serviceTiers: bearing?.serviceTiers ?? NO_TIERS,
  })
}

const NO_TIERS: readonly string[] = []

/** The searches that a target is expected to charge for; undefined where its price knows none. */
export function chargedSearches(exchange: Exchange, { price }: Target): number | undefined {
  return price?.search === undefined ? undefined : requestFeatures(exchange).searches
}

/**
 * The most input tokens that an attempt may be charged for. Each run of the provider's own tools lets the model read everything
 * once more, with what the tool found.
 */
function mostInput(exchange: Exchange): number {
  const { inputTokens, furtherInputTokens } = requestFeatures(exchange)
  const runs = exchange.request.bearing?.toolRuns ?? 0
  const reading = Math.ceil((inputTokens + furtherInputTokens) * INPUT_MARGIN) + INPUT_FRAMING_TOKENS
  return reading * (1 + runs) + runs * TOKENS_PER_TOOL_RUN
}

/**
 * The most output tokens that an attempt at a target may bring, of all choices together: the longest limit that any server may
 * read in the request, else what is asked for in its place, with room for reasoning that is counted beside it.
 */
export function mostOutput(exchange: Exchange, { capabilities, spoken }: Target): number {
  if (operationOf(exchange.request).writes === 'nothing') return 0
  const { maxOutputTokens, choices, reasoningTokens: budgetTokens } = requestFeatures(exchange)
  const { bearing, extra } = exchange.request
  const ownTokens = mostUnasked(capabilities, budgetTokens)
  const isBounded = maxOutputTokens !== undefined && !spoken.some(dropsLimit)
  // Which names a dialect gives the limit is not known here: one that is said to be dropped may still be sent under another.
  const limitTokens = isBounded ? maxOutputTokens : Math.max(ownTokens, maxOutputTokens ?? 0)
  const longest = Math.max(
    limitTokens,
    bearing?.endless === true ? ownTokens : 0,
    bearing?.outputTokens ?? 0,
    extra === undefined ? 0 : limitByOtherName(spoken, extra, ownTokens),
  )
  // A budget below the limit is part of it; a larger one is for all of an answer with tools in between, the limit for each part.
  const besideTokens = isBounded && budgetTokens >= maxOutputTokens ? budgetTokens : 0
  return (longest + besideTokens + (bearing?.besideTokens ?? 0)) * choices
}

/** What an answer may come to for which the client names no limit: a budget for thinking is given room beside it. */
function mostUnasked(capabilities: Capabilities, budgetTokens: number): number {
  const wanted = unaskedOutput(capabilities) + budgetTokens
  return Math.min(wanted, capabilities.maxOutputTokens ?? wanted)
}

/** Is the limit of the answer among the fields that the provider does not get? */
function dropsLimit({ quirks: { dropParams = NO_PARAMS, maxTokensParam } }: SpokenDialect): boolean {
  for (const name of dropParams) if (name === maxTokensParam || LIMIT_NAME.test(name)) return true
  return false
}

const NO_PARAMS: readonly string[] = []

const LIMIT_NAME = /^max_.*tokens$/

/** The longest limit under a name that means one to the provider alone, or comes to mean one on the way there. */
function limitByOtherName(spoken: readonly SpokenDialect[], extra: Extra, ownTokens: number): number {
  let longest = 0
  for (const name of spoken.flatMap(limitNames)) {
    for (const family in extra) {
      const tokens = Number(extra[family]?.[name] ?? 0)
      if (tokens > longest) longest = Math.ceil(tokens)
      else if (tokens < 0) longest = Math.max(longest, ownTokens)
    }
  }
  return longest
}

function limitNames({
  quirks: { maxTokensParam, renameParams = NO_NAMES },
}: SpokenDialect): readonly string[] {
  const renamed = Object.keys(renameParams).filter((name) => LIMIT_NAME.test(renameParams[name] ?? ''))
  return maxTokensParam === undefined ? renamed : [maxTokensParam, ...renamed]
}

const NO_NAMES: Readonly<Record<string, string>> = {}
