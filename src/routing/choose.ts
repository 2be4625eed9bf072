import type { RankStep } from '../exchange/decision.ts'
import type { RankedTarget, Route, RouteTarget } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Choice, ChoiceQuestion } from './choice.ts'
import { keepTogether } from './keep-together.ts'
import { chooseLastResort } from './last-resort.ts'
import { refuse, tellRest, toFilter, type Refused } from './refuse.ts'
import { inWishedOrder } from './wishes.ts'

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
    const eligible = resting.size === 0 ? well : allBut(refused, route.targets)
    const ranked = keepTogether(route.ranking.rank(eligible, question), route, question)
    const fallback = keepEligible(route.fallback, question, refused)
    if (ranked.length === 0 && fallback.length === 0) return chooseLastResort(question, refused)
    const isAsListed = ranked === route.targets && refused.length === 0 && order === undefined
    const listed = isAsListed ? asListed.get(route) : undefined
    if (listed !== undefined) return listed
    const all = [...ranked, ...fallback]
    const choice = toChoice(route, order === undefined ? all : inWishedOrder(all, order), refused)
    if (isAsListed) asListed.set(route, choice)
    return resting.size > 0 ? toPanic(choice, resting) : choice
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
  if (refused.length === 0) return NOBODY
  const out = refused.filter(({ refusal }) => refusal.reason === 'circuit-open')
  const isMost = out.length * 2 > well.length + out.length && well.length + out.length >= LEAST_TARGETS
  if (!isMost || !out.every(({ target }) => rests.isPartial(target))) return NOBODY
  for (const one of out) refused.splice(refused.indexOf(one), 1)
  return new Map(out.map(({ target, refusal }) => [target.id, refusal.restMs ?? 0]))
}

const NOBODY: ReadonlyMap<string, number> = new Map()

function allBut(refused: readonly Refused[], entries: readonly RouteTarget[]): readonly RouteTarget[] {
  const ids = new Set(refused.map(({ target }) => target.id))
  return entries.filter(({ target }) => !ids.has(target.id))
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
