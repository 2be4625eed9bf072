import { describe, expect, test } from 'bun:test'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Trail } from '../exchange/trail.ts'
import { Failure } from '../exchange/failure.ts'
import { singleChunk, type ModelResponse } from '../exchange/response.ts'
import type { AuthenticatedCaller, Gateway } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createIds } from '../kit/ids.ts'
import { createSeededRandom } from '../kit/random.ts'
import { createRecordingTelemetry } from '../policies/samples.fixture.ts'
import { CIRCUIT_RULES } from '../routing/circuit.ts'
import { sampleTarget } from '../routing/samples.fixture.ts'
import { createClientApi } from './server.ts'

const ANSWER: ModelResponse = {
  from: { kind: 'provider', target: sampleTarget('one/a'), lane: 'translated' },
  headers: {},
  source: singleChunk({ events: [{ type: 'end' }] }),
}

const CALLER = sampleCaller()
const NO_PLAN: Plan = {
  version: '1',
  routes: new Map(),
  resolveRoute: () => undefined,
  models: [],
  projects: new Map(),
  declaredKeys: [],
  unpriced: 'allow',
  circuit: CIRCUIT_RULES,
}

/** A client API in front of a pipeline that does what the test says. */
function open(run: (exchange: Exchange) => Promise<ModelResponse>, dialect = openaiChat) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const known: AuthenticatedCaller = {
    caller: CALLER,
    plan: NO_PLAN,
    open(inbound) {
      const exchange: Exchange = {
        ...inbound,
        caller: CALLER,
        id: 'req_1',
        startedAtMs: 0,
        startedElapsedMs: 0,
        deadlineAtMs: 1_000,
        trail: new Trail(),
        planVersion: '1',
      }
      return { exchange, enter: () => exchange, run: () => run(exchange) }
    },
  }
  const gateway: Gateway = {
    plan: () => NO_PLAN,
    divide() {},
    swap() {},
    inFlight: () => 0,
    authenticate: () => known,
    enterAs: () => known,
    ask: () => Promise.reject(new Error('nobody asks here')),
  }
  const match = createClientApi({
    gateway,
    dialects: [dialect],
    allows: () => true,
    origins: [],
    bodies: { totalBytes: 1_000_000, addressBytes: 1_000_000 },
    record() {},
    clock,
    ids: createIds(clock, createSeededRandom(1)),
    telemetry,
  })
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] })
  const request = new Request('http://localhost/v1/chat/completions', { method: 'POST', body })
  return { telemetry, answer: () => match.handle(request, { address: '127.0.0.1' }) }
}

describe('a defect', () => {
  test('that ended the exchange is not logged a second time by the client API', async () => {
    const { telemetry, answer } = open(async ({ trail }) => {
      const failure = new Failure('internal', { cause: new TypeError('a defect') })
      trail.end(failure)
      throw failure
    })
    expect((await answer()).status).toBe(500)
    expect(telemetry.lines).toEqual([])
  })

  test('in writing the answer is logged by the client API, because the exchange ended well', async () => {
    const { chat } = openaiChat.codecs
    if (chat === undefined) throw new Error('no chat')
    const encodeResponse = (): never => {
      throw new TypeError('a defect')
    }
    const broken: typeof openaiChat = { ...openaiChat, codecs: { chat: { ...chat, encodeResponse } } }
    const { telemetry, answer } = open(async () => ANSWER, broken)
    const response = await answer()
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('a defect')
    expect(telemetry.lines).toEqual(['error: a request met a defect of the gateway'])
  })

  test('in telling why the exchange failed is told in the dialect of the client, and logged', async () => {
    const { telemetry, answer } = open(async () => {
      throw new Failure('rate-limited', { headers: { 'x-limit': 'no\nheader' } })
    })
    const response = await answer()
    expect(response.status).toBe(500)
    expect(response.headers.get('x-request-id')).toBe('req_1')
    expect(await response.json()).toMatchObject({ error: { code: 'gateway_error' } })
    expect(telemetry.lines).toEqual(['error: a request met a defect of the gateway'])
  })
})
