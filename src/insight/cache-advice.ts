/** What is to be done about the cache of a route. `not`: it would be wrong, or of no use, for a reason that has a share. */
export const CACHE_ADVICE = ['exact', 'exact+sampled', 'similar', 'nothing', 'not'] as const

export interface CacheAdvice {
  readonly word: (typeof CACHE_ADVICE)[number]
  /** Why not, and of what share of the requests (0 to 1) that holds. */
  readonly reason?: string
  readonly share?: number
}

/** What advice is made of. */
export interface AdviceGrounds {
  readonly requests: number
  readonly exact: { readonly requests: number }
  readonly sampled: { readonly requests: number }
  readonly similar: { readonly requests: number }
  readonly unfit: Readonly<Partial<Record<string, number>>>
  readonly neverSimilar: Readonly<Partial<Record<string, number>>>
}

/** Of what is asked a smaller share is not worth the thought. */
const WORTH = 0.05
/** For so large a share a route is known. */
const MOST = 0.5
/** Where the same words have another answer at another time, or for another person: also the exact cache would be wrong. */
const WRONG_IN_ANY_WORDS = new Set(['time', 'personal'])
/** Says nothing against a cache: there is one. */
const NO_REASON = new Set(['kept-already'])

/**
 * One word of advice. Where the same words mean something else each time no cache is advised, whatever it would save; else the one that
 * would answer most.
 */
export function adviceFor({
  requests,
  exact,
  sampled,
  similar,
  unfit,
  neverSimilar,
}: AdviceGrounds): CacheAdvice {
  const shareOf = (count: number): number => (requests === 0 ? 0 : count / requests)
  const reasons = [...Object.entries(neverSimilar), ...Object.entries(unfit)]
    .map(([reason, count = 0]) => ({ reason, share: shareOf(count) }))
    .filter(({ reason }) => !NO_REASON.has(reason))
    .toSorted((one, other) => other.share - one.share)
  const wrong = reasons.filter(({ reason }) => WRONG_IN_ANY_WORDS.has(reason))
  const [worst] = wrong
  const isWrong = wrong.reduce((sum, { share }) => sum + share, 0) >= MOST
  if (isWrong && worst !== undefined) return { word: 'not', ...worst }
  const same = exact.requests + sampled.requests
  if (similar.requests > same && shareOf(similar.requests) >= WORTH) return { word: 'similar' }
  if (shareOf(same) >= WORTH) return { word: shareOf(sampled.requests) >= WORTH ? 'exact+sampled' : 'exact' }
  const [first] = reasons
  return first !== undefined && first.share >= MOST ? { word: 'not', ...first } : { word: 'nothing' }
}
