import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { Failure } from '../exchange/failure.ts'
import { crc32 } from '../kit/hash.ts'
import { createManualClock, type ManualClock } from '../kit/manual-clock.fixture.ts'
import { LIMITS } from '../kit/limits.ts'
import { openStore } from '../store/open-store.ts'
import { attemptIdIn } from '../store/ledger-text.ts'
import type { LedgerRow, LedgerStore, LedgerText } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { crashedRow } from './crashed-row.fixture.ts'
import { RecordEncoder, toVoidText } from './journal-record.ts'
import { openLedger, type Durability, type Ledger } from './ledger.ts'
import { JournalUnreadable } from './replay.ts'
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.fixture.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'

const DIRECTORY = '/journal'
const CRASHED = 'crashed'

const settled = (id: string, costNanoUsd = 70n): LedgerRow => ({
  ...crashedRow(id),
  outcome: 'ok',
  basis: 'reported',
  usage: { ...crashedRow(id).usage, outputTokens: 20 },
  costNanoUsd,
})

/** What a promise was rejected with, or undefined when it was not. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** A store that can be switched off; what it holds is real. */
async function createTrialStore() {
  const store = await openStore({ url: 'memory:', clock: createManualClock() })
  const trial = {
    down: false,
    calls: 0,
    refusedIds: new Set<string>(),
    store: {
      ...store.ledger,
      async append(rows: readonly LedgerText[]) {
        trial.calls += 1
        if (trial.down || rows.some((row) => trial.refusedIds.has(attemptIdIn(row) ?? '')))
          throw new Error('store is down')
        await store.ledger.append(rows)
      },
    } satisfies LedgerStore,
    /** All of them, or those of one request. */
    async rows(requestId?: string) {
      const page = await store.ledger.list({ limit: 500, ...(requestId === undefined ? {} : { requestId }) })
      return page.rows.map((row) => `${row.id} ${row.outcome} ${row.basis} ${row.costNanoUsd}`).sort()
    },
  }
  return trial
}

type TrialStore = Awaited<ReturnType<typeof createTrialStore>>

interface Trial {
  readonly ledger: Ledger
  readonly disk: SimulatedDisk
  readonly clock: ManualClock
  readonly logs: string[]
}

async function open(
  trial: TrialStore,
  {
    disk = createSimulatedDisk(),
    ...options
  }: { disk?: SimulatedDisk; durability?: Durability; segmentBytes?: number } = {},
): Promise<Trial> {
  const clock = createManualClock()
  const logs: string[] = []
  const telemetry: Telemetry = {
    ...SILENT,
    log: (level, message) => void logs.push(`${level}: ${message}`),
  }
  const ledger = await openLedger({
    files: disk,
    directory: DIRECTORY,
    store: trial.store,
    clock,
    telemetry,
    durability: 'standard',
    ...options,
  })
  return { ledger, disk, clock, logs }
}

describe('the ledger', () => {
  test('a settled attempt is in the store, once, whatever is repeated', async () => {
    const store = await createTrialStore()
    const { ledger } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    await ledger.settle(settled('att_1'))
    await ledger.settle(settled('att_1', 99n))
    expect(await ledger.flush()).toBe(true)
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
  })

  test('a row without an intent is recorded all the same', async () => {
    const store = await createTrialStore()
    const { ledger } = await open(store)
    await ledger.settle(settled('att_1'))
    await ledger.flush()
    expect(await store.rows()).toHaveLength(1)
  })

  test('an attempt under way when the process died becomes a crash estimate', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    await ledger.intend(crashedRow('att_2'))
    await ledger.settle(settled('att_2'))
    const second = await open(store, { disk: disk.snapshot() })
    expect(second.ledger.replayed).toMatchObject({ crashed: 1, damaged: 0 })
    expect(await store.rows()).toEqual([`att_1 ${CRASHED} crash-estimate 50`, 'att_2 ok reported 70'])
  })

  test('an unpriced attempt that crashed stays unpriced', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store)
    const { costNanoUsd: _cost, ...unpriced } = crashedRow('att_1')
    await ledger.intend(unpriced)
    await open(store, { disk: disk.snapshot() })
    expect(await store.rows()).toEqual([`att_1 ${CRASHED} crash-estimate undefined`])
  })

  test('an attempt that was never sent leaves no row, not even after a crash', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    ledger.void('att_1')
    ledger.void('att_1')
    await open(store, { disk: disk.snapshot() })
    expect(await store.rows()).toEqual([])
  })

  test('a settlement survives the crash although the store never saw it', async () => {
    const store = await createTrialStore()
    store.down = true
    const { ledger, disk } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    await ledger.settle(settled('att_1'))
    store.down = false
    await open(store, { disk: disk.snapshot() })
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
  })

  test('cut at any byte, the journal replays to one row per announced attempt, and twice is once', async () => {
    // One store takes them all, since to open one costs more than all else: each cut is the end of a request of its own.
    const store = await createTrialStore()
    let total = 300
    for (let length = 0; length <= total; length += 1) {
      const life = String(length).padStart(6, '0')
      store.down = true
      const { ledger, disk } = await open(store)
      const [first, second] = [`att_${life}_1`, `att_${life}_2`]
      const written: { length: number; expected: string[] }[] = []
      const path = (): string => [...disk.contents.keys()][0] ?? ''
      const mark = (expected: string[]): void => {
        written.push({ length: disk.contents.get(path())?.length ?? 0, expected })
      }
      await ledger.intend(crashedRow(first, { requestId: life }))
      mark([`${first} ${CRASHED} crash-estimate 50`])
      await ledger.intend(crashedRow(second, { requestId: life }))
      mark([`${first} ${CRASHED} crash-estimate 50`, `${second} ${CRASHED} crash-estimate 50`])
      await ledger.settle({ ...settled(first), requestId: life })
      mark([`${first} ok reported 70`, `${second} ${CRASHED} crash-estimate 50`])
      ledger.void(second)
      mark([`${first} ok reported 70`])
      total = written.at(-1)?.length ?? 0
      const expected = written.findLast((step) => step.length <= length)?.expected ?? []
      store.down = false
      const cut = disk.snapshot({ path: path(), length })
      await open(store, { disk: cut.snapshot() })
      expect(await store.rows(life)).toEqual(expected)
      await open(store, { disk: cut })
      expect(await store.rows(life)).toEqual(expected)
      expect([...cut.contents.keys()]).toEqual([])
    }
    expect(total).toBeGreaterThan(300)
  })

  test('dying during the replay only means to replay again', async () => {
    const store = await createTrialStore()
    store.down = true
    const { ledger, disk } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    await ledger.intend(crashedRow('att_2'))
    await ledger.settle(settled('att_2'))
    const left = disk.snapshot()
    expect(String(await rejection(open(store, { disk: left })))).toContain('store is down')
    store.down = false
    await open(store, { disk: left })
    expect(await store.rows()).toHaveLength(2)
  })

  test('damage inside a segment is set aside and reported, and the rest is replayed', async () => {
    const store = await createTrialStore()
    store.down = true
    const { ledger, disk } = await open(store)
    for (const id of ['att_1', 'att_2', 'att_3']) await ledger.settle(settled(id))
    const left = disk.snapshot()
    const [path = ''] = left.contents.keys()
    const bytes = left.contents.get(path) ?? new Uint8Array(0)
    const at = Buffer.from(bytes).indexOf('att_1')
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    store.down = false
    const { ledger: second, logs } = await open(store, { disk: left })
    expect(second.replayed).toMatchObject({ damaged: 1, settled: 2 })
    expect(await store.rows()).toEqual(['att_2 ok reported 70', 'att_3 ok reported 70'])
    expect([...left.contents.keys()]).toEqual([`${path}.quarantined`])
    expect(logs.join()).toContain('damaged')
  })

  test('what was damaged and set aside is kept for a time', async () => {
    const store = await createTrialStore()
    const files = ['00000000001000-000001', '00000000002000-000001'].map((name): [string, Uint8Array] => [
      `${DIRECTORY}/${name}.wal.quarantined`,
      new Uint8Array(1),
    ])
    const { ledger, disk } = await open(store, { disk: createSimulatedDisk(files) })
    ledger.forgetDamaged(1_000)
    expect(disk.contents.size).toBe(2)
    ledger.forgetDamaged(1_500)
    expect([...disk.contents.keys()]).toEqual([files[1]?.[0] ?? ''])
  })

  test('a clock that is set back between two segments loses nothing', async () => {
    const store = await createTrialStore()
    store.down = true
    const { ledger, disk, clock } = await open(store, { segmentBytes: 2_000 })
    const nowMs = clock.nowMs()
    for (let index = 0; index < 20; index += 1) {
      clock.nowMs = () => nowMs - index * 3_600_000
      await ledger.intend(crashedRow(`att_${index}`))
      if (index % 2 === 0) await ledger.settle(settled(`att_${index}`))
    }
    expect(disk.contents.size).toBeGreaterThan(2)
    store.down = false
    await open(store, { disk: disk.snapshot() })
    const rows = await store.rows()
    expect(rows.filter((row) => row.includes(' ok '))).toHaveLength(10)
    expect(rows.filter((row) => row.includes(CRASHED))).toHaveLength(10)
  })

  test('a segment of a version that is not known here is refused and stays, with all others', async () => {
    const store = await createTrialStore()
    store.down = true
    const { ledger, disk } = await open(store)
    await ledger.settle(settled('att_1'))
    const left = disk.snapshot()
    const encoder = new RecordEncoder()
    encoder.add({ type: 'void', text: toVoidText('att_2') })
    const newer = encoder.bytes.slice(0, encoder.length)
    newer[8] = 99
    new DataView(newer.buffer).setUint32(4, crc32(newer.subarray(8)), true)
    left.contents.set(`${DIRECTORY}/99999999999999-000001.wal`, newer)
    const before = [...left.contents]
    store.down = false
    const refused = await rejection(open(store, { disk: left }))
    expect(refused).toBeInstanceOf(JournalUnreadable)
    expect(String(refused)).toMatch(
      /99999999999999-000001\.wal holds records of version 99, .* Start the version/,
    )
    expect([...left.contents]).toEqual(before)
  })

  test('a segment tells the names of its columns first, also where it carries on another', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store, { segmentBytes: 200 })
    store.down = true
    for (const id of ['att_1', 'att_2', 'att_3']) await ledger.settle(settled(id))
    const segments = [...disk.contents.values()].map((bytes) => Buffer.from(bytes))
    expect(segments.length).toBeGreaterThan(1)
    for (const segment of segments) expect(segment.indexOf('["id","request_id","ordinal"')).toBe(14)
  })
})

describe('the ledger when things fail', () => {
  test('a store that is down is tried again, and the journal is empty once it has everything', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store)
    store.down = true
    for (let index = 0; index < 5; index += 1) {
      await ledger.intend(crashedRow(`att_${index}`))
      await ledger.settle(settled(`att_${index}`))
    }
    const flushed = ledger.flush()
    for (let second = 0; second < 3; second += 1) {
      clock.advance(1_000)
      await Promise.resolve()
    }
    expect(await store.rows()).toEqual([])
    store.down = false
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1_000)
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    }
    await flushed
    expect(await store.rows()).toHaveLength(5)
    await ledger.close()
    expect([...disk.contents.keys()]).toEqual([])
  })

  test('one row that the store never takes does not keep back the others', async () => {
    const store = await createTrialStore()
    const { ledger, clock } = await open(store)
    store.refusedIds.add('att_3')
    for (let index = 0; index < 8; index += 1) await ledger.settle(settled(`att_${index}`))
    for (let second = 0; second < 200; second += 1) {
      clock.advance(1_000)
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    }
    expect(await store.rows()).toHaveLength(7)
  })

  test('a full disk refuses new attempts, loses no settlement, and is used again when there is room', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    disk.freeBytes = 20
    expect(() => ledger.intend(crashedRow('att_2'))).toThrow(Failure)
    expect(ledger.available).toBe(false)
    // The announced attempt settles straight to the store.
    await ledger.settle(settled('att_1'))
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
    disk.freeBytes = Number.POSITIVE_INFINITY
    clock.advance(1_000)
    expect(ledger.available).toBe(true)
    await ledger.intend(crashedRow('att_3'))
    await ledger.settle(settled('att_3'))
    await ledger.flush()
    expect(await store.rows()).toEqual(['att_1 ok reported 70', 'att_3 ok reported 70'])
    await ledger.close()
    expect([...disk.contents.keys()]).toEqual([])
  })

  test('repeated failures leave no heap of files behind', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    disk.freeBytes = 0
    for (let index = 0; index < 10; index += 1) {
      expect(() => ledger.intend(crashedRow(`att_x${index}`))).toThrow(Failure)
      clock.advance(1_000)
    }
    expect(disk.contents.size).toBeLessThanOrEqual(2)
  })

  test('a file that failed is closed once nothing needs it, so that it gives its room back', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store)
    for (let index = 0; index < 5; index += 1) {
      await ledger.intend(crashedRow(`att_${index}`))
      disk.freeBytes = 20
      expect(() => ledger.intend(crashedRow('att_x'))).toThrow(Failure)
      disk.freeBytes = Number.POSITIVE_INFINITY
      clock.advance(1_000)
      await ledger.settle(settled(`att_${index}`))
    }
    await ledger.flush()
    expect([...disk.opened]).toEqual([...disk.contents.keys()])
    expect(disk.opened.size).toBe(1)
  })

  test('with the store down, each row is written twice at most, however many wait', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store, { segmentBytes: 2_000 })
    store.down = true
    for (let index = 0; index < 1_000; index += 1) {
      await ledger.intend(crashedRow(`att_${index}`))
      await ledger.settle(settled(`att_${index}`))
    }
    const once = [...disk.contents.values()].reduce((sum, content) => sum + content.length, 0)
    expect(disk.writtenBytes).toBeLessThan(once * 2)
    store.down = false
    const flushed = ledger.flush()
    for (let turn = 0; turn < 20; turn += 1) {
      clock.advance(200)
      await Promise.resolve()
    }
    expect(await flushed).toBe(true)
    expect(disk.contents.size).toBe(1)
  })

  test('an attempt that is written is announced, although there was no room for what is written again besides', async () => {
    const store = await createTrialStore()
    const { ledger, disk, logs } = await open(store, { segmentBytes: 2_000 })
    await ledger.intend(crashedRow('att_long'))
    const recordBytes = disk.writtenBytes
    for (let index = 0; disk.contents.size < LIMITS.journalSegments; index += 1) {
      await ledger.settle(settled(`att_${index}`))
      await ledger.flush()
    }
    for (let index = 0; disk.contents.size === LIMITS.journalSegments; index += 1) {
      disk.freeBytes = recordBytes + 10
      await ledger.intend(crashedRow(`att_x${index}`))
    }
    expect(logs.filter((line) => line.includes('cannot be written again'))).toHaveLength(1)
  })

  test('strict settlements whose sync fails wait for the store instead', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store, { durability: 'strict' })
    await ledger.intend(crashedRow('att_1'))
    disk.failSyncs = true
    await ledger.settle(settled('att_1'))
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
  })

  test('when neither disk nor store takes a settlement, it fails within its time and is still tried', async () => {
    const store = await createTrialStore()
    const { ledger, disk, clock } = await open(store)
    await ledger.intend(crashedRow('att_1'))
    disk.freeBytes = 0
    store.down = true
    const settling = ledger.settle(settled('att_1'))
    clock.advance(LIMITS.ledgerFlushMs)
    expect(await rejection(Promise.resolve(settling))).toBeInstanceOf(Failure)
    store.down = false
    for (let second = 0; second < 30; second += 1) {
      clock.advance(1_000)
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    }
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
  })

  test('a long attempt does not keep the journal of a day', async () => {
    const store = await createTrialStore()
    const segmentBytes = 2_000
    const { ledger, disk } = await open(store, { segmentBytes })
    await ledger.intend(crashedRow('att_long'))
    for (let index = 0; index < 400; index += 1) {
      const id = `att_${index}`
      await ledger.intend(crashedRow(id))
      await ledger.settle(settled(id))
      if (index % 10 === 0) await ledger.flush()
    }
    await ledger.flush()
    const bytes = [...disk.contents.values()].reduce((sum, content) => sum + content.length, 0)
    expect(bytes).toBeLessThanOrEqual((LIMITS.journalSegments + 2) * segmentBytes)
    await open(store, { disk: disk.snapshot() })
    expect((await store.rows()).filter((row) => row.includes(CRASHED))).toEqual([
      `att_long ${CRASHED} crash-estimate 50`,
    ])
  })

  test('a withdrawal outlives the intent that it cancels, however the segments empty', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store, { segmentBytes: 600 })
    await ledger.intend(crashedRow('att_void'))
    await ledger.intend(crashedRow('att_open'))
    const fill = async (from: number): Promise<void> => {
      for (let index = from; index < from + 6; index += 1) await ledger.settle(settled(`att_${index}`))
      await ledger.flush()
    }
    await fill(0)
    ledger.void('att_void')
    await fill(10)
    expect(disk.contents.size).toBeGreaterThan(3)
    await open(store, { disk: disk.snapshot() })
    const rows = await store.rows()
    expect(rows).toContain(`att_open ${CRASHED} crash-estimate 50`)
    expect(rows.filter((row) => row.startsWith('att_void'))).toEqual([])
  })

  test('what a file held whose sync failed is written again, in case the disk has lost it', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store, { durability: 'strict' })
    await ledger.intend(crashedRow('att_1'))
    disk.failSyncs = true
    await ledger.settle(settled('att_2'))
    disk.failSyncs = false
    const [poisoned = ''] = disk.contents.keys()
    await ledger.intend(crashedRow('att_3'))
    const left = disk.snapshot()
    left.contents.delete(poisoned)
    await open(store, { disk: left })
    expect(await store.rows()).toEqual([
      `att_1 ${CRASHED} crash-estimate 50`,
      'att_2 ok reported 70',
      `att_3 ${CRASHED} crash-estimate 50`,
    ])
  })

  test('spending includes rows that were still on their way', async () => {
    const store = await createTrialStore()
    const { ledger } = await open(store)
    await ledger.settle(settled('att_1', 5n))
    expect(await ledger.spentSince({ scope: 'key', id: 'key000000001' }, 0)).toBe(5n)
  })
})

/** So many attempts under way make a crowd. */
const CROWD = Array.from({ length: 8 }, (_, index) => `att_crowd${index}`)

/** Announces a crowd, so that whoever comes now is written with all others of the turn. */
async function gatherCrowd({ ledger }: Trial): Promise<void> {
  for (const id of CROWD) await ledger.intend(crashedRow(id))
}

/** What is known of the attempts in a store but those of the crowd. */
const besidesCrowd = (rows: readonly string[]): string[] => rows.filter((row) => !row.includes('att_crowd'))

describe('the ledger in a crowd', () => {
  test('is written once for all that comes in one turn, and nobody is told before', async () => {
    const store = await createTrialStore()
    const trial = await open(store)
    const { ledger, disk } = trial
    await gatherCrowd(trial)
    const { writes, writtenBytes } = disk
    const told: string[] = []
    const going = [
      Promise.resolve(ledger.intend(crashedRow('att_1'))).then(() => told.push('att_1 announced')),
      Promise.resolve(ledger.intend(crashedRow('att_2'))).then(() => told.push('att_2 announced')),
      Promise.resolve(ledger.settle(settled('att_crowd0'))).then(() => told.push('att_crowd0 settled')),
    ]
    expect({ told, writtenBytes: disk.writtenBytes }).toEqual({ told: [], writtenBytes })
    await Promise.all(going)
    expect(told).toEqual(['att_1 announced', 'att_2 announced', 'att_crowd0 settled'])
    expect(disk.writes).toBe(writes + 1)
    await open(store, { disk: disk.snapshot() })
    expect(await store.rows()).toContain('att_crowd0 ok reported 70')
    expect(besidesCrowd(await store.rows())).toEqual([
      `att_1 ${CRASHED} crash-estimate 50`,
      `att_2 ${CRASHED} crash-estimate 50`,
    ])
  })

  test('is written at once for who is alone', async () => {
    const store = await createTrialStore()
    const { ledger, disk } = await open(store)
    expect(ledger.intend(crashedRow('att_1'))).toBeUndefined()
    expect(ledger.settle(settled('att_1'))).toBeUndefined()
    await open(store, { disk: disk.snapshot() })
    expect(await store.rows()).toEqual(['att_1 ok reported 70'])
  })

  test('a disk that becomes full among them refuses those alone that are not whole on it', async () => {
    const store = await createTrialStore()
    const outcomes: string[] = []
    let life = 1_000
    /** Announces four attempts in one turn, on a disk with room for so many bytes. Gives the bytes that they take. */
    const announceFour = async (freeBytes: number): Promise<number> => {
      life += 1
      const requestId = String(life)
      const ids = [1, 2, 3, 4].map((number) => `att_${life}_${number}`)
      const trial = await open(store)
      await gatherCrowd(trial)
      trial.disk.freeBytes = freeBytes
      const before = trial.disk.writtenBytes
      const told = await Promise.all(
        ids.map((id) => rejection(Promise.resolve(trial.ledger.intend(crashedRow(id, { requestId }))))),
      )
      const announced = ids.filter((_, index) => told[index] === undefined)
      for (const failure of told)
        if (failure !== undefined) expect(failure).toMatchObject({ code: 'ledger-unavailable' })
      await open(store, { disk: trial.disk.snapshot() })
      expect(await store.rows(requestId)).toEqual(announced.map((id) => `${id} ${CRASHED} crash-estimate 50`))
      outcomes.push(announced.map((id) => id.at(-1)).join(''))
      return trial.disk.writtenBytes - before
    }
    const recordBytes = (await announceFour(Number.POSITIVE_INFINITY)) / 4
    for (const records of [1, 2, 3, 4])
      for (const more of [-1, 0, 1]) await announceFour(records * recordBytes + more)
    expect(outcomes.join(' ')).toBe('1234  1 1 1 12 12 12 123 123 123 1234 1234')
  })

  test('a settlement that does not fit beside others goes straight to the store', async () => {
    const store = await createTrialStore()
    const trial = await open(store)
    await gatherCrowd(trial)
    await trial.ledger.intend(crashedRow('att_1'))
    const { writtenBytes } = trial.disk
    await trial.ledger.intend(crashedRow('att_2'))
    trial.disk.freeBytes = trial.disk.writtenBytes - writtenBytes + 20
    const settling = Promise.all([
      trial.ledger.settle(settled('att_1')),
      trial.ledger.settle(settled('att_2')),
    ])
    await settling
    expect(trial.logs.filter((line) => line.includes('straight to the store'))).toHaveLength(1)
    await open(store, { disk: trial.disk.snapshot() })
    expect(besidesCrowd(await store.rows())).toEqual(['att_1 ok reported 70', 'att_2 ok reported 70'])
  })

  test('strict settlements of one turn wait for the disk in whichever segment they stand', async () => {
    const store = await createTrialStore()
    const trial = await open(store, { durability: 'strict', segmentBytes: 70_000 })
    await gatherCrowd(trial)
    const [first = ''] = trial.disk.contents.keys()
    trial.disk.failSyncs = first
    // More than is written in one piece, so that a segment ends among them.
    const ids = Array.from({ length: 800 }, (_, index) => `att_${index}`)
    await Promise.all(ids.map(async (id) => trial.ledger.settle(settled(id))))
    const unsynced = trial.logs.filter((line) => line.endsWith('the journal cannot be synced')).length
    expect(unsynced).toBeGreaterThan(0)
    expect(unsynced).toBeLessThan(ids.length)
  })

  test('spending includes what has gathered, and closing writes it', async () => {
    const store = await createTrialStore()
    const trial = await open(store)
    await gatherCrowd(trial)
    const settling = trial.ledger.settle(settled('att_1', 5n))
    expect(await trial.ledger.spentSince({ scope: 'key', id: 'key000000001' }, 0)).toBe(5n)
    await settling
    const announcing = trial.ledger.intend(crashedRow('att_2'))
    await trial.ledger.close()
    await announcing
    await open(store, { disk: trial.disk.snapshot() })
    expect(besidesCrowd(await store.rows())).toEqual([
      'att_1 ok reported 5',
      `att_2 ${CRASHED} crash-estimate 50`,
    ])
  })
})

describe('the ledger at random', () => {
  const steps = fc.array(
    fc.record({
      action: fc.constantFrom('intend', 'settle', 'void', 'store', 'disk', 'time', 'crash'),
      attempt: fc.integer({ min: 0, max: 5 }),
      amount: fc.integer({ min: 0, max: 600 }),
    }),
    { maxLength: 60 },
  )

  test('whatever fails and whenever it dies, each attempt ends with exactly the row it earned', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const store = await createTrialStore()
        let trial = await open(store, { segmentBytes: 700 })
        let life = 0
        const state = new Map<string, 'open' | 'settled' | 'void'>()
        for (const { action, attempt, amount } of sequence) {
          const id = `att_${life}_${attempt}`
          if (action === 'intend' && !state.has(id)) {
            try {
              await trial.ledger.intend(crashedRow(id))
              state.set(id, 'open')
            } catch {
              state.delete(id)
            }
          } else if (action === 'settle' && state.get(id) === 'open') {
            // A settlement that can reach neither disk nor store is the one thing that a crash may still undo.
            trial.disk.freeBytes = Number.POSITIVE_INFINITY
            trial.clock.advance(1_000)
            await trial.ledger.settle(settled(id))
            state.set(id, 'settled')
          } else if (action === 'void' && state.get(id) === 'open') {
            trial.disk.freeBytes = Number.POSITIVE_INFINITY
            trial.clock.advance(1_000)
            trial.ledger.void(id)
            state.set(id, 'void')
          } else if (action === 'store') store.down = !store.down
          else if (action === 'disk') trial.disk.freeBytes = amount
          else if (action === 'time') {
            trial.clock.advance(amount * 10)
            for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
          } else if (action === 'crash') {
            store.down = false
            trial = await open(store, { disk: trial.disk.snapshot(), segmentBytes: 700 })
            life += 1
          }
        }
        store.down = false
        await open(store, { disk: trial.disk.snapshot() })
        const expected = [...state]
          .filter(([, fate]) => fate !== 'void')
          .map(([id, fate]) =>
            fate === 'settled' ? `${id} ok reported 70` : `${id} ${CRASHED} crash-estimate 50`,
          )
          .sort()
        expect(await store.rows()).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  const turns = fc.array(
    fc.record({
      actions: fc.array(
        fc.record({
          action: fc.constantFrom('intend', 'settle', 'void'),
          attempt: fc.integer({ min: 0, max: 9 }),
        }),
        { maxLength: 15 },
      ),
      freeBytes: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat({ max: 4_000 })),
      crash: fc.boolean(),
    }),
    { maxLength: 8 },
  )

  test('in a crowd as well, whatever comes in one turn and wherever in it the disk is full', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (sequence) => {
        const store = await createTrialStore()
        let trial = await open(store, { segmentBytes: 2_000 })
        let life = 0
        /** The rows that each attempt may have; none for one that nobody was told of. */
        const allowed = new Map<string, readonly string[]>()
        await gatherCrowd(trial)
        for (const { actions, freeBytes, crash } of sequence) {
          const { ledger, disk, clock } = trial
          disk.freeBytes = Number.POSITIVE_INFINITY
          clock.advance(1_000)
          disk.freeBytes = freeBytes
          const going: Promise<unknown>[] = []
          for (const { action, attempt } of actions) {
            const id = `att_${life}_${attempt}`
            const crashed = `${id} ${CRASHED} crash-estimate 50`
            if (action === 'intend' && !allowed.has(id)) {
              const announced = rejection(Promise.resolve(ledger.intend(crashedRow(id))))
              allowed.set(id, [])
              going.push(
                announced.then((failure) => allowed.set(id, failure === undefined ? [crashed] : [''])),
              )
            } else if (action === 'settle' && allowed.get(id)?.[0] === crashed) {
              allowed.set(id, [`${id} ok reported 70`])
              going.push(Promise.resolve(ledger.settle(settled(id))))
            } else if (action === 'void' && allowed.get(id)?.[0] === crashed) {
              ledger.void(id)
              // A withdrawal that found no room is undone by a crash.
              allowed.set(id, trial.logs.some((line) => line.includes('withdrawal')) ? ['', crashed] : [''])
            }
          }
          await Promise.all(going)
          if (!crash) continue
          trial = await open(store, { disk: disk.snapshot(), segmentBytes: 2_000 })
          life += 1
          await gatherCrowd(trial)
        }
        await open(store, { disk: trial.disk.snapshot() })
        const rows = besidesCrowd(await store.rows())
        for (const [id, texts] of allowed)
          expect(texts).toContain(rows.find((row) => row.startsWith(id)) ?? '')
        expect(rows.length).toBe(new Set(rows.map((row) => row.split(' ')[0])).size)
      }),
      { numRuns: 60 },
    )
  })
})
