import { expect, test } from 'bun:test'
import { readerBeside } from './read-text.ts'

test('what is no file has no text, also where it would never end', () => {
  const read = readerBeside(import.meta.path)
  expect(['/dev/zero', '.', 'none', 'read-text.test.ts/none'].map((path) => read(path))).toEqual(
    Array.from({ length: 4 }),
  )
  expect(read('read-text.ts')).toContain('readerBeside')
})
