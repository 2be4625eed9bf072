import { describe, expect, test } from 'bun:test'
import { featuresOf } from './all.ts'
import type { RankedDocument } from './rerank.ts'

const ask = (query: string, documents: readonly RankedDocument[]) =>
  featuresOf({ operation: 'rerank', model: 'm', query, documents, returnDocuments: false, stream: false })

describe('what a ranking needs', () => {
  test('the question is read with every document, and each has to fit by itself', () => {
    const one = ask('a question of some words', ['a document'])
    const two = ask('a question of some words', ['a document', 'a document'])
    expect(two.inputTokens).toBe(one.inputTokens * 2)
    expect(two.atOnceTokens).toBe(one.inputTokens)
  })

  test('a search is a hundred documents, and a long one counts as several', () => {
    const documents = (count: number, text: string) => Array.from({ length: count }, () => text)
    expect(ask('q', documents(100, 'short')).searches).toBe(1)
    expect(ask('q', documents(101, 'short')).searches).toBe(2)
    expect(ask('q', documents(100, 'word '.repeat(400))).searches).toBe(2)
  })

  test('images are seen, and not counted by the length of their bytes', () => {
    const image = { image: `data:image/png;base64,${'A'.repeat(100_000)}` }
    expect(ask('q', [image])).toMatchObject({ vision: true, images: 1 })
    expect(ask('q', [image]).inputTokens).toBeLessThan(2_000)
    expect(ask('q', [{ ...image, text: 'a' }]).vision).toBe(false)
  })
})
