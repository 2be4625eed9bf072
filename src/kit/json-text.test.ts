import { expect, test } from 'bun:test'
import { isObject, type Json, type JsonObject } from './json.ts'
import { joinObjects, jsonText, writeObject } from './json-text.ts'

const joined = (held: Json, beside: JsonObject): string =>
  writeObject({ held: isObject(held) ? joinObjects(held, beside) : held })

test.each<[string, Json, JsonObject, string]>([
  ['an object', { a: 1 }, { a: 2, b: 3 }, '{"held":{"a":1,"b":3}}'],
  [
    'a text, whose numbers stay as they were written',
    jsonText('{"a":1.0}'),
    { a: 2, b: 3 },
    '{"held":{"b":3,"a":1.0}}',
  ],
  ['a text that says nothing', jsonText('{}'), { b: 3 }, '{"held":{"b":3}}'],
  ['a text, and nothing new', jsonText('{"a":1e400}'), { a: 2 }, '{"held":{"a":1e400}}'],
])('further members join %s', (_name, held, beside, written) => {
  expect(joined(held, beside)).toBe(written)
})
