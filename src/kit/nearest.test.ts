import { expect, test } from 'bun:test'
import { nearestNames } from './nearest.ts'

const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'gemini-2.5-pro', 'mistral-large']

test('a slip of the pen is found', () => {
  expect(nearestNames('gpt-4p', MODELS)[0]).toBe('gpt-4o')
  expect(nearestNames('claude-sonet-4', MODELS)).toEqual(['claude-sonnet-4'])
  expect(nearestNames('timeOutMs', ['timeoutMs', 'maxBytes'])).toEqual(['timeoutMs'])
})

test('a part of a name is found, and so is a name inside a longer one', () => {
  expect(nearestNames('mistral', MODELS)).toEqual(['mistral-large'])
  expect(nearestNames('openai/gpt-4o', MODELS)).toContain('gpt-4o')
})

test('the best comes first, no more are given than asked for', () => {
  const names = ['abcd', 'abce', 'abxx', 'abcf']
  expect(nearestNames('abcd', names, 2)).toEqual(['abcd', 'abce'])
  expect(nearestNames('abcd', names, 0)).toEqual([])
})

test('what resembles nothing finds nothing', () => {
  expect(nearestNames('llama-70b-instruct', MODELS)).toEqual([])
  expect(nearestNames('x', [])).toEqual([])
  expect(nearestNames('', MODELS)).toEqual([])
})

test('an absurdly long name is answered quickly', () => {
  expect(nearestNames('x'.repeat(1_000_000), MODELS)).toEqual([])
})

test('the same name in another case comes first', () => {
  expect(nearestNames('Smart', ['sim/smart', 'smart', 'smarter'])[0]).toBe('smart')
})
