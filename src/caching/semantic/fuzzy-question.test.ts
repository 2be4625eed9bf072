import { expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Exchange, RoutedExchange } from '../../exchange/exchange.ts'
import { GuardRecord } from '../../exchange/guard.ts'
import { Trail } from '../../exchange/trail.ts'
import { sampleExchange } from '../../policies/samples.fixture.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { QuestionKeys } from '../cache-key.ts'
import { fuzzyQuestion, neverFuzzyText } from './fuzzy-question.ts'

const KEYS = new QuestionKeys()
const route = sampleRoute([sampleTarget('one/a')])
const said = (text: string, role: Turn['role'] = 'user'): Turn => ({ role, blocks: [{ type: 'text', text }] })
const asks = (text: string, request: Partial<ChatRequest> = {}, changes: Partial<Exchange> = {}) => {
  const exchange: RoutedExchange = {
    ...sampleExchange({ request: sampleChat({ turns: [said(text)], ...request }), ...changes }),
    route,
  }
  return fuzzyQuestion(exchange, (one) => KEYS.of(one, { scope: 'team' }), 'vectors-1')
}
const partitionOf = (...args: Parameters<typeof asks>): string => {
  const asked = asks(...args)
  return 'never' in asked ? asked.never : asked.partition
}
const ofTeam = (team: string) => sampleCaller({ owners: { key: 'k', team } })

const TEXT = 'How do I reset the router?'
const usual = partitionOf(TEXT)

test('only the last words of the user may differ', () => {
  expect(partitionOf('How do I reset a router, please?')).toBe(usual)
  expect(partitionOf('What is the capital of Peru?')).toBe(usual)
  const others = [
    partitionOf(TEXT, { turns: [said('You are a pirate.', 'system'), said(TEXT)] }),
    partitionOf(TEXT, { turns: [said('You are a poet.', 'system'), said(TEXT)] }),
    partitionOf(TEXT, { turns: [said('Hello'), said('Hi', 'assistant'), said(TEXT)] }),
    partitionOf(TEXT, { temperature: 0.2 }),
    partitionOf(TEXT, { maxOutputTokens: 10 }),
    partitionOf(TEXT, { output: { type: 'json' } }),
    partitionOf(TEXT, {}, { only: [{ by: 'key', text: 'region is eu', allows: () => true }] }),
    partitionOf(TEXT, {}, { caller: ofTeam('other') }),
    partitionOf('Wie setze ich den Router zurück?'),
  ]
  expect(new Set([usual, ...others]).size).toBe(others.length + 1)
})

test('what one owner asks is never held against what another asked', () => {
  const teams = ['a', 'b', 'c'].map((team) => partitionOf(TEXT, {}, { caller: ofTeam(team) }))
  expect(new Set(teams).size).toBe(3)
})

test.each([
  ['tools', asks(TEXT, { tools: [{ type: 'function', name: 'look' }] })],
  [
    'tools',
    asks(TEXT, {
      turns: [
        { role: 'user', blocks: [{ type: 'tool-result', callId: '1', isError: false, blocks: [] }] },
        said(TEXT),
      ],
    }),
  ],
  [
    'turn',
    asks(TEXT, {
      turns: [
        {
          role: 'user',
          blocks: [{ type: 'media', kind: 'image', source: { from: 'url', url: 'https://a.test/' } }],
        },
      ],
    }),
  ],
  ['turn', asks(TEXT, { turns: [said(TEXT), said('The', 'assistant')] })],
  ['inexact', asks(TEXT, { maxOutputTokens: 1e30 })],
  ['flagged', asks(TEXT, {}, { trail: flagged() })],
])('%s: only compared as it is', (never, asked) => {
  expect(asked).toEqual({ never: never as never })
})

function flagged(): Trail {
  const trail = new Trail()
  trail.guard = new GuardRecord()
  trail.guard.note({ guardrail: 'names', phase: 'input', verdict: 'flagged', found: { name: 1 } })
  return trail
}

test.each([
  ['time', 'What is the weather in Rome?'],
  ['time', 'What are the latest prices of copper?'],
  ['time', 'Who is playing this weekend?'],
  ['time', 'Wie ist der Stand heute?'],
  ['time', '今天的汇率是多少？'],
  ['personal', 'Where is my order?'],
  ['personal', 'How do I close the account?'],
  ['code', 'Write a Python function that adds two numbers'],
  ['code', 'What does `a + b` give?'],
  ['long', `What is the sum of ${'1 and '.repeat(400)}?`],
  ['turn', '  '],
])('%s: %s', (never, text) => {
  expect(neverFuzzyText(text, false)).toBe(never as never)
})

test('what is of one person only may be shared by it', () => {
  expect(neverFuzzyText('Where is my order?', true)).toBeUndefined()
  expect(neverFuzzyText('What is the refund policy?', false)).toBeUndefined()
})
