import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { FAILURES, isFailureCode, failureRow } from '../../exchange/failure-table.ts'
import { sampleUsage } from '../samples.fixture.ts'
import { billedUsage, type Observed } from './billed-usage.ts'

const NOTHING_SEEN: Observed = {
  isFinal: false,
  isCount: false,
  isAnswered: false,
  characters: 0,
  frames: 0,
}
const INPUT = 100

const codes = Object.keys(FAILURES).filter(isFailureCode)

describe('every failure of a provider', () => {
  test.each(codes.filter((code) => failureRow(code).source === 'provider'))(
    '%s before any content is charged as its row says',
    (code) => {
      const { basis, usage } = billedUsage(NOTHING_SEEN, INPUT, new Failure(code))
      const { billed } = failureRow(code)
      expect(basis).toBe(billed === 'estimate' ? 'estimated' : 'none')
      expect(usage?.inputTokens).toBe(billed === 'estimate' ? INPUT : undefined)
    },
  )

  test.each(codes)('%s after content is charged for what was delivered', (code) => {
    const seen = { ...NOTHING_SEEN, isAnswered: true, characters: 360 }
    expect(billedUsage(seen, INPUT, new Failure(code))).toMatchObject({
      basis: 'estimated',
      usage: { inputTokens: INPUT, outputTokens: 100, estimated: true },
    })
  })
})

describe('a complete answer', () => {
  test('is charged as reported', () => {
    const usage = sampleUsage()
    expect(billedUsage({ ...NOTHING_SEEN, usage }, INPUT)).toEqual({ basis: 'reported', usage })
  })

  test('says so when the report was counted by ourselves', () => {
    const usage = sampleUsage({ estimated: true })
    expect(billedUsage({ ...NOTHING_SEEN, usage }, INPUT).basis).toBe('estimated')
  })

  test('without a report is charged by estimate', () => {
    const seen = { ...NOTHING_SEEN, isAnswered: true, frames: 7 }
    expect(billedUsage(seen, INPUT)).toMatchObject({
      basis: 'estimated',
      usage: { inputTokens: INPUT, outputTokens: 7 },
    })
  })

  test('with content and a report of no output is charged by estimate for the output', () => {
    const usage = sampleUsage({ inputTokens: 40, outputTokens: 0, reasoningTokens: 0 })
    const seen = { ...NOTHING_SEEN, isAnswered: true, usage }
    expect(billedUsage({ ...seen, frames: 7 }, INPUT)).toMatchObject({
      basis: 'estimated',
      usage: { inputTokens: 40, outputTokens: 7, estimated: true },
    })
    expect(billedUsage(seen, INPUT)).toEqual({ basis: 'reported', usage })
  })

  test('that is a count of tokens costs nothing', () => {
    expect(billedUsage({ ...NOTHING_SEEN, isCount: true }, INPUT)).toEqual({ basis: 'none' })
  })
})

describe('a client that leaves', () => {
  const gone = new Failure('client-gone')

  test('early report and delivered text: the larger output counts', () => {
    const usage = sampleUsage({ inputTokens: 40, outputTokens: 1 })
    const seen = { ...NOTHING_SEEN, isAnswered: true, usage, characters: 36 }
    expect(billedUsage(seen, INPUT, gone)).toMatchObject({
      basis: 'estimated',
      usage: { inputTokens: 40, outputTokens: 10, estimated: true },
    })
  })

  test('after the final report it is what was reported', () => {
    const usage = sampleUsage()
    const seen = { ...NOTHING_SEEN, isAnswered: true, isFinal: true, usage, characters: 9_999 }
    expect(billedUsage(seen, INPUT, gone)).toEqual({ basis: 'reported', usage })
  })

  test('before any answer the input is charged, since the provider may have read it', () => {
    expect(billedUsage(NOTHING_SEEN, INPUT, gone)).toMatchObject({
      basis: 'estimated',
      usage: { inputTokens: INPUT, outputTokens: 0 },
    })
  })
})

test('an answer that fails after a report of usage alone is charged by it where the row says so', () => {
  const seen = { ...NOTHING_SEEN, isAnswered: true, usage: sampleUsage() }
  expect(billedUsage(seen, INPUT, new Failure('content-refused')).basis).toBe('reported')
  expect(billedUsage(seen, INPUT, new Failure('provider-overloaded')).basis).toBe('none')
})
