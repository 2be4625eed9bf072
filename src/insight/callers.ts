import type { Caller } from '../exchange/caller.ts'
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
  const made = [undefined, ...plan.projects.keys()].map(toKey)
  const directory = createDirectory(plan, { version: 0, find: (id) => made.find((key) => key.id === id) })
  return [...plan.declaredKeys, ...made].flatMap(({ id }) => directory.find(id)?.caller ?? [])
}

function toKey(project: string | undefined): KeyRecord {
  const whose = project === undefined ? '' : ` of ${project}`
  return {
    id: `${ANY}${whose}`,
    name: `${ANY}${whose}`,
    secretHmac: '',
    ...defined({ project }),
    allowedOptions: ['*'],
    limits: {},
    budgets: [],
    createdAtMs: 0,
  }
}
