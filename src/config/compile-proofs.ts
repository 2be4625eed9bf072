import type { CompileCondition } from '../exchange/compile-condition.ts'
import type { Constraint } from '../exchange/constraint.ts'
import type { Proof } from '../exchange/proof.ts'
import { defined } from '../kit/defined.ts'
import { ExpressionError } from '../kit/expression-error.ts'
import { nearestNames } from '../kit/nearest.ts'
import { matchesAny } from '../routing/model-patterns.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { ProofConfig, TargetsConfig } from './schema/proofs.ts'

/** What proofs refer to. */
export interface ProofContext {
  readonly compileCondition: CompileCondition
  readonly routeNames: readonly string[]
}

interface CompiledProofs {
  readonly proofs: readonly Proof[]
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles what is to be proven. A route that it names must exist: of one that there is not everything is true. */
export function compileProofs(config: Config, context: ProofContext): CompiledProofs {
  const proofs: Proof[] = []
  const drafts: ProblemDraft[] = []
  for (const [name, written] of Object.entries(config.proofs)) {
    const path = ['proofs', name]
    const unknown = unknownRoutes(written, path, context)
    const proof = toProof(name, written, context)
    drafts.push(...unknown)
    if ('message' in proof) drafts.push({ ...proof, path: [...path, 'when'] })
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
  { compileCondition }: ProofContext,
): Proof | Omit<ProblemDraft, 'path'> {
  const claim = { name, ...defined({ routes }) }
  if (survives !== undefined) return { kind: 'survival', ...claim, lossOf: survives }
  try {
    return {
      kind: 'reach',
      ...claim,
      ...defined({
        when: when === undefined ? undefined : compileCondition(when),
        only: toConstraints(only, name),
        never: toConstraints(never, name),
      }),
    }
  } catch (thrown) {
    if (!(thrown instanceof ExpressionError)) throw thrown
    const { message, hint } = thrown
    return {
      message: `the condition is wrong: ${message}`,
      ...defined({ value: when, hint }),
    }
  }
}

/** What is said of targets. What nobody has said of one it does not fulfil. */
function toConstraints(written: TargetsConfig | undefined, proof: string): readonly Constraint[] | undefined {
  if (written === undefined) return undefined
  const { region, providers, tags, targets } = written
  const constraints: Constraint[] = []
  const add = (text: string, allows: Constraint['allows']): void =>
    void constraints.push({ by: `proof ${proof}`, text, allows })
  if (region !== undefined)
    add(`region ${region.join(' or ')}`, (target) => region.some((wanted) => liesIn(target.region, wanted)))
  if (providers !== undefined)
    add(`provider ${providers.join(' or ')}`, ({ provider }) => providers.includes(provider))
  if (tags !== undefined)
    add(`tag ${tags.join(' and ')}`, (target) => tags.every((tag) => target.tags?.includes(tag) === true))
  if (targets !== undefined) add(`target ${targets.join(' or ')}`, ({ id }) => matchesAny(targets, id))
  return constraints
}

/** Is a region the wanted one, or a part of it? */
function liesIn(region: string | undefined, wanted: string): boolean {
  return region === wanted || region?.startsWith(`${wanted}-`) === true
}
