import { readNumber, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { type Counts, type Refusal, type Said, type WireFormat } from './wire-format.ts'

const ANSWER = { modelVersion: 'm', responseId: 'r1' } as const
const CALL = /\/models\/([^:]+):(generateContent|streamGenerateContent\?alt=sse)$/

/** The canonical codes of Google's APIs by status (https://cloud.google.com/apis/design/errors). */
const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
}

/** Content generation of Gemini (https://ai.google.dev/api/generate-content): every frame has the form of a whole answer. */
export const geminiWire: WireFormat = {
  path: ({ model, mode }) => {
    const name = model.split('/').map(encodeURIComponent).join('/')
    return `/v1beta/models/${name}:${mode === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
  },
  body: ({ text, maxTokens }) => ({
    contents: [{ role: 'user', parts: [{ text }] }],
    generationConfig: { maxOutputTokens: maxTokens },
  }),
  readWhole: read,
  readFrame: read,
  stopped: 'STOP',

  basePath: '/v1beta',
  providerType: 'gemini',
  readCall(path) {
    const [, model, method] = CALL.exec(path) ?? []
    if (model === undefined) return undefined
    return {
      model: decodeURIComponent(model),
      mode: method === 'generateContent' ? 'unary' : 'stream',
    }
  },
  whole: (text, used) => ({ ...usageOf(used), ...answerOf(text, 'STOP') }),
  stream: (words, used) => ({
    start: used === undefined ? [] : [frame({ ...answerOf(''), ...usageOf({ ...used, output: 0 }) })],
    words: words.map((text) => frame(answerOf(text))),
    finish: [frame({ ...answerOf('', 'STOP'), ...usageOf(used) })],
    end: '',
  }),
  progress: (used) => frame({ ...answerOf(''), ...usageOf(used) }),
  ping: ': keep-alive\r\n\r\n',
  error: errorOf,
  errorFrame: (refusal) => frame(errorOf(refusal)),
  errorsTellUsage: false,
}

function read(body: JsonObject): Said {
  const candidate = readObjects(body, 'candidates')[0] ?? {}
  const usage = readObject(body, 'usageMetadata')
  const error = readObject(body, 'error')
  const finish = readString(candidate, 'finishReason')
  const parts = readObjects(readObject(candidate, 'content') ?? {}, 'parts')
  return {
    text: parts.map((part) => (part['thought'] === true ? '' : (readString(part, 'text') ?? ''))).join(''),
    finish,
    error,
    input: usage === undefined ? undefined : readNumber(usage, 'promptTokenCount'),
    output: usage === undefined ? undefined : outputOf(usage),
    isEnd: error !== undefined || finish !== undefined,
  }
}

/** Thoughts stand beside the candidates. */
function outputOf(usage: JsonObject): number | undefined {
  const said = readNumber(usage, 'candidatesTokenCount')
  return said === undefined ? undefined : said + (readNumber(usage, 'thoughtsTokenCount') ?? 0)
}

function frame(chunk: JsonObject): string {
  return `data: ${JSON.stringify(chunk)}\r\n\r\n`
}

function answerOf(text: string, finishReason?: string): JsonObject {
  const candidate = { content: { role: 'model', parts: [{ text }] }, index: 0 }
  return { candidates: [finishReason === undefined ? candidate : { ...candidate, finishReason }], ...ANSWER }
}

function usageOf(used: Counts | undefined): JsonObject {
  if (used === undefined) return {}
  return { usageMetadata: { promptTokenCount: used.input, candidatesTokenCount: used.output } }
}

/** Further words stand in the details. */
function errorOf({ status, message, code }: Refusal): JsonObject {
  const details =
    code === undefined
      ? {}
      : {
          details: [
            { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'googleapis.com' },
          ],
        }
  return { error: { code: status, message, status: CODES[status] ?? 'INTERNAL', ...details } }
}
