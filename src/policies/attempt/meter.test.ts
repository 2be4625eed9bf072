import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { DEFAULT_OUTPUT_TOKENS } from '../../exchange/target.ts'
import { featuresOf } from '../../exchange/operations/all.ts'
import type { ChunkSource } from '../../exchange/response.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { sampleChat, sampleTarget } from '../../routing/samples.fixture.ts'
import type { LedgerRow } from '../../store/store.ts'
import type { AttemptAdmission, HandleAttempt } from '../policy.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleAttempt,
  sampleExchange,
  sampleUsage,
} from '../samples.fixture.ts'
import { createMeter } from './meter.ts'
import { createWritingSpeeds } from './writing-speeds.ts'

const TARGET = sampleTarget('one/a')
const INPUT_TOKENS = featuresOf(sampleChat()).inputTokens

/** A ledger port that remembers the order of things, and settles when it is told to. */
function createWorld(
  settling: () => Promise<void> = () => Promise.resolve(),
  admissions: readonly AttemptAdmission[] = [],
) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const intents: LedgerRow[] = []
  const rows: LedgerRow[] = []
  const voided: string[] = []
  const meter = createMeter(
    {
      ledger: {
        intend: (intent) => void intents.push(intent),
        settle(row) {
          rows.push(row)
          return settling()
        },
        void: (id) => void voided.push(id),
      },
      costOf: ({ inputTokens, outputTokens }) => BigInt(inputTokens + 10 * outputTokens),
      upperBound: ({ maxOutputTokens }) => BigInt(1_000 + 10 * maxOutputTokens),
      speeds: createWritingSpeeds(),
      clock,
      telemetry,
    },
    admissions,
  )
  return { clock, telemetry, intents, rows, voided, meter }
}

const giving =
  (...chunks: Parameters<typeof playSource>[0]): HandleAttempt =>
  async ({ target }) =>
    respond(target, playSource(chunks))

async function consume(call: HandleAttempt, attempt: Attempt): Promise<ResponseEvent[]> {
  return drain((await call(attempt)).source)
}

/** An admission that remembers what it was told of the attempts that it let through. */
function createGuard() {
  const told: string[] = []
  const admission: AttemptAdmission = () => ({
    onChunk: ({ events }) => void told.push(`${events.length} events`),
    onEnd: (failure) => void told.push(failure?.code ?? 'ok'),
  })
  return { told, admission }
}

describe('who lets attempts through', () => {
  test('sees every chunk and is told of the end', async () => {
    const { told, admission } = createGuard()
    const { meter } = createWorld(undefined, [admission])
    await consume(meter(giving(answer().slice(0, 3), answer().slice(3))), sampleAttempt(TARGET))
    expect(told).toEqual(['3 events', '4 events', 'ok'])
  })

  test('is told of an end before the response began, when the row is written', async () => {
    const { told, admission } = createGuard()
    let release = (): void => {}
    const { meter } = createWorld(() => new Promise((resolve) => (release = resolve)), [admission])
    const call = meter(() => Promise.reject(new Failure('provider-error')))(sampleAttempt(TARGET))
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(told).toEqual([])
    release()
    expect(await call.catch((thrown: unknown) => thrown)).toMatchObject({ code: 'provider-error' })
    expect(told).toEqual(['provider-error'])
  })

  test('is told when somebody after it refuses, and nothing is announced', async () => {
    const { told, admission } = createGuard()
    const refuse: AttemptAdmission = () => {
      throw new Failure('circuit-open')
    }
    const { intents, meter } = createWorld(undefined, [admission, refuse])
    const call = meter(giving(answer()))(sampleAttempt(TARGET))
    expect(await call.catch((thrown: unknown) => thrown)).toMatchObject({ code: 'circuit-open' })
    expect(told).toEqual(['circuit-open'])
    expect(intents).toEqual([])
  })
})

describe('a complete answer', () => {
  test('leaves one row and one entry on the trail, with what was reported', async () => {
    const { rows, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const usage = sampleUsage({ inputTokens: 12, cacheReadTokens: 3, outputTokens: 4, reasoningTokens: 2 })
    await consume(meter(giving(answer('hello', usage))), attempt)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      id: 'att_1',
      requestId: 'req_1',
      ordinal: 1,
      owners: { key: 'key000000001' },
      target: 'one/a',
      provider: 'one',
      model: 'a',
      outcome: 'ok',
      usage: { inputTokens: 12, cacheReadTokens: 3, outputTokens: 4, reasoningTokens: 2 },
      basis: 'reported',
      costNanoUsd: 52n,
      priceId: 'sample',
      simulated: false,
    })
    expect(attempt.exchange.trail.attempts).toMatchObject([
      { id: 'att_1', outcome: 'ok', usage, costNanoUsd: 52n, lane: 'translated' },
    ])
  })

  test('says its lane once an answer began, and none before', async () => {
    const { meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const refused = meter(() => Promise.reject(new Failure('provider-error')))
    await refused(attempt).catch(() => undefined)
    expect(attempt.exchange.trail.attempts[0]?.outcome).toBe('provider-error')
    expect(attempt.exchange.trail.attempts[0]).not.toHaveProperty('lane')
  })

  test('is charged to budgets at what it cost', async () => {
    const { rows, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    await consume(meter(giving(answer())), attempt)
    expect(rows[0]).not.toHaveProperty('chargedNanoUsd')
    expect(attempt.exchange.trail.chargedNanoUsd()).toBe(rows[0]?.costNanoUsd as bigint)
  })

  test('counts in the window in which it began, however long it takes', async () => {
    const { clock, intents, rows, meter } = createWorld()
    const call = meter(async ({ target }) => {
      clock.advance(60_000)
      return respond(target, playSource([answer()]))
    })
    const beganAtMs = clock.nowMs()
    await consume(call, sampleAttempt(TARGET))
    expect(intents[0]?.atMs).toBe(beganAtMs)
    expect(rows[0]).toMatchObject({ atMs: beganAtMs, durationMs: 60_000 })
  })

  test('is announced before anything is sent', async () => {
    const { intents, meter } = createWorld()
    let announced = 0
    const call = meter(async ({ target }) => {
      announced = intents.length
      return respond(target, playSource([answer()]))
    })
    await call(sampleAttempt(TARGET))
    expect(announced).toBe(1)
    expect(intents[0]).toMatchObject({
      id: 'att_1',
      outcome: 'crashed',
      usage: { inputTokens: INPUT_TOKENS },
      basis: 'crash-estimate',
      costNanoUsd: BigInt(INPUT_TOKENS),
      // Budgets of a later life are charged the most that it may have come to.
      chargedNanoUsd: 1_000n + 10n * BigInt(DEFAULT_OUTPUT_TOKENS),
    })
  })

  /** An attempt whose announcement ends as `intend` says, and whether it was sent. */
  const announcing = (intend: () => MaybePromise<void>) => {
    const meter = createMeter(
      {
        ledger: { intend, settle: () => Promise.resolve(), void() {} },
        costOf: () => 0n,
        upperBound: () => 0n,
        speeds: createWritingSpeeds(),
        clock: createManualClock(),
        telemetry: createRecordingTelemetry(),
      },
      [],
    )
    const attempt = { isSent: false, response: Promise.resolve<unknown>(undefined) }
    attempt.response = meter(async ({ target }) => {
      attempt.isSent = true
      return respond(target, playSource([answer()]))
    })(sampleAttempt(TARGET))
    return attempt
  }

  test('nothing is sent when it cannot be announced, at once or at the end of the turn', async () => {
    const failure = new Failure('ledger-unavailable')
    const fails = [
      () => {
        throw failure
      },
      () => Promise.reject(failure),
    ]
    for (const intend of fails) {
      const attempt = announcing(intend)
      expect(await attempt.response.catch((error: unknown) => error)).toBe(failure)
      expect(attempt.isSent).toBe(false)
    }
  })

  test('nothing is sent before its announcement is written', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const attempt = announcing(() => promise)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(attempt.isSent).toBe(false)
    resolve()
    await attempt.response
    expect(attempt.isSent).toBe(true)
  })

  test('its end is not handed on before its row is safe (law 3)', async () => {
    let release = (): void => {}
    const { rows, meter } = createWorld(() => new Promise((resolve) => (release = resolve)))
    const { source } = await meter(giving(answer().slice(0, 3), answer().slice(3)))(sampleAttempt(TARGET))
    expect((await source.next())?.events).toHaveLength(3)
    let isHandedOn = false
    const last = Promise.resolve(source.next()).then((chunk) => {
      isHandedOn = true
      return chunk
    })
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    expect(rows).toHaveLength(1)
    expect(isHandedOn).toBe(false)
    release()
    expect((await last)?.events.at(-1)).toEqual({ type: 'end' })
    expect(await source.next()).toBeUndefined()
  })

  test('is not finished for the client when its row cannot be kept', async () => {
    const { meter } = createWorld(() => Promise.reject(new Failure('ledger-unavailable')))
    const events = await consume(meter(giving(answer())), sampleAttempt(TARGET))
    expect(events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'ledger-unavailable' } })
    expect(events.some(({ type }) => type === 'end')).toBe(false)
  })

  test('without a price is unpriced, which is not zero', async () => {
    const { price: _price, ...unpriced } = TARGET
    const { rows, intents, meter } = createWorld()
    const attempt = sampleAttempt(unpriced)
    await consume(meter(giving(answer())), attempt)
    expect(rows[0]).not.toHaveProperty('costNanoUsd')
    expect(intents[0]).not.toHaveProperty('estimatedCostNanoUsd')
    expect(attempt.exchange.trail.costNanoUsd()).toBeUndefined()
  })

  test('without a report is estimated and says so', async () => {
    const { rows, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const events = answer('x'.repeat(36)).filter(({ type }) => type !== 'usage')
    const told = await consume(meter(giving(events)), attempt)
    expect(rows[0]).toMatchObject({
      basis: 'counted',
      usage: { inputTokens: INPUT_TOKENS, outputTokens: 10 },
    })
    expect(told.slice(-2)).toMatchObject([
      { type: 'usage', usage: { inputTokens: INPUT_TOKENS, outputTokens: 10, estimated: true } },
      { type: 'end' },
    ])
    expect(attempt.notices.all).toEqual([{ code: 'usage.estimated' }])
  })

  test('the same answer in one piece and in many leaves the same row (law 8)', async () => {
    const whole = createWorld()
    await consume(whole.meter(giving(answer())), sampleAttempt(TARGET))
    const pieces = createWorld()
    await consume(pieces.meter(giving(...answer().map((event) => [event]))), sampleAttempt(TARGET))
    expect(pieces.rows).toEqual(whole.rows)
  })

  test('measures the first content and the time spent waiting', async () => {
    const { clock, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const later = (events: readonly ResponseEvent[], ms: number) => async () => {
      clock.advance(ms)
      return { events }
    }
    const call = meter(async ({ target }) => {
      clock.advance(100)
      const chunks = [
        later(answer().slice(0, 2), 10),
        later(answer().slice(2, 3), 20),
        later(answer().slice(3), 30),
      ]
      return respond(target, playSource(chunks))
    })
    await consume(call, attempt)
    expect(attempt.exchange.trail.attempts[0]).toMatchObject({ firstEventMs: 130, durationMs: 160 })
    expect(attempt.exchange.trail.upstreamMs(clock.elapsedMs())).toBe(160)
  })
})

describe('an answer that is none', () => {
  test('becomes an empty-response failure, and its reassuring bytes are withheld', async () => {
    const { rows, meter } = createWorld()
    const source = playSource([
      async () => ({
        events: [{ type: 'start' }, { type: 'end' }],
        wire: new Uint8Array(3),
        eventsInWire: 2,
      }),
    ])
    const response = await meter(async () => respond(TARGET, source))(sampleAttempt(TARGET))
    const chunk = await response.source.next()
    expect(chunk?.events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'empty-response' } })
    expect(chunk).not.toHaveProperty('wire')
    expect(rows[0]).toMatchObject({ outcome: 'empty-response', basis: 'counted' })
  })

  test('a source that stops without an end is a truncated stream', async () => {
    const { rows, meter } = createWorld()
    const events = await consume(meter(giving(answer().slice(0, 3))), sampleAttempt(TARGET))
    expect(events.at(-1)).toMatchObject({ type: 'failure', failure: { code: 'stream-truncated' } })
    expect(rows).toHaveLength(1)
  })
})

describe('a failure', () => {
  test('that was never charged leaves a row with nothing in it', async () => {
    const { rows, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const upstream = { status: 529, family: 'sample' }
    const call = meter(async () => {
      throw new Failure('provider-overloaded', { upstream })
    })
    expect(call(attempt)).rejects.toMatchObject({ code: 'provider-overloaded' })
    await Promise.resolve()
    expect(rows).toMatchObject([
      {
        outcome: 'provider-overloaded',
        status: 529,
        basis: 'none',
        usage: { inputTokens: 0 },
        costNanoUsd: 0n,
      },
    ])
    expect(attempt.exchange.trail.attempts).toMatchObject([{ outcome: 'provider-overloaded', status: 529 }])
    expect(attempt.exchange.trail.attempts[0]).not.toHaveProperty('usage')
  })

  test('in the middle of an answer is charged for what was delivered, then handed on', async () => {
    const { rows, meter } = createWorld()
    const failure = new Failure('stream-truncated')
    const events = await consume(
      meter(giving(answer('x'.repeat(36)).slice(0, 3), [{ type: 'failure', failure }])),
      sampleAttempt(TARGET),
    )
    expect(events.at(-1)).toEqual({ type: 'failure', failure })
    expect(rows).toMatchObject([
      { outcome: 'stream-truncated', basis: 'counted', usage: { outputTokens: 10 } },
    ])
  })

  test('of the request itself, found before sending, withdraws the announcement', async () => {
    const { rows, voided, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const call = meter(async () => {
      throw new Failure('unsupported-feature')
    })
    expect(call(attempt)).rejects.toMatchObject({ code: 'unsupported-feature' })
    await Promise.resolve()
    expect(voided).toEqual(['att_1'])
    expect(rows).toEqual([])
    expect(attempt.exchange.trail.attempts).toEqual([])
  })

  test('keeps its name when its row cannot be kept', async () => {
    const { meter, telemetry } = createWorld(() => Promise.reject(new Failure('ledger-unavailable')))
    const call = meter(async () => {
      throw new Failure('provider-error')
    })
    expect(call(sampleAttempt(TARGET))).rejects.toMatchObject({ code: 'provider-error' })
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect(telemetry.lines).toEqual(['error: an attempt could not be settled'])
  })

  test('of our own inside the stream still leaves a row', async () => {
    const { rows, meter } = createWorld()
    const source: ChunkSource = {
      next: () => Promise.reject(new TypeError('a defect')),
      cancel() {},
    }
    const response = await meter(async () => respond(TARGET, source))(sampleAttempt(TARGET))
    expect(response.source.next()).rejects.toThrow('a defect')
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    expect(rows).toMatchObject([{ outcome: 'internal', basis: 'counted' }])
  })
})

describe('an error that says what it used', () => {
  const usage = sampleUsage({ inputTokens: 70, outputTokens: 3 })
  const charged = {
    basis: 'reported',
    usage: { inputTokens: 70, outputTokens: 3 },
    costNanoUsd: 100n,
  } as const

  test.each(['provider-error', 'provider-rejected', 'provider-rate-limited', 'error-in-success'] as const)(
    'is charged that, in place of an answer and inside of one: %s',
    async (code) => {
      const failure = new Failure(code, { usage })
      const { rows, meter } = createWorld()
      const refused = meter(() => Promise.reject(failure))
      expect(refused(sampleAttempt(TARGET))).rejects.toBe(failure)
      await Promise.resolve()
      await consume(meter(giving([{ type: 'failure', failure }])), sampleAttempt(TARGET))
      await consume(
        meter(giving(answer().slice(0, 3), [{ type: 'failure', failure }])),
        sampleAttempt(TARGET),
      )
      expect(rows).toMatchObject([charged, charged, charged])
      for (const row of rows) expect(row).not.toHaveProperty('chargedNanoUsd')
    },
  )
})

describe('a report that cannot be true', () => {
  const lies = sampleUsage({ inputTokens: 1e15, outputTokens: 1e15 })

  test('is cut down to what can be, marked and told aloud, and the client reads what the ledger holds', async () => {
    const { rows, telemetry, meter } = createWorld()
    const told = await consume(meter(giving(answer('hello', lies))), sampleAttempt(TARGET))
    const [row] = rows
    expect(row).toMatchObject({
      basis: 'reported-partial',
      anomalies: 'input-beyond-request output-beyond-answer',
    })
    expect(row?.usage.inputTokens).toBeWithin(1, 100_000)
    expect(row?.usage.outputTokens).toBeWithin(1, 100_000)
    expect(told.findLast((event) => event.type === 'usage')?.usage.inputTokens).toBe(
      row?.usage.inputTokens ?? 0,
    )
    expect(telemetry.lines).toEqual(['warn: a report of usage cannot be true'])
    expect(
      telemetry.counts.get('gatehouse_usage_anomalies_total{provider=one,anomaly=input-beyond-request}'),
    ).toBe(1)
  })

  test('teaches nothing of how fast the target writes', async () => {
    const { rows, clock, meter } = createWorld()
    const slowly = async () => {
      clock.advance(10_000)
      return { events: answer('hello', lies) }
    }
    await consume(
      meter(async ({ target }) => respond(target, playSource([slowly]))),
      sampleAttempt(TARGET),
    )
    const leaving = await meter(giving(answer()))(sampleAttempt(TARGET))
    clock.advance(10_000)
    leaving.source.cancel(new Failure('client-gone'))
    expect(rows[1]).toMatchObject({ basis: 'timed', usage: { outputTokens: 1_000 } })
  })
})

describe('a client that leaves', () => {
  const gone = new Failure('client-gone')

  test('in silence has cost what the target writes in that time; budgets are charged all that was allowed', async () => {
    const { rows, clock, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const { source } = await meter(giving(answer()))(attempt)
    clock.advance(20_000)
    source.cancel(gone)
    expect(rows).toMatchObject([
      {
        basis: 'timed',
        usage: { outputTokens: 2_000 },
        costNanoUsd: BigInt(INPUT_TOKENS) + 20_000n,
        chargedNanoUsd: 1_000n + 10n * BigInt(DEFAULT_OUTPUT_TOKENS),
      },
    ])
    expect(attempt.exchange.trail.chargedNanoUsd()).toBe(rows[0]?.chargedNanoUsd as bigint)
  })

  test('of a target whose speed was measured has cost what it writes', async () => {
    const { rows, clock, meter } = createWorld()
    const slowly = async () => {
      clock.advance(10_000)
      return { events: answer('hello', sampleUsage({ outputTokens: 300 })) }
    }
    await consume(
      meter(async ({ target }) => respond(target, playSource([slowly]))),
      sampleAttempt(TARGET),
    )
    const { source } = await meter(giving(answer()))(sampleAttempt(TARGET))
    clock.advance(20_000)
    source.cancel(gone)
    expect(rows[1]).toMatchObject({ basis: 'timed', usage: { outputTokens: 600 } })
  })

  test('between words that come slowly has cost the silences too', async () => {
    const { rows, clock, meter } = createWorld()
    const word = async () => {
      clock.advance(5_000)
      return { events: answer('word').slice(2, 3) }
    }
    const inner = playSource([answer().slice(0, 2), word, word])
    const { source } = await meter(async () => respond(TARGET, inner))(sampleAttempt(TARGET))
    for (let pull = 0; pull < 3; pull += 1) await source.next()
    source.cancel(gone)
    expect(rows[0]).toMatchObject({ basis: 'timed', usage: { outputTokens: 1_003 } })
  })

  test('pays for what was told, and for what came since', async () => {
    const { rows, meter } = createWorld()
    const told: ResponseEvent = {
      type: 'usage',
      usage: sampleUsage({ inputTokens: 100, outputTokens: 50 }),
    }
    const inner = playSource([[told], answer('x'.repeat(36)).slice(0, 3), answer().slice(3)])
    const { source } = await meter(async () => respond(TARGET, inner))(sampleAttempt(TARGET))
    await source.next()
    await source.next()
    source.cancel(gone)
    expect(rows).toMatchObject([{ basis: 'reported-partial', usage: { inputTokens: 100, outputTokens: 60 } }])
  })

  test('stops the provider and is charged for what it got, once', async () => {
    const { rows, meter } = createWorld()
    const attempt = sampleAttempt(TARGET)
    const inner = playSource([answer('x'.repeat(72)).slice(0, 3), answer().slice(3)])
    const { source } = await meter(async () => respond(TARGET, inner))(attempt)
    await source.next()
    const gone = new Failure('client-gone')
    source.cancel(gone)
    source.cancel(gone)
    await source.next()
    expect(inner.cancelledBy).toBe(gone)
    expect(rows).toMatchObject([
      { outcome: 'cancelled', basis: 'counted', usage: { inputTokens: INPUT_TOKENS, outputTokens: 20 } },
    ])
    expect(attempt.exchange.trail.attempts).toHaveLength(1)
  })

  test('after the end changes nothing', async () => {
    const { rows, meter } = createWorld()
    const { source } = await meter(giving(answer()))(sampleAttempt(TARGET))
    await drain(source)
    source.cancel(new Failure('client-gone'))
    expect(rows).toMatchObject([{ outcome: 'ok' }])
  })
})

test('counting tokens costs nothing, whether it succeeds, fails or dies with the process', async () => {
  const { intents, rows, meter } = createWorld()
  const chat = sampleChat()
  const exchange = sampleExchange({
    request: { operation: 'count-tokens', model: 'm', chat, stream: false },
  })
  const count: ResponseEvent[] = [{ type: 'token-count', inputTokens: 9, estimated: false }, { type: 'end' }]
  await consume(meter(giving(count)), sampleAttempt(TARGET, { exchange }))
  const reset: HandleAttempt = async () => {
    throw new Failure('connection-reset')
  }
  const thrown: unknown = await meter(reset)(sampleAttempt(TARGET, { exchange })).catch(
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(Failure)
  expect(intents).toMatchObject([{ costNanoUsd: 0n }, { costNanoUsd: 0n }])
  expect(rows).toMatchObject([
    { outcome: 'ok', basis: 'none', costNanoUsd: 0n },
    { outcome: 'connection-reset', basis: 'none', costNanoUsd: 0n },
  ])
})
