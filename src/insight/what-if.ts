import type { Caller } from '../exchange/caller.ts'
import { unfulfilled } from '../exchange/constraint.ts'
import type { Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import { expectedCost } from '../pricing/expected-cost.ts'
import { RoutePasts } from '../routing/route-pasts.ts'
import { operationOf } from '../exchange/operations/all.ts'
import type { RequestRow } from '../store/store.ts'
import { createDecider, type Decide, type Decided } from './decide-again.ts'
import { LogMeasures } from './log-measures.ts'
import { readPast, type PastParts, type PastRequest } from './past-request.ts'
import { WhatIfTally, type Charge } from './what-if-tally.ts'

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
    if (first === undefined) return this.tally.addRoutable(row, this.#charge(past, target))
    if (first === target.id) return this.tally.addUnchanged(row)
    const [fromMs, toMs] = [first, target.id].map((id) => this.#measures.firstEventMs(id, row.route ?? ''))
    this.tally.addMove({ row, from: first, to: target.id, fromMs, toMs, charge: this.#charge(past, target) })
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
  #isBound({ resolveRoute, matches }: Plan, model: string): boolean {
    const route = resolveRoute(model)
    if (matches !== undefined || route === undefined) return matches !== undefined
    let isBound = this.#bound.get(route)
    if (isBound === undefined) {
      isBound =
        route.only !== undefined || route.steps?.some((step) => step.route.only !== undefined) === true
      this.#bound.set(route, isBound)
    }
    return isBound
  }

  /** What the request would cost at a target: what it used, at the prices there, its answer as long as answers are there. */
  #charge(past: PastRequest, target: Target): Charge {
    const { row, imagined, inputs } = past
    const { price, simulated, spoken } = target
    if (operationOf(imagined.request).charge === 'nothing') return { nanoUsd: 0, simulated }
    if (price === undefined) return { nanoUsd: undefined, simulated }
    const { features, service } = imagined
    const load = imagined.load?.of(target.id, row.route)
    const isHeard = service !== undefined && spoken.some(({ dialect }) => dialect === service.dialect)
    const isAnswered = row.outcome === 'ok'
    const cost = expectedCost(price, {
      inputTokens: isAnswered && row.inputTokens > 0 ? row.inputTokens : features.inputTokens,
      cachedShare: load?.cachedShare ?? 0,
      cacheWrites: features.cacheWrites,
      outputTokens: this.#outputTokens(past, target),
      searches: inputs.features.searches ?? 0,
      serviceTiers: isHeard ? service.words : NONE,
    })
    return { nanoUsd: cost, simulated }
  }

  /** As long as the answer was, as far as both targets write at the same length; where nobody answered, as long as answers are there. */
  #outputTokens({ row, first, imagined }: PastRequest, target: Target): number {
    const route = row.route ?? ''
    const [there, here] = [target.id, row.target ?? first ?? ''].map((id) =>
      this.#measures.outputTokens(id, route),
    )
    const { maxOutputTokens = Number.POSITIVE_INFINITY } = imagined.features
    if (row.outcome !== 'ok') return Math.min(there ?? USUAL_OUTPUT_TOKENS, maxOutputTokens)
    const ratio = there === undefined || here === undefined || here === 0 ? 1 : there / here
    return Math.min(row.outputTokens * ratio, Math.max(row.outputTokens, maxOutputTokens))
  }
}

const NONE: readonly string[] = []
/** Where nobody has seen an answer of the target: a few paragraphs. */
const USUAL_OUTPUT_TOKENS = 500
