import type { Plan } from '../gateway/plan.ts'
import type { KeyStore } from '../store/store.ts'
import { eachKey } from './create-key.ts'

/** Keys whose names are looked up for one screen; what is beyond is told by its id. */
const MOST_NAMES = 5_000

/** What people call the keys of the installation, by their ids. */
export async function keyNames({
  keys,
  plan,
}: {
  readonly keys: KeyStore
  readonly plan: () => Plan
}): Promise<ReadonlyMap<string, string>> {
  const names = new Map(plan().declaredKeys.map(({ id, name }) => [id, name]))
  for await (const { id, name } of eachKey(keys)) {
    if (names.size >= MOST_NAMES) break
    names.set(id, name)
  }
  return names
}
