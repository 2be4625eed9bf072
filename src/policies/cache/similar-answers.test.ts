import { expect, test } from 'bun:test'
import { Flights } from '../../caching/flights.ts'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import { DEFAULT_CACHE } from '../../exchange/cache.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { singleChunk, type ModelResponse } from '../../exchange/response.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'
import { Trail } from '../../exchange/trail.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { createTestSettings } from '../../experiments/canaries.fixture.ts'
import { openShadowPurse } from '../../experiments/shadow-purse.ts'
import { createIds } from '../../kit/ids.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createMemoryAnswers } from '../../store/memory/answers.ts'
import { SILENT } from '../../telemetry/silent-telemetry.fixture.ts'
import { routedExchange } from '../samples.fixture.ts'
import { createCacheAnswers } from './cache-answers.ts'
import { openTestSimilar } from './similar-kept.fixture.ts'
import { createSimilarAnswers } from './similar-answers.ts'

const TERMS: SimilarTerms = {
  embeddings: 'one/vectors',
  epsilon: 0.2,
  least: 0.5,
  waitMs: 80,
  budget: { limitNanoUsd: 1_000_000_000n, window: 'day' },
}

/**
 * The cache with similar answers inside, over a model that says what `says` holds; vectors come when a test lets them.
 *
 * @param drawn what chance gives each time: hits are audited where it is small
 */
async function createWorld(drawn = 0.99) {
  const random = { ...createSeededRandom(1), next: () => drawn }
  const clock = createManualClock()
  const [settings, answers] = [createTestSettings(), createMemoryAnswers(1_000_000)]
  const kept = await openTestSimilar(settings)
  const model = { says: 'Ten euros.', calls: 0, embeds: 0, slow: false }
  const slow: (() => void)[] = []
  const next = async ({ request }: Exchange): Promise<ModelResponse> => {
    model.calls += 1
    return {
      from: { kind: 'gateway', model: request.model },
      headers: {},
      source: singleChunk({
        events: [
          { type: 'start', model: 'm' },
          { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text: '' } },
          { type: 'text-delta', choice: 0, index: 0, text: model.says },
          { type: 'block-end', choice: 0, index: 0 },
          { type: 'finish', choice: 0, reason: 'stop' },
          { type: 'usage', usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 } },
          { type: 'end' },
        ],
      }),
    }
  }
  const route = sampleRoute([sampleTarget('one/a')], { cache: { ...DEFAULT_CACHE, similar: TERMS } })
  const similar = createSimilarAnswers({
    ...kept,
    answers,
    resolveRoute: () => route,
    purse: await openShadowPurse({ settings, clock, telemetry: SILENT }),
    upperBound: () => 1n,
    admitAudit: (exchange) => exchange,
    clock,
    ids: createIds(clock, createSeededRandom(2)),
    random,
    telemetry: SILENT,
  })(async ({ request }) => {
    model.embeds += 1
    if (model.slow) await new Promise<void>((resolve) => void slow.push(resolve))
    if (request.operation !== 'embed') throw new Failure('no-candidate')
    const turn = Number(/\d+/.exec(JSON.stringify(request))?.[0] ?? 0)
    const items = [{ type: 'vector', input: 0, encoding: 'float', values: [Math.cos(turn), Math.sin(turn)] }]
    return { head: {}, items, usage: NO_USAGE } as never
  })
  const cached = createCacheAnswers({
    answers,
    flights: new Flights(),
    clock,
    ids: createIds(clock, createSeededRandom(3)),
    telemetry: SILENT,
    admitRefresh: (exchange) => exchange,
  })
  const handle = cached(similar(next))
  const put = async (text: string, changes: Partial<Exchange> = {}): Promise<string> => {
    const request = sampleChat({
      temperature: 0,
      stream: false,
      turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
    })
    const exchange = routedExchange(route, { request, trail: new Trail(), ...changes })
    const { source } = await handle(exchange)
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next());
    await settle()
    const step = exchange.trail.steps.find((one) => one.step === 'similar')
    return `${exchange.trail.cache?.outcome} ${step?.outcome ?? '-'}`
  }
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve()
  }
  const earn = async (): Promise<void> => {
    for (let number = 1; number < 60; number += 1) {
      await put(`What is the price of a box of ${number} eggs?`)
      if ((await put(`How much is a box of ${number} eggs?`)).startsWith('semantic')) return
    }
  }
  return {
    clock,
    model,
    put,
    earn,
    settle,
    kept,
    route,
    release: () => slow.splice(0).forEach((one) => one()),
  }
}

test('a call is delayed by no more than the wait, and its question is remembered when the vector comes', async () => {
  const { clock, model, put, settle, release, kept } = await createWorld()
  model.slow = true
  const answer = put('What is the fee?')
  await settle()
  clock.advance(79)
  await settle()
  expect(model.calls).toBe(0)
  clock.advance(1)
  expect(await answer).toBe('miss late')
  expect(model.calls).toBe(1)
  expect(kept.entries.size).toBe(0)
  release()
  await settle()
  expect(kept.entries.size).toBe(1)
})

test('it is earned by calls that are made anyway, and one owner earns nothing for another', async () => {
  const { model, put, earn } = await createWorld()
  expect(await put('What is the price of a box of 1 eggs?')).toBe('miss none')
  expect(await put('How much is a box of 1 eggs?')).toBe('miss explored')
  await earn()
  const { calls } = model
  await put('What is the price of a box of 70 eggs?')
  expect(await put('How much is a box of 70 eggs?')).toBe('semantic served')
  expect(model.calls).toBe(calls + 1)
  const other = { caller: sampleCaller({ owners: { key: 'x', team: 'other' } }) }
  await put('What is the price of a box of 71 eggs?', other)
  expect(await put('How much is a box of 71 eggs?', other)).toBe('miss explored')
})

test('what is given is not kept under the other question, and a client that wants no kept answer gets none', async () => {
  const { put, earn, kept } = await createWorld()
  await earn()
  await put('What is the price of a box of 70 eggs?')
  const { size } = kept.entries
  for (let time = 0; time < 3; time += 1)
    expect(await put('How much is a box of 70 eggs?')).toBe('semantic served')
  expect(kept.entries.size).toBe(size)
  const wish = (mode: 'off' | 'refresh') => ({ requestOptions: { cache: { mode } } })
  expect(await put('How much is a box of 70 eggs?', wish('off'))).toBe('bypass -')
  expect(await put('How much is a box of 70 eggs?', wish('refresh'))).toBe('refresh -')
})

test('an answer that is too old is not given, and its question is forgotten', async () => {
  const { clock, put, earn, kept } = await createWorld()
  await earn()
  await put('What is the price of a box of 70 eggs?')
  clock.advance(DEFAULT_CACHE.ttlMs)
  const { size } = kept.entries
  expect(await put('How much is a box of 70 eggs?')).toBe('miss none')
  // The old one went and the new one came.
  expect(kept.entries.size).toBe(size)
})

test('audits that find other answers evict them, and where too many do nothing is given any more', async () => {
  const { model, put, earn, kept, route, settle, clock } = await createWorld(0)
  await earn()
  await put('What is the price of a box of 70 eggs?')
  model.says = 'Eleven euros.'
  expect(await put('How much is a box of 70 eggs?')).toBe('semantic served')
  clock.advance(1)
  await settle()
  expect(kept.board.of(route.name, TERMS)?.found.wrong).toBe(1)
  // The entry is gone, and one wrong answer has taken the trust that some thirty right ones had earned.
  expect(await put('How much is a box of 70 eggs?')).toMatch(/^miss (?:none|explored)$/)
})

test('a route that was turned off is only compared as it is', async () => {
  const { put, kept, route, model } = await createWorld()
  for (let time = 0; time < 9; time += 1) kept.board.add(route.name, TERMS, false)
  expect(await put('What is the fee?')).toBe('miss off')
  expect(model.embeds).toBe(0)
})

test('who asks the same at the same time is one question for a vector and one call', async () => {
  const { put, model } = await createWorld()
  const all = await Promise.all(Array.from({ length: 50 }, () => put('What is the fee?')))
  expect(model.embeds).toBe(1)
  expect(model.calls).toBe(1)
  expect(new Set(all)).toEqual(new Set(['miss none', 'coalesced -']))
})
