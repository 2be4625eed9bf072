import { eachKey } from '../../admin/create-key.ts'
import { keyStatus } from '../../admin/keys-json.ts'
import type { KeyRecord, Store } from '../../store/store.ts'
import { someOf, well, type Finding } from './finding.ts'

const DAY_MS = 86_400_000
/** Who has not used a key for so long has forgotten it. */
const LOOKED_BACK_MS = 90 * DAY_MS
/** A key that was made yesterday may be used tomorrow. */
const YOUNG_MS = 7 * DAY_MS
const SOON_MS = 14 * DAY_MS
const MOST_GROUPS = 500

/** Keys that nobody uses, and those that end. */
export async function keyFindings(store: Store, nowMs: number): Promise<readonly Finding[]> {
  const keys = await Array.fromAsync(eachKey(store.keys))
  const active = keys.filter((key) => keyStatus(key, nowMs) === 'active')
  const used = await store.ledger.usage({
    fromMs: nowMs - LOOKED_BACK_MS,
    toMs: nowMs + 1,
    groupBy: 'key',
    limit: MOST_GROUPS,
  })
  const names = new Set(used.map(({ name }) => name))
  const isUnused = ({ id, createdAtMs }: KeyRecord): boolean =>
    used.length < MOST_GROUPS && !names.has(id) && createdAtMs < nowMs - YOUNG_MS
  const ended = keys.filter((key) => keyStatus(key, nowMs) === 'expired')
  const ending = active.filter(
    ({ expiresAtMs }) => expiresAtMs !== undefined && expiresAtMs < nowMs + SOON_MS,
  )
  const found = [
    ...told(ending, {
      state: 'warning',
      text: 'end within two weeks',
      advice: 'Make others in time: gatehouse keys create NAME',
    }),
    ...told(active.filter(isUnused), {
      state: 'note',
      text: 'were not used for 90 days',
      advice: 'Revoke those that nobody needs: gatehouse keys revoke NAME',
    }),
    ...told(ended, { state: 'note', text: 'have expired', advice: 'Whoever still sends them is refused.' }),
  ]
  return found.length === 0 ? well(`${active.length} in force`) : found
}

/** One finding of all the keys that it is true of. */
function told(keys: readonly KeyRecord[], finding: Finding): readonly Finding[] {
  const names = someOf(keys.map(({ name }) => name))
  return keys.length === 0 ? [] : [{ ...finding, text: `${names} ${finding.text}` }]
}
