import { expect, test } from 'bun:test'
import { createForwardedPicker } from './forwarded-headers.ts'

const pick = createForwardedPicker(['openai-beta', 'session_id', 'x-codex-*'])

test('takes names and prefixes that are allowed, whatever their case, and nothing else', () => {
  const headers = new Headers({
    'OpenAI-Beta': 'assistants=v2',
    'X-Codex-Turn': '7',
    'x-codex-': 'bare',
    'x-codexes': 'no',
    authorization: 'Bearer secret',
    cookie: 'a=b',
  })
  expect(pick(headers)).toEqual({ 'openai-beta': 'assistants=v2', 'x-codex-turn': '7', 'x-codex-': 'bare' })
})

test('takes an empty value as it is, and joins what was said twice', () => {
  const headers = new Headers({ session_id: '' })
  headers.append('openai-beta', 'one')
  headers.append('openai-beta', 'two')
  expect(pick(headers)).toEqual({ session_id: '', 'openai-beta': 'one, two' })
})

test('a star is no name', () => {
  expect(createForwardedPicker([])(new Headers({ 'x-codex-*': '1' }))).toEqual({})
})
