import type { Account } from '../../exchange/caller.ts'
import type { MeteredCharge } from './limit-headers.ts'

/** Rates are per minute. */
export const WINDOW_MS = 60_000

/** A limit of requests at a time. */
export interface LimitedPlace {
  readonly scope: Account['scope']
  readonly account: string
  readonly limit: number
}

/** The limits of a caller's accounts, narrowest account first, in the form in which the counters take them. */
export interface AccountLimits {
  readonly places: readonly LimitedPlace[]
  /** Charges of an empty request: one request, no tokens. */
  readonly rates: readonly MeteredCharge[]
}

/** Creates a reader of limits that works out those of a caller once: the list of his accounts stands for him. */
export function createLimitReader(): (accounts: readonly Account[]) => AccountLimits {
  const known = new WeakMap<readonly Account[], AccountLimits>()
  return (accounts) => {
    let limits = known.get(accounts)
    if (limits === undefined) {
      limits = { places: accounts.flatMap(placesOf), rates: accounts.flatMap(ratesOf) }
      known.set(accounts, limits)
    }
    return limits
  }
}

function placesOf({ scope, id, limits: { parallelRequests: limit } }: Account): LimitedPlace[] {
  return limit === undefined ? [] : [{ scope, account: `${scope}:${id}:parallel`, limit }]
}

function ratesOf({ scope, id, limits }: Account): MeteredCharge[] {
  const { requestsPerMinute, tokensPerMinute } = limits
  const shared = { scope, windowMs: WINDOW_MS }
  const rates: MeteredCharge[] = []
  if (requestsPerMinute !== undefined) {
    const account = `${scope}:${id}:requests`
    rates.push({ ...shared, account, metric: 'requests', limit: requestsPerMinute, units: 1 })
  }
  if (tokensPerMinute !== undefined) {
    const account = `${scope}:${id}:tokens`
    rates.push({ ...shared, account, metric: 'tokens', limit: tokensPerMinute, units: 0 })
  }
  return rates
}
