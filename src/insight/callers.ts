import type { Budget } from '../exchange/account.ts'
import type { Caller } from '../exchange/caller.ts'
import type { FactValue } from '../exchange/condition.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { createDirectory } from '../identity/directory.ts'
import type { KeyRecord } from '../store/store.ts'

const ANY = 'any-other-key'

/**
 * Everybody who may ask under a plan: its own keys, and for each project, and for none, a key that somebody has made or may yet make
 * without restrictions of its own.
 */
export function callersOf(plan: Plan): readonly Caller[] {
  const made = [undefined, ...plan.projects.keys()].map((project) => toKey(project))
  const directory = createDirectory(plan, { version: 0, find: (id) => made.find((key) => key.id === id) })
  return [...plan.declaredKeys, ...made].flatMap(({ id }) => directory.find(id)?.caller ?? [])
}

/** Somebody with a key of no project, and without restrictions of its own; undefined where the plan lets nobody be that. */
export function anyCaller(plan: Plan, budgets: readonly Budget[] = []): Caller | undefined {
  const key = toKey(undefined, budgets)
  return createDirectory(plan, { version: 0, find: () => key }).find(key.id)?.caller
}

/** Is somebody made up here, whom no key stands for? */
export function isMadeUp({ owners: { key = '' } }: Caller): boolean {
  return key.startsWith(ANY)
}

function toKey(project: string | undefined, budgets: readonly Budget[] = []): KeyRecord {
  const whose = project === undefined ? '' : ` of ${project}`
  return {
    id: `${ANY}${whose}`,
    name: `${ANY}${whose}`,
    secretHmac: '',
    ...defined({ project }),
    allowedOptions: ['*'],
    limits: {},
    budgets,
    createdAtMs: 0,
  }
}

/** What conditions can ask for of whoever asks, and of the name that is asked for. */
export function factsOfCaller({ owners, keyName }: Caller, model: string): ReadonlyMap<string, FactValue> {
  return new Map([
    ['request.model', model],
    ['key.id', owners.key ?? ''],
    ['key.name', keyName],
    ['key.project', owners.project ?? ''],
    ['key.user', owners.user ?? ''],
    ['key.team', owners.team ?? ''],
    ['key.organisation', owners.organisation ?? ''],
  ])
}
