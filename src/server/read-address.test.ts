import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { cleanPath, readAddress } from './read-address.ts'

test('path and query are those that a parser finds', () => {
  const texts = fc.string({
    unit: fc.constantFrom('a', '/', '?', '#', '%20', '&', '=', ':', '.', 'é', '\\'),
    maxLength: 30,
  })
  fc.assert(
    fc.property(texts, (text) => {
      const { url } = new Request(`http://127.0.0.1:4100/${text}`)
      const parsed = new URL(url)
      const { path, query } = readAddress(url)
      expect(path).toBe(cleanPath(parsed.pathname))
      expect([...(query ?? [])]).toEqual([...parsed.searchParams])
    }),
    { numRuns: 500 },
  )
})
