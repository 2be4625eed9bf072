import type { Price, Target } from '../../exchange/target.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { RequestFeatures } from '../../routing/features.ts'

/** Output held for a model whose limit is not known when the client names none. */
const DEFAULT_OUTPUT_TOKENS = 4_096
/** The estimate of the input may be too low by this share, and by a few tokens of framing. */
const INPUT_MARGIN = 1.1
const INPUT_FRAMING_TOKENS = 16

/** The price of a usage in nano-USD. */
export type CostOf = (usage: Usage, price: Price) => NanoUsd

/**
 * The most that one attempt of a request is expected to cost at any of the targets, in nano-USD: the whole input at its dearest
 * applicable price and all the output that may come, for every choice. Unpriced targets add nothing.
 */
export function upperBound(features: RequestFeatures, targets: readonly Target[], costOf: CostOf): NanoUsd {
  let most = 0n
  for (const { price, capabilities } of targets) {
    if (price === undefined) continue
    const perChoice = features.maxOutputTokens ?? capabilities.maxOutputTokens ?? DEFAULT_OUTPUT_TOKENS
    const cost = dearest(features, { outputTokens: perChoice * features.choices, price }, costOf)
    if (cost > most) most = cost
  }
  return most
}

interface Output {
  readonly outputTokens: number
  readonly price: Price
}

/** The dearest way in which the provider may count the same tokens. */
function dearest(features: RequestFeatures, { outputTokens, price }: Output, costOf: CostOf): NanoUsd {
  const inputTokens = Math.ceil(features.inputTokens * INPUT_MARGIN) + INPUT_FRAMING_TOKENS
  let most = 0n
  for (const input of inputBuckets(features)) {
    for (const output of outputBuckets(features, price)) {
      const amount = costOf({ ...NO_USAGE, [input]: inputTokens, [output]: outputTokens }, price)
      if (amount > most) most = amount
    }
  }
  return most
}

const PLAIN_INPUT = ['inputTokens'] as const
const CACHED_INPUT = ['inputTokens', 'cacheWriteTokens', 'cacheWriteLongTokens'] as const
const PLAIN_OUTPUT = ['outputTokens'] as const
const REASONED_OUTPUT = ['outputTokens', 'reasoningTokens'] as const

/** Cache writes and audio cost more than plain input, and only requests that hold them can cause them. */
function inputBuckets({ cacheWrites, audio }: RequestFeatures): readonly (keyof Usage)[] {
  const plain = cacheWrites ? CACHED_INPUT : PLAIN_INPUT
  return audio ? [...plain, 'inputAudioTokens'] : plain
}

function outputBuckets({ audio }: RequestFeatures, { reasoning }: Price): readonly (keyof Usage)[] {
  const plain = reasoning === undefined ? PLAIN_OUTPUT : REASONED_OUTPUT
  return audio ? [...plain, 'outputAudioTokens'] : plain
}
