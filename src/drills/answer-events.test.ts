import { expect, test } from 'bun:test'
import { NO_USAGE } from '../exchange/usage.ts'
import { toAnswerEvents } from './answer-events.ts'

test('an answer is said piece by piece, however long it is', () => {
  const pieces = 1_000_000
  const events = toAnswerEvents({
    responseId: 'r',
    model: 'm',
    scripts: [{ blocks: [{ type: 'text', text: 'a '.repeat(pieces) }], finish: { reason: 'stop' } }],
    usage: NO_USAGE,
  })
  expect(events.filter(({ event }) => event.type === 'text-delta').length).toBeGreaterThanOrEqual(pieces)
})
