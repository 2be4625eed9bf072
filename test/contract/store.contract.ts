import { afterEach, describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { Failure } from '../../src/exchange/failure.ts'
import { SCOPES, type Owners } from '../../src/exchange/owner.ts'
import { NO_COUNTS, OTHER_UNITS, UNIT_NAMES, type Counts } from '../../src/exchange/units.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import type { KeyAct } from '../../src/store/key-acts.ts'
import { toLedgerText } from '../../src/store/ledger-text.ts'
import { toRequestText } from '../../src/store/request-text.ts'
import type { Expiry, KeyRecord, LedgerRow, RequestRow, Store } from '../../src/store/store.ts'
import type { SavingsGroup, UsageGrouping } from '../../src/store/usage-report.ts'
import { testRequestFacets } from './request-facets.contract.ts'
import { testRequestQueries } from './request-query.contract.ts'
import { MIDNIGHT_MS, requestRow } from './request-row.ts'
import { testResponses } from './response-store.contract.ts'
import { testReplies } from './reply-store.contract.ts'
import { testVault } from './vault-store.contract.ts'
import { testReleases } from './release-store.contract.ts'
import { testSeries } from './series-store.contract.ts'
import { testShadows } from './shadow-store.contract.ts'

/** One store of the driver under test. */
export interface StoreUnderTest {
  readonly store: Store
  readonly dispose: () => Promise<void>
}

const HOUR_MS = 3_600_000
const KEY = 'key000000001'
const IN_SEARCH = { key: KEY, project: 'search' }
/** Something of every unit, each another number. */
const EVERY_UNIT: Counts = {
  ...NO_COUNTS,
  ...Object.fromEntries(UNIT_NAMES.map((unit, index) => [unit, 100 + index])),
}
/** One of every scope. */
const EVERY_OWNER: Owners = Object.fromEntries(SCOPES.map((scope) => [scope, `some ${scope}`]))
const USAGE: Counts = { ...NO_COUNTS, inputTokens: 10, outputTokens: 5 }

/** What a promise was rejected with, or undefined when it was not. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** A ledger row with what matters to a test replaced. */
export function ledgerRow(id: string, changes: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    requestId: 'req_1',
    ordinal: 1,
    atMs: MIDNIGHT_MS,
    owners: { key: KEY },
    route: 'smart',
    target: 'acme/large',
    provider: 'acme',
    model: 'large',
    outcome: 'ok',
    durationMs: 12.5,
    usage: USAGE,
    basis: 'reported',
    costNanoUsd: 1_000n,
    simulated: false,
    ...changes,
  }
}

/** Adds rows to the ledger of a store. */
export function appendRows({ ledger }: Pick<Store, 'ledger'>, rows: readonly LedgerRow[]): Promise<void> {
  return ledger.append(rows.map((row) => toLedgerText(row)))
}

/** A key with what matters to a test replaced. */
export function keyRecord(id: string, changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    name: `key ${id}`,
    secretHmac: 'a'.repeat(64),
    allowedOptions: [],
    limits: {},
    budgets: [],
    createdAtMs: MIDNIGHT_MS,
    ...changes,
  }
}

/** Reads page after page until there is no next one. */
async function allPages<Row>(read: (after?: string) => Promise<{ rows: readonly Row[]; next?: string }>) {
  const rows: Row[] = []
  let after: string | undefined
  do {
    const page = await read(after)
    rows.push(...page.rows)
    after = page.next
  } while (after !== undefined)
  return rows
}

/**
 * Registers what every driver must do. Call it once per driver, inside a test file.
 *
 * @param name shown in the test's name
 * @param open gives a fresh, empty store
 */
export function testStore(name: string, open: () => Promise<StoreUnderTest>): void {
  const opened: StoreUnderTest[] = []
  const fresh = async (): Promise<StoreUnderTest> => {
    const subject = await open()
    opened.push(subject)
    return subject
  }
  afterEach(async () => {
    for (const subject of opened.splice(0)) await subject.dispose()
  })

  describe(`${name}: keys`, () => testKeys(fresh))
  describe(`${name}: ledger`, () => testLedger(fresh))
  describe(`${name}: request log`, () => testRequests(fresh))
  describe(`${name}: requests that are asked for`, () => testRequestQueries(fresh))
  describe(`${name}: requests that are counted`, () => testRequestFacets(fresh))
  describe(`${name}: answers`, () => testResponses(fresh))
  describe(`${name}: replies`, () => testReplies(fresh))
  describe(`${name}: masked values`, () => testVault(fresh))
  describe(`${name}: versions of the configuration`, () => testReleases(fresh))
  describe(`${name}: what came of shadows`, () => testShadows(fresh))
  describe(`${name}: sums for charts`, () => testSeries(fresh))
  describe(`${name}: settings`, () => testSettings(fresh))
  describe(`${name}: what need not be kept`, () => testPruning(fresh))
}

type Fresh = () => Promise<StoreUnderTest>

function act(what: KeyAct['what']): KeyAct {
  return { atMs: 3, what, via: 'api', detail: '' }
}

function testKeys(fresh: Fresh): void {
  test('a key comes back as it was created, amounts beyond 2^53 included', async () => {
    const { store } = await fresh()
    const key = keyRecord('abcdefabcdef', {
      project: 'search',
      models: ['acme/*'],
      operations: ['chat'],
      allowedOptions: ['timeout'],
      limits: { requestsPerMinute: 5, tokensPerMinute: 1000, parallelRequests: 2 },
      only: {
        region: ['eu', 'ch'],
        retention: 0,
        data_policy: 'no-training',
        providers: ['acme'],
        tags: ['gold'],
      },
      queue: { max: 20, waitMs: 30_000 },
      budgets: [
        { window: 'month', limitNanoUsd: 9_007_199_254_740_993n },
        { window: 'total', limitNanoUsd: 0n },
      ],
      expiresAtMs: MIDNIGHT_MS + 1,
    })
    await store.keys.create(key)
    expect(await store.keys.find('abcdefabcdef')).toEqual(key)
    const bare = keyRecord('000000000000')
    await store.keys.create(bare)
    expect(await store.keys.find('000000000000')).toEqual(bare)
    expect(await store.keys.find('zzzzzzzzzzzz')).toBeUndefined()
  })

  test('a second key of the same id is rejected and changes nothing', async () => {
    const { store } = await fresh()
    await store.keys.create(keyRecord('abcdefabcdef', { name: 'first' }))
    expect(await rejection(store.keys.create(keyRecord('abcdefabcdef', { name: 'second' })))).toBeInstanceOf(
      Error,
    )
    expect((await store.keys.find('abcdefabcdef'))?.name).toBe('first')
  })

  test('revoking keeps the first time and tells an unknown key', async () => {
    const { store } = await fresh()
    await store.keys.create(keyRecord('abcdefabcdef'))
    expect(await store.keys.revoke('abcdefabcdef', 7)).toBe(true)
    expect(await store.keys.revoke('abcdefabcdef', 9)).toBe(true)
    expect((await store.keys.find('abcdefabcdef'))?.revokedAtMs).toBe(7)
    expect(await store.keys.revoke('zzzzzzzzzzzz', 7)).toBe(false)
  })

  test('a key is changed as far as it is said, with what was done to it; a revoked one is not', async () => {
    const { store } = await fresh()
    const key = keyRecord('abcdefabcdef', { project: 'support', limits: { requestsPerMinute: 5 } })
    await store.keys.create(key, act('made'))
    const earlier = { secretHmac: key.secretHmac, untilMs: 50 }
    const rotated = { secretHmac: 'new', earlier, rotatedAtMs: 9 }
    expect(await store.keys.change(key.id, rotated, { act: act('rotated'), whose: key.secretHmac })).toBe(
      true,
    )
    // Somebody else rotates it at the same time.
    expect(
      await store.keys.change(
        key.id,
        { secretHmac: 'other' },
        { act: act('rotated'), whose: key.secretHmac },
      ),
    ).toBe(false)
    const terms = { project: undefined, addresses: ['10.0.0.0/8'], limits: { tokensPerMinute: 7 } }
    expect(await store.keys.change(key.id, terms, { act: { ...act('edited'), by: 'ana', via: 'cli' } })).toBe(
      true,
    )
    const { project: _, ...rest } = key
    expect(await store.keys.find(key.id)).toEqual({
      ...rest,
      ...rotated,
      addresses: ['10.0.0.0/8'],
      limits: { tokensPerMinute: 7 },
    })
    expect(await store.keys.revoke(key.id, 60, act('revoked'))).toBe(true)
    expect(await store.keys.revoke(key.id, 61, act('revoked'))).toBe(true)
    expect(await store.keys.change(key.id, { name: 'again' }, { act: act('edited') })).toBe(false)
    const acts = await store.keys.acts(key.id)
    expect(acts.map(({ what }) => what)).toEqual(['revoked', 'edited', 'rotated', 'made'])
    expect(acts[1]).toEqual({ ...act('edited'), by: 'ana', via: 'cli' })
  })

  test('of what was done to a key the latest stay', async () => {
    const { store } = await fresh()
    await store.keys.create(keyRecord('abcdefabcdef'))
    await store.keys.create(keyRecord('000000000000'), act('made'))
    for (let atMs = 0; atMs < LIMITS.keyActs + 5; atMs += 1)
      await store.keys.change('abcdefabcdef', { pausedAtMs: atMs }, { act: { ...act('paused'), atMs } })
    const kept = await store.keys.acts('abcdefabcdef')
    expect(kept.map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: LIMITS.keyActs }, (_, index) => LIMITS.keyActs + 4 - index),
    )
    expect(await store.keys.acts('000000000000')).toHaveLength(1)
  })

  test('when keys were last used is told by the log, and further back by the sums of hours', async () => {
    const { store } = await fresh()
    const owners = { key: 'abcdefabcdef' }
    await store.ledger.append(
      [
        ledgerRow('att_1', { owners, atMs: MIDNIGHT_MS + 5 }),
        ledgerRow('att_2', { owners: { key: '000000000000' }, atMs: MIDNIGHT_MS + 3_700_000 }),
      ].map(toLedgerText),
    )
    await store.requests.append(
      [
        requestRow('req_1', { owners, atMs: MIDNIGHT_MS + 7 }),
        requestRow('req_2', { owners, atMs: MIDNIGHT_MS + 6 }),
      ].map(toRequestText),
    )
    const uses = await store.keys.uses(['abcdefabcdef', '000000000000', 'zzzzzzzzzzzz'])
    expect(uses).toEqual([
      { keyId: 'abcdefabcdef', atMs: MIDNIGHT_MS + 7, isExact: true },
      { keyId: '000000000000', atMs: MIDNIGHT_MS + 3_600_000, isExact: false },
    ])
  })

  test('the version grows with every change and with nothing else', async () => {
    const { store } = await fresh()
    const versions = [await store.keys.version()]
    await store.keys.create(keyRecord('abcdefabcdef'))
    versions.push(await store.keys.version())
    await store.keys.revoke('abcdefabcdef', 7)
    versions.push(await store.keys.version())
    expect(new Set(versions).size).toBe(3)
    expect(versions).toEqual([...versions].sort((left, right) => left - right))
    await store.keys.find('abcdefabcdef')
    await store.keys.revoke('zzzzzzzzzzzz', 7)
    expect(await store.keys.version()).toBe(versions[2] ?? -1)
  })

  test('the keys that changed since a version are told, or that there were too many', async () => {
    const { store } = await fresh()
    const before = await store.keys.version()
    expect(await store.keys.changedSince(before)).toEqual([])
    await store.keys.create(keyRecord('abcdefabcdef'))
    const between = await store.keys.version()
    await store.keys.create(keyRecord('000000000000'))
    await store.keys.revoke('abcdefabcdef', 7)
    expect(await store.keys.changedSince(before)).toEqual(['abcdefabcdef', '000000000000', 'abcdefabcdef'])
    expect(await store.keys.changedSince(between)).toEqual(['000000000000', 'abcdefabcdef'])
    expect(await store.keys.changedSince(-1)).toBeUndefined()
  })

  test('pages run from the newest to the oldest without loss or repetition, also at equal times', async () => {
    const { store } = await fresh()
    for (let index = 0; index < 7; index += 1) {
      await store.keys.create(
        keyRecord(`key00000000${index}`, { createdAtMs: MIDNIGHT_MS + Math.floor(index / 3) }),
      )
    }
    const keys = await allPages((after) =>
      store.keys.list({ limit: 2, ...(after === undefined ? {} : { after }) }),
    )
    expect(keys.map((key) => key.id.at(-1))).toEqual(['6', '5', '4', '3', '2', '1', '0'])
  })

  test("a page that was never given out is the client's mistake", async () => {
    const { store } = await fresh()
    const asked = store.keys.list({ limit: 2, after: "1'; drop table keys" })
    expect(await rejection(asked)).toBeInstanceOf(Failure)
  })
}

function testLedger(fresh: Fresh): void {
  test('a row comes back as it was appended', async () => {
    const { store } = await fresh()
    const full = ledgerRow('att_1', {
      status: 200,
      priceId: 'p1',
      costNanoUsd: 9_007_199_254_740_993n,
      simulated: true,
      basis: 'crash-estimate',
      chargedNanoUsd: 9_007_199_254_740_994n,
      anomalies: 'no-input no-output',
      purpose: 'judge',
      parentId: 'req_0',
      servedTiers: 'fast us',
      begunFor: 'rung',
      rung: 2,
      owners: EVERY_OWNER,
      usage: EVERY_UNIT,
    })
    const { costNanoUsd: _cost, ...bare } = ledgerRow('att_2', { atMs: MIDNIGHT_MS - 1 })
    await appendRows(store, [full, bare])
    expect((await store.ledger.list({ limit: 10 })).rows).toEqual([full, bare])
  })

  test('appending again changes nothing, whether alone, twice in one batch or with other content', async () => {
    const { store } = await fresh()
    await appendRows(store, [ledgerRow('att_1'), ledgerRow('att_1', { costNanoUsd: 5n })])
    await appendRows(store, [ledgerRow('att_1', { costNanoUsd: 7n }), ledgerRow('att_2')])
    const { rows } = await store.ledger.list({ limit: 10 })
    expect(rows.map((row) => [row.id, row.costNanoUsd])).toEqual([
      ['att_2', 1_000n],
      ['att_1', 1_000n],
    ])
  })

  test('absurd numbers do not keep a batch out', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', {
        durationMs: Number.NaN,
        usage: { ...USAGE, inputTokens: Number.POSITIVE_INFINITY, outputTokens: 1.5, pages: 0.5 },
      }),
      ledgerRow('att_2', { costNanoUsd: 2n ** 70n }),
    ])
    expect((await store.ledger.list({ limit: 10 })).rows).toHaveLength(2)
  })

  test('what was asked on behalf of a request is found among the rows of a time, oldest first', async () => {
    const { store } = await fresh()
    const asked = { requestId: 'req_2', purpose: 'judge', parentId: 'req_1' }
    await appendRows(store, [
      ledgerRow('att_1'),
      ledgerRow('att_3', { ...asked, atMs: MIDNIGHT_MS + 9 }),
      ledgerRow('att_2', { ...asked, atMs: MIDNIGHT_MS + 5 }),
      ledgerRow('att_4', { ...asked, atMs: MIDNIGHT_MS + 10 }),
      ledgerRow('att_5', { ...asked, atMs: MIDNIGHT_MS + 5, parentId: 'req_0' }),
    ])
    const found = await store.ledger.askedFor('req_1', { fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + 10 })
    expect(found.map(({ id }) => id)).toEqual(['att_2', 'att_3'])
  })

  test('many appends at once are all there once they resolve', async () => {
    const { store } = await fresh()
    await Promise.all(
      Array.from({ length: 1_200 }, (_, index) => appendRows(store, [ledgerRow(`att_${index}`)])),
    )
    const rows = await allPages((after) =>
      store.ledger.list({ limit: 500, ...(after === undefined ? {} : { after }) }),
    )
    expect(new Set(rows.map((row) => row.id)).size).toBe(1_200)
    expect(rows).toHaveLength(1_200)
  })

  test('spending is summed exactly per key and project from a time on, simulated rows included, unpriced ones as nothing', async () => {
    const { store } = await fresh()
    const big = 9_007_199_254_740_993n
    const { costNanoUsd: _cost, ...unpriced } = ledgerRow('att_5', { owners: IN_SEARCH })
    await appendRows(store, [
      ledgerRow('att_1', { atMs: MIDNIGHT_MS - 1, costNanoUsd: 100n, owners: IN_SEARCH }),
      ledgerRow('att_2', { atMs: MIDNIGHT_MS, costNanoUsd: big, owners: IN_SEARCH }),
      ledgerRow('att_3', { atMs: MIDNIGHT_MS + 1, costNanoUsd: big, simulated: true }),
      ledgerRow('att_4', { costNanoUsd: 7n, owners: { key: 'key000000002', project: 'search' } }),
      unpriced,
    ])
    const key = { scope: 'key', id: 'key000000001' } as const
    const project = { scope: 'project', id: 'search' } as const
    expect(await store.ledger.spentSince(key, MIDNIGHT_MS)).toBe(2n * big)
    expect(await store.ledger.spentSince(key, 0)).toBe(2n * big + 100n)
    expect(await store.ledger.spentSince(project, MIDNIGHT_MS)).toBe(big + 7n)
    expect(await store.ledger.spentSince({ scope: 'project', id: 'none' }, 0)).toBe(0n)
  })

  test('a row with an owner of every scope is summed and listed by each of them', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', { owners: EVERY_OWNER, costNanoUsd: 7n }),
      ledgerRow('att_2', { owners: EVERY_OWNER, costNanoUsd: 3n, atMs: MIDNIGHT_MS + HOUR_MS }),
      ledgerRow('att_3', { owners: {}, costNanoUsd: 5n }),
    ])
    const range = { fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + 2 * HOUR_MS, limit: 10 }
    for (const scope of SCOPES) {
      const id = `some ${scope}`
      expect(await store.ledger.spentSince({ scope, id }, MIDNIGHT_MS)).toBe(10n)
      expect(await store.ledger.spentSince({ scope, id }, MIDNIGHT_MS + HOUR_MS)).toBe(3n)
      const groups = await store.ledger.usage({ ...range, groupBy: scope })
      expect(groups.map(({ name, costNanoUsd }) => [name, costNanoUsd])).toEqual([
        [id, 10n],
        ['', 5n],
      ])
    }
    expect((await store.ledger.list({ limit: 10 })).rows.map(({ owners }) => owners)).toEqual([
      EVERY_OWNER,
      {},
      EVERY_OWNER,
    ])
  })

  test('every unit is summed, whole hours and their ends alike', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', { usage: EVERY_UNIT }),
      ledgerRow('att_2', { usage: EVERY_UNIT, atMs: MIDNIGHT_MS + 1 }),
      ledgerRow('att_3', { usage: EVERY_UNIT, atMs: MIDNIGHT_MS + HOUR_MS + 1 }),
      ledgerRow('att_4', { atMs: MIDNIGHT_MS + HOUR_MS + 2 }),
    ])
    const sumOf = async (fromMs: number, toMs: number): Promise<Counts | undefined> =>
      (await store.ledger.usage({ fromMs, toMs, groupBy: 'model', limit: 10 }))[0]?.usage
    const times = (count: number): Counts => ({
      ...NO_COUNTS,
      ...Object.fromEntries(UNIT_NAMES.map((unit) => [unit, (EVERY_UNIT[unit] ?? 0) * count])),
    })
    expect(await sumOf(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS)).toEqual(times(2))
    expect(await sumOf(MIDNIGHT_MS, MIDNIGHT_MS + HOUR_MS + 2)).toEqual(times(3))
    expect(await sumOf(MIDNIGHT_MS + 1, MIDNIGHT_MS + HOUR_MS)).toEqual(times(1))
    expect(await sumOf(MIDNIGHT_MS + HOUR_MS + 2, MIDNIGHT_MS + HOUR_MS + 3)).toEqual(USAGE)
  })

  test('what is no token and has no price counts as unpriced too', async () => {
    const { store } = await fresh()
    const rows = OTHER_UNITS.map((unit, index) => {
      const { costNanoUsd: _cost, ...row } = ledgerRow(`att_${index}`, { usage: { ...NO_COUNTS, [unit]: 1 } })
      return row
    })
    await appendRows(store, rows)
    const query = { fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy: 'key', limit: 10 } as const
    expect(await store.ledger.usage(query)).toMatchObject([{ unpriced: OTHER_UNITS.length }])
  })

  test('what budgets are charged counts as spent, where it is more than the cost', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', { costNanoUsd: 100n, chargedNanoUsd: 700n, owners: IN_SEARCH }),
      ledgerRow('att_2', { costNanoUsd: 10n, owners: IN_SEARCH }),
    ])
    for (const account of [
      { scope: 'key', id: 'key000000001' },
      { scope: 'project', id: 'search' },
    ] as const)
      expect(await store.ledger.spentSince(account, 0)).toBe(710n)
    const query = { fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy: 'key', limit: 10 } as const
    expect(await store.ledger.usage(query)).toMatchObject([{ costNanoUsd: 110n, chargedNanoUsd: 710n }])
  })

  test('usage counts what was estimated and what cannot be true', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1'),
      ledgerRow('att_2', { basis: 'timed' }),
      ledgerRow('att_3', { basis: 'reported-partial', anomalies: 'no-output' }),
      ledgerRow('att_4', { basis: 'none' }),
    ])
    const query = { fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy: 'key', limit: 10 } as const
    expect(await store.ledger.usage(query)).toMatchObject([{ estimated: 2, anomalous: 1 }])
  })

  test('sums of absurd amounts are summed like any other', async () => {
    const { store } = await fresh()
    const most = 2n ** 63n - 1n
    const absurd = {
      costNanoUsd: most,
      usage: { ...USAGE, inputTokens: 9e18, outputTokens: 9e18 },
      owners: IN_SEARCH,
    }
    await appendRows(store, [
      ...['att_1', 'att_2', 'att_3'].map((id) => ledgerRow(id, absurd)),
      ledgerRow('att_4', { owners: { key: 'key000000002' }, costNanoUsd: 7n }),
    ])
    for (const account of [
      { scope: 'key', id: 'key000000001' },
      { scope: 'project', id: 'search' },
    ] as const)
      expect(await store.ledger.spentSince(account, 0)).toBe(3n * most)
    const query = { fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy: 'key', limit: 10 } as const
    const groups = await store.ledger.usage(query)
    expect(groups.map(({ costNanoUsd }) => costNanoUsd)).toEqual([3n * most, 7n])
    expect(groups[0]?.usage.inputTokens).toBeCloseTo(27e18, -18)
  })

  test('a request lists its own attempts only', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', { requestId: 'req_1' }),
      ledgerRow('att_2', { requestId: 'req_2' }),
      ledgerRow('att_3', { requestId: 'req_1', ordinal: 2, atMs: MIDNIGHT_MS + 1 }),
    ])
    const { rows } = await store.ledger.list({ limit: 10, requestId: 'req_1' })
    expect(rows.map((row) => row.id)).toEqual(['att_3', 'att_1'])
  })

  test('usage keeps real and invented money apart and counts what has no price', async () => {
    const { store } = await fresh()
    const { costNanoUsd: _cost, ...unpriced } = ledgerRow('att_3')
    const { costNanoUsd: _none, ...unused } = ledgerRow('att_4', { usage: NO_COUNTS })
    await appendRows(store, [
      ledgerRow('att_1', { costNanoUsd: 10n, usage: { ...USAGE, cacheReadTokens: 3, reasoningTokens: 2 } }),
      ledgerRow('att_2', { costNanoUsd: 99n, simulated: true }),
      unpriced,
      unused,
      ledgerRow('att_5', { model: 'small', costNanoUsd: 11n }),
      ledgerRow('att_6', { atMs: MIDNIGHT_MS + HOUR_MS, costNanoUsd: 1n }),
    ])
    const range = { fromMs: MIDNIGHT_MS, toMs: MIDNIGHT_MS + HOUR_MS, limit: 10 }
    expect(await store.ledger.usage({ ...range, groupBy: 'model' })).toEqual([
      {
        name: 'small',
        attempts: 1,
        usage: USAGE,
        costNanoUsd: 11n,
        chargedNanoUsd: 11n,
        simulatedNanoUsd: 0n,
        unpriced: 0,
        estimated: 0,
        anomalous: 0,
      },
      {
        name: 'large',
        attempts: 4,
        usage: { ...USAGE, inputTokens: 30, cacheReadTokens: 3, outputTokens: 15, reasoningTokens: 2 },
        costNanoUsd: 10n,
        chargedNanoUsd: 10n,
        simulatedNanoUsd: 99n,
        unpriced: 1,
        estimated: 0,
        anomalous: 0,
      },
    ])
    expect(await store.ledger.usage({ ...range, groupBy: 'model', limit: 1 })).toHaveLength(1)
  })

  test('rows that are appended a second time are not summed again', async () => {
    const { store } = await fresh()
    await appendRows(store, [ledgerRow('att_1', { costNanoUsd: 5n })])
    await appendRows(store, [
      ledgerRow('att_1', { costNanoUsd: 5n }),
      ledgerRow('att_2', { costNanoUsd: 7n }),
    ])
    expect(await store.ledger.spentSince({ scope: 'key', id: 'key000000001' }, 0)).toBe(12n)
    const [group] = await store.ledger.usage({ fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy: 'key', limit: 10 })
    expect(group).toMatchObject({ attempts: 2, costNanoUsd: 12n })
  })

  test('a sum is that of the rows in its time, wherever in an hour it begins and ends', async () => {
    const { store } = await fresh()
    const rows = Array.from({ length: 60 }, (_none, index) =>
      ledgerRow(`att_${index}`, {
        atMs: MIDNIGHT_MS + index * 7 * 60_000 + index,
        costNanoUsd: BigInt(index + 1),
      }),
    )
    await appendRows(store, rows)
    const anywhere = fc.integer({ min: -HOUR_MS, max: 9 * HOUR_MS }).map((ms) => MIDNIGHT_MS + ms)
    const onRow = fc.constantFrom(...rows.map(({ atMs }) => atMs))
    const onHour = fc.integer({ min: -1, max: 9 }).map((hours) => MIDNIGHT_MS + hours * HOUR_MS)
    const moment = fc.oneof(anywhere, onRow, onHour)
    const sumOf = (some: readonly LedgerRow[]): bigint =>
      some.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)
    await fc.assert(
      fc.asyncProperty(moment, moment, async (fromMs, toMs) => {
        const groups = await store.ledger.usage({ fromMs, toMs, groupBy: 'key', limit: 10 })
        const within = rows.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        expect(groups[0]?.costNanoUsd ?? 0n).toBe(sumOf(within))
        const spent = await store.ledger.spentSince({ scope: 'key', id: 'key000000001' }, fromMs)
        expect(spent).toBe(sumOf(rows.filter(({ atMs }) => atMs >= fromMs)))
      }),
    )
  })

  test('usage groups by every dimension, days in UTC and in order', async () => {
    const { store } = await fresh()
    await appendRows(store, [
      ledgerRow('att_1', { atMs: MIDNIGHT_MS - 1, owners: IN_SEARCH }),
      ledgerRow('att_2', { atMs: MIDNIGHT_MS, costNanoUsd: 3n, purpose: 'judge', parentId: 'req_0' }),
    ])
    const names = async (groupBy: UsageGrouping, limit = 10) =>
      (await store.ledger.usage({ fromMs: 0, toMs: MIDNIGHT_MS + 1, groupBy, limit })).map(
        (group) => group.name,
      )
    expect(await names('day')).toEqual(['2026-01-14', '2026-01-15'])
    expect(await names('day', 1)).toEqual(['2026-01-15'])
    expect(await names('project')).toEqual(['search', ''])
    expect(await names('target')).toEqual(['acme/large'])
    expect(await names('key')).toEqual(['key000000001'])
    expect(await names('route')).toEqual(['smart'])
    expect(await names('purpose')).toEqual(['client', 'judge'])
  })
}

function testRequests(fresh: Fresh): void {
  test('a line comes back as it was appended, by its id', async () => {
    const { store } = await fresh()
    const full = requestRow('req_1', {
      stream: true,
      route: 'smart',
      target: 'acme/large',
      owners: EVERY_OWNER,
      keyName: 'demo',
      firstEventMs: 3.5,
      costNanoUsd: 12n,
      simulated: true,
      decision: '{"id":"dec_1"}',
      purpose: 'judge',
      parentId: 'req_0',
      savedNanoUsd: -8_100n,
      cache: 'stale',
    })
    await store.requests.append([full, requestRow('req_2')].map(toRequestText))
    expect(await store.requests.find('req_1')).toEqual(full)
    expect(await store.requests.find('req_2')).toEqual(requestRow('req_2'))
    expect(await store.requests.find('req_3')).toBeUndefined()
  })

  test('what was saved is summed by whatever a line tells, invented money apart, and what cost more taken off', async () => {
    const { store } = await fresh()
    const saved = (id: string, savedNanoUsd: bigint, changes: Partial<RequestRow> = {}): RequestRow =>
      requestRow(id, { route: 'cheap', savedNanoUsd, ...changes })
    const lines = [
      saved('req_1', 500n),
      saved('req_2', -8_100n, { owners: { key: KEY, project: 'search' }, atMs: MIDNIGHT_MS - 1 }),
      saved('req_3', 7n, { simulated: true }),
      saved('req_4', 2_000_000_001n, { route: 'dear', purpose: 'shadow' }),
      saved('req_5', 2n ** 63n - 1n, { atMs: MIDNIGHT_MS - 24 * HOUR_MS }),
      saved('req_6', 2n ** 63n - 1n, { atMs: MIDNIGHT_MS - 24 * HOUR_MS }),
      requestRow('req_7', { route: 'cheap' }),
      // What a kept answer saved is another thing.
      saved('req_8', 40n, { cache: 'hit' }),
      saved('req_9', 2n, { cache: 'stale', simulated: true }),
    ]
    await store.requests.append(lines.map(toRequestText))
    const query = { fromMs: MIDNIGHT_MS - HOUR_MS, toMs: MIDNIGHT_MS + 1, limit: 10 }
    const named = (groups: readonly SavingsGroup[]) =>
      groups.map(({ name, requests, savedNanoUsd }) => [name, requests, savedNanoUsd])
    expect(await store.requests.savings({ ...query, groupBy: 'route' })).toEqual([
      { name: 'dear', requests: 1, savedNanoUsd: 2_000_000_001n, simulatedNanoUsd: 0n },
      { name: 'cheap', requests: 3, savedNanoUsd: -7_600n, simulatedNanoUsd: 7n },
    ])
    expect(named(await store.requests.savings({ ...query, groupBy: 'day' }))).toEqual([
      ['2026-01-14', 1, -8_100n],
      ['2026-01-15', 3, 2_000_000_501n],
    ])
    expect(named(await store.requests.savings({ ...query, groupBy: 'purpose' }))).toEqual([
      ['shadow', 1, 2_000_000_001n],
      ['client', 3, -7_600n],
    ])
    expect(named(await store.requests.savings({ ...query, groupBy: 'project', limit: 1 }))).toEqual([
      ['', 3, 2_000_000_501n],
    ])
    expect(named(await store.requests.savings(query))).toEqual([['total', 4, 1_999_992_401n]])
    expect(named(await store.requests.savings({ ...query, fromMs: 0 }))).toEqual([
      ['total', 6, 2n ** 64n - 2n + 1_999_992_401n],
    ])
    expect(await store.requests.savings({ ...query, fromMs: MIDNIGHT_MS + 1 })).toEqual([])
    expect(await store.requests.savings({ ...query, of: 'cache', groupBy: 'route' })).toEqual([
      { name: 'cheap', requests: 2, savedNanoUsd: 40n, simulatedNanoUsd: 2n },
    ])
  })

  test('the log can be followed in order of writing, whatever the times say', async () => {
    const { store } = await fresh()
    await store.requests.append(
      [requestRow('req_1'), requestRow('req_2', { atMs: MIDNIGHT_MS - HOUR_MS })].map(toRequestText),
    )
    await store.requests.append([toRequestText(requestRow('req_3', { atMs: MIDNIGHT_MS - 2 * HOUR_MS }))])
    const ids = async (after: string | undefined, limit = 10) =>
      (await store.requests.since(after, limit)).rows.map((row) => row.id)
    expect(await ids(undefined)).toEqual(['req_1', 'req_2', 'req_3'])
    expect(await ids('req_1')).toEqual(['req_2', 'req_3'])
    expect(await ids('req_1', 1)).toEqual(['req_2'])
    expect(await ids('req_3')).toEqual([])
  })

  test('rows that are appended while pages are read do not disturb the pages', async () => {
    const { store } = await fresh()
    await store.requests.append(
      Array.from({ length: 5 }, (_, index) =>
        toRequestText(requestRow(`req_${index}`, { atMs: MIDNIGHT_MS + index })),
      ),
    )
    const first = await store.requests.list({ limit: 2 })
    await store.requests.append([toRequestText(requestRow('req_new', { atMs: MIDNIGHT_MS + 100 }))])
    const second = await store.requests.list({ limit: 2, after: first.next ?? '' })
    expect([...first.rows, ...second.rows].map((row) => row.id)).toEqual(['req_4', 'req_3', 'req_2', 'req_1'])
  })
}

function testSettings(fresh: Fresh): void {
  test('the first value of a setting that is set once wins', async () => {
    const { store } = await fresh()
    expect(await store.settings.get('pepper')).toBeUndefined()
    expect(await store.settings.setOnce('pepper', 'one')).toBe('one')
    expect(await store.settings.setOnce('pepper', 'two')).toBe('one')
    await store.settings.set('pepper', 'three')
    expect(await store.settings.get('pepper')).toBe('three')
  })
}

/** What stays for ever, with what a test says differently. */
const FOR_EVER: Expiry = {
  requestsBeforeMs: Number.NEGATIVE_INFINITY,
  requestBytes: Number.POSITIVE_INFINITY,
  responsesBeforeMs: 0,
  shadowsBeforeMs: 0,
  shadowRows: Number.MAX_SAFE_INTEGER,
  seriesMinutesBeforeMs: Number.NEGATIVE_INFINITY,
  seriesHoursBeforeMs: Number.NEGATIVE_INFINITY,
  keysBeforeMs: Number.NEGATIVE_INFINITY,
  keptKey: '',
}

/** Removes batch after batch until nothing is left to remove; gives the number of rows of each. */
async function pruneAll(store: Store, expiry: Partial<Expiry>): Promise<number[]> {
  const batches: number[] = []
  for (let more = true; more && batches.length < 100;) {
    const pruned = await store.prune({ ...FOR_EVER, ...expiry })
    batches.push(pruned.rows)
    more = pruned.more
  }
  return batches
}

function testPruning(fresh: Fresh): void {
  test('lines of the request log that are too old go, a batch at a time, and the ledger stays', async () => {
    const { store } = await fresh()
    const rows = Array.from({ length: 1_200 }, (_, index) => requestRow(`req_${index}`, { atMs: index }))
    await store.requests.append(rows.map(toRequestText))
    await appendRows(store, [ledgerRow('att_1', { atMs: 1 })])
    expect(await pruneAll(store, {})).toEqual([0])
    const batches = await pruneAll(store, { requestsBeforeMs: 1_100 })
    expect(Math.max(...batches)).toBeLessThanOrEqual(500)
    expect(batches.reduce((sum, batch) => sum + batch, 0)).toBe(1_100)
    const left = await allPages((after) =>
      store.requests.list({ limit: 500, ...(after === undefined ? {} : { after }) }),
    )
    expect(left.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 100 }, (_, index) => 1_199 - index))
    expect((await store.ledger.list({ limit: 5 })).rows).toHaveLength(1)
  })

  test('while the request log takes too much room its oldest lines go', async () => {
    const { store } = await fresh()
    const decision = JSON.stringify({ reason: 'x'.repeat(1_000) })
    const rows = Array.from({ length: 4_000 }, (_, index) =>
      requestRow(`req_${index}`, { atMs: index, decision }),
    )
    await store.requests.append(rows.map(toRequestText))
    await pruneAll(store, { requestBytes: 2_000_000 })
    const left = await allPages((after) =>
      store.requests.list({ limit: 500, ...(after === undefined ? {} : { after }) }),
    )
    expect(left.length).toBeGreaterThan(800)
    expect(left.length).toBeLessThan(2_000)
    expect(left[0]?.id).toBe('req_3999')
  })

  test('a batch is small, whatever there is to remove', async () => {
    const { store } = await fresh()
    const rows = Array.from({ length: 300 }, (_, index) => requestRow(`req_${index}`, { atMs: index }))
    await store.requests.append(rows.map(toRequestText))
    for (let index = 0; index < 300; index += 1)
      await store.keys.create(keyRecord(`key${String(index).padStart(9, '0')}`, { expiresAtMs: 5 }))
    const batches = await pruneAll(store, { requestsBeforeMs: 1_000, keysBeforeMs: 10 })
    expect(Math.max(...batches)).toBeLessThanOrEqual(LIMITS.pruneRows)
    expect(batches.reduce((sum, batch) => sum + batch, 0)).toBe(600)
  })

  test('lines of a time when the clock was wrong do not make the others count for more room than they take', async () => {
    const { store } = await fresh()
    const future = requestRow('req_future', { atMs: 9e12 })
    const old = Array.from({ length: 1_000 }, (_, index) => requestRow(`req_old${index}`, { atMs: index }))
    const young = Array.from({ length: 50 }, (_, index) =>
      requestRow(`req_${index}`, { atMs: 5_000 + index }),
    )
    await store.requests.append([future, ...old, ...young].map(toRequestText))
    await pruneAll(store, { requestsBeforeMs: 4_000, requestBytes: 40_000 })
    const { rows } = await store.requests.list({ limit: 100 })
    expect(rows.map(({ id }) => id)).toEqual(young.map(({ id }) => id).toReversed())
  })

  test('keys that were revoked or ran out long ago go, but not the one that must be remembered', async () => {
    const { store } = await fresh()
    await store.keys.create(keyRecord('active000000'))
    await store.keys.create(keyRecord('revoked00000', { revokedAtMs: 5 }))
    await store.keys.create(keyRecord('first0000000', { revokedAtMs: 5 }))
    await store.keys.create(keyRecord('over00000000', { expiresAtMs: 5 }))
    await store.keys.create(keyRecord('recently0000', { revokedAtMs: 50 }))
    const version = await store.keys.version()
    await pruneAll(store, { keysBeforeMs: 10, keptKey: 'first0000000' })
    const { rows } = await store.keys.list({ limit: 10 })
    expect(rows.map(({ id }) => id).sort()).toEqual(['active000000', 'first0000000', 'recently0000'])
    expect((await store.keys.changedSince(version))?.toSorted()).toEqual(['over00000000', 'revoked00000'])
  })
}
