import type { Route } from '../exchange/route.ts'
import { routeOfArm } from '../experiments/route-of-arm.ts'
import { readObjects, readString, type JsonObject } from '../kit/json.ts'

/** The step of the route that was taken by a record, where it has steps, and the arm of that, where its requests are divided. */
export function recordedWay(route: Route, record: JsonObject): Route {
  const steps = readObjects(record, 'steps')
  const picked = steps.find(({ step }) => step === 'condition')?.['picked']
  const taken = route.steps?.find(({ name }) => name === picked)?.route ?? route
  const split = steps.find(({ step }) => step === 'split')
  return split === undefined ? taken : routeOfArm(taken, readString(split, 'arm') ?? '')
}

/** What the file said that a plan was made of: a version is the number of a load and a hash of the file. */
export function planHash(version: string): string {
  return version.slice(version.indexOf('-') + 1)
}
