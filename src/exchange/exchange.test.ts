import { expect, test } from 'bun:test'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { sampleChat } from '../routing/samples.fixture.ts'
import { clientBytes, requestBytes, requestFeatures } from './exchange.ts'

const LONG = sampleChat({
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'word '.repeat(1_000) }] }],
})

test('the bytes of a client stand for the request that was read from them, and for no other', () => {
  const exchange = sampleExchange()
  expect(clientBytes(exchange)).toBe(exchange.raw)
  expect(clientBytes({ ...exchange, planVersion: '2' })).toBe(exchange.raw)
  expect(clientBytes({ ...exchange, request: LONG })).toBeUndefined()
})

test('what a request needs is worked out once, and anew for a request in its place', () => {
  const exchange = sampleExchange()
  const features = requestFeatures(exchange)
  expect(requestFeatures(exchange)).toBe(features)
  const replaced = { ...exchange, request: LONG }
  expect(requestFeatures(replaced).inputTokens).toBeGreaterThan(1_000)
  expect(requestFeatures(exchange)).toEqual(features)
})

test('a request that nobody has sent is as long as it would be written', () => {
  expect(requestBytes({ ...sampleExchange(), request: LONG })).toBeGreaterThan(5_000)
})

test('of what layers say about reading and rewriting the closest holds, whatever the order', () => {
  const { trail } = sampleExchange()
  expect(trail.contentAccess).toBe('none')
  trail.claimContent('read')
  expect(trail.contentAccess).toBe('read')
  trail.claimContent('rewrite')
  trail.claimContent('read')
  expect(trail.contentAccess).toBe('rewrite')
})
