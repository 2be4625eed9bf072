import type { BudgetUse } from '../exchange/budget-use.ts'
import type { Caller } from '../exchange/caller.ts'
import { entriesOf } from '../exchange/route.ts'
import { callersOf, isMadeUp } from './callers.ts'
import { routeAsked, type Change, type Made } from './change.ts'
import { withBudgets, withCaller, withoutRest, withRest } from './vary.ts'

/** Keys that a file declares may be thousands. */
const MOST_CALLERS = 50
/** A key or a provider is not changed by asking otherwise. */
const FAR = 2
/** How far budgets are tried to be used, in per cent, where the middle of their window is reached. */
const SPENT = [60, 70, 80, 90, 100]
const HALF = 0.5

/** What could be otherwise around a request: who rests and who is well, who asks, how far budgets are used. */
export function surroundingChanges(made: Made): readonly Change[] {
  return [...restChanges(made), ...recoveries(made), ...callerChanges(made), ...budgetChanges(made)]
}

/** The first target, or all of its provider, cannot be asked. */
function restChanges({ decided }: Made): readonly Change[] {
  const [first] = decided.candidates
  if (first === undefined) return []
  const { id, provider } = first.target
  return [
    {
      text: `${id} rested`,
      about: 'rest',
      distance: FAR,
      apply: (imagined) => withRest(imagined, (target) => target.id === id),
    },
    {
      text: `the provider ${provider} were down`,
      about: 'rest',
      distance: FAR,
      apply: (imagined) => withRest(imagined, (target) => target.provider === provider),
    },
  ]
}

/** Those who rest are well again. */
function recoveries({ decided: { route, question } }: Made): readonly Change[] {
  if (route === undefined || question === undefined) return []
  const { rests } = question
  return entriesOf(route)
    .filter(({ target }) => rests.target(target) !== undefined || rests.credentials(target) !== undefined)
    .map(({ target: { id } }) => ({
      text: `${id} were well again`,
      about: `well ${id}`,
      distance: 1,
      apply: (imagined) => withoutRest(imagined, id),
    }))
}

function callerChanges({ plan, imagined: { caller: own } }: Made): readonly Change[] {
  return callersOf(plan)
    .filter(({ owners }) => owners.key !== own.owners.key)
    .slice(0, MOST_CALLERS)
    .map((caller) => ({
      text: `${nameOf(caller)} asked`,
      about: 'key',
      distance: FAR,
      apply: (imagined) => withCaller(imagined, caller),
    }))
}

function nameOf(caller: Caller): string {
  if (!isMadeUp(caller)) return `the key ${caller.keyName}`
  const { project } = caller.owners
  return project === undefined ? 'a key without a project' : `a key of the project ${project}`
}

function budgetChanges(made: Made): readonly Change[] {
  if (routeAsked(made)?.goesByBudget !== true) return []
  return SPENT.map((percent) => {
    const uses: readonly BudgetUse[] = [{ share: percent / 100, elapsed: HALF }]
    return {
      text: `${percent} % of its budget were used halfway through its window`,
      about: 'budget',
      distance: FAR + percent / 100,
      apply: (given) => withBudgets(given, uses),
    }
  })
}
