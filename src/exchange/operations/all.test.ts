import { describe, expect, test } from 'bun:test'
import { isLastWord, isSemantic } from '../event.ts'
import { OPERATION_NAMES, OPERATIONS, operationOf } from './all.ts'

describe('the table of operations', () => {
  test('holds each row under its own name', () => {
    expect(Object.keys(OPERATIONS)).toEqual([...OPERATION_NAMES])
  })

  test('gives no two operations the same thing to say, so that its type tells what an event means', () => {
    const types = Object.values(OPERATIONS).flatMap(({ meaning }) => Object.keys(meaning))
    expect(new Set(types).size).toBe(types.length)
    for (const { meaning, lastWord } of Object.values(OPERATIONS))
      expect(Object.keys(meaning)).toContain(lastWord)
  })

  test.each(OPERATION_NAMES)('%s is found by the name of its requests', (operation) => {
    expect(operationOf({ operation }).name).toBe(operation)
  })
})

describe('what is said', () => {
  const at = { choice: 0, index: 0 } as const

  test('means something where the operation says so', () => {
    expect(isSemantic({ type: 'text-delta', ...at, text: 'a' })).toBe(true)
    expect(isSemantic({ type: 'text-delta', ...at, text: '' })).toBe(false)
    expect(isSemantic({ type: 'block-start', ...at, block: { type: 'text', text: '' } })).toBe(false)
    expect(isSemantic({ type: 'token-count', inputTokens: 1, estimated: false })).toBe(true)
    expect(isSemantic({ type: 'passed', frames: 1, bytes: 1 })).toBe(true)
    expect(isSemantic({ type: 'end' })).toBe(false)
  })

  test('ends with the last word of the operation', () => {
    expect(isLastWord({ type: 'finish', choice: 0, reason: 'stop' })).toBe(true)
    expect(isLastWord({ type: 'text-delta', ...at, text: 'a' })).toBe(false)
  })
})
