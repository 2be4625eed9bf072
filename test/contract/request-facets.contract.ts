import { expect, test } from 'bun:test'
import { LIMITS } from '../../src/kit/limits.ts'
import { FACET_FIELDS, type FacetField } from '../../src/store/request-facets.ts'
import type { Condition } from '../../src/store/request-query.ts'
import { toRequestText } from '../../src/store/request-text.ts'
import type { RequestRow, Store } from '../../src/store/store.ts'
import { MIDNIGHT_MS, requestRow } from './request-row.ts'

/** Registers what every driver must do where lines are counted by their values, or looked for beside another. */
export function testRequestFacets(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async (...lines: readonly RequestRow[]): Promise<Store> => {
    const { store } = await fresh()
    await store.requests.append(lines.map(toRequestText))
    return store
  }
  const routes = (...names: readonly string[]): Condition => ({
    field: 'route',
    tests: names.map((is) => ({ is })),
  })

  test('lines are counted by each field that has one value, the most frequent first', async () => {
    const decision = JSON.stringify({ v: 3, facts: { 'request.session': 's', 'client.name': 'agent' } })
    const full: Partial<RequestRow> = {
      route: 'support',
      target: 'acme/large',
      decision,
      cache: 'hit',
      owners: { key: 'k', project: 'p', user: 'u', customer: 'c', team: 't', organisation: 'o' },
    }
    const store = await open(requestRow('req_1', full), requestRow('req_2', full), requestRow('req_3'))
    const counted = async (field: FacetField) => (await store.requests.facet({ field, names: 9 })).values
    for (const field of FACET_FIELDS) expect([field, (await counted(field)).length]).toEqual([field, 1])
    expect(await counted('provider')).toEqual([{ value: 'acme', requests: 2 }])
    expect(await counted('client')).toEqual([{ value: 'agent', requests: 2 }])
    expect(await counted('key')).toEqual([{ value: 'k', requests: 2 }])
    // Everybody has an outcome.
    expect(await counted('outcome')).toEqual([{ value: 'ok', requests: 3 }])
  })

  test('values beyond those that are told are counted, and conditions and the time hold', async () => {
    const store = await open(
      ...['a', 'b', 'b', 'c', 'c', 'c'].map((route, index) =>
        requestRow(`req_${index}`, {
          route,
          atMs: MIDNIGHT_MS + index,
          outcome: index === 5 ? 'overloaded' : 'ok',
        }),
      ),
    )
    expect(await store.requests.facet({ field: 'route', names: 2 })).toEqual({
      values: [
        { value: 'c', requests: 3 },
        { value: 'b', requests: 2 },
      ],
      others: 1,
    })
    const narrow = { conditions: [{ field: 'outcome', tests: [{ is: 'ok' }] } as const] }
    const { values } = await store.requests.facet({
      field: 'route',
      names: 9,
      ...narrow,
      fromMs: MIDNIGHT_MS + 1,
    })
    expect(values).toEqual([
      { value: 'b', requests: 2 },
      { value: 'c', requests: 2 },
    ])
  })

  test('no more lines are counted than one may, and the answer says which', async () => {
    const most = LIMITS.facetRows
    const lines = Array.from({ length: most + 5 }, (_, index) => {
      const facts = { 'client.name': index < 5 ? 'old' : 'new' }
      return requestRow(`req_${index}`, {
        atMs: MIDNIGHT_MS + index,
        decision: JSON.stringify({ v: 3, facts }),
      })
    })
    const store = await open(...lines)
    expect(await store.requests.facet({ field: 'client', names: 9 })).toEqual({
      values: [{ value: 'new', requests: most }],
      others: 0,
      lookedAt: { rows: most, atMs: MIDNIGHT_MS + 5 },
    })
  }, 30_000)

  test('the lines beside one are those next to it among what is asked for', async () => {
    const store = await open(
      ...['a', 'b', 'a', 'b', 'a'].map((route, index) =>
        // Two began at the same moment.
        requestRow(`req_${index}`, { route, atMs: MIDNIGHT_MS + (index === 3 ? 2 : index) }),
      ),
    )
    const beside = (id: string, ...conditions: readonly Condition[]) =>
      store.requests.neighbours(id, { conditions })
    expect(await beside('req_2')).toEqual({ newer: 'req_3', older: 'req_1' })
    expect(await beside('req_2', routes('a'))).toEqual({ newer: 'req_4', older: 'req_0' })
    // It need not be one of them itself.
    expect(await beside('req_2', routes('b'))).toEqual({ newer: 'req_3', older: 'req_1' })
    expect(await beside('req_4', routes('a'))).toEqual({ older: 'req_2' })
    expect(await beside('req_0')).toEqual({ newer: 'req_1' })
    expect(await beside('req_none')).toEqual({})
  })
}
