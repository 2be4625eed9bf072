import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { readObjects, readString, type JsonObject } from '../kit/json.ts'
import { sampleExchange, sampleResult } from '../policies/samples.fixture.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import { readDecision, writeDecision } from './decision-record.ts'
import { tellStep } from './decision-steps.ts'
import type { DecisionStep } from './decision.ts'
import { NO_FEATURES } from './features.ts'
import { readFacts } from './recorded-facts.ts'
import { loadsAsTold } from './load-view.ts'
import { restsAsTold } from './rest-view.ts'

const RESUME: DecisionStep = { step: 'resume', answers: 1 }

test('a decision is read as it was taken down, step by step', () => {
  const exchange = sampleExchange()
  const { trail } = exchange
  trail.route = 'gpt-*'
  trail.decide({ step: 'alias', from: 'gpt-5', to: 'gpt-*' })
  trail.decide({ step: 'filter', targets: [{ target: 'a/x', reason: 'circuit-open', detail: 'rests 3 s' }] })
  trail.decide({ step: 'rank', strategy: 'weighted', reason: 'weighted-draw', targets: [{ target: 'b/y' }] })
  trail.close(sampleResult({ target: 'b/y', costNanoUsd: 1_500n, chargedNanoUsd: 9n }))
  expect(readDecision(writeDecision(exchange) ?? '')).toEqual({
    v: 4,
    id: 'dec_1',
    route: 'gpt-*',
    planVersion: '1-test',
    facts: { 'request.turns': 1 },
    steps: [
      { step: 'alias', from: 'gpt-5', to: 'gpt-*' },
      { step: 'filter', targets: [{ target: 'a/x', reason: 'circuit-open', detail: 'rests 3 s' }] },
      { step: 'rank', strategy: 'weighted', reason: 'weighted-draw', targets: [{ target: 'b/y' }] },
      expect.objectContaining({ step: 'attempt', target: 'b/y', outcome: 'ok', costUsd: '0.0000015' }),
    ],
  })
})

test('an exchange that was refused before anything was decided leaves none', () => {
  expect(writeDecision(sampleExchange())).toBeUndefined()
})

test('steps beyond the bound are counted', () => {
  const exchange = sampleExchange()
  for (let step = 0; step < LIMITS.decisionSteps + 3; step += 1) exchange.trail.decide(RESUME)
  const record = readDecision(writeDecision(exchange) ?? '') ?? {}
  expect(Number(record['omitted']) + readObjects(record, 'steps').length).toBe(LIMITS.decisionSteps + 3)
})

test('of long lists the first are named and the rest is counted, so that a record is never longer than its bound', () => {
  const { trail, ...rest } = sampleExchange()
  const targets = Array.from({ length: 50 }, (_, index) => ({
    target: `provider/${'model'.repeat(6)}-${index}`,
  }))
  trail.decide({ step: 'alias', from: 'x'.repeat(10_000), to: 'smart' })
  trail.decide({ step: 'filter', targets: targets.map((one) => ({ ...one, reason: 'circuit-open' })) })
  trail.decide({ step: 'rank', strategy: 'ordered', reason: 'first-in-order', targets })
  const read = (): JsonObject => {
    const text = writeDecision({ ...rest, trail }) ?? ''
    expect(text.length).toBeLessThanOrEqual(LIMITS.decisionBytes)
    return readDecision(text) ?? {}
  }
  const [alias, filter, rank] = readObjects(read(), 'steps')
  expect(readString(alias ?? {}, 'from')).toHaveLength(120)
  expect(filter).toMatchObject({ targets: { length: 8 }, more: { 'circuit-open': 42 } })
  expect(rank).toMatchObject({ targets: { length: 8 }, more: 42 })
  expect(tellStep(filter ?? {}).at(-1)).toEqual({ what: 'filter', target: '42 more', reason: 'circuit-open' })
  for (let attempt = 0; attempt < 30; attempt += 1) trail.close(sampleResult({ outcome: 'provider-error' }))
  trail.close(sampleResult({ id: 'att_last' }))
  const short = read()
  expect(readObjects(short, 'steps')[2]).toMatchObject({ step: 'rank', more: 48 })
  expect(readObjects(short, 'steps').at(-1)).toEqual({
    step: 'attempt',
    id: 'att_last',
    target: 'one/a',
    outcome: 'ok',
  })
  expect(Number(short['omitted'])).toBeGreaterThan(0)
})

test('of a hundred steps whose conditions do not hold the first are named, so that nothing else has to make room', () => {
  const exchange = sampleExchange()
  const names = Array.from({ length: 100 }, (_, index) => `step-of-a-certain-length-${index}`)
  const failed = names.slice(0, 3)
  exchange.trail.decide({ step: 'condition', picked: 'last', unmet: names, failed })
  exchange.trail.decide({
    step: 'rank',
    strategy: 'ordered',
    reason: 'first-in-order',
    targets: [{ target: 'a' }],
  })
  exchange.trail.close(sampleResult())
  const record = readDecision(writeDecision(exchange) ?? '') ?? {}
  const [condition, ...rest] = readObjects(record, 'steps')
  expect(rest).toHaveLength(2)
  expect(record).not.toHaveProperty('omitted')
  expect(condition).toEqual({ step: 'condition', picked: 'last', unmet: names.slice(0, 8), failed, more: 92 })
  expect(tellStep(condition ?? {})[0]?.detail).toEndWith(
    '-7; failed: '.concat(failed.join(', '), '; 92 more'),
  )
})

test('what a choice was made from stands in the record, as far as neither the plan nor the id says it', () => {
  const [one, two] = [sampleTarget('a/x'), sampleTarget('b/y')]
  const exchange = sampleExchange()
  exchange.trail.choice = {
    route: sampleRoute([one, two], { fallback: [{ target: one, weight: 1 }] }),
    operation: { name: 'chat' },
    features: { ...NO_FEATURES, inputTokens: 12, tools: true },
    isBudgeted: true,
    affinity: { by: 'session', hash: 7, bound: 2 },
    rests: restsAsTold({ targets: new Map([['b/y', 2_500]]) }),
    load: loadsAsTold(new Map([['inFlight', new Map([['b/y', 7]])]])),
  }
  exchange.trail.decide({ step: 'filter', targets: [{ target: 'a/x', reason: 'key-forbids' }] })
  expect(readDecision(writeDecision(exchange) ?? '')?.['inputs']).toEqual({
    operation: 'chat',
    features: { inputTokens: 12, tools: true },
    budgeted: true,
    affinity: { by: 'session', hash: 7, bound: 2 },
    rests: [1, 2_500],
    loads: { inFlight: [1, 7] },
    barred: [{ reason: 'key-forbids', targets: [0, 2] }],
  })
})

test('a record of version 0.1.0 is read as steps, and nothing in it is lost', () => {
  const attempts = [{ id: 'att_1', target: 'b/y', outcome: 'ok', durationMs: 3, costUsd: '0.01' }]
  const old = {
    id: 'dec_1',
    route: 'smart',
    planVersion: '4-abc',
    strategy: 'ordered',
    candidates: [
      { target: 'b/y', verdict: 'eligible', reason: 'first-in-order' },
      { target: 'c/z', verdict: 'eligible', reason: 'not-needed' },
      { target: 'a/x', verdict: 'filtered', reason: 'context-too-small', detail: 'needs 9, has 8' },
    ],
    attempts,
  }
  expect(readDecision(JSON.stringify(old))).toEqual({
    v: 4,
    id: 'dec_1',
    route: 'smart',
    planVersion: '4-abc',
    steps: [
      { step: 'filter', targets: [{ target: 'a/x', reason: 'context-too-small', detail: 'needs 9, has 8' }] },
      {
        step: 'rank',
        strategy: 'ordered',
        reason: 'first-in-order',
        targets: [{ target: 'b/y' }, { target: 'c/z' }],
      },
      { step: 'attempt', ...attempts[0] },
    ],
  })
})

test('a record of a version to come is shown as it is, and what is no record is none', () => {
  const record = { v: 9, steps: [{ step: 'oracle' }] }
  expect(readDecision(JSON.stringify(record))).toEqual(record)
  expect(readDecision('not a record')).toBeUndefined()
  expect(readString(readDecision('{"id":"dec_1"}') ?? {}, 'id')).toBe('dec_1')
})

test('a record of a version without facts says of none that it is empty', () => {
  const record = readDecision(JSON.stringify({ v: 3, id: 'dec_1', steps: [] }))
  expect(record).toEqual({ v: 4, id: 'dec_1', steps: [] })
  expect(readFacts(record ?? {})).toBeUndefined()
})

test('facts leave the record before the steps that say why, and attempts before facts', () => {
  const metadata = { note: 'n'.repeat(500) }
  const exchange = sampleExchange({ request: sampleChat({ metadata }) })
  const { trail } = exchange
  trail.decide({ step: 'condition', picked: 'one' })
  for (let attempt = 0; attempt < 30; attempt += 1) trail.close(sampleResult({ outcome: 'provider-error' }))
  const kept = readDecision(writeDecision(exchange) ?? '') ?? {}
  expect(readFacts(kept)?.known.get('request.metadata')).toEqual(metadata)
  expect(Number(kept['omitted'])).toBeGreaterThan(0)
  const crowded = sampleExchange({ request: sampleChat({ metadata }) })
  for (let step = 0; step < 12; step += 1)
    crowded.trail.decide({ step: 'condition', picked: `${step % 10}`.repeat(85) })
  crowded.trail.close(sampleResult())
  const bare = readDecision(writeDecision(crowded) ?? '') ?? {}
  expect(readObjects(bare, 'steps')).toHaveLength(13)
  expect(readFacts(bare)).toBeUndefined()
})
