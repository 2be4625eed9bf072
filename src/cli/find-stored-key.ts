import { eachKey } from '../admin/create-key.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { CommandError, EXIT } from './command.ts'

/** A key of the store by its id, or by its name where one of that name is not revoked. Rejects with CommandError. */
export async function findStoredKey(wanted: string, keys: KeyStore): Promise<KeyRecord> {
  return (await keys.find(wanted)) ?? (await findByName(wanted, keys))
}

/** The one key of a name that is not revoked. Which of several is meant nobody can guess. */
async function findByName(wanted: string, keys: KeyStore): Promise<KeyRecord> {
  const all = await Array.fromAsync(eachKey(keys))
  const active = all.filter((key) => key.revokedAtMs === undefined)
  const [found, ...others] = active.filter(({ name }) => name === wanted)
  if (found === undefined) throw unknownKey(wanted, active)
  if (others.length === 0) return found
  const ids = [found, ...others].map(({ id }) => id).join(', ')
  throw new CommandError(
    EXIT.failed,
    `${others.length + 1} keys are called ${wanted}. Name one by its id: ${ids}.`,
  )
}

function unknownKey(wanted: string, known: readonly KeyRecord[]): CommandError {
  const [nearest] = nearestNames(
    wanted,
    known.flatMap(({ id, name }) => [name, id]),
    1,
  )
  const hint = nearest === undefined ? 'See: gatehouse keys list' : `Did you mean ${nearest}?`
  return new CommandError(EXIT.notFound, `There is no key ${wanted}. ${hint}`)
}
