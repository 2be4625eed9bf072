import { expect, test } from 'bun:test'
import { describeProviderError } from './describe-provider-error.ts'

test('a message is shortened to what a screen can bear', () => {
  expect(describeProviderError('provider-error', 'x'.repeat(5_000)).message).toHaveLength(2_000)
  expect(describeProviderError('provider-error', '')).toEqual({})
})

test('what a provider says about our own credential is not repeated', () => {
  expect(describeProviderError('provider-auth', 'Incorrect API key provided: sk-abc')).toEqual({})
})

test('an overflow keeps its numbers', () => {
  const message = 'prompt is too long: 210000 tokens > 200000 maximum'
  const overflow = { inputTokens: 210_000, limitTokens: 200_000 }
  expect(describeProviderError('context-overflow', message)).toMatchObject({ message, overflow })
  expect(describeProviderError('provider-error', message)).toEqual({ message })
})
