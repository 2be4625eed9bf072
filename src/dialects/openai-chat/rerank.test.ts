import { describe, expect, test } from 'bun:test'
import type { Ranking } from '../../exchange/operations/rerank.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'
import { refusal, speakWhole } from '../speak-whole.fixture.ts'
import { rerank } from './rerank.ts'

const { read, written, passed, events, answered } = speakWhole(rerank)

const ASKED = { query: 'q', documents: ['a', 'b', 'c'] }
const [TEXT, FIELDS, PICTURE] = [{ text: 'a' }, { title: 't', text: 'b' }, { image: 'https://x.test/a.png' }]

describe('what is to be ranked', () => {
  test('is a question and documents, as texts or objects', () => {
    expect(read({ query: 'q', documents: ['a', FIELDS], top_n: 1, rank_fields: ['title'] })).toMatchObject({
      query: 'q',
      documents: ['a', FIELDS],
      topN: 1,
      rankFields: ['title'],
      returnDocuments: false,
    })
  })

  test.each([
    [{ documents: ['a'] }, 'query'],
    [{ query: 'q' }, 'documents'],
    [{ query: 'q', documents: [] }, 'documents'],
    [{ query: 'q', documents: 'a' }, 'documents'],
    [{ query: 'q', documents: ['a', 7] }, 'documents[1]'],
    [{ ...ASKED, top_n: 0 }, 'top_n'],
    [{ ...ASKED, top_k: 0.5 }, 'top_k'],
    [{ ...ASKED, rank_fields: [1] }, 'rank_fields[0]'],
    [{ ...ASKED, model: '' }, 'model'],
  ])('%p is refused for %s', (body: JsonObject, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid-request', param })
  })
})

describe('a provider', () => {
  test('is asked in the words that it knows', () => {
    const asked = { ...ASKED, top_n: 2, return_documents: true, late: 1 }
    expect(written(asked)).toEqual({
      body: { model: 'theirs', query: 'q', documents: ['a', 'b', 'c'], top_n: 2, late: 1 },
      notices: [],
      // Documents are repeated here.
      reworded: true,
    })
    expect(written(asked, { ranking: { topN: 'top_k' } }).body).toMatchObject({ top_k: 2 })
    expect(written(asked, { ranking: { documents: 'texts', topN: false } }).body).toEqual({
      model: 'theirs',
      query: 'q',
      texts: ['a', 'b', 'c'],
      late: 1,
    })
  })

  test('gets texts where it takes no objects, with the fields that are to be looked at', () => {
    const documents = [TEXT, FIELDS]
    expect(written({ query: 'q', documents }).body).toMatchObject({ documents: ['a', 'title: t\ntext: b'] })
    const narrow = written({ query: 'q', documents, rank_fields: ['title', 'text'] })
    expect(narrow.body).toMatchObject({ documents: ['title: ""\ntext: a', 'title: t\ntext: b'] })
    const objects = { ranking: { objects: true } }
    expect(written({ query: 'q', documents, rank_fields: ['text'] }, objects).body).toMatchObject({
      documents,
      rank_fields: ['text'],
    })
  })

  test('gets images where it looks at them, which are refused elsewhere', () => {
    const asked = { query: 'q', documents: ['a', PICTURE] }
    expect(written(asked, { ranking: { objects: true, images: true } }).body).toMatchObject(asked)
    for (const ranking of [{}, { objects: true }])
      expect(refusal(() => written(asked, { ranking }))).toEqual({
        code: 'unsupported-feature',
        param: 'documents[1]',
      })
  })

  test('gets bytes as they are where nothing differs', () => {
    const text = '{ "query":"\\u0071","documents":["a"],"model":"m" }'
    expect(passed(text)).toBe(text.replace('"m"', '"theirs"'))
    expect(JSON.parse(passed('{"query":"q","documents":["a"],"top_k":1}'))).toEqual({
      model: 'theirs',
      query: 'q',
      documents: ['a'],
      top_n: 1,
    })
  })
})

describe('an answer', () => {
  const RANKS = [
    { type: 'rank', input: 1, score: 0.9 },
    { type: 'rank', input: 0, score: 0.1 },
  ]
  const results = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ]
  const asked = { query: 'q', documents: ['a', 'b'] }

  test.each([
    ['Jina', { model: 'm', results, usage: { total_tokens: 9 } }, { inputTokens: 9 }],
    ['Voyage', { object: 'list', data: results, usage: { total_tokens: 9 } }, { inputTokens: 9 }],
    [
      'Cohere, behind a proxy',
      { results, meta: { billed_units: { search_units: 2 }, tokens: { input_tokens: 9 } } },
      { inputTokens: 0, searches: 2 },
    ],
    ['vLLM', { results, usage: { prompt_tokens: 9, total_tokens: 9 } }, { inputTokens: 9 }],
  ])('of %s says a score for each document, and what was used', (_name, body: JsonObject, usage) => {
    expect(events(body, asked)).toMatchObject([
      { type: 'start' },
      ...RANKS,
      { type: 'usage', usage, isFinal: true },
      { type: 'end' },
    ])
  })

  test('of Text Embeddings Inference is a list, which says nothing of usage', () => {
    const data = [
      { index: 1, score: 0.9 },
      { index: 0, score: 0.1 },
    ]
    expect(events({ data }, asked)).toMatchObject([{ type: 'start' }, ...RANKS, { type: 'end' }])
  })

  test('may hold more than was asked for', () => {
    expect(events({ results }, { ...asked, top_n: 1 }).at(-1)).toEqual({ type: 'end' })
  })

  test.each([
    ['too few scores', { results: results.slice(1) }],
    ['no list', { model: 'm' }],
    ['a document that nobody sent', { results: [{ index: 2, relevance_score: 1 }] }],
    ['half a document', { results: [{ index: 0.5, relevance_score: 1 }] }],
    ['a document twice', { results: [results[0], results[0]] }],
    ['no score', { results: [{ index: 0 }, { index: 1 }] }],
  ])('with %s is a failure', (_name, body) => {
    expect(events(body as JsonObject, asked).at(-1)).toMatchObject({
      failure: { code: 'malformed-response' },
    })
  })

  test('is told best first, as many as are wanted, with the documents where they are', () => {
    const ranking: Ranking = {
      head: { model: 'theirs' },
      items: [
        { type: 'rank', input: 0, score: 0.1 },
        { type: 'rank', input: 1, score: 0.9 },
        { type: 'rank', input: 2, score: 0.9 },
      ],
      usage: { ...NO_USAGE, inputTokens: 9 },
    }
    const documents = ['a', FIELDS, 'c']
    expect(answered(ranking, { query: 'q', documents, top_n: 2, return_documents: true })).toMatchObject({
      id: 'req_1',
      model: 'theirs',
      results: [
        { index: 1, relevance_score: 0.9, document: FIELDS },
        { index: 2, relevance_score: 0.9, document: { text: 'c' } },
      ],
      usage: { total_tokens: 9 },
    })
    expect(answered(ranking, { query: 'q', documents, top_k: 1, return_documents: true })).toEqual({
      object: 'list',
      data: [{ index: 1, relevance_score: 0.9, document: 'b' }],
      model: 'theirs',
      usage: { prompt_tokens: 9, total_tokens: 9 },
    })
    expect(answered(ranking, { query: 'q', documents, truncation: false })).toHaveProperty('data')
  })
})
