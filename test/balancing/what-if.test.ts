import { describe, expect, test } from 'bun:test'
import { runWhatIf } from '../../src/insight/run-what-if.ts'
import type { WhatIfTally } from '../../src/insight/what-if-tally.ts'
import type { Plan } from '../../src/gateway/plan.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { drawRequests, planOf, run, type SimulatedModel } from './bill.ts'

const REQUESTS = 2_000
const SEEDS = [1, 2, 3, 4]
/** Of the bill. */
const MOST_ERROR = 0.05
const NANO = 1e9

const MODELS: Readonly<Record<string, SimulatedModel>> = {
  big: { input: 3, output: 12, wordiness: 1 },
  mid: { input: 1, output: 4, wordiness: 1.4 },
  small: { input: 0.2, output: 0.8, wordiness: 2 },
}

const weighted = (big: number, mid: number, small: number): string =>
  `{ strategy: weighted, affinity: none, targets: [{ model: p/big, weight: ${big} }, { model: p/mid, weight: ${mid} }, { model: p/small, weight: ${small} }] }`

const NOW = `  smart: ${weighted(4, 3, 3)}`

/** The file as it was changed, by what was changed in it. */
const DRAFTS: Readonly<Record<string, string>> = {
  'another strategy': '  smart: { strategy: cheapest, targets: [p/big, p/mid, p/small] }',
  'another order': '  smart: { targets: [p/mid, p/big] }',
  'other weights': `  smart: ${weighted(1, 8, 1)}`,
  'a split by session':
    '  smart: { targets: [p/big], split: { by: session, arms: { stable: 70, trial: { share: 30, targets: [p/small] } } } }',
  'a step for a tag': `  smart: { steps: [{ name: bulk, when: "'bulk' in request.tags", targets: [p/small] }, { name: rest, targets: [p/big] }] }`,
}

/** A log of so many lines, read page by page as that of a store. */
function logOf(rows: readonly RequestRow[]) {
  const newestFirst = rows.toReversed()
  return {
    async list({ limit, after = '0' }: { readonly limit: number; readonly after?: string }) {
      const from = Number(after)
      const page = newestFirst.slice(from, from + limit)
      return { rows: page, ...(from + limit < rows.length && { next: String(from + limit) }) }
    },
  }
}

function whatIf(rows: readonly RequestRow[], draft: Plan, current: Plan): Promise<WhatIfTally> {
  const scope = { last: Number.POSITIVE_INFINITY, fromMs: 0, toMs: Number.POSITIVE_INFINITY }
  // @ts-expect-error -- no more of the store is asked for
  return runWhatIf({ requests: logOf(rows), keys: logOf([]) }, { draft, current }, scope)
}

describe.each(SEEDS)('what a changed file would cost, of the requests of seed %d', (seed) => {
  const current = planOf(MODELS, NOW)
  const requests = drawRequests(REQUESTS, seed)
  const recorded = run(current, MODELS, requests)

  test('is what it cost where nothing is changed', async () => {
    const { rows, billedUsd } = await recorded
    const { real, moved, unchanged, unknown } = await whatIf(rows, planOf(MODELS, `${NOW}\n`), current)
    expect(unknown).toEqual([])
    // Turns by weight begin anew.
    expect(unchanged + moved).toBe(REQUESTS)
    expect(real.recorded / NANO).toBeCloseTo(billedUsd, 3)
    expect(Math.abs(real.expected / real.recorded - 1)).toBeLessThan(MOST_ERROR)
  })

  test.each(Object.keys(DRAFTS))('is told within 5 %% of what is billed then, for %s', async (name) => {
    const draft = planOf(MODELS, DRAFTS[name] ?? '')
    const { rows } = await recorded
    const { real, moved } = await whatIf(rows, draft, current)
    const { billedUsd } = await run(draft, MODELS, requests)
    expect(moved).toBeGreaterThan(0)
    expect(Math.abs(real.expected / NANO / billedUsd - 1)).toBeLessThan(MOST_ERROR)
  })
})
