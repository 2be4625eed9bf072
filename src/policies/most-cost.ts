import { DEFAULT_OUTPUT_TOKENS } from '../exchange/chat.ts'
import { requestFeatures, type Exchange } from '../exchange/exchange.ts'
import { chatOf } from '../exchange/operation.ts'
import type { Price, Target } from '../exchange/target.ts'
import type { NanoUsd } from '../kit/money.ts'

/** The estimate of the input may be too low by this share, and by a few tokens of framing. */
const INPUT_MARGIN = 1.1
const INPUT_FRAMING_TOKENS = 16

/** The most that so many tokens can cost at a price, in nano-USD, however the provider counts them. */
export type UpperBound = (question: {
  readonly inputTokens: number
  readonly maxOutputTokens: number
  readonly price: Price
  readonly audio: boolean
  readonly cacheWrites: boolean
}) => NanoUsd

/**
 * The most that one attempt at a target can cost, in nano-USD: what is held for it beforehand, and what budgets are charged
 * where its bill is not known. Undefined when the target has no price. Counting tokens costs nothing, whatever is counted.
 */
export function mostCost(upperBound: UpperBound, exchange: Exchange, target: Target): NanoUsd | undefined {
  if (exchange.request.operation === 'count-tokens') return 0n
  return upperBoundOf(upperBound, exchange, {
    price: target.price,
    maxOutputTokens: mostOutput(exchange, target),
  })
}

/** As `mostCost`, of an attempt that fails before it answers: the provider charges for what it read. */
export function mostReadingCost(
  upperBound: UpperBound,
  exchange: Exchange,
  { price }: Target,
): NanoUsd | undefined {
  if (exchange.request.operation === 'count-tokens') return 0n
  return upperBoundOf(upperBound, exchange, { price, maxOutputTokens: 0 })
}

function upperBoundOf(
  upperBound: UpperBound,
  exchange: Exchange,
  { price, maxOutputTokens }: { readonly price: Price | undefined; readonly maxOutputTokens: number },
): NanoUsd | undefined {
  if (price === undefined) return undefined
  const { inputTokens, audio, cacheWrites } = requestFeatures(exchange)
  return upperBound({
    inputTokens: Math.ceil(inputTokens * INPUT_MARGIN) + INPUT_FRAMING_TOKENS,
    maxOutputTokens,
    price,
    audio,
    cacheWrites,
  })
}

/**
 * The most output tokens that an attempt may bring, of all choices together: the limit that the client names, else the model's
 * own, else what takes its place, with room for reasoning that was asked for.
 */
function mostOutput(exchange: Exchange, { capabilities }: Target): number {
  const { maxOutputTokens, choices } = requestFeatures(exchange)
  if (maxOutputTokens !== undefined) return maxOutputTokens * choices
  const reasoningTokens = chatOf(exchange.request).reasoning?.budgetTokens ?? 0
  return (capabilities.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS + reasoningTokens) * choices
}
