import type { Condition } from './condition.ts'
import type { Constraint } from './constraint.ts'

interface Claim {
  readonly name: string
  /** The routes that it is about, by name; absent: all. */
  readonly routes?: readonly string[]
}

/** Of some requests: whom they may reach at all, whatever fails on the way. */
export interface ReachProof extends Claim {
  readonly kind: 'reach'
  /** Absent: of all requests. */
  readonly when?: Condition
  /** Every target that is reached fulfils all of these. */
  readonly only?: readonly Constraint[]
  /** No target that is reached fulfils all of these. */
  readonly never?: readonly Constraint[]
}

/** Of every request: somebody is left when any one provider, or target, is gone. */
export interface SurvivalProof extends Claim {
  readonly kind: 'survival'
  readonly lossOf: 'provider' | 'target'
}

/** What must hold of every decision that a configuration can lead to; kept with it, and proven by `gatehouse check --prove`. */
export type Proof = ReachProof | SurvivalProof
