import { Secret } from '../kit/secret.ts'
import type { Foundation } from './foundation.ts'
import type { Seals } from './seals.ts'

/** A stored secret without itself. */
export interface SecretName {
  readonly name: string
  readonly atMs: number
}

/** Secrets that are kept in the store, sealed, and in memory, where the configuration finds them. */
export interface SecretKeeping {
  get(name: string): Secret | undefined
  names(): readonly SecretName[]
  /** Gives false where there is no room for another. */
  set(name: string, text: string): Promise<boolean>
  /** Gives false where there is none of this name. */
  remove(name: string): Promise<boolean>
}

interface Kept {
  readonly secret: Secret
  readonly atMs: number
}

/** Opens all secrets. Those that were sealed with another key are told and count as missing. */
export async function openStoredSecrets(
  { store, clock, telemetry }: Pick<Foundation, 'store' | 'clock' | 'telemetry'>,
  seals: Seals,
): Promise<SecretKeeping> {
  const kept = new Map<string, Kept>()
  for (const { name, atMs, sealed } of await store.releases.secrets()) {
    const text = seals.open(sealed)
    if (text !== undefined) kept.set(name, { secret: new Secret(text), atMs })
    else telemetry.log('error', 'a stored secret was sealed with another key and is missing', { name })
  }
  return {
    get: (name) => kept.get(name)?.secret,
    names: () =>
      [...kept]
        .map(([name, { atMs }]) => ({ name, atMs }))
        .toSorted((left, right) => left.name.localeCompare(right.name)),
    async set(name, text) {
      const atMs = clock.nowMs()
      if (!(await store.releases.setSecret({ name, atMs, sealed: seals.seal(text) }))) return false
      kept.set(name, { secret: new Secret(text), atMs })
      return true
    },
    async remove(name) {
      const isKnown = await store.releases.removeSecret(name)
      kept.delete(name)
      return isKnown
    },
  }
}
