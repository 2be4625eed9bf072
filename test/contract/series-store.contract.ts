import { expect, test } from 'bun:test'
import { LIMITS } from '../../src/kit/limits.ts'
import { quantileOf } from '../../src/store/histogram.ts'
import type { Condition } from '../../src/store/request-query.ts'
import { toLedgerText } from '../../src/store/ledger-text.ts'
import { toRequestText } from '../../src/store/request-text.ts'
import type { SeriesAnswer, SeriesQuestion } from '../../src/store/series.ts'
import type { LedgerRow, RequestRow, Store } from '../../src/store/store.ts'
import { NO_COUNTS } from '../../src/exchange/units.ts'
import { MIDNIGHT_MS, requestRow } from './request-row.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

const ALL: SeriesQuestion = {
  filter: {},
  fromMs: MIDNIGHT_MS,
  toMs: MIDNIGHT_MS + DAY_MS,
  stepMs: HOUR_MS,
  names: 10,
  attempts: true,
  times: true,
}

function attempt(id: string, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    requestId: `req_of_${id}`,
    ordinal: 1,
    atMs: MIDNIGHT_MS,
    owners: { key: 'a' },
    route: 'support',
    target: 'acme/large',
    provider: 'acme',
    model: 'large',
    outcome: 'ok',
    durationMs: 1,
    usage: { ...NO_COUNTS, inputTokens: 10, outputTokens: 5 },
    basis: 'reported',
    costNanoUsd: 1_000n,
    simulated: false,
    ...changes,
  }
}

/** What is told of each name, by interval since the beginning: a few of the sums. */
function requestsOf({ series }: SeriesAnswer, stepMs = HOUR_MS): unknown {
  return Object.fromEntries(
    series.map(({ name, points }) => [
      name,
      Object.fromEntries(
        [...points].map(([atMs, { sums }]) => [(atMs - MIDNIGHT_MS) / stepMs, sums.requests]),
      ),
    ]),
  )
}

const is = (field: Condition['field'], text: string): Condition => ({ field, tests: [{ is: text }] })

/** Registers what every driver must do with sums for charts. */
export function testSeries(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async () => {
    const { store } = await fresh()
    return {
      store,
      read: (changes: Partial<SeriesQuestion> = {}) => store.series.read({ ...ALL, ...changes }),
      addRequests: (...rows: readonly RequestRow[]) => store.requests.append(rows.map(toRequestText)),
      addAttempts: (...rows: readonly LedgerRow[]) =>
        store.ledger.append(rows.map((row) => toLedgerText(row))),
    }
  }

  test('requests are told by interval, an interval without any is absent, and those of the house itself are none', async () => {
    const { read, addRequests } = await open()
    await addRequests(
      requestRow('req_1', { route: 'a' }),
      requestRow('req_2', { route: 'b', atMs: MIDNIGHT_MS + HOUR_MS - 1 }),
      requestRow('req_3', { route: 'a', atMs: MIDNIGHT_MS + 2 * HOUR_MS }),
      requestRow('req_4', { route: 'a', purpose: 'judge', parentId: 'req_1' }),
      requestRow('req_5', { atMs: MIDNIGHT_MS + DAY_MS }),
    )
    expect(requestsOf(await read())).toEqual({ '': { 0: 2, 2: 1 } })
    expect(requestsOf(await read({ by: 'route' }))).toEqual({ a: { 0: 1, 2: 1 }, b: { 0: 1 } })
    expect(requestsOf(await read({ filter: { conditions: [is('route', 'b')] } }))).toEqual({ '': { 0: 1 } })
    const notA: Condition = { ...is('route', 'a'), not: true }
    expect(requestsOf(await read({ by: 'route', filter: { conditions: [notA] } }))).toEqual({ b: { 0: 1 } })
  })

  test('outcomes, tokens and money are told apart, and real money is never added to any other', async () => {
    const { read, addRequests, addAttempts } = await open()
    await addRequests(
      requestRow('req_1'),
      requestRow('req_2', { outcome: 'client-gone' }),
      requestRow('req_3', { outcome: 'overloaded' }),
      requestRow('req_4', { outcome: 'of-a-version-to-come' }),
    )
    const { costNanoUsd: _cost, ...unpriced } = attempt('att_4')
    await addAttempts(
      attempt('att_1', { costNanoUsd: 5_000_000_001n }),
      attempt('att_2', { basis: 'counted', begunFor: 'fallback', costNanoUsd: 7n }),
      attempt('att_3', { simulated: true, outcome: 'timeout', costNanoUsd: 9n, begunFor: 'race' }),
      unpriced,
      attempt('att_5', {
        costNanoUsd: 2n ** 63n - 1n,
        usage: { ...NO_COUNTS, cacheWriteTokens: 3, cacheWriteLongTokens: 4 },
      }),
    )
    const { series } = await read()
    const point = series[0]?.points.get(MIDNIGHT_MS)
    expect(point?.sums).toMatchObject({
      requests: 4,
      ok: 1,
      gone: 1,
      clientErrors: 0,
      gatewayErrors: 2,
      attempts: 5,
      failedAttempts: 1,
      fallbacks: 1,
      hedges: 1,
      inputTokens: 40,
      outputTokens: 20,
      cacheWriteTokens: 7,
      unpriced: 1,
    })
    expect(point?.amounts).toEqual({ settled: 2n ** 63n - 1n + 5_000_000_001n, estimated: 7n, simulated: 9n })
  })

  test('what the cache did is counted by what came of requests, and its savings by those that it answered', async () => {
    const { read, addRequests } = await open()
    await addRequests(
      requestRow('req_1', { cache: 'hit', savedNanoUsd: 2_000_000_003n }),
      requestRow('req_2', { cache: 'hit', savedNanoUsd: 0n }),
      requestRow('req_3', { cache: 'stale', savedNanoUsd: 4n }),
      requestRow('req_4', { cache: 'coalesced' }),
      requestRow('req_5', { cache: 'miss', savedNanoUsd: 100n }),
      requestRow('req_6', { cache: 'refresh' }),
      requestRow('req_7', { cache: 'bypass' }),
      requestRow('req_8', { cache: 'of-a-version-to-come' }),
      requestRow('req_9'),
      requestRow('req_11', { cache: 'semantic', savedNanoUsd: 1n }),
      requestRow('req_10', { cache: 'hit', purpose: 'shadow' }),
    )
    for (const stepMs of [HOUR_MS, DAY_MS]) {
      const [all] = (await read({ stepMs })).series
      expect(all?.points.get(MIDNIGHT_MS)?.sums).toMatchObject({
        requests: 10,
        cacheHits: 2,
        cacheStale: 1,
        cacheCoalesced: 1,
        cacheSimilar: 1,
        cacheMisses: 2,
        cacheBypassed: 1,
        cacheSavedNano: 2_000_000_008,
      })
    }
  })

  test('times are kept so that percentiles of any period can be told, within a fifth', async () => {
    const { read, addRequests } = await open()
    const times = Array.from({ length: 1_000 }, (_, index) => 10 + index * 3)
    await addRequests(
      ...times.map((durationMs, index) =>
        requestRow(`req_${index}`, {
          durationMs,
          atMs: MIDNIGHT_MS + (index % 7) * HOUR_MS,
          ...(index < 500 && { firstEventMs: 100 }),
        }),
      ),
    )
    const { series } = await read({ stepMs: DAY_MS })
    const point = series[0]?.points.get(MIDNIGHT_MS)
    if (point === undefined) throw new Error('there is no point')
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = times[Math.floor(share * times.length)] ?? 0
      const told = quantileOf(point.durations, share) ?? 0
      expect(Math.abs(told / exact - 1)).toBeLessThan(0.19)
    }
    expect([...point.firstEvents.values()]).toEqual([500])
  })

  test('sums that are kept and rows that are looked at tell the same, however many there are and whatever the step', async () => {
    const { store, read, addRequests, addAttempts } = await open()
    const count = LIMITS.seriesPending + 517
    for (let done = 0; done < count; done += 500) {
      const indexes = Array.from({ length: Math.min(500, count - done) }, (_, index) => done + index)
      const facts = (index: number) => ({
        atMs: MIDNIGHT_MS + ((index * 7_919_000) % (3 * DAY_MS)),
        route: `r${index % 3}`,
        target: `p${index % 2}/m${index % 5}`,
        owners: { key: `k${index % 4}`, ...(index % 2 === 0 && { project: 'search' }) },
      })
      await addRequests(
        ...indexes.map((index) => requestRow(`req_${index}`, { ...facts(index), durationMs: index })),
      )
      await addAttempts(
        ...indexes.map((index) =>
          attempt(`att_${index}`, {
            ...facts(index),
            requestId: `req_${index}`,
            provider: `p${index % 2}`,
            costNanoUsd: BigInt(index),
          }),
        ),
      )
    }
    const period = { fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + 3 * DAY_MS }
    // A condition that no sum tells of, and every line fulfils.
    const lookedAt: Condition = { field: 'status', tests: [{ compare: '>', to: 0 }] }
    const sorted = ({ series }: SeriesAnswer) =>
      [...series].sort((one, other) => one.name.localeCompare(other.name))
    for (const by of [undefined, 'route', 'target', 'provider', 'key', 'project', 'outcome'] as const)
      for (const stepMs of [15 * MINUTE_MS, HOUR_MS, DAY_MS]) {
        const question = { ...period, stepMs, attempts: by !== 'outcome', ...(by && { by }) }
        const summed = await read(question)
        const looked = await read({ ...question, filter: { conditions: [lookedAt] } })
        expect([summed.from, looked.from]).toEqual(['sums', 'requests'])
        expect(sorted(summed)).toEqual(sorted(looked))
      }
    expect((await store.series.read({ ...ALL, ...period })).completeFromMs).toBeUndefined()
  })

  test('a condition that no sum tells of is answered by requests, no more than one may look at', async () => {
    const { read, addRequests } = await open()
    const count = LIMITS.queryRows + 10
    await addRequests(
      ...Array.from({ length: count }, (_, index) =>
        requestRow(`req_${index}`, { atMs: MIDNIGHT_MS + index }),
      ),
    )
    const answer = await read({ filter: { conditions: [is('model', 'smart')] }, attempts: false })
    expect(answer.from).toBe('requests')
    expect(answer.lookedAt).toEqual({ rows: LIMITS.queryRows, atMs: MIDNIGHT_MS + 10 })
    expect(requestsOf(answer)).toEqual({ '': { 0: LIMITS.queryRows - 0 } })
    // The sums know of all of them.
    expect(requestsOf(await read())).toEqual({ '': { 0: count } })
  })

  test('of more names than are shown those with the most are, and the others are counted', async () => {
    const { read, addRequests } = await open()
    const rows = Array.from({ length: LIMITS.seriesPending + 200 }, (_, index) =>
      requestRow(`req_${index}`, { route: index % 2 === 0 ? 'big' : `r${index % 20}` }),
    )
    await addRequests(...rows)
    const answer = await read({ by: 'route', names: 3 })
    expect(answer.series).toHaveLength(3)
    expect(answer.series.map(({ name }) => name)).toContain('big')
    expect(answer.others).toBeGreaterThan(5)
  })

  test('names beyond the bound take the places of those that were counted least, and the whole stays whole', async () => {
    const { read, addRequests } = await open()
    const count = 2 * LIMITS.seriesPending
    for (let done = 0; done < count; done += 500)
      await addRequests(
        ...Array.from({ length: 500 }, (_, index) => {
          const number = done + index
          return requestRow(`req_${number}`, { route: number % 2 === 0 ? 'usual' : `r${number}` })
        }),
      )
    const named = await read({ by: 'route', names: 5 })
    expect(requestsOf(named)).toMatchObject({ usual: { 0: count / 2 } })
    expect(requestsOf(await read())).toEqual({ '': { 0: count } })
  })

  test('sums of minutes go when they are too old, and those of hours and days stay', async () => {
    const { store, read, addRequests } = await open()
    await addRequests(
      ...Array.from({ length: LIMITS.seriesPending }, (_, index) =>
        requestRow(`req_${index}`, { atMs: MIDNIGHT_MS + index }),
      ),
    )
    const expiry = {
      requestsBeforeMs: 0,
      requestBytes: Number.POSITIVE_INFINITY,
      shadowsBeforeMs: 0,
      shadowRows: Number.MAX_SAFE_INTEGER,
      responsesBeforeMs: 0,
      keysBeforeMs: 0,
      keptKey: '',
      seriesMinutesBeforeMs: MIDNIGHT_MS + MINUTE_MS,
      seriesHoursBeforeMs: MIDNIGHT_MS,
    }
    while ((await store.prune(expiry)).more);
    expect(requestsOf(await read({ stepMs: MINUTE_MS }))).toEqual({})
    expect(requestsOf(await read())).toEqual({ '': { 0: LIMITS.seriesPending } })
    while ((await store.prune({ ...expiry, seriesHoursBeforeMs: MIDNIGHT_MS + HOUR_MS })).more);
    expect(requestsOf(await read())).toEqual({})
    expect(requestsOf(await read({ stepMs: DAY_MS }), DAY_MS)).toEqual({ '': { 0: LIMITS.seriesPending } })
  })
}
