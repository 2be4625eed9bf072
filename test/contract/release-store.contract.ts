import { expect, test } from 'bun:test'
import type { NewVersion } from '../../src/store/releases.ts'
import type { Store } from '../../src/store/store.ts'

const TEXT = new Uint8Array([1, 2, 3])

function version(changes: Partial<NewVersion> = {}): NewVersion {
  return {
    atMs: 1_000,
    by: 'api',
    hash: 'abc123',
    changes: ['route fast is new'],
    state: 'in-force',
    seen: 'digest',
    managed: TEXT,
    ...changes,
  }
}

/** What every store promises of versions of the configuration and of stored secrets. */
export function testReleases(open: () => Promise<{ readonly store: Store }>): void {
  test('versions are numbered, one is in force, and what is stored comes back whole', async () => {
    const { store } = await open()
    const { releases } = store
    expect(await releases.newest('in-force')).toBeUndefined()
    const first = await releases.add(version({ by: 'file', file: TEXT }))
    const second = await releases.add(version({ author: 'ana', comment: 'why', leftOut: 'no provider' }))
    const third = await releases.add(version({ of: first.number, before: 'rolled-back', trial: '{}' }))
    expect([first, second, third].map(({ number }) => number)).toEqual([1, 2, 3])
    expect((await releases.newest('in-force'))?.number).toBe(3)
    expect(await releases.find(1)).toMatchObject({
      ...version({ by: 'file', file: TEXT }),
      state: 'replaced',
    })
    expect(await releases.find(2)).toMatchObject({
      author: 'ana',
      comment: 'why',
      leftOut: 'no provider',
      state: 'rolled-back',
    })
    await releases.setState(2, 'in-force', 'again')
    expect(await releases.newest('in-force')).toMatchObject({ number: 2, verdict: 'again' })
    expect((await releases.find(3))?.state).toBe('replaced')
    const page = await releases.list({ limit: 2 })
    expect(page.rows.map(({ number }) => number)).toEqual([3, 2])
    const rest = await releases.list({ limit: 2, after: page.next ?? '' })
    expect([rest.rows.map(({ number }) => number), rest.next]).toEqual([[1], undefined])
  })

  test('secrets are kept by name, another in the place of the first', async () => {
    const { store } = await open()
    const { releases } = store
    expect(await releases.setSecret({ name: 'b', atMs: 1, sealed: TEXT })).toBe(true)
    expect(await releases.setSecret({ name: 'a', atMs: 2, sealed: TEXT })).toBe(true)
    expect(await releases.setSecret({ name: 'b', atMs: 3, sealed: new Uint8Array([9]) })).toBe(true)
    expect(await releases.secrets()).toEqual([
      { name: 'a', atMs: 2, sealed: TEXT },
      { name: 'b', atMs: 3, sealed: new Uint8Array([9]) },
    ])
    expect([await releases.removeSecret('a'), await releases.removeSecret('a')]).toEqual([true, false])
  })
}
