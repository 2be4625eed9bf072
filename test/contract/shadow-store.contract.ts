import { expect, test } from 'bun:test'
import { LIMITS } from '../../src/kit/limits.ts'
import type { ShadowRow } from '../../src/store/shadow-rows.ts'
import { toShadowText } from '../../src/store/shadow-text.ts'
import type { Expiry, Store } from '../../src/store/store.ts'

const NOON_MS = Date.UTC(2026, 0, 15, 12)
const ALWAYS = { fromMs: 0, toMs: NOON_MS * 2 }
const NONE = { of: 0, agreed: 0 }

/** A comparison with what matters to a test replaced. */
function shadowRow(requestId: string, changes: Partial<ShadowRow> = {}): ShadowRow {
  return {
    requestId,
    atMs: NOON_MS,
    route: 'support',
    shadow: 'cheap',
    shown: 'acme/large',
    target: 'acme/small',
    outcome: 'compared',
    durationMs: 100,
    shadowMs: 50,
    simulated: false,
    shadowSimulated: false,
    ...changes,
  }
}

/** Registers what every driver must do with what came of shadows. */
export function testShadows(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async () => {
    const { store } = await fresh()
    const add = (...rows: readonly ShadowRow[]): Promise<void> => store.shadows.append(rows.map(toShadowText))
    return { store, add }
  }

  test('a comparison comes back as it was appended, and once however often', async () => {
    const { store, add } = await open()
    const full = shadowRow('req_1', {
      costNanoUsd: 2n ** 63n - 1n,
      shadowCostNanoUsd: 0n,
      simulated: true,
      shadowSimulated: true,
      length: 0,
      shadowLength: 7,
      sameRefusal: false,
      sameTools: true,
      sameJson: false,
      jaccard: 0.25,
      agrees: false,
    })
    const { target: _target, ...bare } = shadowRow('req_2', { outcome: 'provider-error' })
    await add(full, bare)
    await add({ ...full, outcome: 'provider-error' })
    expect((await store.shadows.list({ limit: 10 })).rows).toEqual([bare, full])
  })

  test('lists are of a time and a route, a page at a time, newest first', async () => {
    const { store, add } = await open()
    await add(
      ...Array.from({ length: 5 }, (_, index) => shadowRow(`req_${index}`, { atMs: NOON_MS + index })),
      shadowRow('req_other', { route: 'other' }),
      shadowRow('req_old', { atMs: NOON_MS - 1 }),
    )
    const query = { fromMs: NOON_MS, toMs: NOON_MS + 4, route: 'support' }
    const first = await store.shadows.list({ ...query, limit: 3 })
    const second = await store.shadows.list({ ...query, limit: 3, after: first.next ?? '' })
    expect([...first.rows, ...second.rows].map(({ requestId }) => requestId)).toEqual([
      'req_3',
      'req_2',
      'req_1',
      'req_0',
    ])
    expect(second.next).toBeUndefined()
  })

  test('a report tells how often both agree where that can be told, what each costs and how long it takes', async () => {
    const { store, add } = await open()
    await add(
      ...Array.from({ length: 20 }, (_, index) =>
        shadowRow(`req_${index}`, {
          durationMs: index + 1,
          shadowMs: 100 * (index + 1),
          agrees: index >= 5,
          sameRefusal: true,
          jaccard: index / 20,
          ...(index < 10 ? { sameTools: index >= 5 } : {}),
          costNanoUsd: 10n,
          ...(index < 15 ? { shadowCostNanoUsd: 1n } : {}),
        }),
      ),
      shadowRow('req_sim', {
        simulated: true,
        shadowSimulated: true,
        costNanoUsd: 5n,
        shadowCostNanoUsd: 7n,
        durationMs: 1,
        shadowMs: 1,
      }),
      // Invented and real money is not compared.
      shadowRow('req_mixed', {
        shadowSimulated: true,
        costNanoUsd: 5n,
        shadowCostNanoUsd: 7n,
        durationMs: 1,
        shadowMs: 1,
      }),
      shadowRow('req_a', { outcome: 'provider-error', shadowMs: 1e6 }),
      shadowRow('req_b', { outcome: 'provider-error', costNanoUsd: 1_000n, shadowCostNanoUsd: 1_000n }),
      shadowRow('req_c', { outcome: 'no-candidate' }),
      shadowRow('req_d', { shadow: 'dear', outcome: 'no-candidate' }),
    )
    const [cheap, dear] = await store.shadows.report(ALWAYS)
    expect(cheap).toMatchObject({
      route: 'support',
      shadow: 'cheap',
      requests: 25,
      compared: 22,
      failures: { 'provider-error': 2, 'no-candidate': 1 },
      agreement: { of: 20, agreed: 15 },
      refusal: { of: 20, agreed: 20 },
      tools: { of: 10, agreed: 5 },
      json: NONE,
      cost: { requests: 15, costNanoUsd: 150n, shadowCostNanoUsd: 15n },
      simulatedCost: { requests: 1, costNanoUsd: 5n, shadowCostNanoUsd: 7n },
      median: { durationMs: 9, shadowMs: 900 },
      slow: { durationMs: 19, shadowMs: 1_900 },
    })
    expect(cheap?.jaccard).toBeCloseTo(0.475)
    expect(dear).toEqual({
      route: 'support',
      shadow: 'dear',
      requests: 1,
      compared: 0,
      failures: { 'no-candidate': 1 },
      agreement: NONE,
      refusal: NONE,
      tools: NONE,
      json: NONE,
      cost: { requests: 0, costNanoUsd: 0n, shadowCostNanoUsd: 0n },
      simulatedCost: { requests: 0, costNanoUsd: 0n, shadowCostNanoUsd: 0n },
    })
    expect(await store.shadows.report({ ...ALWAYS, route: 'nobody' })).toEqual([])
    expect(await store.shadows.report({ fromMs: NOON_MS + 1, toMs: NOON_MS * 2 })).toEqual([])
  })

  test('what is too old or too much goes, a batch at a time, the oldest first', async () => {
    const { store, add } = await open()
    await add(...Array.from({ length: 900 }, (_, index) => shadowRow(`req_${index}`, { atMs: index })))
    const pruneAll = async (expiry: Pick<Expiry, 'shadowsBeforeMs' | 'shadowRows'>): Promise<number> => {
      const series = { seriesMinutesBeforeMs: 0, seriesHoursBeforeMs: 0 }
      const rest = {
        ...series,
        requestsBeforeMs: 0,
        requestBytes: Infinity,
        responsesBeforeMs: 0,
        keysBeforeMs: 0,
      }
      let removed = 0
      for (;;) {
        const { rows, more } = await store.prune({ ...rest, keptKey: '', ...expiry })
        expect(rows).toBeLessThanOrEqual(LIMITS.pruneRows)
        removed += rows
        if (!more) return removed
      }
    }
    expect(await pruneAll({ shadowsBeforeMs: 0, shadowRows: 900 })).toBe(0)
    expect(await pruneAll({ shadowsBeforeMs: 300, shadowRows: 900 })).toBe(300)
    expect(await pruneAll({ shadowsBeforeMs: 0, shadowRows: 50 })).toBe(550)
    const { rows } = await store.shadows.list({ limit: 100 })
    expect(rows.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 50 }, (_, index) => 899 - index))
  })
}
