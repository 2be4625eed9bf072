import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { withFewLines } from './few-lines.ts'
import { SILENT } from './silent-telemetry.fixture.ts'

function setUp() {
  const clock = createManualClock()
  const lines: unknown[] = []
  const telemetry = withFewLines(
    { ...SILENT, log: (level, message, fields) => void lines.push([level, message, fields]) },
    clock,
  )
  const fail = (guardrail: string, error: string, times = 1): void => {
    for (let time = 0; time < times; time += 1) telemetry.log('warn', 'it failed', { guardrail, error })
  }
  return { clock, lines, fail }
}

test('of what fails with every request few lines are written, which say how many were left out', () => {
  const { clock, lines, fail } = setUp()
  fail('ours', 'connect', 500)
  fail('theirs', 'timeout')
  clock.advance(9_999)
  fail('ours', 'connect', 20)
  expect(lines).toEqual([
    ['warn', 'it failed', { guardrail: 'ours', error: 'connect' }],
    ['warn', 'it failed', { guardrail: 'theirs', error: 'timeout' }],
  ])
  clock.advance(1)
  fail('ours', 'refused')
  fail('theirs', 'timeout')
  expect(lines.slice(2)).toEqual([
    ['warn', 'it failed', { guardrail: 'ours', error: 'refused', leftOut: 519 }],
    ['warn', 'it failed', { guardrail: 'theirs', error: 'timeout' }],
  ])
})

test('of more guardrails than are told apart each is told at once', () => {
  const { lines, fail } = setUp()
  for (let one = 0; one <= LIMITS.toldApart; one += 1) fail(`rule-${one}`, 'connect', 2)
  expect(lines).toHaveLength(LIMITS.toldApart + 1)
})
