import { expect, test } from 'bun:test'
import { systemClock } from '../kit/clock.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openStoredKeys } from './key-index.ts'

const SILENT: Telemetry = { count() {}, observe() {}, gauge() {}, log() {} }

/** A store whose pages are there at once, as an embedded one's are. */
function storeOf(pages: number): KeyStore {
  const record = (id: string): KeyRecord => ({
    id,
    name: id,
    secretHmac: '',
    wishes: [],
    limits: {},
    budgets: [],
    createdAtMs: 0,
  })
  return {
    version: async () => 1,
    list: async ({ after = '0' }) => ({
      rows: [record(`key_${after}`)],
      ...(Number(after) + 1 < pages ? { next: String(Number(after) + 1) } : {}),
    }),
    create: () => Promise.reject(new Error('unused')),
    find: () => Promise.reject(new Error('unused')),
    revoke: () => Promise.reject(new Error('unused')),
  }
}

test('loading many keys lets others have their turn between two pages', async () => {
  let turns = 0
  const count = setInterval(() => (turns += 1), 0)
  const keys = await openStoredKeys({ keys: storeOf(30), clock: systemClock, telemetry: SILENT })
  clearInterval(count)
  expect(keys.size).toBe(30)
  expect(turns).toBeGreaterThan(3)
  keys.close()
})
