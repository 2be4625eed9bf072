import { expect, test } from 'bun:test'
import { createConditionCompiler } from '../../exchange/compile-condition.ts'
import { readDecision, writeDecision } from '../../exchange/decision-record.ts'
import { sampleEnvelope } from '../../exchange/envelope.fixture.ts'
import { readFacts } from '../../exchange/recorded-facts.ts'
import type { RouteMatch } from '../../exchange/route.ts'
import { sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, routedExchange } from '../samples.fixture.ts'
import { createMatchRoute } from './match-route.ts'

const compile = createConditionCompiler()
const matchOf = (name: string, when: string): RouteMatch => ({
  when: compile(when),
  route: sampleRoute([sampleTarget(`sim/${name}`)], { name }),
})
const exchangeOf = (changes = {}) => routedExchange(sampleRoute([sampleTarget('sim/asked')]), changes)

test('a plan without matches has nothing to ask', () => {
  expect(createMatchRoute(undefined, createRecordingTelemetry())).toBeUndefined()
})

test('the first that holds takes the request; what cannot be said is counted, and stands in the decision', () => {
  const telemetry = createRecordingTelemetry()
  const matches = [
    matchOf('unsaid', "headers['x-a'] == 'b'"),
    matchOf('unmet', "'us' in request.tags"),
    matchOf('met', "'eu' in request.tags"),
    matchOf('behind', "'eu' in request.tags"),
  ]
  const exchange = exchangeOf({ requestOptions: { tags: ['eu'] } })
  expect(createMatchRoute(matches, telemetry)?.(exchange)?.name).toBe('met')
  expect(exchange.trail.steps).toEqual([
    { step: 'match', from: exchange.request.model, to: 'met', failed: ['unsaid'] },
  ])
  expect(Object.fromEntries(telemetry.counts)).toEqual({
    'gatehouse_condition_errors_total{route=unsaid,step=match}': 1,
  })
})

test('what only a match has asked for stands in the record', () => {
  const envelope = sampleEnvelope({ 'x-plan': 'gold' })
  const exchange = exchangeOf({ envelope })
  const matches = [matchOf('gold', "'x-plan' in headers && headers['x-plan'] == 'gold'")]
  expect(createMatchRoute(matches, createRecordingTelemetry())?.(exchange)?.name).toBe('gold')
  expect(readFacts(readDecision(writeDecision(exchange) ?? '') ?? {})?.known.get('headers.x-plan')).toBe(
    'gold',
  )
})

test('what the gateway asks on behalf of others is not led elsewhere', () => {
  const exchange = exchangeOf({ asked: { purpose: 'judge' } })
  const matchRoute = createMatchRoute([matchOf('all', 'true')], createRecordingTelemetry())
  expect(matchRoute?.(exchange)).toBeUndefined()
  expect(exchange.trail.steps).toEqual([])
})
