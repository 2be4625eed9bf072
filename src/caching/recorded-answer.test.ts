import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import {
  AnswerRecorder,
  endedWell,
  playAnswer,
  readAnswer,
  writeAnswer,
  type RecordedAnswer,
} from './recorded-answer.ts'

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

function record(events: readonly ResponseEvent[], mostBytes = 10_000): readonly ResponseEvent[] | undefined {
  let said: readonly ResponseEvent[] | undefined
  const recorder = new AnswerRecorder(mostBytes, (told) => (said = told))
  for (const event of events) recorder.onChunk({ events: [event] })
  recorder.onEnd()
  return said
}

const answerOf = (events: readonly ResponseEvent[]): RecordedAnswer => ({
  operation: 'chat',
  model: 'm',
  events,
  notices: [{ code: 'param.dropped', subject: 'seed' }],
})

describe('an answer that is taken down', () => {
  test('has the pieces of a text as one', () => {
    expect(record(EVENTS)).toEqual([
      ...EVENTS.slice(0, 2),
      { type: 'text-delta', ...at, text: 'Hello you' },
      ...EVENTS.slice(4),
    ])
  })

  test('is given up where it is too long, passed unread, or broke', () => {
    expect(record(EVENTS, 100)).toBeUndefined()
    expect(record([{ type: 'passed', frames: 1, bytes: 10 }, { type: 'end' }])).toBeUndefined()
    expect(record([{ type: 'failure', failure: new Failure('stream-truncated') }])).toBeUndefined()
  })

  test('is given again without the id that it had', async () => {
    const { from, source } = playAnswer(answerOf(EVENTS))
    expect(from).toEqual({ kind: 'stored', model: 'm' })
    const chunk = await source.next()
    expect(chunk?.events).toEqual([{ type: 'start', model: 'm' }, ...EVENTS.slice(1)])
  })
})

describe('an answer that is written', () => {
  test('is read as it was', () => {
    expect(readAnswer(writeAnswer(answerOf(EVENTS)))).toEqual(answerOf(EVENTS))
  })

  test('is not read where a character of it has changed', () => {
    const written = writeAnswer(answerOf(EVENTS))
    for (let index = 0; index < written.length; index += 1)
      expect(readAnswer(`${written.slice(0, index)}~${written.slice(index + 1)}`)).toBeUndefined()
    expect(readAnswer('')).toBeUndefined()
    expect(readAnswer(written.slice(0, -1))).toBeUndefined()
  })
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
