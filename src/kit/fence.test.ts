import { expect, test } from 'bun:test'
import { cpuMsOf } from './cpu-time.fixture.ts'
import { withinFence } from './fence.ts'

test.each([
  ['```json\n{"a":1}\n```', '{"a":1}'],
  [' ```JSON {"a":1}``` \n', '{"a":1}'],
  ['```\n[1]\n```', '[1]'],
  ['```json5\n[1]\n```', '5\n[1]'],
  ['```true```', 'true'],
  ['```{"a":"```"}```', '{"a":"```"}'],
  ['``````', ''],
  ['`````', undefined],
  ['So: ```json\n1\n```', undefined],
  ['```json\n1', undefined],
  ['', undefined],
])('%j', (text, within) => {
  expect(withinFence(text)).toBe(within)
})

test.each(['\n', ' ', '`', '```', 'a', '\n```'])('no text takes long: %j', (piece) => {
  const text = `\`\`\`\n${piece.repeat(1_000_000 / piece.length)}x`
  expect(cpuMsOf(() => void withinFence(text))).toBeLessThan(500)
})
