import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { readObject, type JsonObject } from '../kit/json.ts'
import {
  envelopeFields,
  failureHeaders,
  hasMessage,
  isOwnCredential,
  verbatimBody,
} from './failure-envelope.ts'

const body = new TextEncoder().encode('{"error":{"message":"no"}}')
const isEnvelope = (held: JsonObject): boolean => hasMessage(readObject(held, 'error'))
const handOn = (failure: Failure, family: string) => verbatimBody(failure, family, isEnvelope)

test('a body is handed on to the same family only, and never when it is about our credential', () => {
  const upstream = { status: 400, family: 'one', body }
  expect(handOn(new Failure('provider-rejected', { upstream }), 'one')).toEqual({ status: 400, body })
  expect(handOn(new Failure('provider-rejected', { upstream }), 'two')).toBeUndefined()
  expect(handOn(new Failure('provider-auth', { upstream }), 'one')).toBeUndefined()
  expect(handOn(new Failure('provider-error'), 'one')).toBeUndefined()
  const page = { ...upstream, body: new TextEncoder().encode('<html>Bad gateway</html>') }
  expect(handOn(new Failure('provider-error', { upstream: page }), 'one')).toBeUndefined()
  for (const text of ['{"detail":"no"}', '{"error":{}}', '{"error":{"message":" "}}', '[1]']) {
    const other = { ...upstream, body: new TextEncoder().encode(text) }
    expect(handOn(new Failure('provider-rejected', { upstream: other }), 'one')).toBeUndefined()
  }
  expect(isOwnCredential('provider-quota')).toBe(true)
})

test('the waits are whole seconds rounded up, and milliseconds', () => {
  expect(failureHeaders(new Failure('overloaded', { retryAfterMs: 1 }))).toMatchObject({
    'retry-after': '1',
    'retry-after-ms': '1',
  })
  expect(failureHeaders(new Failure('internal'))['retry-after']).toBeUndefined()
})

test('the fields hold no more than there is', () => {
  expect(envelopeFields(new Failure('internal'), 'req_1', [])).toEqual({
    origin: 'gateway',
    request_id: 'req_1',
  })
})
