import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachedAnswer, PUT_MS, testAnswers } from '../../test/contract/answer-cache.contract.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import { systemClock } from '../kit/clock.ts'
import { systemRandom } from '../kit/random.ts'
import { openSealedBytes, sealBytes } from '../kit/sealed-text.ts'
import { createLayeredAnswers, type LayeredAnswers, type LayeredAnswersNeeds } from './layered-answers.ts'
import { createMemoryAnswers } from './memory/answers.ts'
import type { AnswerSeals } from './packed-answer.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Expiry, Store } from './store.ts'

const ROOM = { bytes: 1e9, entries: 1e6 }

function sealsOf(words: string): AnswerSeals {
  return {
    seal: (bytes) => sealBytes(bytes, words, systemRandom),
    open(sealed) {
      try {
        return openSealedBytes(sealed, words)
      } catch {
        return undefined
      }
    },
  }
}

/** A cache over a store, and what it tells. */
function layered(store: Store, changes: Partial<LayeredAnswersNeeds> = {}) {
  const told: string[] = []
  const cache = createLayeredAnswers({
    store: store.answers,
    seals: sealsOf('the key'),
    clock: createManualClock(PUT_MS),
    mostBytes: 1e6,
    room: ROOM,
    isPaused: () => false,
    told: (outcome) => void told.push(outcome),
    ...changes,
  })
  return { cache, told }
}

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-answers-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const openMemory = () => openSqliteStore({ path: ':memory:', clock: systemClock })
let files = 0
const nextFile = () => join(directory, `${(files += 1)}.db`)
const openFile = (path: string) => openSqliteStore({ path, clock: systemClock, flushWithinMs: 1 })

describe('in memory', () => testAnswers(async () => ({ cache: createMemoryAnswers(1e6) })))
describe('in memory, over a store', () => testAnswers(async () => layered(await openMemory())))
describe('in a store alone', () =>
  // So little memory that nothing stays in it.
  testAnswers(async () => {
    const { cache } = layered(await openMemory(), { mostBytes: 0 })
    return {
      cache: {
        find: (key, nowMs) => cache.flush().then(() => cache.find(key, nowMs)),
        put: (answer) => cache.put(answer),
        remove: (key) => cache.remove(key),
        purge: (which) => cache.purge(which),
        report: (question) => cache.report(question),
      },
    }
  }))

async function putAll(cache: LayeredAnswers, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const atMs = PUT_MS + Number(/\d+/.exec(key)?.[0] ?? 0)
    cache.put(cachedAnswer(key, { atMs }))
  }
  await cache.flush()
}

const found = async (cache: LayeredAnswers, keys: readonly string[], nowMs = PUT_MS) => {
  const kept = await Promise.all(keys.map(async (key) => await cache.find(key, nowMs)))
  return keys.filter((_, place) => kept[place] !== undefined)
}

test('answers are there when the process is another one, for whoever has the key; nothing of them can be read', async () => {
  const path = nextFile()
  const first = await openFile(path)
  const answer = cachedAnswer('a', { text: `1 0 ${'a secret that nobody else may read '.repeat(50)}` })
  const { cache } = layered(first)
  cache.put(answer)
  cache.put(cachedAnswer('b'))
  await cache.flush()
  await first.close()

  const bytes = await Bun.file(path).bytes()
  expect(Buffer.from(bytes).includes('a secret that nobody')).toBe(false)
  expect(bytes.length).toBeGreaterThan(4_000)

  const second = await openFile(path)
  const again = layered(second)
  expect(await again.cache.find('a', PUT_MS)).toEqual(answer)
  // Now it is in memory, at once.
  expect(again.cache.find('a', PUT_MS)).toEqual(answer)
  const stranger = layered(second, { seals: sealsOf('another key') })
  expect(await stranger.cache.find('b', PUT_MS)).toBeUndefined()
  expect(stranger.told).toEqual(['damaged'])
  await stranger.cache.flush()
  expect(await layered(second).cache.find('b', PUT_MS)).toBeUndefined()
  await second.close()
})

test.each([
  [
    'a byte is another',
    (database: Database) =>
      database.run(`update answer_texts set sealed = substr(sealed, 1, 60) || x'00' || substr(sealed, 62)`),
  ],
  [
    'it is cut short',
    (database: Database) => database.run('update answer_texts set sealed = substr(sealed, 1, 20)'),
  ],
  [
    'it is of another question',
    (database: Database) =>
      database.run(
        `update answer_texts set sealed = (select sealed from answer_texts as other join answers using (sequence) where key = 'b')`,
      ),
  ],
  ['it is nothing', (database: Database) => database.run(`update answer_texts set sealed = x''`)],
])('a row is a miss and goes where %s', async (_, damage) => {
  const path = nextFile()
  const store = await openFile(path)
  await putAll(layered(store).cache, ['a', 'b'])
  const database = new Database(path)
  damage(database)
  database.close()
  const { cache, told } = layered(store)
  expect(await cache.find('a', PUT_MS)).toBeUndefined()
  expect(told).toEqual(['damaged'])
  await cache.flush()
  const { answers } = await cache.report({ nowMs: PUT_MS, limit: 10 })
  expect(answers.map(({ key }) => key)).not.toContain('a')
  await store.close()
})

test('a text takes twice as much in memory where one of its letters is none of Latin', () => {
  const memory = createMemoryAnswers(1_000_000)
  for (const key of ['a', 'b', 'c']) memory.put(cachedAnswer(key, { text: `${'x'.repeat(300_000)}…` }))
  expect(memory.size).toBe(1)
  expect(memory.bytes).toBeGreaterThan(600_000)
})

test('what was kept when the clock was wrong gives way to what is kept when it is right', async () => {
  const store = await openMemory()
  const put = async (atMs: number, text: string): Promise<void> => {
    const { cache } = layered(store)
    cache.put(cachedAnswer('a', { atMs, text, endsAtMs: PUT_MS + 2e12 }))
    await cache.flush()
  }
  await put(PUT_MS + 1e12, 'wrong')
  await put(PUT_MS, 'right')
  expect(await layered(store).cache.find('a', PUT_MS)).toMatchObject({ text: 'right' })
  // That was only compressed for longer.
  await put(PUT_MS - 1_000, 'late')
  expect(await layered(store).cache.find('a', PUT_MS)).toMatchObject({ text: 'right' })
  await store.close()
})

test('those that were not used for longest make room, in the store as well', async () => {
  const store = await openMemory()
  const keys = Array.from({ length: 40 }, (_, place) => `key-${place}`)
  const { cache } = layered(store, { room: { bytes: 1e9, entries: 30 } })
  await putAll(cache, keys.slice(0, 30))
  // What is found within a minute is not taken down at once, but when it is told.
  expect(await found(cache, ['key-0'], PUT_MS + 1_000)).toEqual(['key-0'])
  await cache.flush()
  await putAll(cache, keys.slice(30))
  const cold = layered(store)
  const left = await found(cold.cache, keys)
  expect(left).toContain('key-0')
  expect(left).not.toContain('key-1')
  expect(left).toContain('key-39')
  expect(left.length).toBeLessThanOrEqual(30)
  const small = layered(store, { room: { bytes: 100, entries: 30 } })
  small.cache.put(cachedAnswer('large'))
  await small.cache.flush()
  expect(small.told).toEqual(['no-room'])
  await store.close()
})

test('those that have ended go, and the oldest where the file has less room', async () => {
  const store = await openMemory()
  const { cache } = layered(store)
  await putAll(cache, ['a', 'b'])
  cache.put(cachedAnswer('ended', { endsAtMs: PUT_MS + 5 }))
  await cache.flush()
  const expiry: Expiry = {
    requestsBeforeMs: 0,
    requestBytes: 1e15,
    responsesBeforeMs: 0,
    shadowsBeforeMs: 0,
    shadowRows: 1e15,
    seriesMinutesBeforeMs: 0,
    seriesHoursBeforeMs: 0,
    keysBeforeMs: 0,
    keptKey: '',
  }
  const rest = async () => (await store.answers.report({ nowMs: 0, limit: 10 })).totals.entries
  await store.prune(expiry)
  expect(await rest()).toBe(3)
  await store.prune({ ...expiry, answers: { endedMs: PUT_MS + 5, bytes: 1e15 } })
  expect(await rest()).toBe(2)
  await store.prune({ ...expiry, answers: { endedMs: 0, bytes: 0 } })
  expect(await rest()).toBe(0)
  await store.close()
})

test('nothing that is purged comes back: neither what is being read nor what is being written', async () => {
  const store = await openMemory()
  await putAll(layered(store).cache, ['read', 'kept'])
  const { cache } = layered(store)
  const reading = cache.find('read', PUT_MS)
  cache.put(cachedAnswer('written'))
  const purging = cache.purge({ tag: 'faq' })
  const meanwhile = cache.find('kept', PUT_MS)
  expect(await reading).toBeUndefined()
  expect(await meanwhile).toBeUndefined()
  expect(await purging).toMatchObject({ entries: 3 })
  expect(await found(cache, ['read', 'kept', 'written'])).toEqual([])
  expect(await found(layered(store).cache, ['read', 'kept', 'written'])).toEqual([])
  await store.close()
})

test('a store that hangs, fails or is full costs nothing but the answer', async () => {
  const store = await openMemory()
  const clock = createManualClock(PUT_MS)
  const hangs = layered(
    { ...store, answers: { ...store.answers, find: () => new Promise(() => undefined) } },
    { clock },
  )
  const waiting = hangs.cache.find('a', PUT_MS)
  clock.advance(LIMITS.cacheReadMs)
  expect(await waiting).toBeUndefined()
  expect(hangs.told).toEqual(['unread'])

  const refuse = () => Promise.reject(new Error('the disk is full'))
  const broken = layered({
    ...store,
    answers: { ...store.answers, find: refuse, put: refuse, touch: refuse },
  })
  expect(await broken.cache.find('a', PUT_MS)).toBeUndefined()
  broken.cache.put(cachedAnswer('a'))
  expect(broken.cache.find('a', PUT_MS)).toMatchObject({ key: 'a' })
  await broken.cache.flush()
  expect(broken.told.sort()).toEqual(['unread', 'unwritten', 'unwritten'])

  const paused = layered(store, { isPaused: () => true })
  paused.cache.put(cachedAnswer('p'))
  await paused.cache.flush()
  expect(paused.told).toEqual(['no-room'])
  expect(await layered(store).cache.find('p', PUT_MS)).toBeUndefined()
  await store.close()
})

test('what was given before what lies there comes too late', async () => {
  const store = await openMemory()
  const sealed = (byte: number) => Buffer.from([byte])
  const { text: _said, ...facts } = cachedAnswer('a')
  await store.answers.put({ facts: { ...facts, atMs: PUT_MS + 5 }, sealed: sealed(2) }, ROOM)
  await store.answers.put({ facts, sealed: sealed(1) }, ROOM)
  expect([...((await store.answers.find('a', PUT_MS)) ?? [])]).toEqual([2])
  await store.answers.put({ facts: { ...facts, atMs: PUT_MS + 6 }, sealed: sealed(3) }, ROOM)
  expect([...((await store.answers.find('a', PUT_MS)) ?? [])]).toEqual([3])
  expect((await store.answers.report({ nowMs: PUT_MS, limit: 9 })).totals.entries).toBe(1)
  await store.close()
})
