import type { Caller } from '../exchange/caller.ts'
import { unfulfilled } from '../exchange/constraint.ts'
import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { RoutePasts } from '../routing/route-pasts.ts'
import type { RequestRow } from '../store/store.ts'
import { chargeAt } from './charge-at.ts'
import { createDecider, type Decide, type Decided } from './decide-again.ts'
import { LogMeasures } from './log-measures.ts'
import { readPast, type PastParts, type PastRequest } from './past-request.ts'
import { WhatIfTally } from './what-if-tally.ts'

/** A file, and who asks under it. */
export interface Side {
  readonly plan: Plan
  /** Who would ask by the key of a line. */
  readonly callerOf: (row: RequestRow) => Caller
}

export interface WhatIfParts {
  readonly draft: Side
  /** The file as it is now; absent: there is none. */
  readonly current: Side | undefined
}

/**
 * Decides again on requests of the log under a draft. Every line is shown to it twice: first it is measured how targets did, then it is
 * decided. Asks nobody, and holds no more than `LIMITS` says, however long the log is.
 */
export class WhatIf {
  readonly tally = new WhatIfTally()
  readonly #parts: PastParts
  readonly #decide: Decide
  readonly #decideNow: Decide | undefined
  readonly #current: Side | undefined
  readonly #measures = new LogMeasures()
  readonly #bound = new WeakMap<Route, boolean>()

  constructor({ draft, current }: WhatIfParts) {
    this.#parts = { current: current?.plan, callerOf: draft.callerOf, measures: this.#measures }
    this.#decide = createDecider(draft.plan, new RoutePasts())
    this.#current = current
    this.#decideNow = current && createDecider(current.plan)
  }

  /** Sees how the target of a line did. */
  measure(row: RequestRow): void {
    this.#measures.add(row)
  }

  /** Decides on the request of a line, when all lines are measured. */
  decide(row: RequestRow): void {
    const { tally } = this
    tally.see(row)
    // What the house asked of its own accord follows from what clients ask.
    if (row.purpose !== undefined) return tally.skip('asked')
    const past = readPast(row, this.#parts)
    if (past === undefined) return tally.skip('undecided')
    const decided = this.#decide(past.imagined)
    const [unknown] = past.facts.unknown ?? []
    if (past.unknown !== undefined || unknown !== undefined)
      return tally.addUnknown(past.unknown ?? unknown ?? '', row.id)
    this.#compare(past, decided)
  }

  #compare(past: PastRequest, decided: Decided): void {
    const { row, first } = past
    const [candidate] = decided.candidates
    if (candidate === undefined) {
      const { failure } = decided
      if (first === undefined || failure === undefined) return this.tally.addUnchanged(row)
      return this.tally.addUnroutable(row, failure)
    }
    const { target } = candidate
    this.#checkConstraints(past, decided)
    if (first === undefined) return this.tally.addRoutable(row, chargeAt(past, target, this.#measures))
    if (first === target.id) return this.tally.addUnchanged(row)
    const [fromMs, toMs] = [first, target.id].map((id) => this.#measures.firstEventMs(id, row.route ?? ''))
    this.tally.addMove({
      row,
      from: first,
      to: target.id,
      fromMs,
      toMs,
      charge: chargeAt(past, target, this.#measures),
    })
  }

  /** Constraints that hold now, and that the draft leads out of. */
  #checkConstraints({ row, imagined }: PastRequest, { candidates }: Decided): void {
    const current = this.#current
    if (current === undefined) return
    const caller = current.callerOf(row)
    if (caller.only === undefined && !this.#isBound(current.plan, row.requestedModel)) return
    const only = this.#decideNow?.({ ...imagined, caller }).only
    if (only === undefined) return
    for (const { target } of candidates) {
      const unmet = unfulfilled(only, target)
      if (unmet === undefined || unmet.isWish === true) continue
      this.tally.addBreach(row.id, { by: unmet.by, text: unmet.text, target: target.id })
      return
    }
  }

  /** Does a plan hold anybody to anything who asks for a model? */
  #isBound({ resolveRoute, matches, guardrails }: Plan, model: string): boolean {
    const route = resolveRoute(model)
    if (guardrails !== undefined) return true
    if (matches !== undefined || route === undefined) return matches !== undefined
    let isBound = this.#bound.get(route)
    if (isBound === undefined) {
      isBound =
        route.only !== undefined || route.steps?.some((step) => step.route.only !== undefined) === true
      this.#bound.set(route, isBound)
    }
    return isBound
  }
}
