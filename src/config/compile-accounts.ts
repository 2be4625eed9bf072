import type { Account, Budget, RateLimits } from '../exchange/account.ts'
import { joinConstraints, type Constraint } from '../exchange/constraint.ts'
import { compileOnly } from './compile-only.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Secret } from '../kit/secret.ts'
import type { KeyRecord } from '../store/store.ts'
import type { ProblemDraft } from './problems.ts'
import type { BudgetConfig, KeyConfig, KeyFields, LimitsConfig } from './schema/accounts.ts'
import type { Config } from './schema.ts'
import type { SecretsByReference } from './secrets.ts'
import { toQueueTerms } from './compile-guards.ts'
import { defined } from '../kit/defined.ts'

/** The parts of a virtual key that are kept: public id and HMAC. Undefined when the text is not a key of ours. */
export type HashKey = (key: Secret) => { readonly id: string; readonly secretHmac: string } | undefined

export interface AccountSources {
  readonly secrets: SecretsByReference
  readonly hashKey: HashKey
}

/** Limits in the words of the house. */
function toRateLimits(written: LimitsConfig): RateLimits {
  return {
    ...defined({
      requestsPerMinute: written.rpm,
      tokensPerMinute: written.tpm,
      parallelRequests: written.concurrent,
    }),
  }
}

/** Compiles the projects. */
export function compileProjects(config: Config): ReadonlyMap<string, Account> {
  const projects = new Map<string, Account>()
  for (const [name, written] of Object.entries(config.projects)) {
    projects.set(name, {
      scope: 'project',
      id: name,
      name,
      limits: toRateLimits(written.limits),
      budgets: written.budgets.map(toBudget),
      ...defined({ queue: toQueueTerms(written.limits.queue) }),
    })
  }
  return projects
}

function toBudget(written: BudgetConfig): Budget {
  return { window: written.per, limitNanoUsd: written.usd }
}

/** The declared keys. */
interface CompiledKeys {
  readonly keys: readonly KeyRecord[]
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles the declared keys. Limits that a key does not state come from `limits`, models from its project. */
export function compileKeys(config: Config, sources: AccountSources): CompiledKeys {
  const keys: KeyRecord[] = []
  const drafts: ProblemDraft[] = []
  const add = (key: KeyRecord, index: number): void => {
    const twin = keys.find((other) => other.id === key.id)
    if (twin === undefined) keys.push(key)
    else
      drafts.push({
        path: ['keys', index, 'value'],
        message: `the key of ${twin.name} is used a second time`,
      })
  }
  config.keys.forEach((written, index) => {
    const problems = [...keyProblems(written, index, config)]
    const secret = sources.secrets.get(written.value)
    const hashed = secret === undefined ? undefined : sources.hashKey(secret)
    if (secret !== undefined && hashed === undefined) {
      const hint = 'Make one with: gatehouse keys create --offline'
      problems.push({ path: ['keys', index, 'value'], message: 'this is not a Gatehouse key', hint })
    }
    drafts.push(...problems)
    if (hashed === undefined) return
    add(toRecord(written, hashed, config), index)
  })
  return { keys, drafts }
}

/** The parts of a key's record that are said about it; the rest is its identity. */
export type KeyTerms = Pick<
  KeyRecord,
  | 'name'
  | 'project'
  | 'models'
  | 'operations'
  | 'only'
  | 'allowedOptions'
  | 'limits'
  | 'queue'
  | 'budgets'
  | 'addresses'
  | 'expiresAtMs'
>

/** What was said about a key, in the words of the store. */
export function toKeyTerms(written: KeyFields): KeyTerms {
  const budgets = written.budget === undefined ? (written.budgets ?? []) : [written.budget]
  return {
    name: written.name,
    ...defined({ project: written.project, models: written.models, operations: written.endpoints }),
    allowedOptions: written.allow,
    limits: toRateLimits(written),
    budgets: budgets.map(toBudget),
    ...defined({
      only: written.only,
      queue: toQueueTerms(written.queue),
      addresses: written.addresses,
      expiresAtMs: written.expires,
    }),
  }
}

function toRecord(written: KeyConfig, hashed: { id: string; secretHmac: string }, config: Config): KeyRecord {
  const project = written.project === undefined ? undefined : config.projects[written.project]
  const models = written.models ?? project?.models
  const terms = toKeyTerms(written)
  return {
    ...hashed,
    ...terms,
    ...defined({ models }),
    limits: { ...toRateLimits(config.limits), ...terms.limits },
    createdAtMs: 0,
  }
}

function keyProblems(written: KeyConfig, index: number, config: Config): ProblemDraft[] {
  const path = ['keys', index]
  const problems: ProblemDraft[] = []
  const first = config.keys.findIndex((other) => other.name === written.name)
  if (first < index)
    problems.push({ path: [...path, 'name'], message: `two keys are called ${written.name}` })
  if (written.budget !== undefined && written.budgets !== undefined) {
    problems.push({ path: [...path, 'budgets'], message: 'budget and budgets exclude each other' })
  }
  if (written.project !== undefined && !Object.hasOwn(config.projects, written.project)) {
    const [nearest] = nearestNames(written.project, Object.keys(config.projects), 1)
    const hint = nearest === undefined ? 'Declare it under projects.' : `Did you mean "${nearest}"?`
    problems.push({ path: [...path, 'project'], message: `there is no project ${written.project}`, hint })
  }
  return [...problems, ...widerThanProject(written, index, config)]
}

/** A key cannot use what its project may not. */
function widerThanProject(written: KeyConfig, index: number, config: Config): ProblemDraft[] {
  const allowed = written.project === undefined ? undefined : config.projects[written.project]?.models
  if (allowed === undefined) return []
  return (written.models ?? []).flatMap((pattern, position) =>
    allowed.some((wide) => covers(wide, pattern))
      ? []
      : [
          {
            path: ['keys', index, 'models', position],
            message: `the project ${written.project} may not use ${pattern}`,
            hint: `It may use ${allowed.join(', ')}.`,
          },
        ],
  )
}

function covers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  return wide.endsWith('*') && narrow.startsWith(wide.slice(0, -1))
}

/**
 * Creates what completes keys that were not declared: limits they lack come from `limits`, and a project's models bound
 * theirs. Asked at each use of a key, so that a changed file holds for existing keys.
 */
export function createKeyCompleter(config: Config): (key: KeyRecord) => KeyRecord {
  const defaults = toRateLimits(config.limits)
  return (key) => {
    const allowed = key.project === undefined ? undefined : config.projects[key.project]?.models
    const models = bothAllow(key.models, allowed)
    return { ...key, limits: { ...defaults, ...key.limits }, ...defined({ models }) }
  }
}

/** The patterns that two lists allow together; undefined is everything. */
function bothAllow(
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): readonly string[] | undefined {
  if (left === undefined || right === undefined) return left ?? right
  const narrow = (ones: readonly string[], others: readonly string[]): string[] =>
    ones.filter((one) => others.some((other) => covers(other, one)))
  return [...new Set([...narrow(left, right), ...narrow(right, left)])]
}

/** What a key's project wants, and the key itself. */
type ConstraintsOf = (key: Pick<KeyRecord, 'name' | 'project' | 'only'>) => readonly Constraint[] | undefined

/** Creates what says which targets may answer a key. Asked at each use of one, so that it holds for keys of the store as well. */
export function createConstraintLookup({ projects }: Config): ConstraintsOf {
  const ofProjects = new Map(
    Object.entries(projects).map(([name, { only }]) => [name, compileOnly(only, `project ${name}`)]),
  )
  return ({ name, project = '', only }) =>
    joinConstraints(ofProjects.get(project), compileOnly(only, `key ${name}`))
}
