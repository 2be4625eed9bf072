import { describe, expect, test } from 'bun:test'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'
import { refusal, speakWhole } from '../speak-whole.fixture.ts'
import { moderate } from './moderate.ts'

const { read, written, passed, events, answered } = speakWhole(moderate)

const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
const TEXT = { type: 'text', text: 'look' }

describe('what is to be judged', () => {
  test('is a text, texts one by one, or texts and images together', () => {
    expect(read({ input: 'one' }).inputs).toEqual(['one'])
    expect(read({ input: ['one', 'two'] }).inputs).toEqual(['one', 'two'])
    expect(read({ input: [TEXT, IMAGE] }).inputs).toMatchObject([
      { parts: [TEXT, { type: 'media', kind: 'image', source: { mediaType: 'image/png', base64: 'AAAA' } }] },
    ])
  })

  test('is judged by the model that the API takes where none is named', () => {
    expect(read({ input: 'one', model: null }).model).toBe('omni-moderation-latest')
  })

  test.each([
    [{}, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 7 }, 'input'],
    [{ input: ['a', TEXT] }, 'input[1]'],
    [{ input: [{ type: 'input_audio' }] }, 'input[0].type'],
    [{ input: [{ type: 'text' }] }, 'input[0].text'],
    [{ input: 'a', model: '' }, 'model'],
  ])('%p is refused for %s', (body: JsonObject, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid-request', param })
  })

  test.each([[{ input: 'one' }], [{ input: ['one', 'two'] }], [{ input: [TEXT, IMAGE] }]])(
    'a provider is asked for it as it was asked: %p',
    (body: JsonObject) => {
      expect(written({ ...body, metadata: { a: 1 } }).body).toEqual({
        ...body,
        model: 'theirs',
        metadata: { a: 1 },
      })
    },
  )

  test('bytes pass, with the model where the client named none', () => {
    expect(passed('{"input":"\\u0061" }')).toBe('{"input":"\\u0061","model":"theirs" }')
  })
})

const ANSWER = {
  id: 'modr-1',
  model: 'omni',
  results: [
    {
      flagged: true,
      categories: { violence: true, illicit: null },
      category_scores: { violence: 0.9, illicit: null },
      category_applied_input_types: { violence: ['text'] },
    },
  ],
}

describe('an answer', () => {
  test('is a verdict for each input', () => {
    expect(events(ANSWER, { input: 'a' })).toEqual([
      { type: 'start', model: 'omni', responseId: 'modr-1' },
      {
        type: 'verdict',
        input: 0,
        flagged: true,
        categories: { violence: true },
        scores: { violence: 0.9 },
        lookedAt: { violence: ['text'] },
      },
      { type: 'end' },
    ])
  })

  test('without a flag is flagged where a category is, as at Mistral, and what it says of usage is told', () => {
    const [yes, no] = [{ categories: { selfharm: true, law: false } }, { categories: { law: false } }]
    const told = events({ results: [yes, no], usage: { total_tokens: 9 } }, { input: ['a', 'b'] })
    expect(told).toMatchObject([
      { type: 'start' },
      { type: 'verdict', input: 0, flagged: true, scores: {} },
      { type: 'verdict', input: 1, flagged: false },
      { type: 'usage', usage: { inputTokens: 9 }, isFinal: true },
      { type: 'end' },
    ])
  })

  test.each([
    ['too few verdicts', ANSWER],
    ['no list', { id: 'modr-1' }],
    ['a verdict that is none', { results: [1, 2] }],
  ])('with %s is a failure', (_name, body: JsonObject) => {
    expect(events(body, { input: ['a', 'b'] }).at(-1)).toMatchObject({
      failure: { code: 'malformed-response' },
    })
  })

  test('is written as it was read', () => {
    const verdict = { flagged: true, categories: { violence: true }, scores: { violence: 0.9 } }
    const items = [{ type: 'verdict', input: 0, ...verdict, lookedAt: { violence: ['text'] } }] as const
    const head = { responseId: 'modr-1', model: 'omni' }
    const body = answered({ head, items, usage: NO_USAGE }, { input: 'a' })
    expect(events(body, { input: 'a' })).toMatchObject([
      { type: 'start', ...head },
      ...items,
      { type: 'end' },
    ])
    expect(body).toMatchObject({ id: 'modr-1', model: 'omni', results: [{ flagged: true }] })
    expect(answered({ head: {}, items: [], usage: NO_USAGE }, { input: 'a' })).toMatchObject({
      id: 'req_1',
      model: 'm',
    })
  })
})
