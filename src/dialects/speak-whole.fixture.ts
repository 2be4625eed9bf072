import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { Operation, RequestOf, ResultOf, ContentOf } from '../exchange/operations/all.ts'
import type { Quirks } from '../exchange/target.ts'
import { scanJson } from '../kit/json-scan.ts'
import { parseJsonObject, type JsonObject } from '../kit/json.ts'
import type { Codec } from './dialect.ts'

/** What a provider is sent. */
interface Written {
  readonly body: JsonObject
  /** `code subject`, in order. */
  readonly notices: readonly string[]
  readonly reworded: boolean
}

/** A codec of questions and answers that are never streamed, as tests speak it. */
export interface SpokenWhole<O extends Operation> {
  /** What a client asks. */
  read(body: JsonObject): RequestOf<O>
  /** What a provider is sent, written anew. */
  written(body: JsonObject, quirks?: Quirks): Written
  /** What a provider of the same dialect is sent, as text. */
  passed(text: string, quirks?: Quirks): string
  /** What an answer says to a question. */
  events(answer: JsonObject, question: JsonObject, quirks?: Quirks): readonly ResponseEvent<ContentOf<O>>[]
  /** What a client reads. */
  answered(result: ResultOf<O>, question: JsonObject): JsonObject
}

/** Speaks a codec. Questions get the model `m` where they name none; providers know it as `theirs`. */
export function speakWhole<O extends Operation>(codec: Codec<O>): SpokenWhole<O> {
  const [endpoint] = codec.endpoints
  if (endpoint === undefined) throw new RangeError('the codec has no endpoint')
  const read = (body: JsonObject): RequestOf<O> => {
    const json = { model: 'm', ...body }
    const bytes = Buffer.from(JSON.stringify(json))
    const head = { endpoint, params: {}, query: undefined, headers: new Headers() }
    return codec.decodeRequest({ form: 'json', bytes, scan: scanJson(bytes), json }, head).request
  }
  return {
    read,
    written(body, quirks = {}) {
      const notices: string[] = []
      const context = contextOf(quirks, (code, subject) => void notices.push(`${code} ${subject ?? ''}`))
      const { body: text, reworded = false } = codec.encodeRequest(read(body), context)
      return { body: parseJsonObject(typeof text === 'string' ? text : '') ?? {}, notices, reworded }
    },
    passed(text, quirks = {}) {
      const bytes = Buffer.from(text)
      const request = read(parseJsonObject(text) ?? {})
      const raw = { form: 'json', bytes, scan: scanJson(bytes) } as const
      const wire = codec.passRequest?.(raw, { request, ...contextOf(quirks) })
      return textOf(wire?.body)
    },
    events(answer, question, quirks = {}) {
      const events: ResponseEvent<ContentOf<O>>[] = []
      const decoder = codec.decodeResponse({ request: read(question), quirks })
      decoder.unary(answer, (event) => void events.push(event))
      return events
    },
    answered(result, question) {
      const context = {
        request: read(question),
        requestId: 'req_1',
        model: 'm',
        createdMs: 0,
        estimatedInputTokens: 0,
        notice() {},
      }
      return codec.encodeResponse(context).unary(result)
    },
  }
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  return body instanceof Uint8Array ? Buffer.from(body).toString() : ''
}

function contextOf(quirks: Quirks, notice: (code: string, subject?: string) => void = () => {}) {
  return { model: 'theirs', capabilities: {}, quirks, headers: {}, notice }
}

/** The code and the field of a refusal. */
export function refusal(act: () => unknown): { code: string; param: string | undefined } {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof Failure) return { code: thrown.code, param: thrown.details.param }
    throw thrown
  }
  throw new Error('nothing was refused')
}
