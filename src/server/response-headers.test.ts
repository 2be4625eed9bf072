import { expect, test } from 'bun:test'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { NoticeList } from '../exchange/notice.ts'
import { Trail } from '../exchange/trail.ts'
import type { Target } from '../exchange/target.ts'
import { exchangeHeaders } from './response-headers.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'

const attempt = (id: string, outcome: AttemptResult['outcome']): AttemptResult => ({
  id,
  target: `a/${id}`,
  credential: 'a/default',
  lane: 'native',
  outcome,
  startedMs: 0,
  durationMs: 3.4,
  basis: 'none',
  simulated: false,
})

const target = (id: string): Target => ({
  id,
  provider: 'a',
  model: 'm',
  spoken: [],
  credentials: [],
  timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, silenceMs: 1, totalMs: 1 },
  capabilities: {},
  simulated: false,
})

function headersOf(trail: Trail): Record<string, string> {
  const exchange: Exchange = {
    id: 'req_1',
    dialect: 'd',
    request: { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: false },
    envelope: sampleEnvelope(),
    requestOptions: {},
    caller: sampleCaller(),
    startedAtMs: 0,
    startedElapsedMs: 0,
    deadlineAtMs: 1,
    signal: new AbortController().signal,
    trail,
    planVersion: '1',
  }
  return exchangeHeaders(exchange, 5)
}

test('the head of a stream names the attempt that is still answering', () => {
  const trail = new Trail()
  trail.close(attempt('1', 'connect-failed'))
  trail.serve({ id: '2', target: target('a/2'), notices: new NoticeList() })
  expect(headersOf(trail)['x-gatehouse-attempts']).toBe('2; a/1=connect-failed/3ms, a/2=open')
})

test('an attempt that is over is named once', () => {
  const trail = new Trail()
  trail.close(attempt('1', 'ok'))
  trail.serve({ id: '1', target: target('a/1'), notices: new NoticeList() })
  expect(headersOf(trail)['x-gatehouse-attempts']).toBe('1; a/1=ok/3ms')
})

test('an exchange without an attempt has no list of them', () => {
  expect(headersOf(new Trail())).not.toHaveProperty('x-gatehouse-attempts')
})
