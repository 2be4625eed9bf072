import type { CompileCondition } from '../exchange/compile-condition.ts'
import type { Constraint } from '../exchange/constraint.ts'
import type { Proof } from '../exchange/proof.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import { matchesAny } from '../routing/model-patterns.ts'
import { compileOnly, unknownProviders } from './compile-only.ts'
import { compileWhen } from './compile-when.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { ProofConfig, TargetsConfig } from './schema/proofs.ts'

/** What proofs refer to. */
export interface ProofContext {
  readonly compileCondition: CompileCondition
  readonly routeNames: readonly string[]
  readonly providerNames: readonly string[]
}

interface CompiledProofs {
  readonly proofs: readonly Proof[]
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles what is to be proven. Routes and providers that it names must exist: of those that there are not everything is true. */
export function compileProofs(config: Config, context: ProofContext): CompiledProofs {
  const proofs: Proof[] = []
  const drafts: ProblemDraft[] = []
  for (const [name, written] of Object.entries(config.proofs)) {
    const path = ['proofs', name]
    const unknown = unknownRoutes(written, path, context)
    const proof = toProof(name, written, context)
    drafts.push(
      ...unknown,
      ...unknownProviders(written.only, [...path, 'only'], context.providerNames),
      ...unknownProviders(written.never, [...path, 'never'], context.providerNames),
    )
    if ('message' in proof) drafts.push(proof)
    else proofs.push(proof)
  }
  return { proofs, drafts }
}

function unknownRoutes(
  { routes = [] }: ProofConfig,
  path: readonly PathStep[],
  { routeNames }: ProofContext,
): ProblemDraft[] {
  return routes.flatMap((name, index) => {
    if (routeNames.includes(name)) return []
    const [nearest] = nearestNames(name, routeNames, 1)
    const hint = nearest === undefined ? undefined : `Did you mean "${nearest}"?`
    return [{ path: [...path, 'routes', index], message: `there is no route ${name}`, ...defined({ hint }) }]
  })
}

function toProof(
  name: string,
  { when, routes, only, never, survives }: ProofConfig,
  context: ProofContext,
): Proof | ProblemDraft {
  const claim = { name, ...defined({ routes }) }
  if (survives !== undefined) return { kind: 'survival', ...claim, lossOf: survives }
  const condition = when === undefined ? undefined : compileWhen(when, ['proofs', name, 'when'], context)
  if (condition !== undefined && 'message' in condition) return condition
  return {
    kind: 'reach',
    ...claim,
    ...defined({
      when: condition,
      only: toConstraints(only, name),
      never: toConstraints(never, name),
    }),
  }
}

/** What is said of targets: what constraints can ask for, and their names. */
function toConstraints(written: TargetsConfig | undefined, proof: string): readonly Constraint[] | undefined {
  if (written === undefined) return undefined
  const { targets, ...asked } = written
  const by = `proof ${proof}`
  const constraints = compileOnly(asked, by) ?? []
  if (targets === undefined) return constraints
  const text = `target ${targets.join(' or ')}`
  return [...constraints, { by, text, allows: ({ id }) => matchesAny(targets, id) }]
}
