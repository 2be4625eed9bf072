import { expect, test } from 'bun:test'
import { estimateTextTokens } from './estimate.ts'

test('a long text counts as much as its parts, whatever its letters', () => {
  for (const words of ['Plain words. ', 'Grüße, Café. ', 'Привет, мир. ', '世界你好。', '😀 and 世 "x"\n']) {
    const part = words.repeat(180)
    expect(part.length).toBeLessThan(10_000)
    expect(Math.abs(estimateTextTokens(part.repeat(100)) - 100 * estimateTextTokens(part))).toBeLessThan(101)
  }
})
