import type { Price } from '../exchange/target.ts'
import type { NanoUsd } from '../kit/money.ts'
import { upperBound, type UpperBoundQuestion } from './cost.ts'

/** The last question about a price, and its answer. */
interface Answered {
  readonly question: UpperBoundQuestion
  readonly bound: NanoUsd
}

/**
 * Creates an `upperBound` that remembers its last answer about each price. A request asks the same more than once: when money is
 * held for it, and when its attempt is announced.
 */
export function createUpperBound(): (question: UpperBoundQuestion) => NanoUsd {
  const last = new WeakMap<Price, Answered>()
  return (question) => {
    const known = last.get(question.price)
    if (known !== undefined && isSame(known.question, question)) return known.bound
    const bound = upperBound(question)
    last.set(question.price, { question, bound })
    return bound
  }
}

/** Are two questions about one price the same? Words for service are, where they are the same list. */
function isSame(left: UpperBoundQuestion, right: UpperBoundQuestion): boolean {
  return (
    left.inputTokens === right.inputTokens &&
    left.maxOutputTokens === right.maxOutputTokens &&
    left.audio === right.audio &&
    left.cacheWrites === right.cacheWrites &&
    left.searches === right.searches &&
    left.askedSearches === right.askedSearches &&
    left.serviceTiers === right.serviceTiers
  )
}
