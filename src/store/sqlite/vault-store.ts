import { LIMITS } from '../../kit/limits.ts'
import type { VaultStore } from '../vault.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'
import { removeSaidIn, removeValuesOf, valueText } from './vault-writes.ts'

/** Creates the store of masked values over whoever reads and writes its rows. */
export function createVaultStore(reader: RowReader, writer: RowWriter): VaultStore {
  let waiting = 0
  return {
    async put(values, room) {
      if (waiting + values.length > LIMITS.vaultQueueRows)
        throw new Error('too many masked values wait for the database')
      waiting += values.length
      try {
        const rows = values.map((value) => valueText(value, room))
        await writer.write('vault', rows)
      } finally {
        waiting -= values.length
      }
    },
    find: (question) => reader.read('values', question),
    findAt: (places, nowMs) => reader.read('valuesAt', places, nowMs),
    holds: (owner, nowMs) => reader.read('holdsValues', owner, nowMs),
    async removeSaidIn(requestId) {
      const kept = await reader.read('valuesSaidIn', requestId)
      if (kept > 0) await writer.write('vault', [removeSaidIn(requestId)])
      return kept
    },
    async removeOf(owner) {
      const kept = await reader.read('valuesOf', owner)
      if (kept > 0) await writer.write('vault', [removeValuesOf(owner)])
      return kept
    },
  }
}
