import { expect, test } from 'bun:test'
import type { KeptReply, ReplyRoom } from '../../src/store/kept-replies.ts'
import type { Expiry, Store } from '../../src/store/store.ts'

const ROOM: ReplyRoom = { ownerBytes: 1e9, ownerReplies: 1e6, bytes: 1e9, replies: 1e6 }
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

function reply(id: string, changes: Partial<KeptReply> = {}): KeptReply {
  return {
    id,
    owner: 'one',
    atMs: 1_000,
    print: `print of ${id}`,
    sealed: Buffer.from([1, 2, 255]),
    ...changes,
  }
}

/** The contract of a store of replies. */
export function testReplies(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async () => {
    const { store } = await fresh()
    const { replies } = store
    const put = (id: string, changes: Partial<KeptReply> = {}, room: Partial<ReplyRoom> = {}) =>
      replies.put(reply(id, changes), { ...ROOM, ...room })
    const kept = async (...ids: readonly string[]) => {
      const found = await Promise.all(ids.map((id) => replies.find(id, 0)))
      return ids.filter((_, index) => found[index] !== undefined)
    }
    return { store, replies, put, kept }
  }

  test('one is found as it was put, until another takes its place', async () => {
    const { replies, put } = await open()
    await put('a')
    const found = await replies.find('a', 0)
    expect({ ...found, sealed: [...(found?.sealed ?? [])] }).toEqual({
      ...reply('a'),
      sealed: [1, 2, 255],
    } as never)
    await put('a', { print: 'newer', atMs: 2_000 })
    expect(await replies.find('a', 0)).toMatchObject({ print: 'newer', atMs: 2_000 })
    expect(await replies.find('b', 0)).toBeUndefined()
  })

  test('one that is too old is gone, and goes', async () => {
    const { store, replies, put, kept } = await open()
    await put('old')
    await put('new', { atMs: 2_000 })
    expect(await replies.find('old', 1_001)).toBeUndefined()
    expect(await replies.find('old', 1_000)).toBeDefined()
    while ((await store.prune({ ...EXPIRY, repliesBeforeMs: 1_001 })).more);
    expect(await kept('old', 'new')).toEqual(['new'])
  })

  test('the oldest of an owner make room, and nobody else’s do', async () => {
    const { put, kept } = await open()
    await put('theirs', { owner: 'other' })
    for (let count = 0; count < 30; count += 1) await put(`mine-${count}`, {}, { ownerReplies: 25 })
    expect(await kept('theirs', 'mine-0', 'mine-29')).toEqual(['theirs', 'mine-29'])
    await put('large', { sealed: Buffer.alloc(10_000) }, { ownerBytes: 11_000 })
    expect(await kept('theirs', 'mine-29', 'large')).toEqual(['theirs', 'large'])
  })

  test('the oldest of all make room', async () => {
    const { put, kept } = await open()
    for (let count = 0; count < 30; count += 1)
      await put(`reply-${count}`, { owner: `owner ${count}` }, { replies: 25 })
    expect(await kept('reply-0', 'reply-29')).toEqual(['reply-29'])
    await put('large', { owner: 'last', sealed: Buffer.alloc(10_000) }, { bytes: 11_000 })
    expect(await kept('reply-29', 'large')).toEqual(['large'])
  })
}
