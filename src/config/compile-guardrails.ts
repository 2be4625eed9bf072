import { createDetectors } from '../guardrails/all.ts'
import type { GuardAction, Guardrail, GuardTerms, Watching } from '../guardrails/guardrail.ts'
import type { ReuseLooker } from '../guardrails/kept-lookers.ts'
import type { Letters } from '../guardrails/hooks/letter.ts'
import type { AfterTurn, KindParts, PrepareParts } from '../guardrails/kinds/kind.ts'
import { defined } from '../kit/defined.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { guardsOfRoutesProblems } from './compile-guards-of-routes.ts'
import { compileOnly, unknownProviders } from './compile-only.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import { unknownNames, type PlacedName } from './rule-names.ts'
import type { Config } from './schema.ts'
import type { GuardrailConfig } from './schema/guardrails.ts'
import type { SecretsByReference } from './secrets.ts'

/** What guardrails refer to. */
export interface GuardrailContext {
  readonly definitions: readonly ProviderDefinition[]
  /** Names of routes and aliases; a trailing `*` stands for any rest. */
  readonly routeNames: readonly string[]
  readonly providerNames: readonly string[]
  readonly makeTarget: TargetMaker
  /** Reads files that guardrails name. */
  readonly readText: (path: string) => string | undefined
  readonly reuse: ReuseLooker
  readonly secrets: SecretsByReference
  /** Asks other servers. */
  readonly letters: Letters
}

export interface CompiledGuardrails {
  /** Absent where there are none. */
  readonly guardrails?: GuardTerms
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles the guardrails of a file. Routes, projects and providers that they name must exist; keys may be made later. */
export function compileGuardrails(config: Config, context: GuardrailContext): CompiledGuardrails {
  const written = Object.entries(config.guardrails)
  const drafts: ProblemDraft[] = [...guardsOfRoutesProblems(config)]
  if (written.length === 0) return { drafts }
  const { readText, reuse, secrets, letters } = context
  const keyPrefixes = context.definitions.flatMap(({ keyPrefixes: own = [] }) => own)
  const detectors = createDetectors(keyPrefixes)
  const secretOf = (reference: string) => secrets.get(reference)
  const parts: Omit<KindParts, 'rule'> = { detectors, readText, reuse, secretOf, letters }
  const all: Guardrail[] = []
  for (const [name, rule] of written) {
    const path = ['guardrails', name]
    drafts.push(...namesIn(rule, path, { config, context }))
    const watching = rule.watches.compile({
      ...parts,
      rule: { name, action: rule.action, budgetMs: rule.budget },
    })
    if ('problems' in watching)
      drafts.push(
        ...watching.problems.map((one) => ({ ...one, path: [...path, rule.watches.kind, ...one.path] })),
      )
    else {
      drafts.push(...askedIn(watching, [...path, rule.watches.kind, 'model'], context))
      all.push({ ...watching, ...toRule(name, rule) })
    }
  }
  return { guardrails: { all }, drafts }
}

/**
 * Compiles what of the guardrails takes long, so that others have their turn; compiling the whole finds it. Absent where nothing takes
 * long. What is wrong is told then.
 */
export function prepareGuardrails(
  config: Config,
  parts: PrepareParts,
  afterTurn: AfterTurn,
): Promise<void> | undefined {
  const waits = Object.values(config.guardrails).flatMap(
    ({ watches }) => watches.prepare(parts, afterTurn) ?? [],
  )
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined)
}

interface Surroundings {
  readonly config: Config
  readonly context: GuardrailContext
}

function namesIn(
  { routes, projects, only }: GuardrailConfig,
  path: readonly PathStep[],
  { config, context }: Surroundings,
): ProblemDraft[] {
  const placed = (member: string, names: readonly string[] = []): readonly PlacedName[] =>
    names.map((name, index) => [name, [...path, member, index]])
  return [
    ...unknownNames(placed('routes', routes), {
      what: 'route',
      known: context.routeNames,
      isKnown: (name) => isTarget(context.makeTarget(name)),
    }),
    ...unknownNames(placed('projects', projects), { what: 'project', known: Object.keys(config.projects) }),
    ...unknownProviders(only, [...path, 'only'], context.providerNames),
  ]
}

/** What is wrong with whom a check asks: there is nobody of that name, or nobody who is known to be asked such things. */
function askedIn(
  { check }: Watching,
  path: readonly PathStep[],
  { routeNames, makeTarget }: GuardrailContext,
): readonly ProblemDraft[] {
  const asks = check?.asks
  if (asks === undefined) return []
  const { model, operation } = asks
  if (routeNames.includes(model)) return []
  const target = makeTarget(model)
  if (!isTarget(target))
    return target.missing === 'form'
      ? unknownNames([[model, path]], { what: 'route or model', known: routeNames })
      : [{ path, message: target.message, ...defined({ hint: target.hint }) }]
  const can = target.capabilities.operations
  if (can === undefined || can.includes(operation)) return []
  const hint = can.length === 0 ? undefined : `It can ${can.join(', ')}.`
  return [{ path, message: `${model} cannot be asked to ${operation}`, ...defined({ hint }) }]
}

function toRule(name: string, rule: GuardrailConfig) {
  const { watches, phases, mode, budget, onError, routes, projects, keys } = rule
  return {
    name,
    kind: watches.kind,
    phases,
    action: toAction(name, rule),
    isShadow: mode === 'shadow',
    budgetMs: budget,
    onError,
    ...defined({ routes, projects, keys }),
  }
}

function toAction(name: string, rule: GuardrailConfig): GuardAction {
  const { action, answer = 'error', message, restore = true, as, remember, only } = rule
  switch (action) {
    case 'flag':
      return { type: 'flag' }
    case 'mask':
      return { type: 'mask', restore, ...defined({ as, rememberMs: remember }) }
    case 'block':
      return { type: 'block', answer, ...defined({ message }) }
    case 'restrict':
      return { type: 'restrict', only: compileOnly(only, `guardrail ${name}`) ?? [] }
  }
}
