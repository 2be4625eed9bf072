import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { checkGoogleRequest } from './google-rules.ts'

const said = (text: string): JsonObject => ({ parts: [{ text }] })
const call = (name: string, thoughtSignature?: string): JsonObject => ({
  functionCall: { name, args: {} },
  thoughtSignature,
})
const called = (...parts: readonly JsonObject[]): JsonObject => ({ role: 'model', parts })
const answered = (...names: readonly string[]): JsonObject => ({
  role: 'user',
  parts: names.map((name) => ({ functionResponse: { id: name, name, response: {} } })),
})
/** What a conversation is refused with; nothing where it is taken. */
function refusal(...contents: readonly JsonObject[]): string {
  try {
    checkGoogleRequest({ contents })
    return ''
  } catch (thrown) {
    return thrown instanceof VendorError ? thrown.message : String(thrown)
  }
}

describe('a signature', () => {
  const PROVEN = call('f', 'c2lnbmF0dXJl')

  test.each<[string, readonly JsonObject[]]>([
    [
      'on the first call of each step',
      [called(PROVEN, call('g')), answered('f', 'g'), called(PROVEN), answered('f')],
    ],
    [
      'or the word that stands for none',
      [called(call('f', 'skip_thought_signature_validator')), answered('f')],
    ],
    [
      'and on none of a turn that is over',
      [called(call('f')), answered('f'), called({ text: 'Done.' }), said('More.')],
    ],
  ])('%s is what the API asks for', (_name, contents) => {
    expect(refusal(said('Go.'), ...contents)).toBe('')
  })

  test.each<[string, number, readonly JsonObject[]]>([
    ['f', 2, [called(call('f')), answered('f')]],
    ['g', 4, [called(PROVEN), answered('f'), called(call('g'), call('f', 'c2ln')), answered('g', 'f')]],
  ])('that is missing from %s, at %i, is refused', (name, position, contents) => {
    const message = refusal(said('Go.'), ...contents)
    expect(message).toStartWith('Function call is missing a thought_signature')
    expect(message).toContain(`function call \`default_api:${name}\` , position ${position}.`)
  })
})

test('a call has one result, and not the same one twice', () => {
  expect(refusal(said('Go.'), called(call('f', 'x')), answered('f', 'f'))).toContain(
    'number of function response parts',
  )
})
