import { expect, test } from 'bun:test'
import { isClientAttribution, withoutAttribution } from './client-attribution.ts'

test('an attribution line is recognised at the head of a text only', () => {
  expect(isClientAttribution('x-anthropic-billing-header: cc_version=1; cch=a1;')).toBe(true)
  expect(isClientAttribution('  x-anthropic-billing-header: cch=a1')).toBe(true)
  expect(isClientAttribution('Explain x-anthropic-billing-header: please')).toBe(false)
})

test('what stands below an attribution line is kept', () => {
  expect(withoutAttribution('x-anthropic-billing-header: a')).toBe('')
  expect(withoutAttribution('x-anthropic-billing-header: a\n\nYou are a helper.\nBe kind.')).toBe(
    'You are a helper.\nBe kind.',
  )
  expect(withoutAttribution('You are a helper.')).toBe('You are a helper.')
})
