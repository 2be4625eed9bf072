import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { SCOPES, type Owners } from '../exchange/owner.ts'
import { NO_COUNTS, UNIT_NAMES, type Counts } from '../exchange/units.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { attemptIdIn, LEDGER_COLUMNS, toLedgerText } from './ledger-text.ts'
import { openStore } from './open-store.ts'
import type { LedgerRow } from './store.ts'

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('a', '"', 'é', 'ÿ', '\u0000', '\u2028') }),
)
const amounts = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })

/** Nobody's id is the empty text. */
const owners: fc.Arbitrary<Owners> = fc.record(
  Object.fromEntries(SCOPES.map((scope) => [scope, names.filter((name) => name !== '')])),
  { requiredKeys: [] },
)
const counts: fc.Arbitrary<Counts> = fc
  .record(Object.fromEntries(UNIT_NAMES.map((unit) => [unit, fc.integer({ min: 1 })])), { requiredKeys: [] })
  .map((some) => ({ ...NO_COUNTS, ...some }))

const rows: fc.Arbitrary<LedgerRow> = fc
  .tuple(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 40 }),
      requestId: names,
      ordinal: fc.nat(),
      atMs: fc.nat(),
      owners,
      route: names,
      target: names,
      provider: names,
      model: names,
      simulated: fc.boolean(),
      outcome: names,
      durationMs: fc.integer({ min: 0 }).map((value) => value / 8),
      usage: counts,
      basis: fc.constantFrom('reported', 'reported-partial', 'counted', 'timed', 'crash-estimate', 'none'),
    }),
    fc.record(
      {
        priceId: names,
        status: fc.nat(),
        costNanoUsd: amounts,
        chargedNanoUsd: amounts,
        servedTiers: fc.constantFrom('flex', 'fast us'),
        begunFor: fc.constantFrom('first', 'retry', 'fallback', 'hedge', 'race', 'rung'),
        rung: fc.integer({ min: 1, max: 9 }),
        anomalies: fc.constantFrom('no-input', 'no-input no-output'),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }))

test('any row is in the store as it was before it became a text', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (row) => {
      const store = await openStore({ url: 'memory:', clock: createManualClock() })
      await store.ledger.append([toLedgerText(row)])
      expect((await store.ledger.list({ limit: 2 })).rows).toEqual([row])
      await store.close()
    }),
    { numRuns: 100 },
  )
})

test('a text has a value for each column and knows its attempt', () => {
  for (const row of fc.sample(rows, { numRuns: 20, seed: 4 })) {
    const text = toLedgerText(row)
    expect(JSON.parse(text)).toHaveLength(LEDGER_COLUMNS.length)
    expect(attemptIdIn(text)).toBe(row.id)
  }
  for (const text of ['', '{}', '[]', '[1]', '["att_1"']) expect(attemptIdIn(text)).toBeUndefined()
})

test('a name of absurd length is clipped', () => {
  const [row] = fc.sample(rows, { numRuns: 1, seed: 9 })
  if (row === undefined) throw new Error('no sample')
  expect(toLedgerText({ ...row, model: 'm'.repeat(5_000_000) }).length).toBeLessThan(10_000)
})
