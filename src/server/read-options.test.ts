import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import type { Json } from '../kit/json.ts'
import { readRequestOptions } from './read-options.ts'

function refusalOf(written: Json, headers: Record<string, string> = {}): Failure | undefined {
  try {
    readRequestOptions(headers, written)
    return undefined
  } catch (thrown) {
    return thrown instanceof Failure ? thrown : undefined
  }
}

test('options are read from the body and from headers, and the body wins', () => {
  const headers = {
    'x-gatehouse-strict': 'true',
    'x-gatehouse-tags': 'a, b',
    'x-gatehouse-session': 's',
  }
  const written = { strict: false, timeout_ms: 500, no_fallback: true, customer: 'c' }
  expect(readRequestOptions(headers, written)).toEqual({
    strict: false,
    timeoutMs: 500,
    noFallback: true,
    customer: 'c',
    tags: ['a', 'b'],
    session: 's',
  })
  expect(readRequestOptions({}, undefined)).toEqual({})
  expect(readRequestOptions({}, null)).toEqual({})
})

test('an option is never ignored: wrong names, wrong values and a field that is no object are refused', () => {
  expect(refusalOf({ no_falback: true })?.message).toContain("'no_fallback'")
  for (const written of [true, 'strict', 1, [{ strict: true }]])
    expect(refusalOf(written)?.details.param).toBe('gatehouse')
  for (const timeout of [0, -1, 1.5, 'soon', 900_001, true, [5], '0x10', ' 5', '']) {
    expect(refusalOf({ timeout_ms: timeout })?.details.param).toBe('gatehouse.timeout_ms')
  }
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    const written = JSON.parse(`{"${name}":true}`) as Json
    expect(refusalOf(written)?.code).toBe('invalid-request')
  }
  expect(refusalOf({}, { 'x-gatehouse-strict': 'maybe' })?.details.param).toBe('x-gatehouse-strict')
})
