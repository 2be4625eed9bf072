import { expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { rejection } from '../../test/contract/store.contract.ts'
import { openStore } from '../store/open-store.ts'
import { ensureFirstKey } from './first-key.ts'

test('a start that fails on the way leaves no key behind of which nobody has the text', async () => {
  const clock = createManualClock()
  const store = await openStore({ url: 'memory:', clock })
  const random = createSeededRandom(1)
  let file: string | undefined
  let full: 'file' | 'store' | undefined
  const start = () =>
    ensureFirstKey({
      keys: {
        ...store.keys,
        create: (key) => (full === 'store' ? Promise.reject(new Error('full')) : store.keys.create(key)),
      },
      hmac: (secret) => hmacSha256Hex('pepper', secret),
      clock,
      random,
      readFile: () => file,
      writeFile(text) {
        if (full === 'file') throw new Error('full')
        file = text
      },
      toSecret: (text) => new Secret(text),
    })
  for (full of ['file', 'store'] as const) expect(String(await rejection(start()))).toContain('full')
  full = undefined
  const key = await start()
  expect(file).toBe(`GATEHOUSE_KEY=${key?.secret.reveal()}\n`)
  expect((await store.keys.list({ limit: 10 })).rows).toHaveLength(1)
  await store.close()
})

test('the first key stays the same, comes back when its file is gone, and not when it was revoked', async () => {
  const clock = createManualClock()
  const store = await openStore({ url: 'memory:', clock })
  const random = createSeededRandom(1)
  let file: string | undefined
  const start = () =>
    ensureFirstKey({
      keys: store.keys,
      hmac: (secret) => hmacSha256Hex('pepper', secret),
      clock,
      random,
      readFile: () => file,
      writeFile: (text) => void (file = text),
      toSecret: (text) => new Secret(text),
    })
  const first = await start()
  expect(first?.from).toBe('made')
  expect(file).toBe(`GATEHOUSE_KEY=${first?.secret.reveal()}\n`)
  const again = await start()
  expect(again?.from).toBe('file')
  expect(again?.secret.reveal()).toBe(first?.secret.reveal() ?? '')
  file = undefined
  const second = await start()
  expect(second?.secret.reveal()).not.toBe(first?.secret.reveal())
  for (const { id } of (await store.keys.list({ limit: 10 })).rows) await store.keys.revoke(id, 1)
  expect(await start()).toBeUndefined()
  expect((await store.keys.list({ limit: 10 })).rows).toHaveLength(2)
  await store.close()
})
