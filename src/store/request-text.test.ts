import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { SCOPES, type Owners } from '../exchange/owner.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { openStore } from './open-store.ts'
import { REQUEST_COLUMNS, toRequestText } from './request-text.ts'
import type { RequestRow } from './store.ts'

const names = fc.string({ unit: 'binary', maxLength: 300 })
const spans = fc.nat().map((value) => value / 8)

/** Nobody's id is the empty text. */
const owners: fc.Arbitrary<Owners> = fc.record(
  Object.fromEntries(SCOPES.map((scope) => [scope, fc.string({ unit: 'binary', minLength: 1 })])),
  { requiredKeys: [] },
)

const rows: fc.Arbitrary<RequestRow> = fc
  .tuple(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 40 }),
      atMs: fc.nat(),
      dialect: names,
      operation: names,
      stream: fc.boolean(),
      requestedModel: names,
      owners,
      outcome: names,
      status: fc.nat(),
      durationMs: spans,
      upstreamMs: spans,
      inputTokens: fc.nat(),
      outputTokens: fc.nat(),
      estimated: fc.boolean(),
      simulated: fc.boolean(),
      attempts: names,
      notices: names,
      planVersion: names,
    }),
    fc.record(
      {
        route: names,
        target: names,
        keyName: names,
        firstEventMs: spans,
        costNanoUsd: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        savedNanoUsd: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        decision: names,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }))

test('any line is in the store as it was before it became a text', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (row) => {
      const store = await openStore({ url: 'memory:', clock: createManualClock() })
      await store.requests.append([toRequestText(row)])
      expect((await store.requests.list({ limit: 2 })).rows).toEqual([row])
      await store.close()
    }),
    { numRuns: 100 },
  )
})

test('a text has a value for each column, and a model name of absurd length is clipped', () => {
  for (const row of fc.sample(rows, { numRuns: 20, seed: 4 })) {
    expect(JSON.parse(toRequestText(row))).toHaveLength(REQUEST_COLUMNS.length)
    expect(toRequestText({ ...row, requestedModel: 'm'.repeat(5_000_000) }).length).toBeLessThan(20_000)
  }
})
