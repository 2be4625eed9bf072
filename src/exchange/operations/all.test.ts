import { describe, expect, test } from 'bun:test'
import { isLastWord, isSemantic } from '../event.ts'
import { OPERATION_NAMES, OPERATIONS, operationOf } from './all.ts'
import type { OperationRow, RequestSpine } from './operation-row.ts'

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

describe('the compiler', () => {
  interface Request extends RequestSpine {
    readonly operation: 'planted'
  }
  type Content = { readonly type: 'one' } | { readonly type: 'other' }
  type Row = OperationRow<Request, Content, string>

  test('refuses a row that forgets what something means, and one under a foreign name', () => {
    // @ts-expect-error -- nothing is said of what `other` means
    const forgetful: Row['meaning'] = { one: true }
    // @ts-expect-error -- requests are of another operation
    const misnamed: Row['name'] = 'chat'
    // @ts-expect-error -- nothing of that kind is said
    const endless: Row['lastWord'] = 'third'
    expect([forgetful, misnamed, endless]).toHaveLength(3)
  })
})
