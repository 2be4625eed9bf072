import type { Plan } from '../gateway/plan.ts'
import { LIMITS } from '../kit/limits.ts'
import { RoutePasts } from '../routing/route-pasts.ts'
import type { RequestRow, Store } from '../store/store.ts'
import { chargeAt } from './charge-at.ts'
import { createDecider, type Decide } from './decide-again.ts'
import { LogMeasures } from './log-measures.ts'
import { outageOf } from './outage.ts'
import { readPast } from './past-request.ts'
import { callerUnder, forEachRow, readKeys, type Reading } from './run-what-if.ts'

/** What would become of the requests that go to a provider, of one route and to one target. */
export interface OutageGroup {
  readonly route: string
  /** Who would answer once it is known; absent: nobody. */
  readonly to: string | undefined
  requests: number
  /** Of those, how many would be lost until it is known: every attempt of theirs goes to the provider. */
  lostAtFirst: number
  /** Id of a request of the group. */
  readonly example: string
  /** Nano-USD: what they cost, and what they would, of those for which both are known. */
  costNow: number
  costThen: number
  unpriced: number
  readonly isSimulated: boolean
  /** Mean milliseconds until answers begin, as the log has it. */
  readonly firstMsNow: number | undefined
  readonly firstMsThen: number | undefined
}

/** What would become of the newest requests if a provider went down now. */
export interface Outages {
  /** Lines that were looked at, and of those how many can be decided on again. */
  requests: number
  decided: number
  /** How many of those go to the provider. */
  atProvider: number
  firstAtMs: number | undefined
  lastAtMs: number | undefined
  /** Those that nobody would answer first, then those with the most requests. */
  readonly groups: readonly OutageGroup[]
  /** Requests of groups beyond the bound. */
  others: number
}

/**
 * Decides again on the newest requests of the log, under the plan in force and without a provider. Nobody is asked. Rejects with what the
 * pace rejects with.
 */
export async function readOutages(
  store: Pick<Store, 'requests' | 'keys'>,
  plan: Plan,
  asked: { readonly provider: string } & Pick<Reading, 'scope' | 'pace'>,
): Promise<Outages> {
  const { provider, scope, pace } = asked
  const reading: Reading = { store, scope, pace }
  const stored = await readKeys(reading)
  const tally = new OutageTally(plan, provider)
  const callerOf = callerUnder(plan, (id) => stored.get(id))
  await forEachRow(reading, (row) => tally.measures.add(row))
  await forEachRow(reading, (row) => {
    tally.requests += 1
    tally.lastAtMs ??= row.atMs
    tally.firstAtMs = row.atMs
    const past =
      row.purpose === undefined
        ? readPast(row, { current: plan, callerOf, measures: tally.measures })
        : undefined
    if (past !== undefined) tally.add(row, past)
  })
  return tally
}

type Past = NonNullable<ReturnType<typeof readPast>>

class OutageTally implements Outages {
  requests = 0
  decided = 0
  atProvider = 0
  others = 0
  firstAtMs: number | undefined
  lastAtMs: number | undefined
  readonly measures = new LogMeasures()
  readonly #plan: Plan
  readonly #provider: string
  readonly #decide: Decide
  readonly #groups = new Map<string, OutageGroup>()

  constructor(plan: Plan, provider: string) {
    this.#plan = plan
    this.#provider = provider
    this.#decide = createDecider(plan, new RoutePasts())
  }

  get groups(): readonly OutageGroup[] {
    return [...this.#groups.values()].toSorted(
      (left, right) =>
        Number(left.to !== undefined) - Number(right.to !== undefined) || right.requests - left.requests,
    )
  }

  add(row: RequestRow, past: Past): void {
    const { imagined } = past
    const decided = this.#decide(imagined)
    this.decided += 1
    const now = decided.candidates[0]?.target
    if (now?.provider !== this.#provider) return
    this.atProvider += 1
    const made = { plan: this.#plan, decide: this.#decide, imagined, decided }
    const { afterwards, isAlone, answers } = outageOf(made, this.#provider)
    const then = isAlone
      ? undefined
      : afterwards.candidates.find(({ target }) => target.provider !== this.#provider)?.target
    const group = this.#group(row, {
      now: now.id,
      later: then?.id,
      isSimulated: then?.simulated ?? now.simulated,
    })
    if (group === undefined) return void (this.others += 1)
    group.requests += 1
    if (answers === undefined) group.lostAtFirst += 1
    if (then === undefined) return
    const [before, after] = [chargeAt(past, now, this.measures), chargeAt(past, then, this.measures)]
    if (before.nanoUsd === undefined || after.nanoUsd === undefined) return void (group.unpriced += 1)
    group.costNow += before.nanoUsd
    group.costThen += after.nanoUsd
  }

  #group(
    row: RequestRow,
    {
      now,
      later,
      isSimulated,
    }: { readonly now: string; readonly later: string | undefined; readonly isSimulated: boolean },
  ): OutageGroup | undefined {
    const route = row.route ?? row.requestedModel
    const key = `${route}\n${later ?? ''}`
    const known = this.#groups.get(key)
    if (known !== undefined || this.#groups.size >= LIMITS.whatIfKinds) return known
    const group: OutageGroup = {
      route,
      to: later,
      requests: 0,
      lostAtFirst: 0,
      example: row.id,
      costNow: 0,
      costThen: 0,
      unpriced: 0,
      isSimulated,
      firstMsNow: this.measures.firstEventMs(now, route),
      firstMsThen: later === undefined ? undefined : this.measures.firstEventMs(later, route),
    }
    this.#groups.set(key, group)
    return group
  }
}
