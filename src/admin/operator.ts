import type { Caller } from '../exchange/caller.ts'
import type { Plan } from '../gateway/plan.ts'
import { createDirectory } from '../identity/directory.ts'
import type { KeyRecord } from '../store/store.ts'
import { AdminProblem } from './problem.ts'

/** The id and the name by which requests of the operator are counted. */
const OPERATOR = 'operator'

const STANDING: KeyRecord = {
  id: OPERATOR,
  name: OPERATOR,
  secretHmac: '',
  allowedOptions: ['*'],
  limits: {},
  budgets: [],
  createdAtMs: 0,
}

/**
 * Whoever holds the admin token, as somebody who asks models: a key of no project and without limits or budget of its own. What the
 * configuration says of all keys holds for it too, where targets have to be above all. Throws AdminProblem where a plan lets nobody be that.
 */
export function operatorOf(plan: Plan): Caller {
  const directory = createDirectory(plan, { version: 0, find: () => STANDING })
  const caller = directory.find(OPERATOR)?.caller
  if (caller === undefined)
    throw new AdminProblem('invalid-request', { detail: 'Nobody asks without a key here: name one.' })
  return caller
}
