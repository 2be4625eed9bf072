import { nearestNames } from '../kit/nearest.ts'
import type { WhatIfPlans } from './run-what-if.ts'

/** A name that is no route, and what may have been meant. */
interface UnknownRoute {
  readonly message: string
  readonly nearest: readonly string[]
}

const SHOWN_CHARACTERS = 200

/** Says that there is no route of a name, neither in the draft nor in the file as it is now; undefined where there is, or none is named. */
export function unknownRoute(
  name: string | undefined,
  { draft, current }: WhatIfPlans,
): UnknownRoute | undefined {
  const plans = current === undefined ? [draft] : [draft, current]
  if (name === undefined || plans.some(({ resolveRoute }) => resolveRoute(name) !== undefined))
    return undefined
  const nearest = nearestNames(name, new Set(plans.flatMap(({ models }) => models.map(({ id }) => id))))
  const hint = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`
  return { message: `There is no route ${name.slice(0, SHOWN_CHARACTERS)}.${hint}`, nearest }
}
