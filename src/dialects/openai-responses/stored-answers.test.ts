import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { scanJson } from '../../kit/json-scan.ts'
import { spliceJson } from '../../kit/json-splice.ts'
import { parseJson, type JsonObject } from '../../kit/json.ts'
import { readPrevious, storedAnswers } from './stored-answers.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function bodyOf(text: string) {
  const bytes = encode(text)
  return { form: 'json', bytes, scan: scanJson(bytes) } as const
}

function resumed(text: string, before: readonly { input: string; answer: string }[]): string {
  const body = bodyOf(text)
  const texts = before.map((one, index) => ({ ...one, id: `resp_${index}` }))
  return new TextDecoder().decode(spliceJson(body.bytes, storedAnswers.resume(body, texts), body.scan))
}

describe('a request that goes on from stored answers', () => {
  test('says itself all that was asked and answered before, each item as it was written', () => {
    const text = '{"model":"m", "previous_response_id":"resp_1", "input":"And?", "temperature":1e0}'
    const before = [
      {
        input: '"One\\n?"',
        answer: '{"output":[{"type":"reasoning","encrypted_content":"x"},{"type":"message"}],"n":1.10}',
      },
      { input: '[ {"role":"user","content":[]} , {"n":1e400} ]', answer: '{"output": [ ]}' },
    ]
    expect(resumed(text, before)).toBe(
      '{"model":"m", "input":[{"type":"message","role":"user","content":"One\\n?"},' +
        '{"type":"reasoning","encrypted_content":"x"},{"type":"message"},' +
        '{"role":"user","content":[]} , {"n":1e400},' +
        '{"type":"message","role":"user","content":"And?"}], "temperature":1e0}',
    )
  })

  test('may ask nothing of its own', () => {
    const before = [{ input: '[]', answer: '{}' }]
    for (const text of [
      '{"model":"m","previous_response_id":"resp_1"}',
      '{"model":"m","previous_response_id":"resp_1","input":null}',
      '{"model":"m","previous_response_id":"resp_1","input":[ ]}',
    ])
      expect(parseJson(resumed(text, before))).toEqual({ model: 'm', input: [] })
  })

  test('says so, and whether its own answer is to be stored', () => {
    const read = (body: JsonObject) => storedAnswers.read(body, 'POST /v1/responses')
    expect(read({})).toEqual({ store: 'usual' })
    expect(read({ store: null, previous_response_id: null })).toEqual({ store: 'usual' })
    expect(read({ store: true, previous_response_id: '' })).toEqual({ store: 'asked' })
    expect(read({ store: false, previous_response_id: 'resp_1' })).toEqual({
      store: 'no',
      previousId: 'resp_1',
    })
    expect(readPrevious({ previous_response_id: 'resp_1' })).toEqual({ store: 'no', previousId: 'resp_1' })
    for (const [body, param] of [
      [{ store: 'yes' }, 'store'],
      [{ previous_response_id: 7 }, 'previous_response_id'],
    ] as const)
      expect(() => read(body)).toThrow(
        expect.objectContaining({ details: expect.objectContaining({ param }) }),
      )
  })
})

describe('what is stored', () => {
  test('is the input as it was written', () => {
    expect(storedAnswers.inputOf(bodyOf('{"input": [1.0, {"a" :2}] }'))).toBe('[1.0, {"a" :2}]')
    expect(storedAnswers.inputOf(bodyOf('{}'))).toBe('[]')
  })

  test('is the answer that passed, whole or at the end of a stream', () => {
    const answer = { id: 'resp_1', output: [], more: 'naïve' }
    const frame = (type: string) => `event: ${type}\ndata: ${JSON.stringify({ type, response: answer })}\n\n`
    const stored = (text: string) => storedAnswers.answerIn(encode(text))
    expect(stored(` ${JSON.stringify(answer)}`)).toEqual(answer)
    for (const type of ['response.completed', 'response.incomplete'])
      expect(stored(`data: {"type":"response.output_text.delta"}\n\n${frame(type)}`)).toEqual(answer)
    expect(stored(frame('response.created'))).toBeUndefined()
    expect(stored('{"output":[]}')).toBeUndefined()
    expect(stored('data: {"type":"response.completed"')).toBeUndefined()
  })

  test('of an answer that broke, says so', () => {
    const answer = { id: 'resp_1', status: 'completed', incomplete_details: { reason: 'x' }, output: [1] }
    expect(storedAnswers.broken(answer, new Failure('stream-truncated'))).toEqual({
      id: 'resp_1',
      status: 'failed',
      error: { code: 'stream_incomplete', message: expect.any(String) },
      incomplete_details: null,
      output: [1],
    })
  })
})
