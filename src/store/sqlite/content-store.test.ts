import { expect, test } from 'bun:test'
import { systemClock } from '../../kit/clock.ts'
import { spellContent } from '../spell-content.ts'
import type { Expiry, Store } from '../store.ts'
import { requestRow } from '../../../test/contract/request-row.ts'
import { toRequestText } from '../request-text.ts'
import { openSqliteStore } from './sqlite-store.ts'

const KEEP_ALL: Expiry = {
  requestsBeforeMs: 0,
  requestBytes: Number.MAX_SAFE_INTEGER,
  responsesBeforeMs: 0,
  shadowsBeforeMs: 0,
  shadowRows: Number.MAX_SAFE_INTEGER,
  seriesMinutesBeforeMs: 0,
  seriesHoursBeforeMs: 0,
  keysBeforeMs: 0,
  keptKey: '',
}

const put = (store: Store, id: string, atMs: number) =>
  store.contents.append([
    spellContent({ requestId: id, atMs, keep: 'full', owners: { key: 'k' }, text: JSON.stringify({ id }) }),
  ])

const ids = async (store: Store, from: readonly string[]) => {
  const kept = await Promise.all(from.map((id) => store.contents.find(id)))
  return from.filter((_id, place) => kept[place] !== undefined)
}

test('content that is too old goes, and the oldest of it where there is more than there is room for', async () => {
  const store = await openSqliteStore({ path: ':memory:', clock: systemClock })
  const all = Array.from({ length: 80 }, (_, place) => `req_${place}`)
  for (const [place, id] of all.entries()) await put(store, id, 1_000 + place)
  await store.prune({ ...KEEP_ALL, contents: { beforeMs: 1_010, bytes: Number.POSITIVE_INFINITY } })
  expect(await ids(store, all)).toEqual(all.slice(10))
  const { bytes } = await store.contents.totals()
  await store.prune({ ...KEEP_ALL, contents: { beforeMs: 0, bytes } })
  expect(await ids(store, all)).toEqual(all.slice(10))
  await store.prune({ ...KEEP_ALL, contents: { beforeMs: 0, bytes: bytes - 1 } })
  expect(await ids(store, all)).toEqual(all.slice(60))
  expect((await store.contents.totals()).rows).toBe(20)
  await store.close()
})

test('what was said is read through newest first, page by page, within a time and of a route', async () => {
  const store = await openSqliteStore({ path: ':memory:', clock: systemClock })
  for (let place = 0; place < 7; place += 1) {
    const id = `req_${place}`
    await store.requests.append([
      toRequestText(requestRow(id, { atMs: place, route: place % 2 === 0 ? 'even' : 'odd' })),
    ])
    if (place !== 4) await put(store, id, place)
  }
  await store.contents.remove('req_2', 100)
  const first = await store.requests.said({ fromMs: 0, toMs: 6, limit: 2 })
  expect(first.rows.map(({ row, text }) => [row.id, text])).toEqual([
    ['req_5', '{"id":"req_5"}'],
    ['req_3', '{"id":"req_3"}'],
  ])
  const rest = await store.requests.said({ fromMs: 0, toMs: 6, limit: 9, after: first.next ?? '' })
  expect(rest).toMatchObject({ rows: [{ row: { id: 'req_1' } }, { row: { id: 'req_0' } }] })
  expect(rest.next).toBeUndefined()
  const even = await store.requests.said({ fromMs: 0, toMs: 100, limit: 9, route: 'even' })
  expect(even.rows.map(({ row }) => row.id)).toEqual(['req_6', 'req_0'])
  await store.close()
})
