import type { Clauses } from '../kit/expression-clauses.ts'
import type { Constant } from '../kit/expression-reading.ts'
import type { VariableValue } from '../kit/expression-variables.ts'

/** What a fact can be. */
export type FactValue = VariableValue

/** What the facts of one request are, by name: worked out, or as they were taken down. */
export interface FactValues {
  readonly read: (name: string) => FactValue | undefined
}

/** Facts, and those of them that were read so far. */
export interface KnownFacts extends FactValues {
  readonly known: ReadonlyMap<string, FactValue | undefined>
}

/** Something that holds for a request or does not, as an operator wrote it, in CEL. */
export interface Condition {
  /** As it stands in the file. */
  readonly source: string
  /** Names of the facts that it reads. */
  readonly facts: readonly string[]
  /** By fact: what it is compared with. */
  readonly constants: ReadonlyMap<string, readonly Constant[]>
  /** For who asks whether another holds whenever it does. */
  readonly clauses: Clauses
  /** Pure. Undefined where it cannot be said (something is absent, or out of its range); that counts as false, is counted and shown. */
  holds(values: FactValues): boolean | undefined
}
