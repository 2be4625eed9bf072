import { expect, test } from 'bun:test'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { TokenCount } from '../exchange/operations/count-tokens.ts'
import { createWholeDecoder, type ReadWhole } from './whole-answer.ts'

const read: ReadWhole<TokenCount> = ({ tokens }, sink) => {
  if (typeof tokens !== 'number') return new Failure('malformed-response')
  sink({ type: 'token-count', inputTokens: tokens, estimated: false })
  return undefined
}

test('a whole answer ends once it was read, or fails as its reader says', () => {
  const events: ResponseEvent[] = []
  const sink = (event: ResponseEvent): void => void events.push(event)
  createWholeDecoder(read).unary({ tokens: 2 }, sink)
  createWholeDecoder(read).unary({}, sink)
  expect(events).toMatchObject([
    { type: 'token-count', inputTokens: 2 },
    { type: 'end' },
    { type: 'failure', failure: { code: 'malformed-response' } },
  ])
})

test('a stream is no answer to what is never streamed', () => {
  const events: ResponseEvent[] = []
  const decoder = createWholeDecoder(read)
  decoder.close((event) => void events.push(event))
  decoder.close((event) => void events.push(event))
  expect(events).toMatchObject([{ type: 'failure', failure: { code: 'malformed-response' } }])
  expect(decoder.done).toBe(true)
})
