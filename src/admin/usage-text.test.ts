import { expect, test } from 'bun:test'
import { NO_COUNTS, OTHER_UNITS, unitFacts } from '../exchange/units.ts'
import { usageText } from './usage-text.ts'

test('tokens of either side are one number, and what is no token has its own name', () => {
  expect(usageText({ ...NO_COUNTS, inputTokens: 10, cacheReadTokens: 2, reasoningTokens: 5 })).toBe('12→5')
  for (const unit of OTHER_UNITS)
    expect(usageText({ ...NO_COUNTS, [unit]: 3 })).toBe(`0→0, 3 ${unitFacts(unit).says}`)
})
