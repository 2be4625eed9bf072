import { toKeyTerms, type KeyTerms } from '../config/compile-accounts.ts'
import { formatPath } from '../config/problems.ts'
import { keyFieldsSchema, type KeyFields } from '../config/schema/accounts.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Json } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Secret } from '../kit/secret.ts'
import type { MintedKey } from '../exchange/virtual-key.ts'
import type { KeyAct } from '../store/key-acts.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { parseBody } from './admin-route.ts'
import { AdminProblem, type ProblemDetail } from './problem.ts'
import { defined } from '../kit/defined.ts'

const PAGE_ROWS = 500

export interface CreateKeyNeeds {
  readonly keys: KeyStore
  readonly mint: (id?: string) => MintedKey
  readonly nowMs: () => number
  /** Names of the declared projects. */
  readonly projects: readonly string[]
  readonly onlyProblems?: Plan['onlyProblems']
  /** From where it is made. */
  readonly via: KeyAct['via']
}

/** What a key may be created with: the fields of a declared key, without its text. */
export const createKeySchema = keyFieldsSchema

/**
 * Creates a key from a body in the words of the configuration file.
 *
 * @throws AdminProblem `invalid-request` with every mistake
 */
export async function createKey(
  body: Json,
  needs: CreateKeyNeeds,
): Promise<{ readonly record: KeyRecord; readonly key: Secret }> {
  const terms = await readKeyTerms(parseBody(createKeySchema, body), needs)
  const { text, ...identity } = needs.mint()
  const atMs = needs.nowMs()
  const record: KeyRecord = { ...identity, ...terms, createdAtMs: atMs }
  await needs.keys.create(record, { atMs, what: 'made', via: needs.via, detail: '' })
  return { record, key: text }
}

/**
 * What is said about a key, checked against what there is.
 *
 * @param ownId of the key that it is said about; absent: of a new one
 * @throws AdminProblem `invalid-request` with every mistake
 */
export async function readKeyTerms(
  fields: KeyFields,
  needs: Pick<CreateKeyNeeds, 'projects' | 'onlyProblems' | 'keys'>,
  ownId?: string,
): Promise<KeyTerms> {
  const errors = [
    ...formErrors(fields, needs.projects),
    ...onlyErrors(fields, needs),
    ...(await nameErrors(fields.name, needs.keys, ownId)),
  ]
  if (errors.length > 0)
    throw new AdminProblem('invalid-request', { detail: 'The body has mistakes.', errors })
  return toKeyTerms(fields)
}

/** A key of a project that nobody declared would be a key without that project's limits and budgets. */
function formErrors({ project, budget, budgets }: KeyFields, projects: readonly string[]): ProblemDetail[] {
  const errors: ProblemDetail[] = []
  if (budget !== undefined && budgets !== undefined) {
    errors.push({ path: 'budgets', message: 'budget and budgets exclude each other' })
  }
  if (project !== undefined && !projects.includes(project)) {
    const [nearest] = nearestNames(project, projects, 1)
    const hint =
      nearest === undefined
        ? 'Declare it under projects in the configuration file.'
        : `Did you mean "${nearest}"?`
    errors.push({ path: 'project', message: `there is no project ${project}`, hint })
  }
  return errors
}

/** What nobody fulfils would make a key for nothing, and so would a provider that there is not. */
function onlyErrors(
  { name, only }: KeyFields,
  { onlyProblems }: Pick<CreateKeyNeeds, 'onlyProblems'>,
): ProblemDetail[] {
  return (onlyProblems?.(only, `key ${name}`) ?? []).map(({ path, message, hint }) => ({
    path: formatPath(path),
    message,
    ...defined({ hint }),
  }))
}

/** Names are for people, and two of one name would confuse them: the wrong one would be revoked. */
async function nameErrors(name: string, keys: KeyStore, ownId?: string): Promise<ProblemDetail[]> {
  for await (const key of eachKey(keys)) {
    if (key.name !== name || key.id === ownId || key.revokedAtMs !== undefined) continue
    const hint = 'Revoke it or choose another name.'
    return [{ path: 'name', message: `There is a key called ${name} already (${key.id})`, hint }]
  }
  return []
}

/** Every key of the store, newest first, however many there are. */
export async function* eachKey(keys: KeyStore): AsyncGenerator<KeyRecord> {
  let after: string | undefined
  do {
    const page = await keys.list({ limit: PAGE_ROWS, ...defined({ after }) })
    yield* page.rows
    after = page.next
  } while (after !== undefined)
}
