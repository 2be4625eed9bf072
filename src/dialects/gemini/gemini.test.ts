import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect, type Message } from '../../exchange/collect.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import { isChatEvent } from '../../exchange/is-chat-event.fixture.ts'
import { defined } from '../../kit/defined.ts'
import { parseJsonObject, readObject, readObjects, type Json, type JsonObject } from '../../kit/json.ts'
import { scanJson } from '../../kit/json-scan.ts'
import { createSseFramer } from '../../kit/sse.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { RequestContext } from '../dialect.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { decodeRequest } from './decode-request.ts'
import { gemini } from './gemini.ts'

const chat = speakChat(gemini)
const HEAD = {
  endpoint: 'POST /v1beta/models/{+model}:generateContent',
  params: { model: 'm' },
  query: undefined,
  headers: new Headers(),
} as const
const USER = { parts: [{ text: 'hi' }] }

function read(body: JsonObject): ChatRequest {
  return decodeRequest({ contents: [USER], ...body }, HEAD).request
}

interface Told {
  readonly body: JsonObject
  readonly notices: readonly string[]
}

function tell(request: ChatRequest, context: Partial<RequestContext> = {}): Told {
  const notices: string[] = []
  const wire = chat.encodeRequest(request, {
    model: 'm',
    quirks: {},
    capabilities: {},
    headers: {},
    notice: (code) => void notices.push(code),
    ...context,
  })
  return { body: parseJsonObject(wire.body) ?? {}, notices }
}

/** The request again, as a provider of the same family is told of it. */
const again = (body: JsonObject): JsonObject => tell(read(body)).body

/** What a provider of the same dialect is sent for a client's bytes. */
function pass(body: JsonObject, context: Partial<RequestContext> = {}): string | Told {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const request = read(body)
  const notices: string[] = []
  const notice = (code: string): void => void notices.push(code)
  const wire = gemini.codecs.chat?.passRequest?.(
    { form: 'json', bytes, scan: scanJson(bytes) },
    { model: 'theirs', quirks: {}, capabilities: {}, headers: {}, request, notice, ...context },
  ).body
  return typeof wire === 'string'
    ? { body: parseJsonObject(wire) ?? {}, notices }
    : String(wire && Buffer.from(wire as Uint8Array))
}

describe('the native lane', () => {
  const call = {
    role: 'model',
    parts: [{ functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'c2ln' }],
  }
  const result = { functionResponse: { id: 'a', name: 'f', response: { output: 'x' } } }
  const after = (...parts: readonly JsonObject[]): JsonObject => ({
    contents: [USER, call, { role: 'user', parts }],
  })

  test('passes bytes as they are, without what was said to the gateway; the model stands in the path', () => {
    const body = after(result)
    expect(pass(body)).toBe(JSON.stringify(body))
    expect(pass({ ...body, gatehouse: { strict: true } })).toBe(JSON.stringify(body))
  })

  test('says a result once that an agent says twice, since the API refuses that', () => {
    expect(pass(after(result, result))).toMatchObject({
      body: { contents: [{}, { parts: call.parts }, { parts: [result] }] },
      notices: ['result.repeated'],
    })
  })

  test('keeps what only the API understands of calls and their results where it has to write them anew', () => {
    const asked = {
      role: 'model',
      parts: [{ functionCall: { id: 'a', name: 'f', args: { n: 1 }, mode: 'X' }, thoughtSignature: 'c2ln' }],
    }
    const late = { functionResponse: { id: 'a', name: 'f', response: { output: 'x' }, scheduling: 'SILENT' } }
    const body = { contents: [USER, asked, { role: 'user', parts: [late, late] }] }
    expect(pass(body)).toMatchObject({ body: { contents: [{}, asked, { parts: [late] }] } })
  })

  test('asks for no more than the model gives', () => {
    const body = { contents: [USER], generation_config: { max_output_tokens: 100, temperature: 1.5 } }
    expect(pass(body, { capabilities: { maxOutputTokens: 10, sampling: false } })).toMatchObject({
      body: { generationConfig: { maxOutputTokens: 10 } },
      notices: ['max-tokens.clamped', 'param.dropped'],
    })
  })
})

describe('a request', () => {
  test('comes back as it was, with what only the family understands', () => {
    const body: JsonObject = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      tools: [
        {
          functionDeclarations: [
            { name: 'f', parameters: { type: 'OBJECT', properties: {} }, behavior: 'X' },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: {
        functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] },
        retrievalConfig: { a: 1 },
      },
      safetySettings: [{ category: 'C', threshold: 'T' }],
      generationConfig: {
        temperature: 0.5,
        topK: 3,
        stopSequences: ['#'],
        candidateCount: 2,
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
        thinkingConfig: { includeThoughts: true, thinkingBudget: 100 },
        speechConfig: { voice: 'v' },
      },
    }
    expect(again(body)).toMatchObject({ ...body, contents: [{ role: 'user', ...USER }] })
  })

  test('keeps what stands in another place than the API has it, and does not obey it', () => {
    const body = { temperature: 0.5, generationConfig: { tools: 'none' } }
    expect(read(body).temperature).toBeUndefined()
    expect(again(body)).toMatchObject(body)
  })

  test('may be written in snake case', () => {
    const request = read({
      system_instruction: { parts: [{ text: 's' }] },
      generation_config: { max_output_tokens: 5 },
      contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }],
    })
    expect(request).toMatchObject({
      maxOutputTokens: 5,
      turns: [
        { role: 'system' },
        { blocks: [{ type: 'media', kind: 'image', source: { mediaType: 'image/png' } }] },
      ],
    })
  })

  test('is refused where limits disagree that are written in both spellings', () => {
    const config = { maxOutputTokens: 5 }
    expect(read({ generationConfig: { ...config, max_output_tokens: 5 } }).maxOutputTokens).toBe(5)
    expect(read({ generationConfig: null, generation_config: config }).maxOutputTokens).toBe(5)
    for (const body of [
      { generationConfig: { ...config, max_output_tokens: 900 } },
      { generationConfig: { max_output_tokens: 900, ...config } },
      { generationConfig: config, generation_config: { max_output_tokens: 900 } },
    ])
      expect(() => read(body)).toThrow('disagrees with it')
  })

  test('says of what type the file at an address is, as far as its ending tells', () => {
    const told = (fileData: JsonObject): unknown =>
      readObjects(again({ contents: [{ parts: [{ fileData }] }] }), 'contents')[0]
    const picture = { fileUri: 'https://e.example/a.jpg?b' }
    expect(read({ contents: [{ parts: [{ fileData: picture }] }] }).turns).toMatchObject([
      { blocks: [{ kind: 'image', source: { from: 'url' } }] },
    ])
    for (const [fileData, mimeType] of [
      [picture, 'image/jpeg'],
      [{ ...picture, mimeType: 'image/avif' }, 'image/avif'],
      [{ fileUri: 'https://e.example/a' }, undefined],
    ] as const)
      expect(told(fileData)).toEqual({
        role: 'user',
        parts: [{ fileData: { ...fileData, ...defined({ mimeType }) } }],
      })
  })

  test('tells schemas to others as JSON Schema', () => {
    const parameters = {
      type: 'OBJECT',
      properties: {
        a: { type: 'NUMBER', nullable: true },
        b: { type: 'ARRAY', items: { type: 'STRING' }, minItems: '1' },
      },
      propertyOrdering: ['a', 'b'],
    }
    const [tool] = read({ tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools ?? []
    expect(tool).toMatchObject({
      parameters: {
        type: 'object',
        properties: {
          a: { type: ['number', 'null'] },
          b: { type: 'array', items: { type: 'string' }, minItems: 1 },
        },
      },
    })
  })

  test('whose calls are held to their schemas has strict functions', () => {
    const body = {
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['f'] } },
    }
    expect(read(body)).toMatchObject({
      tools: [{ name: 'f', strict: true }],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['f'] },
    })
    expect(again(body)).toMatchObject(body)
  })

  test('finds the calls of results without ids by name and order', () => {
    const call = (name: string): JsonObject => ({ functionCall: { name, args: {} } })
    const result = (name: string, output: string): JsonObject => ({
      functionResponse: { name, response: { output } },
    })
    const { turns } = read({
      contents: [
        USER,
        { role: 'model', parts: [call('f'), call('g'), call('f')] },
        { role: 'user', parts: [result('f', '1'), result('g', '2'), result('f', '3')] },
      ],
    })
    const asked = (turns[1]?.blocks ?? []).map((block) => (block.type === 'tool-call' ? block.id : ''))
    const given = (turns[2]?.blocks ?? []).map((block) => (block.type === 'tool-result' ? block.callId : ''))
    expect(new Set(asked).size).toBe(3)
    expect(given).toEqual(asked)
  })

  test.each<[string, JsonObject]>([
    ['contents', { contents: [] }],
    ['contents[0].role', { contents: [{ role: 'narrator', parts: [] }] }],
    ['contents[0].parts[0].functionCall.name', { contents: [{ parts: [{ functionCall: {} }] }] }],
    ['temperature', { generationConfig: { temperature: 'hot' } }],
    ['generationConfig', { generationConfig: 'hot' }],
    // Which of the two a server obeys nobody knows.
    ['maxOutputTokens', { generationConfig: { maxOutputTokens: 5 }, max_output_tokens: '9' }],
  ])('is refused for %s', (param, body) => {
    let refused: unknown
    try {
      read(body)
    } catch (thrown) {
      refused = thrown
    }
    expect(refused instanceof Failure && refused.details.param).toBe(param)
  })
})

describe('proofs', () => {
  const asked = (part: JsonObject): JsonObject =>
    readObjects(again({ contents: [USER, { role: 'model', parts: [part] }, USER] }), 'contents')[1] ?? {}
  const call = { functionCall: { id: 'c', name: 'f', args: { a: 1 } } }

  test.each<[string, JsonObject]>([
    ['a call', { ...call, thoughtSignature: 'Esg=' }],
    ['a text', { text: 'a', thoughtSignature: 'Esg=' }],
    ['a thought', { text: 'a', thought: true, thoughtSignature: 'Esg=' }],
    ['nothing', { text: '', thoughtSignature: 'Esg=' }],
  ])('of %s come back to their provider', (_what, part) => {
    expect(asked(part)).toEqual({ role: 'model', parts: [part] })
  })

  test('of other makers are read, and never sent to this one', () => {
    const signature = { family: 'elsewhere', scheme: 's', value: 'v' }
    const thoughtSignature = Buffer.from(wrapSignature({ signature })).toString('base64')
    const parts: Json = [{ text: 'a', thought: true, thoughtSignature }, { text: 'b' }]
    const request = read({ contents: [USER, { role: 'model', parts }, USER] })
    expect(request.turns[1]?.blocks[0]).toMatchObject({ type: 'reasoning', text: 'a', signature })
    const { body, notices } = tell(request)
    expect(notices).toContain('seal.foreign')
    expect(JSON.stringify(body)).not.toContain(thoughtSignature)
  })

  test('that are missing are said to be, at the first call of a turn alone', () => {
    const parts = [call, { functionCall: { id: 'd', name: 'f', args: {} } }]
    const [, turn] = readObjects(again({ contents: [USER, { role: 'model', parts }, USER] }), 'contents')
    expect(readObjects(turn ?? {}, 'parts').map((part) => part['thoughtSignature'])).toEqual([
      'skip_thought_signature_validator',
      undefined,
    ])
  })

  test('end the pieces of a stream that came back one by one', () => {
    const contents = [
      USER,
      { role: 'model', parts: [{ text: 'think', thought: true }] },
      {
        role: 'model',
        parts: [
          { text: 'ing', thought: true },
          { text: '', thought: true, thoughtSignature: 'Esg=' },
        ],
      },
      { role: 'model', parts: [{ text: 'an' }, { text: 'swer' }, { text: '' }] },
      USER,
    ]
    expect(read({ contents }).turns[1]?.blocks).toMatchObject([
      { type: 'reasoning', text: 'thinking', form: 'full', signature: { value: 'Esg=' } },
      { type: 'text', text: 'answer' },
    ])
  })
})

describe('the wish to reason', () => {
  const config = (reasoning: ChatRequest['reasoning'], style?: 'effort' | 'budget' | 'none'): unknown => {
    const request = { ...read({}), ...(reasoning === undefined ? {} : { reasoning }) }
    const { body } = tell(request, { capabilities: style === undefined ? {} : { reasoning: style } })
    return readObject(readObject(body, 'generationConfig') ?? {}, 'thinkingConfig')
  }

  test.each([
    [{ effort: 'high' }, undefined, { thinkingBudget: 24_576, includeThoughts: true }],
    [{ effort: 'high' }, 'effort', { thinkingLevel: 'HIGH', includeThoughts: true }],
    [{ mode: 'on', budgetTokens: 2_000 }, 'effort', { thinkingLevel: 'LOW', includeThoughts: true }],
    [{ mode: 'off' }, 'budget', { thinkingBudget: 0 }],
    [{ mode: 'off' }, 'effort', { thinkingLevel: 'MINIMAL' }],
    [{ mode: 'adaptive', show: 'omitted' }, 'budget', { thinkingBudget: -1, includeThoughts: false }],
    [{ effort: 'high' }, 'none', undefined],
  ] as const)('%p for a model told by %p is %p', (options, style, told) => {
    expect(config(options, style)).toEqual(told)
  })
})

interface Answered {
  readonly message: Message
  readonly last: ChatEvent | undefined
}

/** What a stream of chunks says. */
function answerTo(...chunks: readonly JsonObject[]): Answered {
  return answerOf({}, chunks)
}

/** The same, for a request. */
function answerOf(body: JsonObject, chunks: readonly JsonObject[]): Answered {
  const events: ChatEvent[] = []
  const sink = (event: ResponseEvent): void => {
    if (isChatEvent(event)) events.push(event)
  }
  const decoder = chat.decodeResponse({ request: read(body), quirks: {} })
  const bytes = new TextEncoder().encode(
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join(''),
  )
  createSseFramer().push(bytes, (frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  return { message: collect(events), last: events.at(-1) }
}

const piece = (parts: Json, more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  responseId: 'r',
})

describe('an answer', () => {
  test('has its usage taken apart, the last report of it', () => {
    const { message } = answerTo(
      { ...piece([{ text: 'a' }]), usageMetadata: { trafficType: 'ON_DEMAND' } },
      {
        ...piece([{ text: 'b' }], { finishReason: 'STOP' }),
        usageMetadata: {
          promptTokenCount: 10,
          cachedContentTokenCount: 4,
          toolUsePromptTokenCount: 3,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 7,
          totalTokenCount: 25,
        },
      },
    )
    expect(message.usage).toMatchObject({
      inputTokens: 9,
      cacheReadTokens: 4,
      outputTokens: 5,
      reasoningTokens: 7,
    })
    expect(message.usage.anomalies).toBeUndefined()
  })

  test('that calls ends with calls, and gives each call an id', () => {
    const { message } = answerTo(
      piece([
        { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'Esg=' },
        { functionCall: { name: 'f' } },
      ]),
      piece([{ text: '' }], { finishReason: 'STOP' }),
    )
    const [choice] = message.choices
    expect(choice?.finish?.reason).toBe('tool-calls')
    expect(choice?.blocks).toMatchObject([
      { type: 'tool-call', name: 'f', arguments: '{"a":1}', signature: { family: 'google', value: 'Esg=' } },
      { type: 'tool-call', name: 'f', arguments: '{}' },
    ])
    const ids = choice?.blocks.map((block) => (block.type === 'tool-call' ? block.id : '')) ?? []
    expect(new Set(ids).size).toBe(2)
  })

  test('keeps the proof of a text, thoughts in summary, code that was run, and sources', () => {
    const { message } = answerTo(
      piece([{ text: 'hm', thought: true }, { executableCode: { code: '1' } }, { text: 'It is ' }]),
      piece([{ text: 'so.' }], {
        groundingMetadata: {
          webSearchQueries: ['q'],
          groundingChunks: [{ web: { uri: 'https://e.example', title: 'E' } }],
          groundingSupports: [{ segment: { text: 'so.' }, groundingChunkIndices: [0] }],
        },
      }),
      piece([{ text: '', thoughtSignature: 'Esg=' }], { finishReason: 'STOP' }),
    )
    expect(message.choices[0]?.blocks).toMatchObject([
      { type: 'reasoning', text: 'hm', form: 'summary' },
      { type: 'native', elsewhere: '' },
      { type: 'text', text: 'It is so.', citations: [{ url: 'https://e.example', title: 'E' }] },
      { type: 'reasoning', form: 'hidden', signature: { value: 'Esg=' } },
    ])
  })

  test('tells which passage a source supports, in characters of the text that it stands in', () => {
    const said = ['Grüße. ', 'Über 🚀 steht: ', 'so.']
    const before = Buffer.byteLength('Grüße. Über 🚀 ')
    const segment = { startIndex: before, endIndex: before + Buffer.byteLength('steht: so.') }
    const { message } = answerOf({ tools: [{ googleSearch: {} }] }, [
      ...said.map((text) => piece([{ text }])),
      piece([{ text: '' }], {
        finishReason: 'STOP',
        groundingMetadata: {
          groundingChunks: [
            { web: { uri: 'https://e.example' } },
            { retrievedContext: { text: 'S', title: 'T' } },
          ],
          groundingSupports: [{ segment, groundingChunkIndices: [0, 1] }],
        },
      }),
    ])
    const place = { start: 15, end: 25 }
    expect(said.join('').slice(place.start, place.end)).toBe('steht: so.')
    expect(message.choices[0]?.blocks).toMatchObject([
      {
        citations: [
          { url: 'https://e.example', ...place },
          { text: 'S', title: 'T', ...place },
        ],
      },
    ])
    expect(message.choices[0]?.finish?.extra?.['google']).toHaveProperty('groundingMetadata')
  })

  test('has calls whose arguments came piece by piece, also where their end is missing', () => {
    const call = (functionCall: JsonObject): JsonObject => piece([{ functionCall }])
    const argument = (jsonPath: string, value: JsonObject): JsonObject =>
      call({ partialArgs: [{ jsonPath, ...value }], willContinue: true })
    const { message } = answerTo(
      piece([{ functionCall: { name: 'f', id: 'c', willContinue: true }, thoughtSignature: 'Esg=' }]),
      argument('$.city', { stringValue: 'Zü' }),
      argument('$.city', { stringValue: 'rich' }),
      argument('$.days[0].high', { numberValue: 3.5 }),
      argument("$['is it']", { boolValue: true }),
      argument('$.__proto__', { nullValue: 'NULL_VALUE' }),
      argument('$.far[99999999]', { stringValue: 'next' }),
      call({}),
      call({ name: 'g', willContinue: true }),
      argument('$.a', { stringValue: 'b' }),
      piece([{ text: 'Done.' }], { finishReason: 'STOP' }),
    )
    expect(message.choices[0]?.finish?.reason).toBe('tool-calls')
    expect(message.choices[0]?.blocks).toMatchObject([
      {
        id: 'c',
        name: 'f',
        arguments: '{"city":"Zürich","days":[{"high":3.5}],"is it":true,"__proto__":null,"far":["next"]}',
        signature: { value: 'Esg=' },
      },
      { name: 'g', arguments: '{"a":"b"}' },
      { type: 'text', text: 'Done.' },
    ])
  })

  test('that holds a part which is none is a defect of the provider', () => {
    expect(answerTo(piece([{ text: 7 }])).last).toMatchObject({
      type: 'failure',
      failure: { code: 'malformed-response' },
    })
  })

  test('to a question that is blocked is a filter’s verdict', () => {
    const { message, last } = answerTo({
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata: { promptTokenCount: 3 },
    })
    expect(message.choices[0]?.finish).toMatchObject({ reason: 'content-filter', rawReason: 'SAFETY' })
    expect(last?.type).toBe('end')
  })

  test.each<[string, readonly JsonObject[]]>([
    ['malformed-response', [piece([{ text: 'a' }], { finishReason: 'MALFORMED_FUNCTION_CALL' })]],
    ['stream-truncated', [piece([{ text: 'a' }])]],
    ['empty-response', []],
    ['provider-overloaded', [{ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }]],
  ])('that breaks is %s', (code, chunks) => {
    const { last } = answerTo(...chunks)
    expect(last).toMatchObject({ type: 'failure', failure: { code } })
  })
})

/** An answer, as a client of the dialect is told it. */
function written(events: readonly ChatEvent[], shape?: string) {
  const notices: string[] = []
  const request = { ...read({}), stream: true, ...(shape === undefined ? {} : { answerShape: shape }) }
  const context = {
    request,
    requestId: 'r',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 0,
    notice: (code: string) => void notices.push(code),
  }
  const encoder = chat.encodeResponse(context)
  const wire = events.map((event) => encoder.event(event)).join('')
  const unary = chat.encodeResponse(context).unary(collect(events))
  return { wire, unary, notices, beat: encoder.heartbeat() }
}

const at = { choice: 0, index: 0 }
const SAID: readonly ChatEvent[] = [
  { type: 'start' },
  { type: 'block-start', ...at, block: { type: 'text', text: '' } },
  { type: 'text-delta', ...at, text: 'Grüße. ' },
  { type: 'text-delta', ...at, text: 'So.' },
  { type: 'citation', ...at, citation: { url: 'https://e.example', title: 'E', start: 7, end: 10 } },
  { type: 'citation', ...at, citation: { text: 'quoted', title: 'Book' } },
  { type: 'citation', ...at, citation: { url: 'https://e.example', title: 'E' } },
  { type: 'block-end', ...at },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'end' },
]

describe('an answer for a client', () => {
  test('names its sources and what they support, in bytes, streamed or not', () => {
    const { wire, unary, notices } = written(SAID)
    const grounding = {
      groundingChunks: [
        { web: { uri: 'https://e.example', title: 'E' } },
        { retrievedContext: { title: 'Book', text: 'quoted' } },
      ],
      groundingSupports: [
        { segment: { startIndex: 9, endIndex: 12, text: 'So.' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 0, endIndex: 12, text: 'Grüße. So.' }, groundingChunkIndices: [1] },
        { segment: { startIndex: 0, endIndex: 12, text: 'Grüße. So.' }, groundingChunkIndices: [0] },
      ],
    }
    expect(readObjects(unary, 'candidates')).toMatchObject([{ groundingMetadata: grounding }])
    const last = parseJsonObject(wire.trimEnd().split('data: ').at(-1) ?? '') ?? {}
    expect(readObjects(last, 'candidates')).toMatchObject([{ groundingMetadata: grounding }])
    expect(notices).toEqual([])
  })

  test('is one array for who asked for no events, with signs of life between its elements, and so is a failure', () => {
    const head = { ...HEAD, endpoint: 'POST /v1beta/models/{+model}:streamGenerateContent' } as const
    const asked = (alt?: string) =>
      decodeRequest({ contents: [USER] }, { ...head, query: new URLSearchParams(alt) }).request
    expect(asked('alt=sse').answerShape).toBeUndefined()
    const { answerShape = '' } = asked()
    expect(gemini.codecs.chat?.streamType?.(asked())).toStartWith('application/json')
    const { wire, beat } = written(SAID, answerShape)
    const chunks: unknown = JSON.parse(beat + wire)
    expect(chunks).toHaveLength(3)
    expect(chunks).toMatchObject([
      { candidates: [{ content: { parts: [{ text: 'Grüße. ' }] } }] },
      {},
      { candidates: [{ finishReason: 'STOP' }] },
    ])
    const failure = { type: 'failure', failure: new Failure('stream-truncated') } as const
    expect(JSON.parse(written([...SAID.slice(0, 4), failure], answerShape).wire)).toMatchObject([
      {},
      {},
      { error: { code: 502 } },
    ])
    expect(JSON.parse(written([failure], answerShape).wire)).toMatchObject([{ error: { code: 502 } }])
  })
})

describe('a failure', () => {
  const told = (failure: Failure): JsonObject => {
    const { body } = gemini.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
    return readObject(parseJsonObject(String(body)) ?? {}, 'error') ?? {}
  }

  test('has a code, a reason, the field at fault and the wait where clients look for them', () => {
    expect(told(new Failure('rate-limited', { retryAfterMs: 1_500 }))).toMatchObject({
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      details: [{ reason: 'RATE_LIMITED' }, { retryDelay: '1.5s' }],
    })
    expect(told(new Failure('invalid-request', { param: 'contents' }))).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      details: [{}, { fieldViolations: [{ field: 'contents' }] }],
    })
  })

  test('for its length is told in the API’s own sentence', () => {
    const failure = new Failure('context-overflow', { overflow: { inputTokens: 9, limitTokens: 8 } })
    expect(told(failure)['message']).toBe(
      'The input token count (9) exceeds the maximum number of tokens allowed (8).',
    )
  })
})

test('a model is asked in its path, as the API lists it or not', () => {
  const place = (model: string, stream: boolean) =>
    gemini.codecs.chat?.providerEndpoint({ model, stream }).path
  expect(place('gemini-3', false)).toBe('/models/gemini-3:generateContent')
  expect(place('models/tuned/a b', true)).toBe('/models/tuned/a%20b:streamGenerateContent?alt=sse')
})
