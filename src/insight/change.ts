import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Decide, Decided, Imagined } from './decide-again.ts'

/** One thing of a request, or around it, that could be otherwise. */
export interface Change {
  /** What would be otherwise, so that it reads on from "if": `it had the tag gold`. */
  readonly text: string
  /** What it is about; of several changes of the same the nearest is told. */
  readonly about: string
  /** How far it is from what is: 1 for one thing that is said or not said, and for a number that is doubled or halved. */
  readonly distance: number
  readonly apply: (imagined: Imagined) => Imagined
}

/** A decision, and what it was made of. */
export interface Made {
  readonly plan: Plan
  readonly decide: Decide
  readonly imagined: Imagined
  readonly decided: Decided
}

/** The route that a request has come to, with all its steps: one that takes whatever name, or that of its name. */
export function routeAsked({ plan, imagined, decided }: Made): Route | undefined {
  const matched = decided.steps.find((step) => step.step === 'match')?.to
  const taken = plan.matches?.find(({ route }) => route.name === matched)
  return taken?.route ?? plan.resolveRoute(imagined.request.model)
}

/** How far numbers are from each other, in doublings. */
export function doublings(from: number, to: number): number {
  return Math.abs(Math.log2((to + 1) / (from + 1)))
}
