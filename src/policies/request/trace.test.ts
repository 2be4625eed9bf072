import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { parseJsonObject } from '../../kit/json.ts'
import { sampleTarget } from '../../routing/samples.fixture.ts'
import type { RequestRow } from '../../store/store.ts'
import type { HandleExchange } from '../policy.ts'
import {
  admitting,
  sampleAttempt,
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleExchange,
  sampleResult,
} from '../samples.fixture.ts'
import { createTrace } from './trace.ts'

const TARGET = sampleTarget('one/a')

function createWorld(
  next: (exchange: Exchange, advance: (ms: number) => void) => ReturnType<HandleExchange>,
) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const rows: RequestRow[] = []
  const lines: string[] = []
  const trace = createTrace({
    lines: { all: false, write: ({ outcome }) => void lines.push(outcome) },
    record: (row) => void rows.push(row),
    clientStatus: (_exchange, failure) => (failure.code === 'provider-overloaded' ? 529 : failure.status),
    clock,
    telemetry,
  })
  const handle = admitting(trace, (exchange) => next(exchange, (ms) => clock.advance(ms)))
  return { rows, lines, telemetry, handle }
}

/** Fills the trail as the layers below do. */
function leaveTraces({ trail }: Exchange): void {
  trail.route = 'smart'
  trail.serve(sampleAttempt(TARGET))
  trail.beginWait(0)
  trail.endWait(40)
  trail.firstEventMs = 45
  trail.note('param.dropped', 'seed')
  trail.decide({
    step: 'rank',
    strategy: 'ordered',
    reason: 'first-in-order',
    targets: [{ target: 'one/a' }],
  })
  for (const [outcome, costNanoUsd] of [
    ['provider-error', 1_000n],
    ['ok', 176_000n],
  ] as const) {
    trail.close(sampleResult({ lane: 'native', outcome, durationMs: 20, costNanoUsd }))
  }
}

describe('the line of a request', () => {
  test('is written once, at the end, with everything that was found out', async () => {
    const { rows, handle } = createWorld(async (exchange, advance) => {
      leaveTraces(exchange)
      advance(30)
      const later = (ms: number, from: number, to?: number) => async () => {
        advance(ms)
        return { events: answer().slice(from, to) }
      }
      return respond(TARGET, playSource([later(5, 0, 2), later(10, 2, 3), later(15, 3)]))
    })
    const { source } = await handle(
      sampleExchange({ caller: sampleCaller({ owners: { key: 'key000000001', project: 'shop' } }) }),
    )
    await source.next()
    await source.next()
    expect(rows).toEqual([])
    await drain(source)
    source.cancel(new Failure('client-gone'))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      id: 'req_1',
      dialect: 'sample-dialect',
      operation: 'chat',
      stream: true,
      requestedModel: 'sample',
      route: 'smart',
      target: 'one/a',
      owners: { key: 'key000000001', project: 'shop' },
      keyName: 'tests',
      outcome: 'ok',
      status: 200,
      durationMs: 60,
      firstEventMs: 45,
      upstreamMs: 40,
      inputTokens: 20,
      outputTokens: 10,
      costNanoUsd: 177_000n,
      simulated: false,
      attempts: 'one/a=provider-error/20ms, one/a=ok/20ms',
      notices: 'param.dropped=seed',
      planVersion: '1-test',
    })
    expect(parseJsonObject(rows[0]?.decision ?? '')).toMatchObject({
      v: 4,
      id: 'dec_1',
      route: 'smart',
      planVersion: '1-test',
      steps: [
        { step: 'rank', targets: [{ target: 'one/a' }] },
        { step: 'attempt', outcome: 'provider-error' },
        { step: 'attempt', outcome: 'ok', costUsd: '0.000176' },
      ],
    })
  })

  test.each([
    ['a refusal', new Failure('rate-limited'), 'rate-limited', 429],
    [
      'a status that the provider sent',
      new Failure('provider-rejected', { status: 422 }),
      'provider-rejected',
      422,
    ],
    ['a status of the dialect', new Failure('provider-overloaded'), 'provider-overloaded', 529],
    ['a defect', new TypeError('a defect'), 'internal', 500],
  ] as const)('is written for %s', async (_name, thrown, outcome, status) => {
    const { rows, lines, handle } = createWorld(async () => {
      throw thrown
    })
    expect(handle(sampleExchange())).rejects.toMatchObject({ code: outcome })
    await Promise.resolve()
    expect(rows).toMatchObject([{ outcome, status, attempts: '', notices: '' }])
    expect(rows[0]).not.toHaveProperty('target')
    // Mistakes of clients are no lines in the log of the process.
    expect(lines).toEqual(toFailure(thrown).row.source === 'client' ? [] : [outcome])
  })

  test.each([
    [
      'real',
      [{ simulated: true, costNanoUsd: 9n }, { costNanoUsd: 5n }],
      { simulated: false, costNanoUsd: 5n },
    ],
    ['real', [{ costNanoUsd: 5n }, { simulated: true }], { simulated: false, costNanoUsd: 5n }],
    ['invented', [{ simulated: true, costNanoUsd: 9n }], { simulated: true, costNanoUsd: 9n }],
  ])('tells %s money and never the sum of both', async (_kind, attempts, money) => {
    const { rows, handle } = createWorld(async ({ trail }) => {
      for (const attempt of attempts) trail.close(sampleResult(attempt))
      return respond(TARGET, playSource([answer()]))
    })
    await drain((await handle(sampleExchange())).source)
    expect(rows[0]).toMatchObject(money)
  })

  test('is written for a broken stream and for a client that left', async () => {
    const broken = createWorld(async () =>
      respond(TARGET, playSource([[{ type: 'failure', failure: new Failure('idle-timeout') }]])),
    )
    await drain((await broken.handle(sampleExchange())).source)
    expect(broken.rows).toMatchObject([{ outcome: 'idle-timeout', status: 504 }])
    const left = createWorld(async () => respond(TARGET, playSource([answer()])))
    const response = await left.handle(sampleExchange())
    response.source.cancel(new Failure('client-gone'))
    expect(left.rows).toMatchObject([{ outcome: 'client-gone', status: 499 }])
  })
})

describe('the metrics of a request', () => {
  test('count it and measure its time and what the house added', async () => {
    const { telemetry, handle } = createWorld(async ({ trail }, advance) => {
      trail.beginWait(0)
      trail.endWait(40)
      trail.firstEventMs = 45
      advance(50)
      return respond(TARGET, playSource([answer()]))
    })
    await drain((await handle(sampleExchange())).source)
    const labels = 'route=none,dialect=sample-dialect,operation=chat'
    expect(
      telemetry.counts.get(`gatehouse_requests_total{${labels},outcome=ok,status_class=2xx,stream=true}`),
    ).toBe(1)
    expect(telemetry.observed.get(`gatehouse_request_duration_seconds{route=none,outcome=ok}`)).toEqual([
      0.05,
    ])
    expect(telemetry.observed.get('gatehouse_overhead_seconds')).toEqual([0.01])
  })

  test('an answer that another target gave after a failure is told apart, and from whom to whom it went', async () => {
    const { telemetry, handle } = createWorld(async ({ trail }) => {
      trail.route = 'smart'
      trail.close(sampleResult({ target: 'one/a', outcome: 'provider-error' }))
      trail.close(sampleResult({ target: 'one/a', outcome: 'provider-error' }))
      trail.close(sampleResult({ target: 'two/b', outcome: 'outrun' }))
      trail.close(sampleResult({ target: 'one/c' }))
      return respond(TARGET, playSource([answer()]))
    })
    await drain((await handle(sampleExchange())).source)
    const counts = [...telemetry.counts.keys()]
    expect(counts.filter((name) => name.includes('outcome=fallback_ok'))).toHaveLength(1)
    expect(counts.filter((name) => name.includes('fallbacks_total'))).toEqual([
      'gatehouse_fallbacks_total{route=smart,from=one/a,to=two/b,reason=provider-error}',
    ])
  })

  test('a defect is logged with its cause, which the client never sees', async () => {
    const { telemetry, handle } = createWorld(async () => {
      throw new TypeError('a defect')
    })
    expect(handle(sampleExchange())).rejects.not.toHaveProperty('message', 'a defect')
    await Promise.resolve()
    expect(telemetry.lines).toEqual(['error: the gateway failed'])
  })
})
