import { LAST_RESORT, type FilteredTarget, type FilterStep, type RankStep } from '../exchange/decision.ts'
import { REFUSED } from '../exchange/rest-view.ts'
import {
  allowsUnpriced,
  type RankedTarget,
  type RankQuestion,
  type Route,
  type RouteTarget,
} from '../exchange/route.ts'
import type { Operation } from '../exchange/operations/all.ts'
import { unpricedAt, type Target } from '../exchange/target.ts'
import { unfulfilled, type Constraint } from '../exchange/constraint.ts'
import { keepTogether } from './keep-together.ts'
import { inWishedOrder, refuseByWishes, type Wishes } from './wishes.ts'
import { refuseByCapability, refuseByContext, type Refusal } from './refuse-by-facts.ts'

/** Clients are told to wait for a limit that ends within this time; asking the provider earlier would be refused. */
const WORTH_WAITING_MS = 60_000

/** Everything the choice is made from; equal inputs give equal choices. */
export interface ChoiceQuestion extends RankQuestion {
  readonly route: Route
  /** What every target must fulfil. */
  readonly only?: readonly Constraint[] | undefined
  /** What the request wishes beside that; absent: nothing. */
  readonly wishes?: Wishes | undefined
  /** Targets that the request wants to be asked before the others: the place of each, by its id. */
  readonly order?: ReadonlyMap<string, number> | undefined
  /** What is asked of the model. */
  readonly operation: OperationTerms
  /** May the caller use a target, whichever route leads to it? Absent: any. */
  readonly permits?: ((target: string) => boolean) | undefined
  /** Who is known already not to be for this exchange, by id. */
  readonly barred?: ReadonlyMap<string, Refusal>
  /** True when what is spent is counted against a budget. */
  readonly isBudgeted?: boolean
}

/** What of an operation bears on the choice. */
export interface OperationTerms {
  readonly name: Operation
  readonly interchangeable: boolean
}

/** A target to try. */
export interface Candidate {
  readonly target: Target
  /** Everything was resting and this one is the least bad: it is tried before its rest is over. */
  readonly lastResort: boolean
  /** It rests, and is asked all the same, because most of the route does and answers in part. */
  readonly inPanic?: boolean | undefined
}

/** The outcome: candidates in the order of trying, and the steps that led to them, in which every target of the route stands. */
export interface Choice {
  readonly candidates: readonly Candidate[]
  /** Absent when nothing was left out. */
  readonly filter?: FilterStep
  /** Absent when nothing can be tried. */
  readonly rank?: RankStep
  /** With no candidate at all: milliseconds until the first of the limited credentials is free again, when it is that. */
  readonly retryAfterMs?: number
}

interface Refused {
  readonly target: Target
  readonly refusal: Refusal
}

/**
 * Chooses the targets for a request: filters first, which are never traded off, then the route's strategy over its targets,
 * then its fallbacks in order. What is not known about a target never excludes it, an estimate alone never leaves the route
 * empty, and when circuits have ejected everything the one that recovers first is tried rather than nothing.
 */
export type Choose = (question: ChoiceQuestion) => Choice

/**
 * Creates a chooser. The choice in which everybody stands as the route lists them, which most are, is made once for each route
 * and forgotten with it.
 */
export function createChooser(): Choose {
  const asListed = new WeakMap<Route, Choice>()
  return (question) => {
    const { route, order } = question
    const refused: Refused[] = []
    const well = keepEligible(route.targets, question, refused)
    const resting = inPanic(well, question, refused)
    const eligible = resting.size === 0 ? well : route.targets.filter(({ target }) => isLeft(target, refused))
    const ranked = keepTogether(route.ranking.rank(eligible, question), route, question)
    const fallback = keepEligible(route.fallback, question, refused)
    if (ranked.length === 0 && fallback.length === 0) return chooseLastResort(question, refused)
    if (resting.size > 0 || order !== undefined) {
      const all = [...ranked, ...fallback]
      const wished = toChoice(route, order === undefined ? all : inWishedOrder(all, order), refused)
      return resting.size > 0 ? toPanic(wished, resting) : wished
    }
    if (ranked !== route.targets || refused.length > 0)
      return toChoice(route, [...ranked, ...fallback], refused)
    let choice = asListed.get(route)
    if (choice === undefined) {
      choice = toChoice(route, [...ranked, ...fallback], refused)
      asListed.set(route, choice)
    }
    return choice
  }
}

/** A route of fewer targets has nothing to spread its load over. */
const LEAST_TARGETS = 3

/**
 * More than half of a route's targets rest, and all of them answer now and then: those that are left would be asked for everything, and
 * fall next. Takes those that rest out of `refused`, and gives them with how long they rest.
 */
function inPanic(
  well: readonly RouteTarget[],
  { rests }: ChoiceQuestion,
  refused: Refused[],
): ReadonlyMap<string, number> {
  const out = refused.filter(({ refusal }) => refusal.reason === 'circuit-open')
  const isMost = out.length * 2 > well.length + out.length && well.length + out.length >= LEAST_TARGETS
  if (!isMost || !out.every(({ target }) => rests.isPartial(target))) return NOBODY
  for (const one of out) refused.splice(refused.indexOf(one), 1)
  return new Map(out.map(({ target, refusal }) => [target.id, refusal.restMs ?? 0]))
}

const NOBODY: ReadonlyMap<string, number> = new Map()

function isLeft({ id }: Target, refused: readonly Refused[]): boolean {
  return !refused.some(({ target }) => target.id === id)
}

/** Marks those that are asked although they rest. */
function toPanic(choice: Choice, resting: ReadonlyMap<string, number>): Choice {
  const candidates = choice.candidates.map((candidate) =>
    resting.has(candidate.target.id) ? { ...candidate, inPanic: true } : candidate,
  )
  const targets = choice.rank?.targets.map((one) => {
    const restMs = resting.get(one.target)
    return restMs === undefined ? one : { ...one, detail: `panic: ${tellRest(restMs)}, as most do` }
  })
  return { ...choice, candidates, ...(choice.rank && targets && { rank: { ...choice.rank, targets } }) }
}

function toChoice(
  { ranking: { strategy, reason } }: Route,
  inOrder: readonly RankedTarget[],
  refused: readonly Refused[],
): Choice {
  const candidates = inOrder.map(({ target }) => ({ target, lastResort: false }))
  const targets = inOrder.map(({ target, detail }) => toStep(target, detail))
  const rank: RankStep = { step: 'rank', strategy, reason: inOrder[0]?.reason ?? reason, targets }
  return refused.length === 0 ? { candidates, rank } : { candidates, rank, filter: toFilter(refused) }
}

type RankedStep = RankStep['targets'][number]

function toStep({ id }: Target, detail: string | undefined): RankedStep {
  return detail === undefined ? { target: id } : { target: id, detail }
}

function toFilter(refused: readonly Refused[]): FilterStep {
  return { step: 'filter', targets: refused.map(toFiltered) }
}

function toFiltered({ target, refusal: { reason, detail } }: Refused): FilteredTarget {
  return detail === undefined ? { target: target.id, reason } : { target: target.id, reason, detail }
}

/** The entries that nothing speaks against, the list itself where that is all of them; the others are added to `refused`. */
function keepEligible(
  entries: readonly RouteTarget[],
  question: ChoiceQuestion,
  refused: Refused[],
): readonly RouteTarget[] {
  let eligible: RouteTarget[] | undefined
  let index = 0
  for (const entry of entries) {
    const refusal = refuse(entry.target, question)
    if (refusal !== undefined) {
      eligible ??= entries.slice(0, index)
      refused.push({ target: entry.target, refusal })
    } else eligible?.push(entry)
    index += 1
  }
  return eligible ?? entries
}

/** The first reason against a target, hard ones before passing ones; undefined when there is none. */
function refuse(target: Target, question: ChoiceQuestion): Refusal | undefined {
  const { route, features, isBudgeted = false } = question
  const bar = question.barred?.get(target.id)
  if (bar !== undefined) return bar
  if (question.permits?.(target.id) === false) return { reason: 'key-forbids' }
  const misfit = refuseByConstraints(target, question.only) ?? refuseByOperation(target, question)
  if (misfit !== undefined) return misfit
  const unpriced = unpricedAt(target, question.service)
  if (unpriced !== undefined && !allowsUnpriced(route, isBudgeted))
    return { reason: 'unpriced', detail: unpriced }
  return (
    refuseByCapability(target.capabilities, features) ??
    (question.wishes && refuseByWishes(target, question.wishes, question)) ??
    refuseByCredentials(target, question) ??
    refuseByContext(target.capabilities, features) ??
    refuseByCircuit(target, question)
  )
}

function refuseByConstraints(target: Target, only: ChoiceQuestion['only']): Refusal | undefined {
  const unmet = unfulfilled(only, target)
  if (unmet === undefined) return undefined
  const reason = unmet.isWish === true ? 'outside-wish' : 'outside-only'
  return { reason, detail: `${unmet.by} wants ${unmet.text}` }
}

function refuseByOperation(target: Target, { operation, route }: ChoiceQuestion): Refusal | undefined {
  const { operations } = target.capabilities
  if (operations?.includes(operation.name) === false)
    return {
      reason: 'lacks-operation',
      detail: `is for ${operations.join(', ') || 'nothing that can be asked here'}`,
    }
  if (operation.interchangeable || route.mixesModels) return undefined
  const first = modelOfRoute(route, operation.name)
  return first === undefined || first === plainName(target.model)
    ? undefined
    : { reason: 'other-model', detail: `its answers do not go with those of ${first}` }
}

/**
 * The name of the model whose answers a route gives where answers of several models do not go together: that of the first target
 * which can be asked at all, whoever asks and whatever rests, so that it is the same today and tomorrow.
 */
function modelOfRoute({ targets, fallback }: Route, operation: Operation): string | undefined {
  const serves = ({ target }: RouteTarget): boolean =>
    target.capabilities.operations?.includes(operation) !== false
  const first = targets.find(serves) ?? fallback.find(serves)
  return first === undefined ? undefined : plainName(first.target.model)
}

/** The name without whoever made the model, whom some providers name before it: `BAAI/bge-m3`. */
function plainName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).toLowerCase()
}

function refuseByCredentials(target: Target, { rests }: ChoiceQuestion): Refusal | undefined {
  const restMs = rests.credentials(target)
  if (restMs === undefined) return undefined
  if (restMs !== REFUSED) return { reason: 'credentials-exhausted', detail: tellRest(restMs), restMs }
  return {
    reason: 'credentials-exhausted',
    detail: target.credentials.length === 0 ? 'there is none' : 'refused by the provider',
  }
}

function refuseByCircuit(target: Target, { rests }: ChoiceQuestion): Refusal | undefined {
  const restMs = rests.target(target)
  return restMs === undefined ? undefined : { reason: 'circuit-open', detail: tellRest(restMs), restMs }
}

function tellRest(restMs: number): string {
  return `rests ${Math.ceil(restMs / 1000)} s`
}

/**
 * Nothing is eligible. Circuits and context estimates may be wrong, so the best of those is tried: the circuit that
 * recovers first, else the largest context, else a credential that rests for so long that somebody may have put it right
 * by now. Hard reasons (permission, price, capability, a short limit) are never overruled.
 */
function chooseLastResort({ route }: ChoiceQuestion, refused: readonly Refused[]): Choice {
  const filter = toFilter(refused)
  const best = earliestCircuit(refused) ?? largestContext(refused) ?? longResting(refused)
  if (best !== undefined) {
    const { strategy } = route.ranking
    const targets = [toStep(best.target, best.refusal.detail)]
    const rank: RankStep = { step: 'rank', strategy, reason: LAST_RESORT, targets }
    return { candidates: [{ target: best.target, lastResort: true }], filter, rank }
  }
  const retryAfterMs = freeInMs(refused)
  return retryAfterMs === Number.POSITIVE_INFINITY
    ? { candidates: [], filter }
    : { candidates: [], filter, retryAfterMs }
}

function earliestCircuit(refused: readonly Refused[]): Refused | undefined {
  let best: Refused | undefined
  let bestMs = Number.POSITIVE_INFINITY
  for (const one of refused) {
    const { reason, restMs } = one.refusal
    if (reason !== 'circuit-open' || restMs === undefined || restMs >= bestMs) continue
    best = one
    bestMs = restMs
  }
  return best
}

function largestContext(refused: readonly Refused[]): Refused | undefined {
  let best: Refused | undefined
  for (const one of refused) {
    if (one.refusal.reason !== 'context-too-small') continue
    if (best === undefined || contextOf(one) > contextOf(best)) best = one
  }
  return best
}

/** The first target whose credentials rest; none while one of them is free again before a client loses patience. */
function longResting(refused: readonly Refused[]): Refused | undefined {
  if (freeInMs(refused) <= WORTH_WAITING_MS) return undefined
  return refused.find(
    ({ target, refusal }) => refusal.reason === 'credentials-exhausted' && target.credentials.length > 0,
  )
}

/** When the first of the limits ends; infinity when there is none. */
function freeInMs(refused: readonly Refused[]): number {
  return Math.min(...refused.map(({ refusal }) => refusal.restMs ?? Number.POSITIVE_INFINITY))
}

function contextOf({ target }: Refused): number {
  const { contextTokens, maxInputTokens } = target.capabilities
  return contextTokens ?? maxInputTokens ?? 0
}
