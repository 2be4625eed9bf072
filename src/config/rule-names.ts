import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

/** What names of a rule can mean. */
export interface KnownNames {
  /** What they are names of: `route`. */
  readonly what: string
  readonly known: readonly string[]
  readonly isKnown?: (name: string) => boolean
}

/** A name, and where it stands in the file. */
export type PlacedName = readonly [name: string, path: readonly PathStep[]]

/**
 * Names that mean nobody: a rule whose name is misspelt does not hold where somebody believes that it does. The beginning of a name, with
 * `*` at its end, may mean whoever is to come.
 */
export function unknownNames(
  names: readonly PlacedName[],
  { what, known, isKnown = () => false }: KnownNames,
): ProblemDraft[] {
  return names.flatMap(([name, path]) => {
    if (name.endsWith('*') || known.includes(name) || isKnown(name)) return []
    const [nearest] = nearestNames(name, known, 1)
    const hint = nearest === undefined ? undefined : `Did you mean ${nearest}?`
    return [{ path, message: `there is no ${what} ${name}`, ...defined({ hint }) }]
  })
}
