import { afterAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_COUNTS } from '../../src/exchange/units.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { createJournalFiles } from '../../src/ledger/journal-files.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { SILENT } from '../../src/telemetry/silent-telemetry.fixture.ts'

const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-left-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** Unpacks what a version left behind; gives the directory. */
function unpack(version: string): string {
  const directory = join(scratch, version)
  mkdirSync(join(directory, 'journal'), { recursive: true })
  const packed = join(import.meta.dir, version)
  for (const name of readdirSync(packed)) {
    const file = name.slice(0, -'.gz'.length)
    const place = file.endsWith('.wal') ? join(directory, 'journal') : directory
    writeFileSync(join(place, file), Bun.gunzipSync(readFileSync(join(packed, name))))
  }
  return directory
}

function openStoreIn(directory: string): Promise<Store> {
  return openStore({ url: `sqlite:${join(directory, 'gatehouse.db')}`, clock: systemClock, flushWithinMs: 1 })
}

/** Replays the journal into the store, as a start does; gives what was found. */
async function replayInto(store: Store, directory: string) {
  const ledger = await openLedger({
    files: createJournalFiles(systemClock),
    directory: join(directory, 'journal'),
    store: store.ledger,
    clock: systemClock,
    telemetry: SILENT,
    durability: 'standard',
  })
  await ledger.close()
  return ledger.replayed
}

test('what 0.1.0 left behind when it was killed is all there after opening it with this version', async () => {
  const directory = unpack('0.1.0')
  const store = await openStoreIn(directory)
  const before = await store.ledger.list({ limit: 100 })
  expect(before.rows).toHaveLength(5)
  expect(await replayInto(store, directory)).toEqual({
    segments: 1,
    settled: 8,
    crashed: 2,
    tornBytes: 120,
    damaged: 0,
  })

  const { rows } = await store.ledger.list({ limit: 100 })
  expect(rows).toEqual(expect.arrayContaining([...before.rows]))
  expect(rows.map(({ model, outcome, basis, costNanoUsd }) => [model, outcome, basis, costNanoUsd])).toEqual([
    ['smart', 'ok', 'reported', 182_000n],
    ['smart', 'ok', 'reported', 182_000n],
    ['smart', 'ok', 'reported', 182_000n],
    ['slow', 'crashed', 'crash-estimate', 12_000n],
    ['slow', 'crashed', 'crash-estimate', 12_000n],
    ['flaky', 'ok', 'reported', 171_000n],
    ['smart', 'ok', 'reported', 178_000n],
    ['echo', 'ok', 'reported', 35_000n],
    ['smart', 'ok', 'reported', 181_000n],
    ['smart', 'ok', 'reported', 82_000n],
  ])
  expect(rows[0]).toEqual({
    id: 'att_01M8K7NJKR74682BM1NPRH0RDZ',
    requestId: 'req_01M8K7NJKR7NM428ZQ56QREK8G',
    ordinal: 1,
    atMs: 1_795_941_911_160,
    owners: { key: '2BSwxRYMDuaJ' },
    route: 'sim/smart',
    target: 'sim/smart',
    provider: 'sim',
    model: 'smart',
    outcome: 'ok',
    durationMs: 1.0636819999999716,
    usage: { ...NO_COUNTS, inputTokens: 14, outputTokens: 42 },
    basis: 'reported',
    costNanoUsd: 182_000n,
    priceId: 'simulated/smart/1',
    simulated: true,
  })
  expect(await store.ledger.spentSince({ scope: 'project', id: 'search' }, 0)).toBe(59_000n)

  const keys = (await store.keys.list({ limit: 10 })).rows
  expect(keys.map(({ name, revokedAtMs }) => [name, revokedAtMs !== undefined])).toEqual([
    ['retired', true],
    ['helpdesk', false],
    ['dev', false],
  ])
  expect(keys[1]).toMatchObject({
    project: 'search',
    models: ['sim/*'],
    limits: { requestsPerMinute: 60 },
    budgets: [{ window: 'day', limitNanoUsd: 5_000_000_000n }],
  })
  const requests = (await store.requests.list({ limit: 10 })).rows
  expect(requests.map(({ requestedModel, status }) => `${requestedModel} ${status}`)).toEqual([
    'sim/flaky 200',
    'nothing/such 404',
    'sim/smart 200',
    'sim/echo 200',
    'sim/smart 200',
    'sim/smart 200',
  ])
  expect(await store.settings.get('pepper')).toMatch(/^[0-9a-f]{64}$/)
  await store.close()

  const again = await openStoreIn(directory)
  expect(await replayInto(again, directory)).toMatchObject({ segments: 0, settled: 0 })
  expect((await again.ledger.list({ limit: 100 })).rows).toEqual(rows)
  await again.close()
})

test('what a build between 0.1.0 and 0.2.0 left behind is all there after opening it with this version', async () => {
  const directory = unpack('before-0.2.0')
  const store = await openStoreIn(directory)
  const before = await store.ledger.list({ limit: 100 })
  expect(before.rows).toHaveLength(5)
  expect(await replayInto(store, directory)).toMatchObject({ settled: 8, crashed: 2, damaged: 0 })

  const { rows } = await store.ledger.list({ limit: 100 })
  expect(rows).toEqual(expect.arrayContaining([...before.rows]))
  expect(
    rows.map(({ model, outcome, basis, costNanoUsd, chargedNanoUsd }) => [
      model,
      outcome,
      basis,
      costNanoUsd,
      chargedNanoUsd,
    ]),
  ).toEqual([
    ['slow', 'crashed', 'crash-estimate', 14_000n, 32_800_000n],
    ['slow', 'crashed', 'crash-estimate', 14_000n, 32_800_000n],
    ['reason', 'ok', 'reported', 1_032_000n, undefined],
    ['smart', 'ok', 'reported', 182_000n, undefined],
    ['smart', 'ok', 'reported', 182_000n, undefined],
    ['fault?kind=truncate-mid-stream&after=3', 'stream-truncated', 'counted', 26_000n, 32_800_000n],
    ['echo', 'ok', 'reported', 34_000n, undefined],
    ['smart', 'ok', 'reported', 182_000n, undefined],
    ['reason', 'ok', 'reported', 1_032_000n, undefined],
    ['smart', 'ok', 'reported', 182_000n, undefined],
  ])
  expect(await store.ledger.spentSince({ scope: 'project', id: 'search' }, 0)).toBe(34_230_000n)
  const groups = await store.ledger.usage({ fromMs: 0, toMs: 2e12, groupBy: 'project', limit: 10 })
  expect(groups).toMatchObject([
    {
      name: 'search',
      attempts: 5,
      usage: { inputTokens: 70, outputTokens: 131, reasoningTokens: 24 },
      simulatedNanoUsd: 1_444_000n,
    },
    {
      name: '',
      attempts: 5,
      usage: { inputTokens: 70, outputTokens: 129, reasoningTokens: 24 },
      simulatedNanoUsd: 1_436_000n,
    },
  ])
  const requests = (await store.requests.list({ limit: 10 })).rows
  expect(requests.map(({ requestedModel, status }) => `${requestedModel} ${status}`)).toEqual([
    'sim/fault?kind=truncate-mid-stream&after=3 502',
    'nothing/such 404',
    'sim/echo 200',
    'sim/smart 200',
    'sim/reason 200',
    'sim/smart 200',
  ])
  await store.close()
})
