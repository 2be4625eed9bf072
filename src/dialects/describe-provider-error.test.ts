import { expect, test } from 'bun:test'
import { describeProviderError } from './describe-provider-error.ts'

test('a message is shortened to what a screen can bear', () => {
  expect(describeProviderError('provider-error', { message: 'x'.repeat(5_000) }).message).toHaveLength(2_000)
  expect(describeProviderError('provider-error', { message: '' })).toEqual({})
})

test('what a provider says about our own credential is not repeated', () => {
  expect(describeProviderError('provider-auth', { message: 'Incorrect API key provided: sk-abc' })).toEqual(
    {},
  )
})

test('an overflow keeps its numbers', () => {
  const message = 'prompt is too long: 210000 tokens > 200000 maximum'
  const overflow = { inputTokens: 210_000, limitTokens: 200_000 }
  expect(describeProviderError('context-overflow', { message })).toMatchObject({ message, overflow })
  expect(describeProviderError('provider-error', { message })).toEqual({ message })
})

test('numbers in members of their own are told where the message has none', () => {
  const overflow = { inputTokens: 14_429, limitTokens: 8_192 }
  const bare = 'the request exceeds the available context size, try increasing it'
  expect(describeProviderError('context-overflow', { message: bare, overflow }).overflow).toEqual(overflow)
})

test('the title of a page stands in for a message', () => {
  expect(describeProviderError('provider-error', { message: '', title: '502 Bad Gateway' })).toEqual({
    message: '502 Bad Gateway',
  })
})
