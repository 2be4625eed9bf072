import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { EmbedRequest } from '../../exchange/operations/embed.ts'
import type { Capabilities } from '../../exchange/target.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { scanJson } from '../../kit/json-scan.ts'
import { parseJsonObject, type JsonObject } from '../../kit/json.ts'
import { embed as cohereEmbed } from '../cohere/embed.ts'
import type { Codec } from '../dialect.ts'
import { embed as openaiEmbed } from '../openai-chat/embed.ts'
import { embed } from './embed.ts'

const [ONE, MANY] = [
  'POST /v1beta/models/{+model}:embedContent',
  'POST /v1beta/models/{+model}:batchEmbedContents',
] as const
const head = (endpoint: typeof ONE | typeof MANY) =>
  ({ endpoint, params: { model: 'm' }, query: undefined, headers: new Headers() }) as const

const read = (json: JsonObject, endpoint: typeof ONE | typeof MANY = MANY): EmbedRequest => {
  const bytes = Buffer.from(JSON.stringify(json))
  return embed.decodeRequest({ form: 'json', bytes, scan: scanJson(bytes), json }, head(endpoint)).request
}
const text = (said: string, more: JsonObject = {}): JsonObject => ({
  model: 'models/m',
  content: { parts: [{ text: said }] },
  ...more,
})

interface How {
  /** The client's own bytes, for the native lane. */
  readonly bytes?: Uint8Array
  readonly capabilities?: Capabilities
  readonly codec?: Codec<'embed'>
}

function told(request: EmbedRequest, { bytes, capabilities = {}, codec = embed }: How = {}) {
  const notices: string[] = []
  const context = {
    request,
    model: 'theirs',
    capabilities,
    quirks: {},
    headers: {},
    notice: (code: string, subject?: string) => void notices.push(`${code} ${subject ?? ''}`),
  }
  const wire =
    bytes === undefined
      ? codec.encodeRequest(request, context)
      : codec.passRequest?.({ form: 'json', bytes, scan: scanJson(bytes) }, context)
  const body = typeof wire?.body === 'string' ? parseJsonObject(wire.body) : undefined
  return { body: body ?? {}, notices }
}

function refusal(act: () => unknown): { code: string; param: string | undefined } {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Failure) return { code: thrown.code, param: thrown.details.param }
  }
  throw new Error('nothing was refused')
}

describe('what is to be embedded', () => {
  test('is read of one text and of many, in either spelling of names', () => {
    const settings = { outputDimensionality: 8, taskType: 'RETRIEVAL_QUERY' }
    const known = { operation: 'embed', model: 'm', dimensions: 8, task: 'query', encodings: ['float'] }
    expect(read(text('a', settings), ONE)).toMatchObject({ ...known, inputs: ['a'], answerShape: 'single' })
    const many = read({ requests: [text('a', settings), text('b', settings)] })
    expect(many).toMatchObject({ ...known, inputs: ['a', 'b'] })
    expect(many.answerShape).toBeUndefined()
    expect(many.extra).toBeUndefined()
    const snake = { output_dimensionality: 8, task_type: 'RETRIEVAL_QUERY' }
    expect(read({ requests: [text('a', snake)] })).toMatchObject(known)
  })

  test('is several parts in one, images and sounds among them, which others refuse by name', () => {
    const parts = [
      { text: 'a' },
      { text: 'b' },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { mimeType: 'audio/mp3', fileUri: 'https://x.test/a.mp3' } },
    ]
    const request = read({ content: { parts } }, ONE)
    expect(request.inputs).toMatchObject([{ parts: [{}, {}, { kind: 'image' }, { kind: 'audio' }] }])
    expect(told(request).body).toMatchObject({ requests: [{ content: { parts } }] })
    const refusedBy = (how: How): string | undefined => refusal(() => told(request, how)).param
    expect(refusedBy({ capabilities: { vision: false } })).toBe('content.parts[2]')
    expect(refusedBy({ codec: cohereEmbed })).toBe('content.parts[3]')
    expect(refusedBy({ codec: openaiEmbed })).toBe('input[0]')
  })

  test('keeps what others have no word for, for its own family', () => {
    const { task, extra } = read({ requests: [text('a', { taskType: 'FACT_VERIFICATION', x: 1 })] })
    expect(task).toBeUndefined()
    expect(extra).toEqual({ google: { taskType: 'FACT_VERIFICATION', x: 1 } })
  })

  test.each<[JsonObject, string]>([
    [{}, 'requests'],
    [{ requests: [] }, 'requests'],
    [{ requests: [{}] }, 'requests[0].content'],
    [{ requests: [{ content: { parts: [] } }] }, 'requests[0].content.parts'],
    [
      { requests: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] },
      'requests[0].content.parts[0]',
    ],
    [
      { requests: [{ content: { parts: [{ inlineData: {} }] } }] },
      'requests[0].content.parts[0].inlineData.data',
    ],
    [{ requests: [text('a'), text('b', { taskType: 'CLUSTERING' })] }, 'requests[1]'],
    [{ requests: [text('a', { outputDimensionality: 0 })] }, 'outputDimensionality'],
  ])('%p is refused for %s', (body, param) => {
    expect(refusal(() => read(body))).toEqual({ code: 'invalid-request', param })
  })
})

describe('a request for a provider', () => {
  const request: EmbedRequest = {
    operation: 'embed',
    model: 'm',
    inputs: ['a', 'b'],
    titles: [undefined, 'B'],
    encodings: ['base64'],
    dimensions: 8,
    task: 'similarity',
    user: 'u',
    stream: false,
    extra: { elsewhere: { late_chunking: true } },
  }

  test('asks for all texts at once; what it has no word for leaves a notice', () => {
    const settings = { model: 'models/theirs', taskType: 'SEMANTIC_SIMILARITY', outputDimensionality: 8 }
    expect(told(request)).toMatchObject({
      body: {
        requests: [
          { ...settings, content: { parts: [{ text: 'a' }] } },
          { ...settings, content: { parts: [{ text: 'b' }] }, title: 'B' },
        ],
      },
      notices: ['unknown.dropped late_chunking', 'encoding.emulated encoding_format', 'param.dropped user'],
    })
  })

  test.each<[Partial<EmbedRequest>, string]>([
    [{ inputs: [[1, 2]] }, 'input'],
    [{ encodings: ['int8'] }, 'encoding_format'],
    [{ encodings: ['float', 'int8'] }, 'encoding_format'],
  ])('%p is refused for %s', (change, param) => {
    expect(refusal(() => told({ ...request, ...change }))).toEqual({ code: 'unsupported-feature', param })
  })

  test('of its own clients is what they wrote, under its name of the model and as one of many', () => {
    const content = { parts: [{ text: 'a' }, { text: 'b' }] }
    const body = { content, taskType: 'CLASSIFICATION', gatehouse: { strict: true } }
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    expect(told(read(body, ONE), { bytes })).toEqual({
      body: { requests: [{ content, taskType: 'CLASSIFICATION', model: 'models/theirs' }] },
      notices: [],
    })
  })
})

describe('an answer', () => {
  const events = (body: JsonObject, inputs = ['a', 'b']): readonly ResponseEvent[] => {
    const all: ResponseEvent[] = []
    const request = read({ requests: inputs.map((said) => text(said)) })
    embed.decodeResponse({ request, quirks: {} }).unary(body, (event) => void all.push(event))
    return all
  }
  const vectors = { embeddings: [{ values: [1, 0] }, { values: [0, 1] }] }

  test('is read, with what was used where the server says it', () => {
    expect(events({ ...vectors, usageMetadata: { promptTokenCount: 4 } })).toEqual([
      { type: 'start' },
      { type: 'vector', input: 0, encoding: 'float', values: [1, 0] },
      { type: 'vector', input: 1, encoding: 'float', values: [0, 1] },
      { type: 'usage', usage: { ...NO_USAGE, inputTokens: 4 }, isFinal: true },
      { type: 'end' },
    ])
    expect(events(vectors).some(({ type }) => type === 'usage')).toBe(false)
  })

  test.each<[string, JsonObject]>([
    ['malformed-response', { embeddings: [{ values: [1] }] }],
    ['malformed-response', { embeddings: [{ values: ['x'] }, { values: [1] }] }],
    ['provider-overloaded', { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }],
  ])('that is none is %s', (code, body) => {
    expect(events(body).at(-1)).toMatchObject({ type: 'failure', failure: { code } })
  })

  test('passes unread, whether or not it says what was used', () => {
    const skim = (body: JsonObject): readonly string[] | false => {
      const all: string[] = []
      const tap = embed.tapResponse?.({ request: read({ requests: [text('a')] }), quirks: {} })
      const bytes = new TextEncoder().encode(JSON.stringify(body))
      return tap?.skim?.(bytes, ({ type }) => void all.push(type)) === true && all
    }
    expect(skim(vectors)).toEqual(['start', 'passed', 'end'])
    expect(skim({ ...vectors, usageMetadata: { promptTokenCount: 4 } })).toContain('usage')
    expect(skim({ error: { code: 503 } })).toBe(false)
  })

  test.each([
    [ONE, { embedding: { values: [0.5] } }],
    [MANY, { embeddings: [{ values: [0.5] }] }],
  ])('is told as %s asks', (endpoint, body) => {
    const request = endpoint === ONE ? read(text('a'), ONE) : read({ requests: [text('a')] })
    const encoder = embed.encodeResponse({
      request,
      requestId: 'r',
      model: 'm',
      createdMs: 0,
      estimatedInputTokens: 0,
      notice() {},
    })
    const values = 'AAAAPw=='
    const vector = { type: 'vector', input: 0, encoding: 'base64', values } as const
    const result = { head: {}, items: [vector], usage: { ...NO_USAGE, inputTokens: 3 } }
    expect(encoder.unary(result)).toEqual({
      ...body,
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
    })
  })
})
