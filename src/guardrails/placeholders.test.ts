import { expect, test } from 'bun:test'
import type { Owners } from '../exchange/owner.ts'
import { createHmacSha256Hex } from '../kit/hash.ts'
import { createKeyedPlaceholders, type KeyedHash } from './placeholders.ts'

const OWNERS = { organisation: 'acme', team: 'shop', project: 'site', key: 'one' }
const MAIL = { value: 'ana@example.com', detector: 'email', restore: true }
const keyed = createHmacSha256Hex('pepper')

const make = (texts: readonly string[] = [], owners: Owners = OWNERS, hash: KeyedHash = keyed) =>
  createKeyedPlaceholders(hash)({ owners, texts: () => texts })

test('a value has the same placeholder in every request of a tenant, by whatever key, and another one elsewhere', () => {
  const placeholder = make().put(MAIL)
  expect(placeholder).toMatch(/^<EMAIL_[0-9A-HJKMNP-TV-Z]{4}>$/)
  expect(make([], { ...OWNERS, key: 'two', user: 'bob' }).put(MAIL)).toBe(placeholder)
  for (const owners of [{ ...OWNERS, project: 'shop' }, { ...OWNERS, organisation: 'other' }, { key: 'one' }])
    expect(make([], owners).put(MAIL)).not.toBe(placeholder)
  expect(make([], OWNERS, createHmacSha256Hex('another')).put(MAIL)).not.toBe(placeholder)
  expect(make([], { key: 'one' }).put(MAIL)).not.toBe(make([], { key: 'two' }).put(MAIL))
})

test('two values of a request never share one, however much their hashes have in common', () => {
  const almostOne = (text: string): string => keyed(text).replace(/^.{15}/, '0'.repeat(15))
  const placeholders = make([], OWNERS, almostOne)
  const [one, two] = [placeholders.put(MAIL), placeholders.put({ ...MAIL, value: 'b@example.com' })]
  expect(one).toBe('<EMAIL_0000>')
  expect(two).toBe('<EMAIL_00000>')
  expect(placeholders.put(MAIL)).toBe(one)
  expect([...placeholders.restorable]).toEqual([
    [one, MAIL.value],
    [two, 'b@example.com'],
  ])
})

test.each([
  ['as it is', (placeholder: string) => `not ${placeholder}`],
  ['as JSON spells it', (placeholder: string) => placeholder.replace('<', '\\u003c').replace('>', '\\u003E')],
])('what the client has written is nobody’s placeholder: %s', (_name, written) => {
  const usual = make().put(MAIL)
  const other = make([written(usual)]).put(MAIL)
  expect(other).toMatch(new RegExp(`^${usual.slice(0, -1)}.>$`))
})

test('what is not put back keeps its placeholder where the client sends an earlier answer', () => {
  const masked = { ...MAIL, restore: false }
  const usual = make().put(masked)
  const placeholders = make([`I wrote to ${usual}.`])
  expect(placeholders.put(masked)).toBe(usual)
  expect(placeholders.restorable.size).toBe(0)
})

test('there is always a further one', () => {
  const constant = (): string => '0'.repeat(64)
  const placeholders = make([], OWNERS, constant)
  const made = Array.from({ length: 100 }, (_, index) => placeholders.put({ ...MAIL, value: String(index) }))
  expect(new Set(made).size).toBe(100)
})
