import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { toFloat32Text } from '../../kit/float32-text.ts'
import type { JsonObject } from '../../kit/json.ts'
import { refusal, speakWhole } from '../speak-whole.fixture.ts'
import { embed } from './embed.ts'

const { read, written, passed, events, answered } = speakWhole(embed)

const IMAGE = 'data:image/png;base64,AAAA'
const MIXED = {
  content: [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: IMAGE } },
  ],
}
const TEXTS = { texts: ['a', 'b'], input_type: 'search_query' }

describe('what is to be embedded', () => {
  test('is texts, images or mixtures, for a use and in encodings', () => {
    expect(read({ ...TEXTS, embedding_types: ['int8', 'float', 'int8'], output_dimension: 8 })).toMatchObject(
      {
        inputs: ['a', 'b'],
        task: 'query',
        encodings: ['int8', 'float'],
        dimensions: 8,
      },
    )
    const image = { type: 'media', kind: 'image', source: { from: 'bytes', base64: 'AAAA' } }
    expect(read({ images: [IMAGE], input_type: 'image' }).inputs).toMatchObject([{ parts: [image] }])
    expect(read({ inputs: [MIXED] }).inputs).toMatchObject([{ parts: [{ text: 'a' }, image] }])
    expect(read({ texts: ['a'] }).encodings).toEqual(['float'])
  })

  test.each([
    [{}, 'texts'],
    [{ texts: [] }, 'texts'],
    [{ texts: ['a'], images: [IMAGE] }, 'images'],
    [{ texts: [7] }, 'texts[0]'],
    [{ inputs: [{}] }, 'inputs[0].content'],
    [{ inputs: [{ content: [] }] }, 'inputs[0].content'],
    [{ inputs: [{ content: [{ type: 'audio' }] }] }, 'inputs[0].content[0].type'],
    [{ texts: ['a'], embedding_types: ['hex'] }, 'embedding_types[0]'],
    [{ texts: ['a'], output_dimension: 0 }, 'output_dimension'],
  ])('%p is refused for %s', (body: JsonObject, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid-request', param })
  })
})

describe('a provider', () => {
  test('is asked for it as it was asked, and told to cut nothing', () => {
    const asked = { ...TEXTS, embedding_types: ['float', 'binary'], output_dimension: 8, priority: 1 }
    expect(written(asked)).toMatchObject({
      body: { ...asked, model: 'theirs', truncate: 'NONE' },
      notices: [],
    })
    expect(written({ ...TEXTS, truncate: 'END' }).body).toMatchObject({ truncate: 'END' })
    expect(written({ images: [IMAGE] }).body).toMatchObject({ images: [IMAGE], input_type: 'image' })
    expect(written({ inputs: [MIXED] }).body).toMatchObject({
      inputs: [MIXED],
      input_type: 'search_document',
    })
    expect(written({ texts: ['a'], input_type: 'newer' }).body).toMatchObject({ input_type: 'newer' })
  })

  test('gets bytes as they are, with that added', () => {
    expect(passed('{"texts":["\\u0061"],"model":"m"}')).toBe(
      '{"texts":["\\u0061"],"model":"theirs","truncate":"NONE"}',
    )
    expect(passed('{"texts":["a"],"model":"m","truncate":"START"}')).toContain('"truncate":"START"')
  })
})

const META = { api_version: { version: '2' }, billed_units: { input_tokens: 4 } }
const ANSWER = {
  id: 'e',
  embeddings: { float: [[0.5], [1]], int8: [[5], [9]] },
  texts: ['a', 'b'],
  meta: META,
}

describe('an answer', () => {
  test('is a vector for each input in each encoding', () => {
    const told = events(ANSWER, { ...TEXTS, embedding_types: ['float', 'int8'] })
    expect(told).toMatchObject([
      { type: 'start', responseId: 'e' },
      { type: 'vector', input: 0, encoding: 'float', values: [0.5] },
      { type: 'vector', input: 1, encoding: 'float', values: [1] },
      { type: 'vector', input: 0, encoding: 'int8', values: [5] },
      { type: 'vector', input: 1, encoding: 'int8', values: [9] },
      { type: 'usage', usage: { inputTokens: 4 }, isFinal: true },
      { type: 'end' },
    ])
  })

  test.each([
    ['without an encoding that was asked for', { ...TEXTS, embedding_types: ['binary'] }],
    ['with too few vectors', { texts: ['a', 'b', 'c'] }],
  ])('%s is a failure', (_name, question: JsonObject) => {
    expect(events(ANSWER, question).at(-1)).toMatchObject({ failure: { code: 'malformed-response' } })
  })

  test('is told in all encodings that are wanted, whichever of numbers and base64 the provider gave', () => {
    const items = [{ type: 'vector', input: 0, encoding: 'float', values: [0.5] }] as const
    const usage = { ...NO_USAGE, inputTokens: 4 }
    const question = { texts: ['a'], embedding_types: ['base64', 'float'] }
    expect(answered({ head: { responseId: 'e' }, items, usage }, question)).toEqual({
      id: 'e',
      embeddings: { base64: [toFloat32Text([0.5])], float: [[0.5]] },
      texts: ['a'],
      meta: META,
      response_type: 'embeddings_by_type',
    })
  })

  const skim = (text: string) => {
    const told: ResponseEvent[] = []
    const tap = embed.tapResponse?.({ request: read(TEXTS), quirks: {} })
    return tap?.skim?.(Buffer.from(text), (event) => void told.push(event)) === true ? told : undefined
  }

  test('passes unread but for what stands around it', () => {
    const long = { ...ANSWER, embeddings: { float: Array.from({ length: 2_000 }, () => [0.5, 1]) } }
    for (const text of [JSON.stringify(long), JSON.stringify({ response_type: 'x', ...long }, undefined, 1)])
      expect(skim(text)).toMatchObject([
        { type: 'start', responseId: 'e' },
        { type: 'passed', bytes: text.length },
        { type: 'usage', usage: { inputTokens: 4 }, isFinal: true },
        { type: 'end' },
      ])
    // A text may say what it likes.
    const sly = { ...ANSWER, texts: ['"meta":{"billed_units":{"input_tokens":1}}}'] }
    expect(skim(JSON.stringify(sly))).toMatchObject([{}, {}, { usage: { inputTokens: 4 } }, {}])
  })

  test.each([
    ['an error', '{"message":"no"}'],
    ['cut off', JSON.stringify(ANSWER).slice(0, -1)],
    ['without usage', JSON.stringify({ ...ANSWER, meta: {} })],
  ])('%s has to be parsed', (_name, text) => {
    expect(skim(text)).toBeUndefined()
  })
})
