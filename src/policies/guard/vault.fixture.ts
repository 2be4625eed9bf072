import { createHmacSha256Hex } from '../../kit/hash.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { openSealedText, sealText } from '../../kit/sealed-text.ts'
import type { FoundValues, KeptValue, VaultStore } from '../../store/vault.ts'
import { createRecordingTelemetry } from '../samples.fixture.ts'
import { createVault, type ValueSeals } from './vault.ts'

/** For tests: seals under words. */
function sampleSeals(words: string): ValueSeals {
  const random = createSeededRandom(80)
  return {
    seal: (text) => sealText(text, words, random),
    open(sealed) {
      try {
        return openSealedText(sealed, words)
      } catch {
        return undefined
      }
    },
    digest: createHmacSha256Hex(`digests ${words}`),
    keyName: words,
  }
}

/** For tests: a store in a map, whose rows may be reached. */
export class SampleVaultStore implements VaultStore {
  readonly rows = new Map<string, KeptValue>()
  /** Ids that were looked up. */
  asked = 0
  isBroken = false

  async put(values: readonly KeptValue[]): Promise<void> {
    if (this.isBroken) throw new Error('the disk is full')
    for (const value of values) this.rows.set(value.id, value)
  }

  async find({ owner, ids, key, nowMs }: Parameters<VaultStore['find']>[0]): Promise<FoundValues> {
    if (this.isBroken) throw new Error('the disk is gone')
    this.asked += ids.length
    const values = ids.flatMap((id) => this.rows.get(id) ?? []).filter((one) => one.owner === owner)
    const hasForeign = [...this.rows.values()].some((one) => one.owner === owner && one.key !== key)
    return { values: values.filter(({ endsMs }) => endsMs > nowMs), hasForeign }
  }

  async findAt(places: readonly string[]): Promise<readonly KeptValue[]> {
    return [...this.rows.values()].filter(({ place }) => places.includes(place))
  }

  async holds(owner: string): Promise<boolean> {
    return [...this.rows.values()].some((one) => one.owner === owner)
  }

  async removeSaidIn(requestId: string): Promise<number> {
    return this.#remove((one) => one.requestId === requestId)
  }

  async removeOf({ scope, id }: Parameters<VaultStore['removeOf']>[0]): Promise<number> {
    return this.#remove(({ owners }) => owners[scope] === id)
  }

  #remove(isOver: (value: KeptValue) => boolean): number {
    const over = [...this.rows.values()].filter(isOver)
    for (const { id } of over) this.rows.delete(id)
    return over.length
  }
}

/** For tests: a vault over such a store. */
export function sampleVault(store = new SampleVaultStore(), words = 'words') {
  const telemetry = createRecordingTelemetry()
  const clock = createManualClock()
  const hmac = createHmacSha256Hex('pepper')
  return {
    vault: createVault({ store, seals: sampleSeals(words), hmac, clock, telemetry }),
    store,
    telemetry,
    clock,
  }
}
