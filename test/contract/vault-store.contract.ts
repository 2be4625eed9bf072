import { expect, test } from 'bun:test'
import type { Expiry, Store } from '../../src/store/store.ts'
import type { KeptValue, VaultRoom } from '../../src/store/vault.ts'

const ROOM: VaultRoom = { ownerRows: 1e6, rows: 1e6, bytes: 1e9 }
const EXPIRY: Expiry = {
  requestsBeforeMs: 0,
  requestBytes: Infinity,
  shadowsBeforeMs: 0,
  shadowRows: Infinity,
  seriesMinutesBeforeMs: 0,
  seriesHoursBeforeMs: 0,
  responsesBeforeMs: 0,
  keysBeforeMs: 0,
  keptKey: '',
}

function value(id: string, changes: Partial<KeptValue> = {}): KeptValue {
  return {
    id,
    owner: 'one',
    place: `place of ${id}`,
    owners: { key: 'k', project: 'site', customer: 'ana' },
    requestId: 'req_1',
    guardrail: 'data',
    atMs: 1_000,
    endsMs: 9_000,
    print: `print of ${id}`,
    key: 'first',
    goesBack: true,
    sealed: Buffer.from([1, 2, 255]),
    ...changes,
  }
}

/** The contract of a store of masked values. */
export function testVault(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async () => {
    const { store } = await fresh()
    const { vault } = store
    const put = (id: string, changes: Partial<KeptValue> = {}, room: Partial<VaultRoom> = {}) =>
      vault.put([value(id, changes)], { ...ROOM, ...room })
    const find = (ids: readonly string[], owner = 'one', nowMs = 2_000) =>
      vault.find({ owner, ids, key: 'first', nowMs })
    const kept = async (...ids: readonly string[]) => (await find(ids)).values.map(({ id }) => id)
    return { store, vault, put, find, kept }
  }

  test('one is found by its owner until it ends, and by nobody else', async () => {
    const { vault, put, find } = await open()
    await put('a', { goesBack: false })
    const { values } = await find(['a', 'b'])
    expect(values.map((one) => ({ ...one, sealed: [...one.sealed] }))).toEqual([
      { id: 'a', place: 'place of a', guardrail: 'data', goesBack: false, sealed: [1, 2, 255] },
    ] as never)
    expect((await find(['a'], 'other')).values).toEqual([])
    expect((await find(['a'], 'one', 9_000)).values).toEqual([])
    expect(await vault.holds('one', 8_999)).toBe(true)
    expect(await vault.holds('one', 9_000)).toBe(false)
    expect(await vault.holds('other', 0)).toBe(false)
  })

  test('one is found by its place, whoever has said it last', async () => {
    const { vault, put } = await open()
    await put('a', { place: 'p' })
    await put('b', { place: 'p', owner: 'other', atMs: 2_000 })
    const found = await vault.findAt(['p', 'q'], 3_000)
    expect(found.map(({ id, place }) => [id, place])).toEqual([['b', 'p']])
    expect(await vault.findAt(['p'], 9_000)).toEqual([])
  })

  test('one that is said again stays longer, and never shorter', async () => {
    const { put, find } = await open()
    await put('a', { goesBack: false })
    await put('a', { endsMs: 20_000, goesBack: true })
    await put('a', { endsMs: 5_000, goesBack: false })
    expect((await find(['a'], 'one', 19_999)).values).toMatchObject([{ goesBack: true }])
    expect((await find(['a'], 'one', 20_000)).values).toEqual([])
  })

  test('an id that comes with two values stands for neither from then on', async () => {
    const { put, find } = await open()
    await put('a')
    await put('a', { print: 'of something else' })
    await put('a')
    expect((await find(['a'])).values.map(({ sealed }) => sealed.length)).toEqual([0])
  })

  test('it is told where something is sealed with another key', async () => {
    const { put, find } = await open()
    await put('a', { key: 'second' })
    expect(await find(['b'])).toEqual({ values: [], hasForeign: true })
    expect(await find(['b'], 'other')).toEqual({ values: [], hasForeign: false })
    expect((await find(['a'])).hasForeign).toBe(false)
  })

  test('what has ended goes', async () => {
    const { store, put, find } = await open()
    await put('old')
    await put('new', { endsMs: 9_001 })
    while ((await store.prune({ ...EXPIRY, vaultEndsMs: 9_000 })).more);
    expect((await find(['old', 'new'], 'one', 0)).values.map(({ id }) => id)).toEqual(['new'])
  })

  test('what was said last in a request goes, and what was said by an owner', async () => {
    const { vault, put, kept } = await open()
    await put('said-again')
    await put('said-again', { requestId: 'req_2' })
    await put('said-once')
    expect(await vault.removeSaidIn('req_1')).toBe(1)
    expect(await kept('said-again', 'said-once')).toEqual(['said-again'])
    expect(await vault.removeOf({ scope: 'customer', id: 'bob' })).toBe(0)
    expect(await vault.removeOf({ scope: 'customer', id: 'ana' })).toBe(1)
    expect(await kept('said-again')).toEqual([])
    expect(await vault.holds('one', 0)).toBe(false)
  })

  test('the oldest of an owner make room, and nobody else’s do; then the oldest of all', async () => {
    const { put, find, kept } = await open()
    await put('theirs', { owner: 'other' })
    for (let count = 0; count < 30; count += 1)
      await put(`mine-${count}`, { atMs: 1_000 + count }, { ownerRows: 25 })
    expect(await kept('mine-0', 'mine-29')).toEqual(['mine-29'])
    expect((await find(['theirs'], 'other')).values).toHaveLength(1)
    await put('last', { owner: 'third' }, { rows: 5 })
    expect((await find(['theirs'], 'other')).values).toEqual([])
    expect((await find(['last'], 'third')).values).toHaveLength(1)
    await put('large', { sealed: Buffer.alloc(10_000) }, { bytes: 11_000 })
    expect(await kept('mine-29', 'large')).toEqual(['large'])
  })
}
