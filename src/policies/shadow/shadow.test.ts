import { expect, test } from 'bun:test'
import type { Ask } from '../../exchange/ask.ts'
import type { Constraint } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { singleChunk, type ModelResponse } from '../../exchange/response.ts'
import { createTestSettings } from '../../experiments/canaries.fixture.ts'
import { openShadowPurse } from '../../experiments/shadow-purse.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import type { ShadowRow } from '../../store/shadow-rows.ts'
import { SILENT } from '../../telemetry/silent-telemetry.fixture.ts'
import { routedExchange } from '../samples.fixture.ts'
import { createShadow } from './shadow.ts'

const TARGET = sampleTarget('one/a')
const DOLLAR = 1_000_000_000n
const only: readonly Constraint[] = [{ by: 'request', text: 'eu', allows: () => true }]

async function createWorld(share: number, limitNanoUsd = DOLLAR) {
  const clock = createManualClock()
  const settings = createTestSettings()
  const purse = await openShadowPurse({ settings, clock, telemetry: SILENT })
  const running = { count: 0 }
  const kept: ShadowRow[] = []
  const parents: Exchange[] = []
  const ask: Ask = ({ parent }) => {
    parents.push(parent)
    return Promise.reject(new Failure('no-candidate'))
  }
  const route = sampleRoute([TARGET], {
    shadow: { to: 'other', share, budget: { limitNanoUsd, window: 'day' } },
  })
  const shadow = createShadow({
    resolveRoute: () => route,
    purse,
    upperBound: () => DOLLAR / 10n,
    running,
    keep: (row) => void kept.push(row),
    clock,
    telemetry: SILENT,
  })
  const answer = (failure?: Failure) =>
    shadow(ask)(async (): Promise<ModelResponse> => ({
      from: { kind: 'gateway', model: 'a' },
      headers: {},
      source: singleChunk({
        events: [failure === undefined ? { type: 'end' } : { type: 'failure', failure }],
      }),
    }))
  let count = 0
  const run = async (failure?: Failure): Promise<void> => {
    count += 1
    const { source } = await answer(failure)({ ...routedExchange(route), id: `req_${count}`, only })
    await source.next()
    await Promise.resolve()
    await Promise.resolve()
  }
  return { run, parents, running, kept, settings, clock, purse, route }
}

test('a shadow stays within what the exchange must not leave, and is on nobody’s account', async () => {
  const { run, parents, running, kept } = await createWorld(10_000)
  await run()
  expect(parents).toHaveLength(1)
  expect(parents[0]?.only).toBe(only)
  expect(parents[0]?.caller).toMatchObject({ owners: {}, slots: [], rates: [] })
  await Promise.resolve()
  expect(running.count).toBe(0)
  expect(kept).toMatchObject([{ route: 'sample', shadow: 'other', outcome: 'no-candidate' }])
})

test('what fails has no shadow, and a share is a share', async () => {
  const { run, parents } = await createWorld(2_000)
  await run(new Failure('provider-error'))
  expect(parents).toHaveLength(0)
  for (let index = 0; index < 400; index += 1) await run()
  expect(parents.length).toBeGreaterThan(50)
  expect(parents.length).toBeLessThan(110)
})

test('the purse remembers over a restart what was spent, until its window is over', async () => {
  const { purse, settings, clock, route } = await createWorld(10_000)
  const terms = route.shadow ?? { to: '', share: 0, budget: { limitNanoUsd: 0n, window: 'day' } }
  expect(purse.hold('sample', terms, DOLLAR)).toBe(true)
  expect(purse.hold('sample', terms, 1n)).toBe(false)
  purse.settle('sample', DOLLAR, DOLLAR / 2n)
  expect(purse.hold('sample', terms, DOLLAR / 2n)).toBe(true)
  purse.settle('sample', DOLLAR / 2n, DOLLAR / 2n)
  await purse.close()
  const later = await openShadowPurse({ settings, clock, telemetry: SILENT })
  expect(later.hold('sample', terms, 1n)).toBe(false)
  clock.advance(86_400_000)
  expect(later.hold('sample', terms, DOLLAR)).toBe(true)
})
