import { parseJsonObject, readString } from '../kit/json.ts'
import { SSE_FRAMING } from '../kit/framing.ts'
import type { SseFrame } from '../kit/sse.ts'
import { jsonPassed } from '../dialects/json-body.ts'
import type { Codec, Dialect, ErrorResponse, ResponseDecoder, ResponseTap } from '../dialects/dialect.ts'
import type { ChatEvent, ChatSink } from '../exchange/chat-content.ts'
import { SHARED_QUIRKS } from '../dialects/quirks.ts'
import { Failure } from '../exchange/failure.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { ResponseChunk } from '../exchange/response.ts'

const unused = (): never => {
  throw new Error('the word dialect does not speak to clients')
}

export interface WordDialectOptions {
  readonly name?: string
  /** Where a provider is asked for each operation. */
  readonly places?: { readonly [O in Operation]?: string }
  readonly authentication?: Dialect['authentication']
}

/**
 * A dialect for tests of what lies around dialects: in a stream any word is text, `END` ends, `BAD` fails and `quiet` is
 * not shown; a unary body is `{"text":"…"}`, and one without text is an error. Requests name the lane that wrote them.
 */
export function createWordDialect(options: WordDialectOptions = {}): Dialect {
  const name = options.name ?? 'words'
  const { chat, 'count-tokens': counting } = options.places ?? { chat: '/words' }
  return {
    name,
    family: name,
    quirks: SHARED_QUIRKS,
    codecs: {
      ...(chat === undefined
        ? {}
        : { chat: { ...requestsAt(chat), decodeResponse: createDecoder, tapResponse: createTap } }),
      ...(counting === undefined
        ? {}
        : { 'count-tokens': { ...requestsAt(counting), decodeResponse: unused } }),
    },
    framing: SSE_FRAMING,
    authentication: options.authentication ?? { header: 'authorization', prefix: 'Bearer ' },
    forwardHeaders: ['x-words', 'x-word-*'],
    encodeFailure: unused,
    decodeFailure: ({ status, body }: ErrorResponse) => {
      const message = readString(parseJsonObject(new TextDecoder().decode(body)) ?? {}, 'error')
      const code = status === 429 ? 'provider-rate-limited' : 'provider-error'
      return new Failure(code, message === undefined ? {} : { message })
    },
  }
}

/** Requests that say which lane wrote them, whatever they ask for. */
function requestsAt(path: string) {
  return {
    endpoints: [`POST /v1${path}`],
    providerEndpoint: () => ({ method: 'POST', path }),
    decodeRequest: unused,
    encodeResponse: unused,
    encodeRequest: (_request, { model, headers, notice }) => {
      notice('param.dropped', 'seed')
      return { body: JSON.stringify({ model, lane: 'translated' }), headers }
    },
    passRequest: (raw, { headers }) => ({ body: jsonPassed(raw).bytes, headers }),
  } satisfies Partial<Codec>
}

function createTap(): ResponseTap<'chat'> {
  const decoder = createDecoder()
  return {
    frame(frame, sink) {
      decoder.frame(frame, sink)
      return frame.data === 'quiet' ? 'hide' : 'show'
    },
    unary: (body, sink) => decoder.unary(body, sink),
    close: (sink) => decoder.close(sink),
    get done() {
      return decoder.done
    },
    get complete() {
      return decoder.complete
    },
  }
}

function createDecoder(): ResponseDecoder<'chat'> {
  let done = false
  let complete = false
  const end = (sink: ChatSink, event: ChatEvent): void => {
    done = true
    sink(event)
  }
  return {
    frame({ data }: SseFrame, sink) {
      if (data === 'LAST') complete = true
      if (data === 'END') end(sink, { type: 'end' })
      else if (data === 'BAD') end(sink, { type: 'failure', failure: new Failure('provider-overloaded') })
      else if (data !== 'quiet') sink({ type: 'text-delta', choice: 0, index: 0, text: data })
    },
    unary(body, sink) {
      const text = readString(body, 'text')
      if (text === undefined) return end(sink, { type: 'failure', failure: new Failure('error-in-success') })
      sink({ type: 'text-delta', choice: 0, index: 0, text })
      return end(sink, { type: 'end' })
    },
    close(sink) {
      if (done) return
      end(sink, complete ? { type: 'end' } : { type: 'failure', failure: new Failure('stream-truncated') })
    },
    get done() {
      return done
    },
    get complete() {
      return complete
    },
  }
}

/** What chunks say, in words: texts as they are, failures as `!code`, everything else by its type. */
export function said(chunks: readonly ResponseChunk[]): string {
  return chunks
    .flatMap((chunk) => chunk.events)
    .map((event) => {
      if (event.type === 'text-delta') return event.text
      return event.type === 'failure' ? `!${event.failure.code}` : event.type
    })
    .join(' ')
}
