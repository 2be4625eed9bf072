import { defined } from '../kit/defined.ts'
import type { Store } from '../store/store.ts'
import { CacheOpportunity, type OpportunityTerms } from './cache-opportunity.ts'
import type { RouteOpportunity } from './opportunity-tally.ts'
import type { WhatIfPace } from './run-what-if.ts'

/** Which requests are looked at. */
export interface OpportunityScope {
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** Those of one route. */
  readonly route?: string
  /** The newest so many. */
  readonly last: number
}

/** What was found out. */
export interface Opportunity {
  readonly routes: readonly RouteOpportunity[]
  /** Requests that were looked at. */
  readonly requests: number
  /** Is there more of the time than was looked at? */
  readonly isPartial: boolean
}

/** Nobody else has work to do. */
const AT_ONCE: WhatIfPace = { rows: 200, rest: () => Promise.resolve() }

/**
 * Reads what was said in requests, the newest first, and tells what a cache would have saved. Rejects with what the pace rejects with.
 */
export async function readOpportunity(
  { requests: log }: Pick<Store, 'requests'>,
  { last, ...query }: OpportunityScope,
  { terms, pace = AT_ONCE }: { readonly terms: OpportunityTerms; readonly pace?: WhatIfPace },
): Promise<Opportunity> {
  const opportunity = new CacheOpportunity(terms)
  let requests = 0
  let after: string | undefined
  do {
    const limit = Math.min(pace.rows, last - requests)
    const page = await log.said({ ...query, limit, ...defined({ after }) })
    for (const said of page.rows) opportunity.see(said)
    requests += page.rows.length
    after = page.next
    await pace.rest()
  } while (after !== undefined && requests < last)
  return { routes: await inSteps(opportunity.report(), pace), requests, isPartial: after !== undefined }
}

async function inSteps<Result>(steps: Generator<void, Result>, { rows, rest }: WhatIfPace): Promise<Result> {
  let done = 0
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    done += 1
    if (done % rows === 0) await rest()
  }
}
