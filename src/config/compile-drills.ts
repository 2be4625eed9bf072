import {
  DRILL_FAULTS,
  type Drill,
  type DrillExpectations,
  type DrillFault,
  type DrillFaultFacts,
  type DrillFaultTerms,
} from '../exchange/drill.ts'
import { parseSchedule } from '../kit/cron.ts'
import { defined } from '../kit/defined.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { ProviderSetup } from './compile-providers.ts'
import { isTarget, type TargetMaker } from './compile-targets.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { DrillConfig, DrillFaultConfig } from './schema/drills.ts'

/** What drills refer to. */
export interface DrillContext {
  readonly setups: readonly ProviderSetup[]
  /** Names of routes and aliases; a trailing `*` stands for any rest. */
  readonly routeNames: readonly string[]
  readonly makeTarget: TargetMaker
}

export interface CompiledDrills {
  readonly drills: ReadonlyMap<string, Drill>
  readonly drafts: readonly ProblemDraft[]
}

const USUAL: DrillFaultTerms = {
  retry_after: 30,
  after_tokens: 3,
  delay: 20_000,
  tokens_per_second: 2,
  usd: 0n,
}
const PAYMENT_REQUIRED = 402
const ALL_SUCCEED: DrillExpectations = { success: { text: '>=100%', comparison: '>=', value: 1 } }
const ALL_REFUSED: DrillExpectations = { statuses: [PAYMENT_REQUIRED] }

/** Compiles the drills of a file. Whoever a drill names must exist: a drill of a provider that there is not is always green. */
export function compileDrills(config: Config, context: DrillContext): CompiledDrills {
  const drills = new Map<string, Drill>()
  const drafts: ProblemDraft[] = []
  for (const [name, written] of Object.entries(config.drills)) {
    const path = ['drills', name]
    const found = [
      ...routeProblems(written, path, context),
      ...keyProblems(written, path, config),
      ...servedProblems(written, path, context),
      ...written.faults.flatMap((fault, index) => faultProblems(fault, [...path, 'faults', index], context)),
    ]
    drafts.push(...found)
    if (found.length === 0) drills.set(name, toDrill(name, written))
  }
  return { drills, drafts }
}

function toDrill(name: string, written: DrillConfig): Drill {
  const { description, cron, route, traffic, requests, stream, key } = written
  const schedule = cron === undefined ? undefined : parseSchedule(cron)
  return {
    name,
    ...defined({ description, schedule, key }),
    routes: typeof route === 'string' ? (route === 'all' ? 'all' : [route]) : [...new Set(route)],
    faults: written.faults.map(toFault),
    traffic,
    requests,
    stream: stream === 'mixed' ? 'mixed' : stream ? 'always' : 'never',
    expect: toExpectations(written),
  }
}

function toFault(written: DrillFaultConfig): DrillFault {
  const { kind, provider, credential, model, for: forMs, ...terms } = written
  const slash = model?.indexOf('/') ?? 0
  return {
    kind,
    ...USUAL,
    ...defined(terms),
    ...defined({
      provider: provider ?? model?.slice(0, slash),
      credential,
      model: model?.slice(slash + 1),
      forMs,
    }),
  }
}

function toExpectations({ expect, faults }: DrillConfig): DrillExpectations {
  const { success, p95_added: p95AddedMs, cost: costTimes, status: statuses, served_by: servedBy } = expect
  const said = defined({ success, p95AddedMs, costTimes, statuses, servedBy })
  if (Object.keys(said).length > 0) return said
  return faults.some(({ kind }) => kind === 'budget-cap') ? ALL_REFUSED : ALL_SUCCEED
}

function routeProblems(
  { route }: DrillConfig,
  path: readonly PathStep[],
  context: DrillContext,
): ProblemDraft[] {
  const names = typeof route === 'string' ? [route] : route
  return names.flatMap((name, index) => {
    const isKnown = name === 'all' || isRoute(name, context)
    const at = typeof route === 'string' ? [...path, 'route'] : [...path, 'route', index]
    return isKnown ? [] : [unknown(`there is no route ${name}`, name, { at, known: context.routeNames })]
  })
}

function isRoute(name: string, { routeNames, makeTarget }: DrillContext): boolean {
  const isNamed = routeNames.some((known) =>
    known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known,
  )
  return isNamed || isTarget(makeTarget(name))
}

function keyProblems({ key }: DrillConfig, path: readonly PathStep[], config: Config): ProblemDraft[] {
  const known = config.keys.map(({ name }) => name)
  if (key === undefined || known.includes(key)) return []
  return [unknown(`there is no key ${key} in this file`, key, { at: [...path, 'key'], known })]
}

function servedProblems(
  { expect }: DrillConfig,
  path: readonly PathStep[],
  context: DrillContext,
): ProblemDraft[] {
  const known = context.setups.map(({ name }) => name)
  return (expect.served_by ?? []).flatMap((name, index) => {
    if (known.includes(name) || isTarget(context.makeTarget(name))) return []
    const at = [...path, 'expect', 'served_by', index]
    return [unknown(`there is no provider or target ${name}`, name, { at, known })]
  })
}

function faultProblems(
  fault: DrillFaultConfig,
  path: readonly PathStep[],
  context: DrillContext,
): ProblemDraft[] {
  const { kind, provider, credential, model } = fault
  const facts: DrillFaultFacts = DRILL_FAULTS[kind]
  const foreign = Object.keys(fault).filter(
    (key) => key in USUAL && !facts.takes.some((taken) => taken === key),
  )
  const drafts = foreign.map((key) => ({
    path: [...path, key],
    message: `means nothing for the fault ${kind}`,
  }))
  const isAimed = provider !== undefined || credential !== undefined || model !== undefined
  if (facts.at === 'house')
    return isAimed
      ? [...drafts, { path, message: `the fault ${kind} strikes the gateway and not a provider` }]
      : drafts
  if (!isAimed) {
    const hint = 'Write provider: NAME, or the credential or the model that it strikes.'
    return [...drafts, { path, message: `whom does the fault ${kind} strike?`, hint }]
  }
  return [...drafts, ...aimProblems(fault, path, context)]
}

/** What a fault is aimed at has to be there, and one thing. */
function aimProblems(
  fault: DrillFaultConfig,
  path: readonly PathStep[],
  context: DrillContext,
): ProblemDraft[] {
  const { provider, credential, model } = fault
  const { setups, makeTarget } = context
  const names = setups.map(({ name }) => name)
  if (provider !== undefined && !names.includes(provider))
    return [
      unknown(`there is no provider ${provider}`, provider, { at: [...path, 'provider'], known: names }),
    ]
  const ids = setups.flatMap(({ credentials }) => credentials.map(({ id }) => id))
  if (credential !== undefined && !ids.includes(credential))
    return [
      unknown(`there is no credential ${credential}`, credential, {
        at: [...path, 'credential'],
        known: ids,
      }),
    ]
  if (model === undefined) return []
  const made = makeTarget(model)
  if (!isTarget(made))
    return [{ path: [...path, 'model'], message: made.message, ...defined({ hint: made.hint }) }]
  const other = provider ?? credential?.slice(0, credential.indexOf('/'))
  if (other === undefined || other === made.provider) return []
  return [{ path: [...path, 'model'], message: `${model} is not a model of ${other}` }]
}

function unknown(
  message: string,
  name: string,
  { at, known }: { readonly at: readonly PathStep[]; readonly known: readonly string[] },
): ProblemDraft {
  const [nearest] = nearestNames(name, known, 1)
  const list = known.slice(0, 10).join(', ')
  return {
    path: at,
    message,
    ...(nearest === undefined
      ? list === ''
        ? {}
        : { hint: `There are ${list}.` }
      : { hint: `Did you mean "${nearest}"?` }),
  }
}
