import { describe, expect, test } from 'bun:test'
import { isStaleSignature } from './stale-signature.ts'

describe('isStaleSignature', () => {
  test.each([
    'messages.1.content.0: Invalid `signature` in `thinking` block',
    '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
    'messages.3.content.0: the block is bound to a different conversation',
    'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`',
    'invalid_encrypted_content',
    'The encrypted content gAAA... could not be verified.',
    "Item 'rs_abc' of type 'reasoning' was provided without its required following item.",
    'Function call is missing a thought_signature in functionCall parts.',
    'Thought signature is not valid.',
    'The reasoning_content in the thinking mode must be passed back to the API.',
  ])('recognises: %s', (message) => {
    expect(isStaleSignature(message)).toBe(true)
  })

  test.each(['Invalid signature for the webhook', 'thinking is not supported by this model', ''])(
    'passes over: %s',
    (message) => {
      expect(isStaleSignature(message)).toBe(false)
    },
  )
})
