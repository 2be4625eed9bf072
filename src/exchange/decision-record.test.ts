import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { readObjects, readString } from '../kit/json.ts'
import { sampleExchange, sampleResult } from '../policies/samples.fixture.ts'
import { readDecision, writeDecision } from './decision-record.ts'

test('a decision is read as it was taken down, step by step', () => {
  const exchange = sampleExchange()
  const { trail } = exchange
  trail.route = 'gpt-*'
  trail.decide({ step: 'alias', from: 'gpt-5', to: 'gpt-*' })
  trail.decide({ step: 'filter', targets: [{ target: 'a/x', reason: 'circuit-open', detail: 'rests 3 s' }] })
  trail.decide({ step: 'rank', strategy: 'weighted', reason: 'weighted-draw', targets: [{ target: 'b/y' }] })
  trail.close(sampleResult({ target: 'b/y', costNanoUsd: 1_500n, chargedNanoUsd: 9n }))
  expect(readDecision(writeDecision(exchange) ?? '')).toEqual({
    v: 2,
    id: 'dec_1',
    route: 'gpt-*',
    planVersion: '1-test',
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
  for (let step = 0; step < LIMITS.decisionSteps + 3; step += 1) exchange.trail.close(sampleResult())
  const record = readDecision(writeDecision(exchange) ?? '') ?? {}
  expect(readObjects(record, 'steps')).toHaveLength(LIMITS.decisionSteps)
  expect(record['omitted']).toBe(3)
  expect(exchange.trail.attempts).toHaveLength(LIMITS.decisionSteps + 3)
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
    v: 2,
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
