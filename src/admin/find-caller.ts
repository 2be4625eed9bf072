import type { Caller } from '../exchange/caller.ts'
import type { Plan } from '../gateway/plan.ts'
import { createDirectory } from '../identity/directory.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { eachKey } from './create-key.ts'
import { AdminProblem } from './problem.ts'
import { keyStatus } from './keys-json.ts'

interface FindingCaller {
  readonly plan: Plan
  /** Absent where there is no store: only the keys of the file are known. */
  readonly keys?: KeyStore | undefined
  readonly nowMs: number
}

/**
 * Whoever has a key, by its id or its name, with all that holds for it under a plan. Rejects with AdminProblem where there is none, it is not
 * valid any more, or a name stands for several.
 */
export async function findCaller(wanted: string, finding: FindingCaller): Promise<Caller> {
  const record = await findRecord(wanted, finding)
  const { plan, nowMs } = finding
  const status = keyStatus(record, nowMs)
  if (status !== 'active')
    throw refusal(`The key ${wanted} is ${status}: its requests are refused before anything is decided.`)
  const directory = createDirectory(plan, {
    version: 0,
    find: (id) => (id === record.id ? record : undefined),
  })
  const caller = directory.find(record.id)?.caller
  if (caller !== undefined) return caller
  throw refusal(`The project ${record.project ?? ''} of the key ${wanted} is not declared: it is refused.`)
}

async function findRecord(wanted: string, { plan, keys }: FindingCaller): Promise<KeyRecord> {
  const declared = plan.declaredKeys.find(({ id, name }) => id === wanted || name === wanted)
  const known = declared ?? (await keys?.find(wanted))
  if (known !== undefined) return known
  const stored = keys === undefined ? [] : await Array.fromAsync(eachKey(keys))
  const active = stored.filter((key) => key.revokedAtMs === undefined)
  const [found, ...others] = active.filter(({ name }) => name === wanted)
  if (found === undefined) throw unknownKey(wanted, [...plan.declaredKeys, ...active])
  if (others.length === 0) return found
  const ids = [found, ...others].map(({ id }) => id).join(', ')
  throw refusal(`${others.length + 1} keys are called ${wanted}. Name one by its id: ${ids}.`)
}

function unknownKey(wanted: string, known: readonly KeyRecord[]): AdminProblem {
  const nearest = nearestNames(
    wanted,
    known.flatMap(({ id, name }) => [name, id]),
    1,
  )
  const hint = nearest.length === 0 ? '' : ` Did you mean ${nearest.join(', ')}?`
  return new AdminProblem('not-found', { detail: `There is no key ${wanted.slice(0, 100)}.${hint}`, nearest })
}

function refusal(detail: string): AdminProblem {
  return new AdminProblem('invalid-request', { detail })
}
