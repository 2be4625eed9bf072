import { expect, test } from 'bun:test'
import { NO_USAGE, totalInput, totalOutput } from './usage.ts'
import { billedTokens, OTHER_UNITS, TOKEN_UNITS, unitFacts } from './units.ts'

test.each([...TOKEN_UNITS])('%s belong to one side, and to its total unless they are hidden', (unit) => {
  const usage = { ...NO_USAGE, [unit]: 7 }
  const { side, hidden } = unitFacts(unit)
  const told = hidden === true ? 0 : 7
  expect({ input: totalInput(usage), output: totalOutput(usage) }).toEqual({
    input: side === 'input' ? told : 0,
    output: side === 'output' ? told : 0,
  })
  expect(billedTokens(usage, 'input') + billedTokens(usage, 'output')).toBe(7)
})

test.each([...OTHER_UNITS])('%s are no tokens', (unit) => {
  const usage = { ...NO_USAGE, [unit]: 7 }
  expect([totalInput(usage), totalOutput(usage), billedTokens(usage, 'input')]).toEqual([0, 0, 0])
})
