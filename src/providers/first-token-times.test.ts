import { describe, expect, test } from 'bun:test'
import type { ReasoningOptions } from '../exchange/chat.ts'
import { featuresOf } from '../exchange/operations/all.ts'
import { sampleChat, sampleTarget } from '../routing/samples.fixture.ts'
import { USUAL_TIMEOUTS } from './default-timeouts.ts'
import { FirstTokenTimes } from './first-token-times.ts'

const REASONING = { firstByteMs: 300_000, idleMs: 200_000 }
const target = sampleTarget('p/m', { timeouts: { ...USUAL_TIMEOUTS, reasoning: REASONING, elastic: true } })
const plain = featuresOf(sampleChat())

describe('the limits for a request', () => {
  test('are those of the target as long as nothing else is known', () => {
    expect(new FirstTokenTimes().limits(target, plain)).toBe(target.timeouts)
  })

  test.each([
    [{ effort: 'high' }, true],
    [{ mode: 'on', budgetTokens: 2_000 }, true],
    [{ mode: 'adaptive' }, true],
    [{ mode: 'off' }, false],
    [{ effort: 'none' }, false],
  ] satisfies [ReasoningOptions, boolean][])('fit a request for reasoning: %j', (reasoning, isAsked) => {
    const limits = new FirstTokenTimes().limits(target, featuresOf(sampleChat({ reasoning })))
    expect(limits).toMatchObject(isAsked ? REASONING : { firstByteMs: 30_000, idleMs: 120_000 })
    expect(limits.totalMs).toBe(USUAL_TIMEOUTS.totalMs)
  })

  test('are stretched by a slow first token and not shortened by quick ones', () => {
    const times = new FirstTokenTimes()
    times.observe('p/m', 20_000)
    expect(times.limits(target, plain).firstByteMs).toBe(60_000)
    for (let quick = 0; quick < 100; quick += 1) times.observe('p/m', 50)
    expect(times.limits(target, plain)).toBe(target.timeouts)
  })

  test('that the operator set are not stretched', () => {
    const times = new FirstTokenTimes()
    times.observe('p/m', 20_000)
    const fixed = sampleTarget('p/m', { timeouts: { ...USUAL_TIMEOUTS, firstByteMs: 1_000 } })
    expect(times.limits(fixed, plain).firstByteMs).toBe(1_000)
  })

  test('of one target say nothing of another', () => {
    const times = new FirstTokenTimes()
    times.observe('p/other', 20_000)
    expect(times.limits(target, plain)).toBe(target.timeouts)
  })
})
