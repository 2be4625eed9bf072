import { expect, test } from 'bun:test'
import type { ChatRequest } from '../exchange/chat.ts'
import { noteForeignExtra } from './foreign-extra.ts'

const marked = { a: { deep: 1 }, b: { kept: 1 } }
const tool = { type: 'function', name: 'f', extra: { a: { defer_loading: true } } } as const
const REQUEST: ChatRequest = {
  operation: 'chat',
  model: 'm',
  turns: [
    {
      role: 'user',
      blocks: [
        { type: 'text', text: 'x', extra: { a: { annotated: 1 } } },
        {
          type: 'tool-result',
          callId: 'c',
          isError: false,
          blocks: [{ type: 'text', text: 'y', extra: marked }],
        },
      ],
      extra: { a: { weight: 1 } },
    },
  ],
  tools: [tool, { ...tool, name: 'g' }],
  stream: false,
  wantsUsage: false,
  extra: { a: { store: true }, b: { speed: 'fast' } },
}

test('every unknown field of another family is told by its name, once', () => {
  const told = (family: string): string[] => {
    const subjects: string[] = []
    noteForeignExtra(REQUEST, family, (code, subject) => void subjects.push(`${code}=${subject}`))
    return subjects
  }
  expect(told('b')).toEqual([
    'unknown.dropped=store',
    'unknown.dropped=messages.weight',
    'unknown.dropped=messages.annotated',
    'unknown.dropped=messages.deep',
    'unknown.dropped=tools.defer_loading',
  ])
  expect(told('a')).toEqual(['unknown.dropped=speed', 'unknown.dropped=messages.kept'])
})
