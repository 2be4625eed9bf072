import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../exchange/event.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import { endedWell, playAnswer, readAnswer, writeAnswer, type RecordedAnswer } from './recorded-answer.ts'

const KEY = 'a'.repeat(64)
const at = { choice: 0, index: 0 } as const
const EVENTS: readonly ResponseEvent[] = [
  { type: 'start', responseId: 'chatcmpl-1', model: 'm' },
  { type: 'block-start', ...at, block: { type: 'text', text: '' } },
  { type: 'text-delta', ...at, text: 'Hello' },
  { type: 'text-delta', ...at, text: ' you' },
  { type: 'block-end', ...at },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'usage', usage: { ...NO_USAGE, inputTokens: 3 }, isFinal: true },
  { type: 'end' },
]

const answerOf = (events: readonly ResponseEvent[]): RecordedAnswer => ({
  operation: 'chat',
  model: 'm',
  events,
  notices: [{ code: 'param.dropped', subject: 'seed' }],
})

test('an answer is given again without the id that it had', async () => {
  const { from, source } = playAnswer(answerOf(EVENTS))
  expect(from).toEqual({ kind: 'stored', model: 'm' })
  const chunk = await source.next()
  expect(chunk?.events).toEqual([{ type: 'start', model: 'm' }, ...EVENTS.slice(1)])
})

describe('an answer that is written', () => {
  test('is read as it was', () => {
    expect(readAnswer(writeAnswer(answerOf(EVENTS), KEY), KEY)).toEqual(answerOf(EVENTS))
  })

  test('is not read where a character of it has changed', () => {
    const written = writeAnswer(answerOf(EVENTS), KEY)
    for (let index = 0; index < written.length; index += 1)
      expect(readAnswer(`${written.slice(0, index)}~${written.slice(index + 1)}`, KEY)).toBeUndefined()
    expect(readAnswer('', KEY)).toBeUndefined()
    expect(readAnswer(written.slice(0, -1), KEY)).toBeUndefined()
  })
})

test('an answer is not read under the key of another question', () => {
  const written = writeAnswer(answerOf(EVENTS), KEY)
  for (let index = 0; index < KEY.length; index += 1)
    expect(readAnswer(written, `${KEY.slice(0, index)}b${KEY.slice(index + 1)}`)).toBeUndefined()
})

describe('an answer has ended well', () => {
  const finished = (reason: 'stop' | 'length' | 'content-filter' | 'refusal' | 'pause' | 'tool-calls') =>
    EVENTS.map((event) => (event.type === 'finish' ? { ...event, reason } : event))

  test('where all was said', () => {
    expect(endedWell(EVENTS)).toBe(true)
    expect(endedWell(finished('tool-calls'))).toBe(true)
  })

  test('and not where it was cut, refused, empty or estimated', () => {
    for (const reason of ['length', 'content-filter', 'refusal', 'pause'] as const)
      expect(endedWell(finished(reason))).toBe(false)
    expect(endedWell(EVENTS.slice(0, -1))).toBe(false)
    expect(endedWell([{ type: 'start' }, { type: 'end' }])).toBe(false)
    expect(endedWell([{ type: 'token-count', inputTokens: 3, estimated: true }, { type: 'end' }])).toBe(false)
    expect(endedWell([{ type: 'refusal-delta', ...at, text: 'No.' }, ...EVENTS])).toBe(false)
  })
})
