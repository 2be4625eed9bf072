import { describe, expect, test } from 'bun:test'
import { NO_USAGE } from '../../exchange/usage.ts'
import { speakWhole } from '../speak-whole.fixture.ts'
import { rerank } from './rerank.ts'

const { written, passed, events, answered } = speakWhole(rerank)

const ASKED = { query: 'q', documents: ['a', 'b'] }
const LONG = 'word '.repeat(6_000)

describe('a provider', () => {
  test('is asked for texts, and told how much of them to look at where the client says it', () => {
    const documents = ['a', { title: 't', text: 'b' }]
    expect(written({ query: 'q', documents, top_n: 1, max_tokens_per_doc: 64, priority: 3 })).toMatchObject({
      body: {
        model: 'theirs',
        query: 'q',
        documents: ['a', 'title: t\ntext: b'],
        top_n: 1,
        max_tokens_per_doc: 64,
        priority: 3,
      },
      notices: [],
    })
  })

  test('that looks at the beginning of a document only is said to', () => {
    const documents = ['a', LONG]
    expect(written({ query: 'q', documents }).notices).toEqual(['text.cut documents[1]'])
    expect(written({ query: 'q', documents, max_tokens_per_doc: 64 }).notices).toEqual([])
  })

  test('gets bytes as they are, but for documents that are no texts', () => {
    const text = '{"query":"\\u0071","documents":["a"] ,"model":"m"}'
    expect(passed(text)).toBe(text.replace('"m"', '"theirs"'))
    expect(JSON.parse(passed('{"query":"q","documents":[{"text":"a"}]}'))).toMatchObject({ documents: ['a'] })
  })
})

test('an answer says a score for each document, and the searches that are charged', () => {
  const ranks = [
    { index: 1, relevance_score: 0.9 },
    { index: 0, relevance_score: 0.1 },
  ]
  const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } }
  expect(events({ id: 'r', results: ranks, meta }, ASKED)).toMatchObject([
    { type: 'start', responseId: 'r' },
    { type: 'rank', input: 1, score: 0.9 },
    { type: 'rank', input: 0, score: 0.1 },
    { type: 'usage', usage: { searches: 1, inputTokens: 0 }, isFinal: true },
    { type: 'end' },
  ])
  const items = [
    { type: 'rank', input: 0, score: 0.1 },
    { type: 'rank', input: 1, score: 0.9 },
  ] as const
  const usage = { ...NO_USAGE, searches: 1 }
  expect(answered({ head: { responseId: 'r' }, items, usage }, ASKED)).toEqual({
    id: 'r',
    results: ranks,
    meta,
  })
})
