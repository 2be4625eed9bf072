import { expect, test } from 'bun:test'
import { createHeaderSorter } from './sort-headers.ts'

const sort = createHeaderSorter(['openai-beta', 'session_id', 'x-codex-*'])

test('takes names and prefixes that are allowed, whatever their case, what is said to the gateway, and nothing else', () => {
  const headers = new Headers({
    'OpenAI-Beta': 'assistants=v2',
    'X-Codex-Turn': '7',
    'x-codex-': 'bare',
    'x-codexes': 'no',
    'X-Gatehouse-Strict': 'true',
    authorization: 'Bearer secret',
    cookie: 'a=b',
  })
  expect(sort(headers)).toEqual({
    forwarded: { 'openai-beta': 'assistants=v2', 'x-codex-turn': '7', 'x-codex-': 'bare' },
    own: { 'x-gatehouse-strict': 'true' },
  })
})

test('takes an empty value as it is, and joins what was said twice', () => {
  const headers = new Headers({ session_id: '' })
  headers.append('openai-beta', 'one')
  headers.append('openai-beta', 'two')
  expect(sort(headers).forwarded).toEqual({ session_id: '', 'openai-beta': 'one, two' })
})

test('a star is no name', () => {
  expect(createHeaderSorter([])(new Headers({ 'x-codex-*': '1' }))).toEqual({ forwarded: {}, own: {} })
})

test('what is said to providers anyway is not said by who says it too', () => {
  const sorting = createHeaderSorter(['x-version'], { 'x-version': '1' })
  expect(sorting(new Headers({ 'x-version': '1' })).forwarded).toEqual({})
  expect(sorting(new Headers({ 'x-version': '2' })).forwarded).toEqual({ 'x-version': '2' })
})
