import { expect, test } from 'bun:test'
import { sampleEnvelope } from '../../exchange/envelope.fixture.ts'
import { cacheControlsOf } from './cache-controls.ts'

const END = Number.POSITIVE_INFINITY

function read(headers: Readonly<Record<string, string>>): readonly [string, number, number] {
  const { mode, maxAgeMs, mostTtlMs } = cacheControlsOf(sampleEnvelope(headers))
  return [mode, maxAgeMs, mostTtlMs]
}

test.each([
  ['', 'on', END],
  ['no-store', 'off', END],
  ['No-Cache', 'refresh', END],
  ['only-if-cached', 'only', END],
  ['max-age=60', 'on', 60_000],
  [' no-cache , max-age = 5', 'refresh', 5_000],
  ['no-cache, no-store', 'off', END],
  ['max-age="60"', 'on', 60_000],
  [`max-age=${'9'.repeat(400)}`, 'on', END],
  // What is no number is no permission to be old.
  ['max-age=-1', 'on', 0],
  ['max-age=NaN', 'on', 0],
  ['max-age=1e9', 'on', 0],
  ['max-age', 'on', 0],
  // Nothing that only reads like a directive is one.
  ['x-no-store, not-no-cache, smax-age=0', 'on', END],
  [',,=,==;"', 'on', END],
  ['no-stor,'.repeat(10_000), 'on', END],
] as const)('Cache-Control: %.40s', (control, mode, maxAgeMs) => {
  expect(read({ 'cache-control': control })).toEqual([mode, maxAgeMs, END])
})

test('headers of other gateways say the same, as far as they take away', () => {
  expect(read({ 'cf-aig-skip-cache': 'true' })).toEqual(['off', END, END])
  expect(read({ 'cf-aig-skip-cache': 'false' })).toEqual(['on', END, END])
  expect(read({ 'x-portkey-cache-force-refresh': 'True' })).toEqual(['refresh', END, END])
  expect(read({ 'x-portkey-cache-force-refresh': 'True', 'cache-control': 'no-store' })[0]).toBe('off')
  expect(read({ 'cf-aig-cache-ttl': '300' })).toEqual(['on', END, 300_000])
  for (const none of ['0', '-1', 'NaN', '', '5m']) expect(read({ 'cf-aig-cache-ttl': none })[0]).toBe('off')
})
