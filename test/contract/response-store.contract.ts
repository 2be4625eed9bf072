import { expect, test } from 'bun:test'
import type { Store } from '../../src/store/store.ts'
import {
  bytesOf,
  type ConversationBounds,
  type ResponseRoom,
  type StoredResponse,
} from '../../src/store/stored-responses.ts'

const OWNER = 'project:search'
const ROOM: ResponseRoom = { ownerBytes: 1e9, ownerResponses: 1e6, bytes: 1e9, responses: 1e6 }
const BOUNDS: ConversationBounds = { responses: 100, bytes: 1e6 }

/** An answer that is kept, with what matters to a test replaced. */
function storedResponse(id: string, changes: Partial<StoredResponse> = {}): StoredResponse {
  return {
    id,
    owner: OWNER,
    dialect: 'some-responses',
    model: 'smart',
    atMs: 1_000,
    input: '"a question"',
    answer: `{"id":"${id}"}`,
    ...changes,
  }
}

/** The contract of a store of answers. */
export function testResponses(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async () => {
    const { store } = await fresh()
    const { responses } = store
    const put = (id: string, changes: Partial<StoredResponse> = {}, room: Partial<ResponseRoom> = {}) =>
      responses.put(storedResponse(id, changes), { ...ROOM, ...room })
    const find = (id: string, owner = OWNER, usedSinceMs = 0) => responses.find({ owner, id, usedSinceMs })
    const lead = async (id: string, bounds: Partial<ConversationBounds> = {}, usedSinceMs = 0) => {
      const found = await responses.conversation({ owner: OWNER, id, usedSinceMs }, { ...BOUNDS, ...bounds })
      return 'refused' in found ? found.refused : found.responses.map((response) => response.id)
    }
    const kept = async (ids: readonly string[]) => {
      const found = await Promise.all(ids.map((id) => find(id)))
      return ids.filter((_, index) => found[index] !== undefined)
    }
    return { store, responses, put, find, lead, kept }
  }

  test('an answer comes back as it was put, to its owner alone', async () => {
    const { put, find } = await open()
    const whole: Partial<StoredResponse> = {
      previousId: 'resp_0',
      input: '[{"text":"naïve \\u0000 \\"quoted\\" 🙂"}]',
      holder: { target: 'acme/large', credential: 'acme/main' },
    }
    await put('resp_1', whole)
    await put('resp_2')
    expect(await find('resp_1')).toEqual(storedResponse('resp_1', whole))
    expect(await find('resp_2')).toEqual(storedResponse('resp_2'))
    expect(await find('resp_1', 'project:other')).toBeUndefined()
    expect(await find('resp_3')).toBeUndefined()
  })

  test('it is found before it is committed, and gone before its removal is', async () => {
    const { responses, put, find, lead } = await open()
    const first = put('resp_1')
    expect(await find('resp_1')).toEqual(storedResponse('resp_1'))
    await first
    const second = put('resp_2', { previousId: 'resp_1' })
    expect(await lead('resp_2')).toEqual(['resp_1', 'resp_2'])
    const removal = responses.remove(OWNER, 'resp_1')
    expect(await find('resp_1')).toBeUndefined()
    expect(await lead('resp_2')).toBe('missing')
    await Promise.all([second, removal])
    expect(await find('resp_1')).toBeUndefined()
    expect(await lead('resp_2')).toBe('missing')
  })

  test('two owners may have answers of one id; a second one of an owner takes the place of the first', async () => {
    const { responses, put, find } = await open()
    await put('resp_1', { answer: '"mine"' })
    await put('resp_1', { owner: 'key:other', answer: '"theirs"' })
    await put('resp_1', { answer: '"newer"' })
    expect((await find('resp_1'))?.answer).toBe('"newer"')
    expect((await find('resp_1', 'key:other'))?.answer).toBe('"theirs"')
    await responses.remove(OWNER, 'resp_1')
    await responses.remove(OWNER, 'resp_1')
    expect(await find('resp_1')).toBeUndefined()
    expect((await find('resp_1', 'key:other'))?.answer).toBe('"theirs"')
  })

  test('a conversation is what led to an answer, oldest first, whatever else went on from there', async () => {
    const { put, lead } = await open()
    await put('resp_1')
    await put('resp_2', { previousId: 'resp_1' })
    await put('resp_3', { previousId: 'resp_2' })
    await put('resp_other', { previousId: 'resp_1' })
    expect(await lead('resp_3')).toEqual(['resp_1', 'resp_2', 'resp_3'])
    expect(await lead('resp_other')).toEqual(['resp_1', 'resp_other'])
    expect(await lead('resp_1')).toEqual(['resp_1'])
    expect(await lead('resp_unknown')).toBe('missing')
  })

  test('one that is longer than the bounds is not read, and one that leads in a circle ends there', async () => {
    const { put, lead } = await open()
    await put('resp_1')
    await put('resp_2', { previousId: 'resp_1' })
    const bytes = bytesOf(storedResponse('resp_1')) + bytesOf(storedResponse('resp_2'))
    expect(await lead('resp_2', { responses: 2, bytes })).toEqual(['resp_1', 'resp_2'])
    expect(await lead('resp_2', { responses: 1 })).toBe('too-long')
    expect(await lead('resp_2', { bytes: bytes - 1 })).toBe('too-long')
    const waiting = put('resp_3', { previousId: 'resp_2' })
    expect(await lead('resp_3', { responses: 2 })).toBe('too-long')
    await waiting
    await put('resp_1', { previousId: 'resp_2' })
    expect(await lead('resp_2', { responses: 50 })).toBe('too-long')
  })

  test('what was not used for long is gone; going on from an answer is using all that led to it', async () => {
    const { store, put, find, lead, kept } = await open()
    const hours = (count: number) => 1_000 + count * 3_600_000
    await put('resp_1', { atMs: hours(0) })
    await put('resp_2', { atMs: hours(1), previousId: 'resp_1' })
    await put('resp_fork', { atMs: hours(2), previousId: 'resp_1' })
    await put('resp_3', { atMs: hours(5), previousId: 'resp_2' })
    expect(await lead('resp_3', {}, hours(4))).toEqual(['resp_1', 'resp_2', 'resp_3'])
    expect(await find('resp_2', OWNER, hours(4))).toBeDefined()
    expect(await find('resp_fork', OWNER, hours(4))).toBeUndefined()
    expect(await find('resp_fork', OWNER, hours(2))).toBeDefined()
    const expiry = {
      requestsBeforeMs: 0,
      requestBytes: Infinity,
      shadowsBeforeMs: 0,
      shadowRows: Infinity,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      keysBeforeMs: 0,
      keptKey: '',
    }
    while ((await store.prune({ ...expiry, responsesBeforeMs: hours(4) })).more);
    expect(await kept(['resp_1', 'resp_2', 'resp_3', 'resp_fork'])).toEqual(['resp_1', 'resp_2', 'resp_3'])
  })

  test('the longest unused make room, of an owner first, then of all; the newest stays', async () => {
    const { put, find, kept } = await open()
    const ids = Array.from({ length: 60 }, (_, index) => `resp_${index}`)
    for (const [index, id] of ids.entries()) await put(id, { atMs: 1_000 + index }, { ownerResponses: 50 })
    const left = await kept(ids)
    expect(left.length).toBeGreaterThan(20)
    expect(left.length).toBeLessThanOrEqual(50)
    expect(left.at(-1)).toBe('resp_59')
    expect(left).toEqual(ids.slice(-left.length))
    const long = 'x'.repeat(10_000)
    await put('resp_long', { owner: 'key:other', answer: long, atMs: 2_000 }, { ownerBytes: 100 })
    expect((await find('resp_long', 'key:other'))?.answer).toBe(long)
    await put('resp_last', { owner: 'key:third', atMs: 3_000 }, { bytes: 12_000 })
    expect(await find('resp_last', 'key:third')).toBeDefined()
    expect((await kept(ids)).length).toBeLessThan(left.length)
  })

  test('an answer that does not fit into what waits for the store is refused, and not kept', async () => {
    const { put, find } = await open()
    const huge = 'x'.repeat(65 * 1024 * 1024)
    expect(put('resp_1', { answer: huge })).rejects.toThrow('too many answers wait')
    expect(await find('resp_1')).toBeUndefined()
  })
}
