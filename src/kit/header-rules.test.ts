import { expect, test } from 'bun:test'
import { namesHeader, pickHeaders } from './header-rules.ts'

const rules = ['openai-beta', 'x-codex-*']

test('a rule names a header by its whole name, or by its beginning', () => {
  expect(namesHeader(rules, 'openai-beta')).toBe(true)
  expect(namesHeader(rules, 'x-codex-turn')).toBe(true)
  expect(namesHeader(rules, 'x-codex-')).toBe(true)
  expect(namesHeader(rules, 'x-codexes')).toBe(false)
  expect(namesHeader(rules, 'openai-beta-2')).toBe(false)
  expect(namesHeader(['*'], 'cookie')).toBe(true)
  expect(namesHeader([], 'x-codex-*')).toBe(false)
})

test('headers are picked by the rules, less the exceptions', () => {
  const headers = { 'openai-beta': '', 'x-codex-turn': '7', 'x-codex-key': 'k', cookie: 'a=b' }
  expect(pickHeaders(headers, rules)).toEqual({ 'openai-beta': '', 'x-codex-turn': '7', 'x-codex-key': 'k' })
  expect(pickHeaders(headers, rules, new Set(['x-codex-key']))).toEqual({
    'openai-beta': '',
    'x-codex-turn': '7',
  })
  expect(pickHeaders(headers, ['x-other'])).toEqual({})
})
