import type { Caller } from '../exchange/caller.ts'
import { standingOf } from '../exchange/standing.ts'
import type { Plan } from '../gateway/plan.ts'
import { createDirectory } from '../identity/directory.ts'
import { defined } from '../kit/defined.ts'
import type { KeyRecord, RequestRow, Store } from '../store/store.ts'
import { WhatIf, type Side } from './what-if.ts'
import type { WhatIfTally } from './what-if-tally.ts'

/** Which requests of the log are decided on again. */
export interface WhatIfScope {
  /** The newest so many. */
  readonly last: number
  /** Unix milliseconds; what came later than the end is none of it. */
  readonly fromMs: number
  readonly toMs: number
  /** Name of the route that they went by, or that they asked for. */
  readonly route?: string
}

/** How much is done at a time, where somebody else has work to do meanwhile. */
export interface WhatIfPace {
  /** Rows that are read, and decided on, at a time. */
  readonly rows: number
  /** Lets others work; rejects where it has taken too long. */
  rest(): Promise<void>
}

export interface WhatIfPlans {
  readonly draft: Plan
  /** Absent: there is none that can be read. */
  readonly current?: Plan | undefined
}

/** Nobody else has work to do. */
const AT_ONCE: WhatIfPace = { rows: 500, rest: () => Promise.resolve() }

/** What is read, and how. */
export interface Reading {
  readonly store: Pick<Store, 'requests' | 'keys'>
  readonly scope: WhatIfScope
  readonly pace: WhatIfPace
}

/**
 * Decides again on requests of the log under a draft. Reads the log in pages, twice; nobody is asked. Rejects with what the pace rejects
 * with.
 */
export async function runWhatIf(
  store: Pick<Store, 'requests' | 'keys'>,
  { draft, current }: WhatIfPlans,
  { pace = AT_ONCE, ...scope }: WhatIfScope & { readonly pace?: WhatIfPace },
): Promise<WhatIfTally> {
  const reading = { store, scope, pace }
  const stored = await readKeys(reading)
  const whatIf = new WhatIf({ draft: sideOf(draft, stored), current: current && sideOf(current, stored) })
  await forEachRow(reading, (row) => whatIf.measure(row))
  await forEachRow(reading, (row) => whatIf.decide(row))
  return whatIf.tally
}

/** Reads the lines of a scope page by page, the newest first. Rejects with what the pace rejects with. */
export async function forEachRow(
  { store, scope, pace }: Reading,
  take: (row: RequestRow) => void,
): Promise<void> {
  const { fromMs, toMs, route } = scope
  let left = scope.last
  let after: string | undefined
  do {
    const page = await store.requests.list({ limit: pace.rows, ...defined({ after }) })
    for (const row of page.rows) {
      if (row.atMs < fromMs || left === 0) return
      const isMeant = route === undefined || row.route === route || row.requestedModel === route
      if (!isMeant || row.atMs > toMs) continue
      left -= 1
      take(row)
    }
    after = page.next
    await pace.rest()
  } while (after !== undefined)
}

/** All keys of the store by their ids. */
export async function readKeys({ store: { keys }, pace }: Reading): Promise<ReadonlyMap<string, KeyRecord>> {
  const known = new Map<string, KeyRecord>()
  let after: string | undefined
  do {
    const page = await keys.list({ limit: pace.rows, ...defined({ after }) })
    for (const key of page.rows) known.set(key.id, key)
    after = page.next
    await pace.rest()
  } while (after !== undefined)
  return known
}

function sideOf(plan: Plan, stored: ReadonlyMap<string, KeyRecord>): Side {
  return { plan, callerOf: callerUnder(plan, (id) => stored.get(id)) }
}

/**
 * Says who would ask under a plan by the key of a line. A key that there is not any more could do everything, as far as the file says.
 *
 * @param find keys of the store by their ids
 */
export function callerUnder(
  plan: Plan,
  find: (id: string) => KeyRecord | undefined,
): (row: RequestRow) => Caller {
  const directory = createDirectory(plan, { version: 0, find })
  const unrestricted = standingOf([], { allowedOptions: ['*'] })
  return ({ owners, keyName = '' }) =>
    directory.find(owners.key ?? '')?.caller ?? { ...unrestricted, owners, keyName }
}
