import { describe, expect, test } from 'bun:test'
import { cpuMsOf } from '../../kit/cpu-time.fixture.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { EmbedRequest } from '../../exchange/operations/embed.ts'
import type { Quirks } from '../../exchange/target.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { fromFloat32Text, toFloat32Text } from '../../kit/float32-text.ts'
import { refusal, speakWhole } from '../speak-whole.fixture.ts'
import { embed } from './embed.ts'

const { read, written, passed, events, answered } = speakWhole(embed)

const eventsOf = (body: JsonObject, request: JsonObject = { input: ['a', 'b'] }) => events(body, request)

const answer = (...embeddings: readonly (number[] | string)[]): JsonObject => ({
  object: 'list',
  data: embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  model: 'm-1',
  usage: { prompt_tokens: 4, total_tokens: 4 },
})

const INPUTS: readonly (readonly [name: string, input: Json, inputs: EmbedRequest['inputs']])[] = [
  ['a text', 'one', ['one']],
  ['texts', ['one', 'two'], ['one', 'two']],
  ['tokens', [1, 2, 3], [[1, 2, 3]]],
  ['tokens of several texts', [[1, 2], [3]], [[1, 2], [3]]],
  ['texts in objects, as Jina has them', [{ text: 'one' }, 'two'], ['one', 'two']],
  [
    'images in objects, as Jina has them',
    [{ image: 'https://x.test/a.png' }, 'two'],
    [
      {
        parts: [
          {
            type: 'media',
            kind: 'image',
            source: { from: 'url', url: 'https://x.test/a.png' },
            at: 'input[0]',
          },
        ],
      },
      'two',
    ],
  ],
]

describe('what is to be embedded', () => {
  test.each(INPUTS)('%s', (_name, input, inputs) => {
    expect(read({ input }).inputs).toEqual(inputs)
  })

  test.each([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 7 }, 'input'],
    [{ input: ['a', 7] }, 'input[1]'],
    [{ input: [{ image: 'https://…', text: 'x' }] }, 'input[0]'],
    [{ input: [{ video: 'https://…' }] }, 'input[0]'],
    [{ input: [[]] }, 'input[0]'],
    [{ input: [[1.5]] }, 'input[0]'],
    [{ input: 'a', model: '' }, 'model'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
  ])('%p is refused for %s', (body: JsonObject, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid-request', param })
  })

  test('the names that other vendors have for the same are understood', () => {
    expect(read({ input: 'a', output_dimension: 8, output_dtype: 'int8' })).toMatchObject({
      dimensions: 8,
      encodings: ['int8'],
    })
    expect(read({ input: 'a', task: 'retrieval.query', embedding_type: ['binary'] })).toMatchObject({
      task: 'query',
      encodings: ['binary'],
    })
  })
})

describe('a request for a provider', () => {
  test('says what the client said, and nothing that it did not', () => {
    expect(written({ input: 'a' }).body).toEqual({ model: 'theirs', input: 'a' })
    expect(written({ input: ['a', 'b'], dimensions: 8, encoding_format: 'base64', user: 'u' }).body).toEqual({
      model: 'theirs',
      input: ['a', 'b'],
      dimensions: 8,
      encoding_format: 'base64',
      user: 'u',
    })
  })

  test('what its encoder does not know goes along', () => {
    expect(written({ input: 'a', input_type: 'query', late_chunking: true }).body).toMatchObject({
      input_type: 'query',
      late_chunking: true,
    })
  })

  test('what a vector is for is told in the word and the field that the provider has', () => {
    const quirks: Quirks = { vectors: { task: { field: 'task', words: { query: 'retrieval.query' } } } }
    const told = written({ input: 'a', input_type: 'search_query' }, quirks)
    expect(told).toMatchObject({
      body: { model: 'theirs', input: 'a', task: 'retrieval.query' },
      notices: [],
    })
    const untold = written({ input: 'a', input_type: 'clustering' }, quirks)
    expect(untold).toMatchObject({
      body: { model: 'theirs', input: 'a' },
      notices: ['param.dropped input_type'],
    })
  })

  test('base64 is not asked of who gives numbers only; integers are refused', () => {
    const quirks: Quirks = { base64Vectors: false }
    expect(written({ input: 'a', encoding_format: 'base64' }, quirks)).toMatchObject({
      body: { model: 'theirs', input: 'a' },
      notices: ['encoding.emulated encoding_format'],
    })
    expect(refusal(() => written({ input: 'a', output_dtype: 'int8' }, quirks))).toEqual({
      code: 'unsupported-feature',
      param: 'encoding_format',
    })
  })

  test('images go to who reads them, and are refused elsewhere', () => {
    const asked = { input: ['a', { image: 'data:image/png;base64,AAAA' }] }
    expect(written(asked, { vectors: { images: true } }).body).toMatchObject(asked)
    expect(refusal(() => written(asked))).toEqual({ code: 'unsupported-feature', param: 'input[1]' })
  })

  test('tokens are refused for who takes texts only', () => {
    expect(refusal(() => written({ input: [1, 2] }, { tokenInputs: false }))).toEqual({
      code: 'unsupported-feature',
      param: 'input',
    })
  })

  test('fields are renamed, left out and added as the provider wants them', () => {
    const quirks: Quirks = {
      renameParams: { dimensions: 'output_dimension' },
      dropParams: ['user'],
      addParams: { truncation: false },
    }
    expect(written({ input: 'a', dimensions: 8, user: 'u' }, quirks).body).toEqual({
      model: 'theirs',
      input: 'a',
      output_dimension: 8,
      truncation: false,
    })
    expect(written({ input: 'a', truncation: true }, quirks).body).toMatchObject({ truncation: true })
  })
})

describe('the native lane', () => {
  test("the client's bytes get the provider's name of the model, and lose what was said to the gateway", () => {
    expect(passed('{ "model":"m",  "input":["\\u0061"],"x":1.0 ,"gatehouse":{}}')).toBe(
      '{ "model":"theirs",  "input":["\\u0061"],"x":1.0}',
    )
  })

  const skim = (text: string): { read: boolean; events: readonly ResponseEvent[] } => {
    const events: ResponseEvent[] = []
    const tap = embed.tapResponse?.({ request: read({ input: ['a'] }), quirks: {} })
    const isRead = tap?.skim?.(Buffer.from(text), (event) => void events.push(event)) === true
    return { read: isRead, events }
  }

  test('an answer is read around its vectors, wherever its usage stands', () => {
    const usage = { type: 'usage', usage: { inputTokens: 4 }, isFinal: true }
    for (const text of [
      JSON.stringify(answer([0.25, 1])),
      JSON.stringify({
        model: 'm-1',
        usage: { total_tokens: 4 },
        data: [{ index: 0, embedding: 'AACAPg==' }],
      }),
      JSON.stringify(answer([0.25, 1]), undefined, 2),
    ]) {
      expect(skim(text)).toMatchObject({
        read: true,
        events: [
          { type: 'start', model: 'm-1' },
          { type: 'passed', frames: 0, bytes: text.length },
          usage,
          { type: 'end' },
        ],
      })
    }
  })

  test.each([
    ['without vectors', JSON.stringify(answer())],
    ['without usage', JSON.stringify({ data: [{ embedding: [1] }] })],
    ['an error', JSON.stringify({ error: { message: 'x' }, data: [{ embedding: [1] }] })],
    ['cut off', JSON.stringify(answer([0.25, 1])).slice(0, -1)],
    ['with lists behind the vectors', '{"data":[{"embedding":[1]}],"usage":{"total_tokens":4},"more":[1]}'],
    ['a page', '<html>"data":[1]</html>'],
  ])('an answer %s has to be parsed', (_name, text) => {
    expect(skim(text)).toEqual({ read: false, events: [] })
  })
})

describe('an answer', () => {
  test('is a vector for each input, what was used, and the end', () => {
    expect(eventsOf(answer([0.5, 1], [0.25, 2]))).toMatchObject([
      { type: 'start', model: 'm-1' },
      { type: 'vector', input: 0, encoding: 'float', values: [0.5, 1] },
      { type: 'vector', input: 1, encoding: 'float', values: [0.25, 2] },
      { type: 'usage', usage: { inputTokens: 4 }, isFinal: true },
      { type: 'end' },
    ])
  })

  test.each([
    ['too few vectors', answer([1])],
    ['no list', { object: 'list' }],
    ['a vector that is none', { data: [{ embedding: { a: 1 } }] }],
  ])('%s is a failure', (_name, body: JsonObject) => {
    expect(eventsOf(body).at(-1)).toMatchObject({ failure: { code: 'malformed-response' } })
  })

  test('an error that comes with status 200 is that error', () => {
    const error = { message: 'The model is overloaded', type: 'overloaded_error' }
    expect(eventsOf({ error }).at(-1)).toMatchObject({ type: 'failure' })
  })

  test('zeros are no report of what was used', () => {
    const events = eventsOf({ ...answer([1], [2]), usage: { prompt_tokens: 0, total_tokens: 0 } })
    expect(events.map(({ type }) => type)).not.toContain('usage')
  })

  test.each([
    [{ input: 'a' }, [0.5, -2]],
    [{ input: 'a', encoding_format: 'base64' }, toFloat32Text([0.5, -2])],
  ])('%p is answered in that encoding, whichever the provider gave', (asked: JsonObject, expected) => {
    for (const given of [[0.5, -2], toFloat32Text([0.5, -2])]) {
      const encoding = typeof given === 'string' ? 'base64' : 'float'
      const vector = { type: 'vector', input: 0, encoding, values: given } as const
      const usage = { ...NO_USAGE, inputTokens: 4 }
      expect(answered({ head: {}, items: [vector], usage }, asked)).toEqual({
        object: 'list',
        data: [{ object: 'embedding', index: 0, embedding: expected }],
        model: 'm',
        usage: { prompt_tokens: 4, total_tokens: 4 },
      })
    }
  })
})

test('numbers in base64 are float32 in little endian', () => {
  expect(toFloat32Text([1, -0.5])).toBe(Buffer.from(new Float32Array([1, -0.5]).buffer).toString('base64'))
  expect(fromFloat32Text(toFloat32Text([0.5, 3]))).toEqual([0.5, 3])
  for (const text of ['AAA=', 'no base64', 'AACAPw'])
    expect(fromFloat32Text(text.slice(0, 5))).toBeUndefined()
})

test('a hundred vectors pass at five times the speed at which they are parsed and written', () => {
  const numbers = Array.from({ length: 1_536 }, (_, index) => Math.sin(index) / 40)
  const bytes = Buffer.from(JSON.stringify(answer(...Array.from({ length: 100 }, () => numbers))))
  const tap = embed.tapResponse?.({ request: read({ input: ['a'] }), quirks: {} })
  const bestOf = (act: () => void): number => Math.min(...Array.from({ length: 5 }, () => cpuMsOf(act)))
  const passing = bestOf(() => tap?.skim?.(bytes, () => {}))
  const parsing = bestOf(() => JSON.stringify(JSON.parse(bytes.toString())))
  expect(parsing / passing).toBeGreaterThan(5)
})
