import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { FAILURES, isFailureCode, failureRow, type FailureCode } from '../../exchange/failure-table.ts'
import { sampleUsage } from '../samples.fixture.ts'
import { billedUsage, type BillingTerms } from './billed-usage.ts'
import { createObservation, observeUsage, type Observation } from './observe.ts'

const INPUT = 100
const TERMS: BillingTerms = {
  inputTokens: INPUT,
  mostOutputTokens: 4_000,
  mostWrittenTokens: 3_000,
  tokensPerSecond: 50,
}

/** What was seen of a response. */
const seen = (changes: Partial<Observation>): Observation => ({ ...createObservation(), ...changes })

/** An answer that has begun and reported so much. */
function reporting(
  usage: Parameters<typeof sampleUsage>[0],
  isFinal: boolean,
  changes: Partial<Observation> = {},
): Observation {
  const observation = seen({ isAnswered: true, ...changes })
  observeUsage(observation, sampleUsage(usage), isFinal)
  return observation
}

const codes = Object.keys(FAILURES).filter(isFailureCode)

describe('every failure of a provider', () => {
  test.each(codes.filter((code) => failureRow(code).source === 'provider'))(
    '%s before any content is charged as its row says',
    (code) => {
      const { basis, usage } = billedUsage(seen({}), TERMS, new Failure(code))
      const { billed } = failureRow(code)
      expect(basis).toBe(billed === 'estimate' ? 'counted' : 'none')
      expect(usage?.inputTokens).toBe(billed === 'estimate' ? INPUT : undefined)
    },
  )

  test.each(codes)('%s after content is charged for what was delivered, and budgets for more', (code) => {
    const observed = seen({ isAnswered: true, characters: 360 })
    expect(billedUsage(observed, TERMS, new Failure(code))).toMatchObject({
      basis: 'counted',
      usage: { inputTokens: INPUT, outputTokens: 100, estimated: true },
      mostOutputTokens: 4_000,
    })
  })

  test.each(codes)('%s is charged no less than the provider has told', (code) => {
    const told = reporting({ inputTokens: 100, outputTokens: 50 }, false, { characters: 36 })
    const { usage } = billedUsage(told, TERMS, new Failure(code))
    expect(usage).toMatchObject({ inputTokens: 100, outputTokens: 50 })
    const early = reporting({ inputTokens: 100, outputTokens: 50 }, false)
    expect(billedUsage(early, TERMS, new Failure(code)).usage).toMatchObject({
      inputTokens: 100,
      outputTokens: 50,
    })
  })

  test.each(codes)('%s that comes with its usage is charged that', (code) => {
    const told = reporting({ inputTokens: 70, outputTokens: 3 }, true)
    expect(billedUsage(told, TERMS, new Failure(code))).toEqual({
      basis: 'reported',
      usage: sampleUsage({ inputTokens: 70, outputTokens: 3 }),
    })
  })
})

describe('a stream that we hang up on', () => {
  const begun = (silentMs: number): Observation => seen({ isAnswered: true, characters: 360, silentMs })
  const billed = (cancelled: BillingTerms['cancelled'], code: FailureCode = 'outrun') =>
    billedUsage(begun(2_000), { ...TERMS, cancelled }, new Failure(code))

  test('is charged what came where the provider stops then, and budgets what may be on its way', () => {
    expect(billed('stops')).toMatchObject({
      basis: 'counted',
      usage: { inputTokens: INPUT, outputTokens: 100, estimated: true },
      mostOutputTokens: 3_000,
    })
  })

  test('is charged what was written and not shown where the provider charges for that', () => {
    expect(billed('bills-generated')).toMatchObject({
      basis: 'timed',
      usage: { outputTokens: 200 },
      mostOutputTokens: 3_000,
    })
  })

  test.each([undefined, 'bills-whole'] as const)(
    'may be charged to its end where that is %p',
    (cancelled) => {
      expect(billed(cancelled)).toMatchObject({ usage: { outputTokens: 200 }, mostOutputTokens: 4_000 })
    },
  )

  test('keeps the input that the provider told in its first event', () => {
    const told = reporting({ inputTokens: 77, outputTokens: 1 }, false)
    expect(billedUsage(told, { ...TERMS, cancelled: 'stops' }, new Failure('outrun'))).toMatchObject({
      basis: 'reported-partial',
      usage: { inputTokens: 77, estimated: true },
    })
  })

  test('is not one that the provider broke off', () => {
    expect(billed('stops', 'connection-reset').mostOutputTokens).toBe(4_000)
  })
})

describe('a complete answer', () => {
  test('is charged as reported', () => {
    expect(billedUsage(reporting({}, true, { frames: 5 }), TERMS)).toEqual({
      basis: 'reported',
      usage: sampleUsage(),
    })
  })

  test('without a report is counted; budgets are charged what can have been written unseen in its time', () => {
    expect(billedUsage(seen({ isAnswered: true, frames: 7 }), TERMS)).toMatchObject({
      basis: 'counted',
      usage: { inputTokens: INPUT, outputTokens: 7 },
      mostOutputTokens: 3_000,
    })
  })

  test('that reported only on its way is counted from there', () => {
    const early = reporting({ inputTokens: 40, outputTokens: 1 }, false)
    early.frames += 7
    expect(billedUsage(early, TERMS)).toMatchObject({
      basis: 'reported-partial',
      usage: { inputTokens: 40, outputTokens: 8, estimated: true },
    })
  })

  test('with content and a report of no output is counted, and the report is marked', () => {
    const silent = reporting({ inputTokens: 40, outputTokens: 0 }, true, { frames: 7 })
    expect(billedUsage(silent, TERMS)).toMatchObject({
      basis: 'reported-partial',
      usage: { inputTokens: 40, outputTokens: 7, estimated: true, anomalies: ['no-output'] },
    })
    const empty = reporting({ inputTokens: 40, outputTokens: 0 }, true)
    expect(billedUsage(empty, TERMS)).toEqual({
      basis: 'reported',
      usage: sampleUsage({ inputTokens: 40, outputTokens: 0 }),
    })
  })

  test('with content and a report of no input is charged the estimate of it, and the report is marked', () => {
    const silent = reporting({ inputTokens: 0, outputTokens: 9 }, true, { frames: 7 })
    expect(billedUsage(silent, TERMS)).toMatchObject({
      basis: 'reported-partial',
      usage: { inputTokens: INPUT, outputTokens: 9, estimated: true, anomalies: ['no-input'] },
      mostOutputTokens: 9,
    })
  })

  test('with content and a report of nothing at all is counted', () => {
    const silent = reporting({ inputTokens: 0, outputTokens: 0 }, true, { frames: 7 })
    expect(billedUsage(silent, TERMS).usage).toMatchObject({
      inputTokens: INPUT,
      outputTokens: 7,
      anomalies: ['no-input', 'no-output'],
    })
  })
})

describe('an answer that is cut', () => {
  const gone = new Failure('client-gone')

  test('early report and delivered text: what was delivered since is added', () => {
    const early = reporting({ inputTokens: 40, outputTokens: 30 }, false, { characters: 36 })
    early.characters += 36
    expect(billedUsage(early, TERMS, gone)).toMatchObject({
      basis: 'reported-partial',
      usage: { inputTokens: 40, outputTokens: 40, estimated: true },
      mostOutputTokens: 4_000,
    })
  })

  test('after the final report it is what was reported', () => {
    const whole = reporting({}, true, { characters: 9_999 })
    expect(billedUsage(whole, TERMS, gone)).toEqual({ basis: 'reported', usage: sampleUsage() })
  })

  test('between its end and its report it is counted like a complete one', () => {
    const ended = seen({ isAnswered: true, isFinished: true, characters: 36, silentMs: 20_000 })
    expect(billedUsage(ended, TERMS, gone)).toMatchObject({
      basis: 'counted',
      usage: { outputTokens: 10 },
      mostOutputTokens: 3_000,
    })
  })

  test('before any answer the input is charged, since the provider may have read it', () => {
    expect(billedUsage(seen({}), TERMS, gone)).toMatchObject({
      basis: 'counted',
      usage: { inputTokens: INPUT, outputTokens: 0 },
      mostOutputTokens: 4_000,
    })
  })

  test('after twenty seconds of silence it has cost what is written in twenty seconds', () => {
    const thinking = seen({ isAnswered: true, silentMs: 20_000 })
    expect(billedUsage(thinking, TERMS, gone)).toMatchObject({
      basis: 'timed',
      usage: { outputTokens: 1_000, estimated: true },
    })
    const spoken = seen({ isAnswered: true, silentMs: 20_000, frames: 30 })
    expect(billedUsage(spoken, TERMS, gone).usage?.outputTokens).toBe(1_030)
  })

  test('time never leads beyond the most that was allowed, and never below what was delivered', () => {
    const long = seen({ isAnswered: true, silentMs: 200_000 })
    expect(billedUsage(long, TERMS, gone).usage?.outputTokens).toBe(4_000)
    const beyond = seen({ isAnswered: true, silentMs: 200_000, frames: 5_000 })
    expect(billedUsage(beyond, TERMS, gone)).toMatchObject({
      basis: 'counted',
      usage: { outputTokens: 5_000 },
      mostOutputTokens: 5_000,
    })
  })

  test('a report of no input on the way is filled with the estimate', () => {
    const early = reporting({ inputTokens: 0, outputTokens: 1 }, false)
    expect(billedUsage(early, TERMS, gone).usage).toMatchObject({ inputTokens: INPUT, outputTokens: 1 })
  })
})

test('reports grow: one that says less than the one before does not undo it, and is marked', () => {
  const observed = reporting({ inputTokens: 100, outputTokens: 50 }, false)
  observeUsage(observed, sampleUsage({ inputTokens: 0, outputTokens: 2 }), true)
  expect(observed.usage).toMatchObject({
    inputTokens: 100,
    outputTokens: 50,
    anomalies: ['report-shrank'],
  })
  // Input may be told again otherwise: what had been plain turns out to come from a cache.
  observeUsage(observed, sampleUsage({ inputTokens: 10, cacheReadTokens: 70, outputTokens: 60 }), true)
  expect(observed.usage).toEqual(sampleUsage({ inputTokens: 10, cacheReadTokens: 70, outputTokens: 60 }))
})
