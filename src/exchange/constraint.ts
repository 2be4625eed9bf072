import { Failure } from './failure.ts'
import type { Target } from './target.ts'

/**
 * Something that every target must fulfil which an exchange is sent to, whatever led there: the first choice, a retry, a fallback, a
 * hedge, a race, and what the house asks on its behalf. What is not known of a target does not fulfil it.
 */
export interface Constraint {
  /** Who wants it: `route support`, `step regulated`, `key ci`, `project growth`. */
  readonly by: string
  /** What is wanted, in a few words: `region eu`. */
  readonly text: string
  readonly allows: (target: Target) => boolean
  /** True where whoever asks wants it, and neither the file nor his key. */
  readonly isWish?: true
}

/** Is a region the wanted one, or a part of it? `eu-west-1` lies in `eu`. */
export function liesIn(region: string | undefined, wanted: string): boolean {
  return region === wanted || region?.startsWith(`${wanted}-`) === true
}

/** The first of the constraints that a target does not fulfil. */
export function unfulfilled(only: readonly Constraint[] | undefined, target: Target): Constraint | undefined {
  if (only === undefined) return undefined
  for (const constraint of only) if (!constraint.allows(target)) return constraint
  return undefined
}

/** The constraints of two sides; the list of one itself where the other has none. */
export function joinConstraints(
  left: readonly Constraint[] | undefined,
  right: readonly Constraint[] | undefined,
): readonly Constraint[] | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return [...left, ...right]
}

/** The last guard before a target is asked: whatever led there, what does not fulfil the constraints is not. Throws `internal`. */
export function insistOn(only: readonly Constraint[] | undefined, target: Target): void {
  const unmet = unfulfilled(only, target)
  if (unmet === undefined) return
  throw new Failure('internal', {
    cause: `${target.id} was to be asked, but ${unmet.by} wants ${unmet.text}`,
  })
}
