import { describe, expect, test } from 'bun:test'
import { OPERATIONS, type ModelRequest } from '../exchange/operations/all.ts'
import type { EmbedRequest } from '../exchange/operations/embed.ts'
import type { RerankRequest } from '../exchange/operations/rerank.ts'
import type { Quirks } from '../exchange/target.ts'
import { splitRequest } from './ask-in-parts.ts'

const request = (...inputs: readonly (string | readonly number[])[]): EmbedRequest => ({
  operation: 'embed',
  model: 'm',
  inputs,
  encodings: ['float'],
  stream: false,
})

function partsOf(asked: EmbedRequest, limit: Quirks): readonly (readonly unknown[])[] | undefined {
  const { inputs } = OPERATIONS.embed
  if (inputs === undefined) throw new Error('no inputs')
  return splitRequest(asked, inputs, limit)?.map(({ request: part }) => inputsOf(part))
}

function inputsOf(part: ModelRequest): readonly unknown[] {
  return 'inputs' in part ? part.inputs : []
}

describe('a request that is too much for one', () => {
  test('is cut where the provider takes no more inputs, and not where it does', () => {
    expect(partsOf(request('a', 'b', 'c', 'd', 'e'), { batchInputs: 2 })).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ])
    expect(partsOf(request('a', 'b'), { batchInputs: 2 })).toBeUndefined()
    expect(partsOf(request('a', 'b'), {})).toBeUndefined()
  })

  test('is cut where the provider takes no more tokens; a text never is', () => {
    const tokens = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
    const [small, large] = [tokens(30), tokens(200)]
    expect(partsOf(request(small, small, small, large, small), { batchTokens: 100 })).toEqual([
      [small, small],
      [small],
      [large],
      [small],
    ])
  })

  test('what is said of a part is said of its place in the whole', () => {
    const { inputs } = OPERATIONS.embed
    const parts = inputs === undefined ? [] : splitRequest(request('a', 'b', 'c'), inputs, { batchInputs: 2 })
    const vector = { type: 'vector', input: 0, encoding: 'float', values: [1] } as const
    expect(parts?.[1]?.shift(vector)).toEqual({ ...vector, input: 2 })
  })
})

describe('a ranking that is too much for one', () => {
  const asked: RerankRequest = {
    operation: 'rerank',
    model: 'm',
    query: 'q',
    documents: ['a', 'b', 'c'],
    returnDocuments: false,
    stream: false,
  }
  const split = (quirks: Quirks) => {
    const { inputs } = OPERATIONS.rerank
    if (inputs === undefined) throw new Error('no inputs')
    return splitRequest(asked, inputs, quirks)
  }

  test('is cut by the limit of documents, not by that of texts', () => {
    expect(split({ batchInputs: 1 })).toBeUndefined()
    const parts = split({ batchDocuments: 2 })
    expect(parts).toMatchObject([
      { request: { query: 'q', documents: ['a', 'b'] } },
      { request: { query: 'q', documents: ['c'] } },
    ])
    expect(parts?.[1]?.shift({ type: 'rank', input: 0, score: 1 })).toMatchObject({ input: 2 })
  })

  test('is refused where the scores of several cannot be compared', () => {
    const whole = { comparableScores: false }
    expect(split({ ...whole, batchDocuments: 3 })).toBeUndefined()
    expect(() => split({ ...whole, batchDocuments: 2 })).toThrow('3 documents are more than')
  })
})
