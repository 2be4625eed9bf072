import { expect, test } from 'bun:test'
import { systemClock } from '../kit/clock.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { createTelemetry } from '../telemetry/log.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openStoredKeys } from './stored-keys.ts'

/** A store whose pages are there at once, as an embedded one's are. */
function storeOf(pages: number): KeyStore {
  const record = (id: string): KeyRecord => ({
    id,
    name: id,
    secretHmac: '',
    allowedOptions: [],
    limits: {},
    budgets: [],
    createdAtMs: 0,
  })
  return {
    version: async () => 1,
    changedSince: async () => undefined,
    list: async ({ after = '0' }) => ({
      rows: [record(`key_${after}`)],
      ...(Number(after) + 1 < pages ? { next: String(Number(after) + 1) } : {}),
    }),
    create: () => Promise.reject(new Error('unused')),
    find: () => Promise.reject(new Error('unused')),
    change: () => Promise.reject(new Error('unused')),
    acts: () => Promise.reject(new Error('unused')),
    uses: () => Promise.reject(new Error('unused')),
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

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A store with two keys, which can be told to fail, and a clock that moves by hand. */
async function openTrial(telemetry: Telemetry = SILENT) {
  const clock = createManualClock()
  const record = (id: string, revokedAtMs?: number): KeyRecord => ({
    id,
    name: id,
    secretHmac: '',
    allowedOptions: [],
    limits: {},
    budgets: [],
    createdAtMs: 0,
    ...(revokedAtMs === undefined ? {} : { revokedAtMs }),
  })
  const held = new Map(['a', 'b'].map((id) => [id, record(id)]))
  const changes: string[] = []
  const state = { answer: async () => changes.length, lists: 0 }
  const store: KeyStore = {
    ...storeOf(0),
    version: () => state.answer(),
    changedSince: async (version) => changes.slice(version),
    find: async (id) => held.get(id),
    async list() {
      state.lists += 1
      return { rows: [...held.values()] }
    },
  }
  const keys = await openStoredKeys({ keys: store, clock, telemetry })
  await settle()
  return {
    keys,
    state,
    revokeElsewhere(id: string) {
      held.set(id, record(id, 7))
      changes.push(id)
    },
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += 50) {
        clock.advance(50)
        await settle()
      }
    },
  }
}

test('a key that another process revoked is known within a second, and only it is read', async () => {
  const { keys, state, revokeElsewhere, pass } = await openTrial()
  revokeElsewhere('a')
  await pass(1_000)
  expect(keys.find('a')?.revokedAtMs).toBe(7)
  expect(keys.find('b')?.revokedAtMs).toBeUndefined()
  expect(state.lists).toBe(1)
})

test('whatever the store or the log do, the store is asked again, and how old its last answer is can be seen', async () => {
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'debug',
    nowMs: () => 0,
    write() {
      throw new Error('the disk of the log is full')
    },
  })
  const { keys, state, revokeElsewhere, pass } = await openTrial(telemetry)
  const { answer } = state
  state.answer = () => Promise.reject(new Error('disk I/O error'))
  await pass(3_000)
  expect(keys.staleMs).toBeGreaterThan(2_900)
  expect(keys.failure).toBe('disk I/O error')
  state.answer = answer
  revokeElsewhere('a')
  await pass(1_000)
  expect(keys.find('a')?.revokedAtMs).toBe(7)
  expect(keys.staleMs).toBeLessThan(1_000)
  expect(keys.failure).toBeUndefined()
})

test('a store that never answers is asked again', async () => {
  const { keys, state, revokeElsewhere, pass } = await openTrial()
  const { answer } = state
  state.answer = () => new Promise(() => undefined)
  await pass(1_000)
  state.answer = answer
  revokeElsewhere('a')
  await pass(3_000)
  expect(keys.find('a')?.revokedAtMs).toBe(7)
})

test('a key that was revoked here is refused at once, and stays so while the store does not know', async () => {
  const { keys, revokeElsewhere, pass } = await openTrial()
  keys.revoke('a', 5)
  keys.revoke('unknown', 5)
  expect(keys.find('a')?.revokedAtMs).toBe(5)
  expect(keys.find('unknown')).toBeUndefined()
  revokeElsewhere('b')
  await pass(1_000)
  expect(keys.find('a')?.revokedAtMs).toBe(5)
  revokeElsewhere('a')
  await pass(1_000)
  expect(keys.find('a')?.revokedAtMs).toBe(7)
})
