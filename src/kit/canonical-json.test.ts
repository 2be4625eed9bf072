import { expect, test } from 'bun:test'
import { canonicalJson } from './canonical-json.ts'
import { parseJson, parseJsonExactly } from './json.ts'

test('members stand in the order of their names at every depth, and lists stay as they are', () => {
  const one = parseJson('{"b":[{"d":1,"c":[2,1]}],"a":{"z":null,"y":"\\u00fc"}}')
  const other = parseJson('{ "a": {"y":"ü", "z":null}, "b": [ {"c":[2,1], "d":1.0} ] }')
  expect(canonicalJson(one)).toBe('{"a":{"y":"ü","z":null},"b":[{"c":[2,1],"d":1}]}')
  expect(canonicalJson(other)).toBe(canonicalJson(one))
  expect(canonicalJson(parseJson('[2,1]'))).not.toBe(canonicalJson(parseJson('[1,2]')))
})

test('numbers that no double holds stay apart, and a member named __proto__ is one', () => {
  const texts = [
    '{"id":9007199254740993}',
    '{"id":9007199254740992}',
    '{"__proto__":{"a":1},"id":1}',
    '{"id":1}',
  ]
  expect(new Set(texts.map((text) => canonicalJson(parseJsonExactly(text)))).size).toBe(texts.length)
})
