import { expect, test } from 'bun:test'
import { JsonPieces } from './json-pieces.ts'

test('values stand where their paths lead, and a text goes on', () => {
  const pieces = new JsonPieces()
  pieces.put('$.city', 'Zü')
  pieces.put("$['place'].tags[0]", 'a')
  pieces.put('$.place.tags[1]', true)
  pieces.put('$.city', 'rich')
  pieces.put('$["n"]', null)
  expect(JSON.parse(pieces.text)).toEqual({ city: 'Zürich', place: { tags: ['a', true] }, n: null })
})

test.each(['', '$', '[0]', '$[2].a'])('the path %p leads nowhere', (path) => {
  const pieces = new JsonPieces()
  pieces.put(path, 1)
  expect(pieces.text).toBe('{}')
})

test('names that every object answers to are names, and a far index is the next one', () => {
  const pieces = new JsonPieces()
  pieces.put('$.__proto__', 1)
  pieces.put('$.list[1000000000]', 2)
  expect(pieces.text).toBe('{"__proto__":1,"list":[2]}')
})
