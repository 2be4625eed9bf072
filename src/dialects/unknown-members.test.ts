import { expect, test } from 'bun:test'
import { parseJsonObject } from '../kit/json.ts'
import { unknownMembers } from './unknown-members.ts'

const KNOWN = new Set(['model'])

test('what is not known is kept for its family, null included', () => {
  const body = { model: 'm', fresh: null, other: [1] }
  expect(unknownMembers(body, KNOWN)).toEqual({ fresh: null, other: [1] })
})

test('where everything is known there is no extra at all', () => {
  expect(unknownMembers({ model: 'm', absent: undefined }, KNOWN)).toBeUndefined()
})

test('a member that is called like the prototype is a member', () => {
  const body = parseJsonObject('{"__proto__":{"polluted":true}}') ?? {}
  const unknown = unknownMembers(body, KNOWN) ?? {}
  expect(Object.keys(unknown)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(unknown)).toBe(Object.prototype)
})
