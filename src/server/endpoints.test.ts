import { describe, expect, test } from 'bun:test'
import { DIALECTS } from '../dialects/all.ts'
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import { createEndpoints } from './endpoints.ts'

const endpoints = createEndpoints(DIALECTS)

/** The path of the endpoint that a request is let in at, if any. */
function foundAt(path: string): string | undefined {
  return endpoints.find(path, 'POST')?.path
}

test.each([
  ['/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions/', '/v1/chat/completions'],
  ['//v1//messages', '/v1/messages'],
  ['/openai/v1/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/messages', '/v1/messages'],
  ['/v1/v1/messages/count_tokens', '/v1/messages/count_tokens'],
  ['/a/b/c/d/v1/messages', undefined],
  ['/openai/v1/responses', '/v1/responses'],
  ['/v1/files', undefined],
  ['/rerank', '/v1/rerank'],
  ['/mount/rerank', '/v1/rerank'],
  ['/mount/v2/rerank', '/v2/rerank'],
  ['/mount/v1/rerank', '/v1/rerank'],
  ['/', undefined],
])('%s leads to %p', (path, match) => {
  expect(foundAt(path)).toBe(match)
})

describe('a model in the path', () => {
  test.each([
    ['/openai/deployments/gpt-4o/chat/completions', 'gpt-4o'],
    ['/openai/deployments/sim%2Fsmart/chat/completions', 'sim/smart'],
    ['/mount/openai/deployments/llama3%3A8b/chat/completions', 'llama3:8b'],
  ])('%s names %p', (path, model) => {
    expect(endpoints.find(path, 'POST')).toMatchObject({ path: '/v1/chat/completions', model })
  })

  test('is named by no other path', () => {
    expect(endpoints.find('/openai/v1/chat/completions', 'POST')?.model).toBeUndefined()
  })
})

describe('what was meant by a path that leads nowhere', () => {
  test.each([
    ['/v1/chat/completion', '/v1/chat/completions'],
    ['/v1/mesages', '/v1/messages'],
    ['/v1/modls', '/v1/models'],
    ['/a/b/c/d/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/chat/completions/v1/messages', '/v1/messages'],
    ['/v1/messages/v1/chat/completions/v1/chat/completions', '/v1/chat/completions'],
  ])('%s: %p', (path, meant) => {
    expect(endpoints.nearest(path).meant).toBe(meant)
  })

  test.each(['/v1/files', '/v1/evals', '/v2/chat', '/v1/audio/speech', '/'])(
    'another API is not taken for a slip of the pen: %s',
    (path) => {
      expect(endpoints.nearest(path).meant).toBeUndefined()
    },
  )
})

test.each([
  ['/v1beta/models/nope', 'gemini'],
  ['/v1beta/files', 'gemini'],
  ['/v1/messages/batches', 'anthropic-messages'],
  ['/v1/responses/one/two', 'openai-responses'],
  ['/v2/rerank', 'cohere'],
  ['/v2/tokenize', 'cohere'],
  ['/v1/files', 'openai-chat'],
  ['/v1/models/nope', 'openai-chat'],
  ['/', 'openai-chat'],
])('clients that ask for %s read the errors of %s', (path, dialect) => {
  expect(endpoints.nearest(path).dialect.name).toBe(dialect)
})

describe('endpoints with parameters and methods', () => {
  const { chat } = openaiChat.codecs
  if (chat === undefined) throw new Error('no chat')
  const endpoints = [
    'POST /v1beta/models/{+model}:generateContent',
    'POST /v1beta/models/{+model}:streamGenerateContent',
    'DELETE /v1/things/{id}',
    'POST /v1/things/{id}',
  ] as const
  const other: Dialect = {
    ...openaiChat,
    name: 'other',
    keyParameter: 'key',
    codecs: { chat: { ...chat, endpoints } },
  }
  const both = createEndpoints([anthropicMessages, other])

  test.each([
    ['/v1beta/models/m:generateContent', 'POST', endpoints[0], { model: 'm' }],
    ['/v1/models/sim%2Fm:streamGenerateContent', 'POST', endpoints[1], { model: 'sim/m' }],
    ['/google/v1beta/models/tuned/m:generateContent', 'POST', endpoints[0], { model: 'tuned/m' }],
    ['/things/1', 'DELETE', endpoints[2], { id: '1' }],
  ])('%s by %s leads to %s', (path, method, endpoint, params) => {
    const match = both.find(path, method)
    expect(match?.endpoint).toBe(endpoint)
    expect({ ...match?.params }).toEqual(params)
    expect(match?.dialect).toBe(other)
  })

  test('tell which methods a path takes', () => {
    expect(both.find('/v1/things/1', 'GET')).toBeUndefined()
    expect(both.allow('/v1/things/1')).toBe('DELETE, POST')
    expect(both.allow('/v1/messages')).toBe('POST')
    expect(both.allow('/v1/nothing')).toBeUndefined()
  })

  test('know in which parameters a key may come', () => {
    expect(both.keyParameters).toEqual(['key'])
    expect(createEndpoints([openaiChat, anthropicMessages]).keyParameters).toEqual([])
  })
})
