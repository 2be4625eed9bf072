import type { Route } from '../exchange/route.ts'
import { routeOfArm } from '../experiments/route-of-arm.ts'
import type { Plan } from '../gateway/plan.ts'
import { readObjects, readString, type JsonObject } from '../kit/json.ts'

/**
 * The way that a record was made for, as a plan has it: the route that took the request whatever name it asked for, or that of the name;
 * the step of it that was taken, and the arm of that. Undefined where there is no such route.
 *
 * @param model the name that was asked for
 */
export function recordedWay(
  { resolveRoute }: Pick<Plan, 'resolveRoute'>,
  record: JsonObject,
  model: string,
): Route | undefined {
  const steps = readObjects(record, 'steps')
  const of = (kind: string, member: string): string | undefined => {
    const found = steps.find(({ step }) => step === kind)
    return found && readString(found, member)
  }
  const route = resolveRoute(of('match', 'to') ?? model)
  if (route === undefined) return undefined
  const picked = of('condition', 'picked')
  const taken = route.steps?.find(({ name }) => name === picked)?.route ?? route
  const arm = of('split', 'arm')
  return arm === undefined ? taken : routeOfArm(taken, arm)
}

/** What the file said that a plan was made of: a version is the number of a load and a hash of the file. */
export function planHash(version: string): string {
  return version.slice(version.indexOf('-') + 1)
}
