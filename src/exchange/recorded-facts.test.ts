import { expect, test } from 'bun:test'
import { parseUsd } from '../kit/money.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { sampleChat } from '../routing/samples.fixture.ts'
import { createConditionCompiler } from './compile-condition.ts'
import { readDecision, writeDecision } from './decision-record.ts'
import { sampleEnvelope } from './envelope.fixture.ts'
import type { Exchange } from './exchange.ts'
import { factsOf } from './facts-of.ts'
import { readAsks } from './recorded-asks.ts'
import { readFacts } from './recorded-facts.ts'
import type { RequestOptions } from './request-options.ts'

/** The record of an exchange of which these conditions were asked. */
function recordOf(exchange: Exchange, conditions: readonly string[] = []) {
  const compile = createConditionCompiler()
  const facts = factsOf(exchange)
  if (conditions.length > 0) exchange.trail.noteFacts(facts)
  for (const condition of conditions) compile(condition).holds(facts)
  exchange.trail.decide({ step: 'condition', picked: 'default' })
  return readDecision(writeDecision(exchange) ?? '') ?? {}
}

const factsIn = (record: ReturnType<typeof recordOf>) => Object.fromEntries(readFacts(record)?.known ?? [])

test('a record holds what a request says of itself, and nothing that is empty', () => {
  const exchange = sampleExchange({
    request: sampleChat({
      metadata: { team: 'red' },
      tools: [{ type: 'function', name: 'look' }],
    }),
    requestOptions: { tags: ['eu', 'batch'], session: 's-1', customer: 'acme' },
    envelope: sampleEnvelope({ 'user-agent': 'OpenAI/Python 1.2', 'x-tier': 'gold' }),
  })
  expect(factsIn(recordOf(exchange))).toEqual({
    'request.tools': ['look'],
    'request.turns': 1,
    'request.tags': ['eu', 'batch'],
    'request.session': 's-1',
    'request.customer': 'acme',
    'request.metadata': { team: 'red' },
    'client.name': 'openai',
  })
  expect(factsIn(recordOf(sampleExchange()))).toEqual({ 'request.turns': 1 })
})

test('it holds texts, headers and budgets as far as a condition has read them, but no address and nothing like a secret', () => {
  const envelope = sampleEnvelope({ 'x-tier': 'gold', 'x-team': 'red', 'x-access-token': 'sk-1' })
  const conditions = [
    "headers['x-tier'] == 'lead'",
    "'x-plan' in headers && headers['x-plan'] == 'a'",
    "headers['x-access-token'] == 'x'",
    'request.text.questions > 3',
    'budget.used_percent > 50',
    "client.address == '10.0.0.1'",
  ]
  const facts = factsIn(recordOf(sampleExchange({ envelope }), conditions))
  expect(facts).toEqual({
    'request.turns': 1,
    'headers.x-tier': 'gold',
    'headers.x-plan': undefined,
    'request.text.questions': 1,
    'budget.used_percent': 0,
  })
})

test('what has no room is named, and the rest is there', () => {
  const requestOptions = { tags: ['eu'], session: 's'.repeat(2_000) }
  const record = recordOf(sampleExchange({ requestOptions }))
  expect(factsIn(record)).toEqual({ 'request.turns': 1, 'request.tags': ['eu'] })
  expect([...(readFacts(record)?.unfit ?? [])]).toEqual(['request.session'])
})

test('what a request asks of whoever answers is read as it was asked', () => {
  const requestOptions: RequestOptions = {
    arm: 'trial',
    region: 'eu',
    maxCostNanoUsd: parseUsd('0.02'),
    maxTtftMs: 900,
    minQuality: 0.8,
    prefer: { order: ['us/a'], ignore: ['eu'], allowFallbacks: false, maxPrice: { output: 5_000_000n } },
  }
  const asks = readAsks(recordOf(sampleExchange({ request: sampleChat({ user: 'ada' }), requestOptions })))
  expect(asks).toEqual({ user: 'ada', options: requestOptions, isWhole: true })
  expect(readAsks(recordOf(sampleExchange()))).toEqual({ user: undefined, options: {}, isWhole: true })
  const long = { prefer: { order: Array.from({ length: 99 }, (_, index) => `provider-${index}`) } }
  expect(readAsks(recordOf(sampleExchange({ requestOptions: long }))).isWhole).toBe(false)
})
