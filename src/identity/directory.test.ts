import { describe, expect, test } from 'bun:test'
import type { Account } from '../exchange/account.ts'
import type { KeyRecord } from '../store/store.ts'
import { createDirectory, type DeclaredOwners } from './directory.ts'

const SHOP: Account = {
  scope: 'project',
  id: 'shop',
  name: 'Shop',
  limits: { tokensPerMinute: 900 },
  budgets: [{ window: 'day', limitNanoUsd: 5n }],
}

const keyOf = (changes: Partial<KeyRecord> = {}): KeyRecord => ({
  id: 'bot',
  name: 'Bot',
  secretHmac: '',
  allowedOptions: ['strict'],
  limits: { requestsPerMinute: 5, parallelRequests: 2 },
  budgets: [],
  createdAtMs: 0,
  ...changes,
})

/** A directory over keys of the store that can be changed, as it is told of a change. */
function open(stored: readonly KeyRecord[], declared: Partial<DeclaredOwners> = {}) {
  const keys = new Map(stored.map((key) => [key.id, key]))
  const known = { version: 1, find: (id: string) => keys.get(id) }
  const projects = new Map([[SHOP.id, SHOP]])
  return {
    directory: createDirectory({ declaredKeys: [], projects, ...declared }, known),
    put(key: KeyRecord) {
      keys.set(key.id, key)
      known.version += 1
    },
  }
}

describe('the standing of a key', () => {
  test('is what it may do, and what it and its project are held to, its own first', () => {
    const { directory } = open([keyOf({ project: 'shop', models: ['one/*'], operations: ['chat'] })])
    expect(directory.find('bot')?.caller).toMatchObject({
      owners: { key: 'bot', project: 'shop' },
      keyName: 'Bot',
      models: ['one/*'],
      operations: ['chat'],
      allowedOptions: ['strict'],
      accounts: [{ scope: 'key', id: 'bot', name: 'Bot' }, SHOP],
      slots: [{ scope: 'key', account: 'key:bot:parallel', limit: 2 }],
      rates: [
        { account: 'key:bot:requests', metric: 'requests', limit: 5, units: 1 },
        { account: 'project:shop:tokens', metric: 'tokens', limit: 900, units: 0 },
      ],
    })
  })

  test('without restrictions, project or budget has none', () => {
    const { directory } = open([keyOf({ limits: {} })])
    const caller = directory.find('bot')?.caller
    expect(caller).not.toHaveProperty('models')
    expect(caller).not.toHaveProperty('operations')
    expect(caller).toMatchObject({ slots: [], rates: [] })
    expect(caller?.budgetPeriods.isEmpty).toBe(true)
    expect(caller?.accounts).toHaveLength(1)
  })

  test('is worked out once, and again when anything is known to have changed', () => {
    const { directory, put } = open([keyOf()])
    const first = directory.find('bot')
    expect(directory.find('bot')).toBe(first)
    put(keyOf({ limits: {} }))
    expect(directory.find('bot')?.caller?.rates).toEqual([])
  })

  test('is unknown where its project is not declared any more', () => {
    const { directory } = open([keyOf({ project: 'gone' })])
    expect(directory.find('bot')).toMatchObject({ record: { id: 'bot' }, caller: undefined })
  })
})

test('a key of the store waits in its own line', () => {
  const queue = { max: 3, waitMs: 1_000 }
  const { directory } = open([keyOf({ queue }), keyOf({ id: 'other' })])
  expect(directory.account({ scope: 'key', id: 'bot' })).toMatchObject({ queue })
  expect(directory.find('bot')?.caller?.accounts[0]).toMatchObject({ queue })
  expect(directory.account({ scope: 'key', id: 'other' })).not.toHaveProperty('queue')
})

test('a key of the file comes before one of the store, which the file completes', () => {
  const { directory } = open([keyOf(), keyOf({ id: 'other' })], {
    declaredKeys: [keyOf({ name: 'of the file' })],
    completeKey: (key) => ({ ...key, limits: { requestsPerMinute: 9 } }),
  })
  expect(directory.find('bot')?.caller?.keyName).toBe('of the file')
  expect(directory.find('bot')?.caller?.rates[0]?.limit).toBe(5)
  expect(directory.find('other')?.caller?.rates[0]?.limit).toBe(9)
  expect(directory.find('nobody')).toBeUndefined()
})
