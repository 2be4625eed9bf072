import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Attempt } from '../exchange/exchange.ts'
import { NoticeList } from '../exchange/notice.ts'
import { Trail } from '../exchange/trail.ts'
import type { Price, Target } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import { NO_COUNTS } from '../exchange/units.ts'
import { Secret } from '../kit/secret.ts'
import { toAttemptIntent, toAttemptRow } from './attempt-row.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'

const price: Price = { id: 'p1', input: 3_000_000n, output: 15_000_000n, simulated: false }

const unpriced: Target = {
  id: 'acme/large',
  provider: 'acme',
  model: 'large',
  spoken: [],
  credentials: [],
  timeouts: { connectMs: 1, firstByteMs: 1, idleMs: 1, silenceMs: 1, totalMs: 1 },
  capabilities: {},
  simulated: false,
}

const attempt: Attempt = {
  id: 'att_1',
  ordinal: 2,
  exchange: {
    id: 'req_1',
    dialect: 'some-chat',
    request: { operation: 'chat', model: 'smart', turns: [], stream: false, wantsUsage: false },
    envelope: sampleEnvelope(),
    requestOptions: {},
    startedAtMs: 1,
    startedElapsedMs: 1,
    deadlineAtMs: 2,
    signal: new AbortController().signal,
    trail: new Trail(),
    planVersion: '1-a',
    caller: sampleCaller({ keyName: 'demo', owners: { key: 'key000000001', project: 'search' } }),
  },
  target: { ...unpriced, price },
  credential: { id: 'acme/main', secret: new Secret('s'), weight: 1 },
  deadlineAtMs: 2,
  signal: new AbortController().signal,
  notices: new NoticeList(),
  freshConnection: false,
  lastResort: false,
}

const attemptWithoutPrice: Attempt = { ...attempt, target: unpriced }

/** Three nano-USD per token of input. */
const costOf = ({ inputTokens }: Usage): bigint => BigInt(3 * inputTokens)

const result: AttemptResult = {
  id: 'att_1',
  target: 'acme/large',
  credential: 'acme/main',
  lane: 'native',
  outcome: 'ok',
  status: 200,
  startedMs: 0,
  durationMs: 10,
  basis: 'reported',
  simulated: false,
}

const identity = {
  id: 'att_1',
  requestId: 'req_1',
  ordinal: 2,
  atMs: 5,
  owners: { key: 'key000000001', project: 'search' },
  route: 'smart',
  target: 'acme/large',
  provider: 'acme',
  model: 'large',
  simulated: false,
} as const

const intentOf = (sent: Attempt) =>
  toAttemptIntent(sent, { atMs: 5, inputTokens: 100, costOf, mostNanoUsd: 900n })

describe('rows of attempts', () => {
  test('an intent is the row of a crash: it estimates the input at its plain price, and charges budgets the most it may cost', () => {
    const facts = { atMs: 5, inputTokens: 100, costOf, mostNanoUsd: 900n }
    const crashed = {
      ...identity,
      outcome: 'crashed',
      durationMs: 0,
      usage: { ...NO_COUNTS, inputTokens: 100 },
      basis: 'crash-estimate',
    } as const
    expect(toAttemptIntent(attempt, facts)).toEqual({
      ...crashed,
      priceId: 'p1',
      costNanoUsd: 300n,
      chargedNanoUsd: 900n,
    })
    expect(toAttemptIntent(attemptWithoutPrice, facts)).toEqual(crashed)
    expect(toAttemptIntent(attemptWithoutPrice, facts)).not.toHaveProperty('costNanoUsd')
  })

  test('a row carries what was used and what the result says it cost', () => {
    const usage = {
      ...NO_USAGE,
      inputTokens: 10,
      inputAudioTokens: 2,
      hiddenInputTokens: 1,
      outputTokens: 5,
      hiddenOutputTokens: 4,
      reasoningTokens: 3,
    }
    expect(toAttemptRow(intentOf(attempt), { ...result, usage, costNanoUsd: 7n })).toEqual({
      ...identity,
      priceId: 'p1',
      outcome: 'ok',
      status: 200,
      durationMs: 10,
      usage,
      basis: 'reported',
      costNanoUsd: 7n,
    })
  })

  test('a row says what budgets are charged instead of the cost, how it was served, and what is wrong with the report', () => {
    const usage: Usage = {
      ...NO_USAGE,
      inputTokens: 10,
      anomalies: ['no-output', 'parts-mismatch'],
      servedTiers: ['fast', 'us'],
    }
    const costs = { costNanoUsd: 7n, chargedNanoUsd: 70n }
    expect(toAttemptRow(intentOf(attempt), { ...result, usage, ...costs })).toMatchObject({
      ...costs,
      anomalies: 'no-output parts-mismatch',
      servedTiers: 'fast us',
    })
    const settled = toAttemptRow(intentOf(attempt), { ...result, usage: NO_USAGE, costNanoUsd: 7n })
    expect(settled).not.toHaveProperty('chargedNanoUsd')
    expect(settled).not.toHaveProperty('anomalies')
  })

  test('a row says why its attempt was begun, where there is something to say', () => {
    expect(intentOf({ ...attempt, begun: { for: 'rung', rung: 2 } })).toMatchObject({
      begunFor: 'rung',
      rung: 2,
    })
    const row = toAttemptRow(intentOf({ ...attempt, begun: { for: 'hedge' } }), result)
    expect(row).toMatchObject({ begunFor: 'hedge' })
    expect(row).not.toHaveProperty('rung')
    expect(intentOf(attempt)).not.toHaveProperty('begunFor')
  })

  test('a row without a cost is unpriced, which is not the same as free', () => {
    const usage = { ...NO_USAGE, inputTokens: 10, estimated: true }
    const row = toAttemptRow(intentOf(attemptWithoutPrice), { ...result, basis: 'counted', usage })
    expect(row).not.toHaveProperty('costNanoUsd')
    expect(row).not.toHaveProperty('priceId')
  })

  test.each([attempt, attemptWithoutPrice])(
    'an attempt that used nothing costs nothing, priced or not',
    (sent) => {
      const row = toAttemptRow(intentOf(sent), {
        ...result,
        basis: 'none',
        outcome: 'connect-failed',
      })
      expect(row).toMatchObject({
        basis: 'none',
        costNanoUsd: 0n,
        usage: NO_COUNTS,
        outcome: 'connect-failed',
      })
    },
  )
})
