import { parseJsonObject, readString } from '../kit/json.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { Dialect, Endpoint, ErrorResponse, ResponseDecoder } from '../dialects/dialect.ts'
import type { EventSink, ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { ResponseChunk } from '../exchange/response.ts'

const unused = (): never => {
  throw new Error('the word dialect does not speak to clients')
}

export interface WordDialectOptions {
  readonly name?: string
  readonly endpoints?: readonly Endpoint[]
  readonly auth?: Dialect['auth']
}

const CHAT: Endpoint = { method: 'POST', path: '/v1/words', providerPath: '/words', operation: 'chat' }

/**
 * A dialect for tests of what lies around dialects: in a stream any word is text, `END` ends, `BAD` fails and `quiet` is
 * not shown; a unary body is `{"text":"…"}`, and one without text is an error. Requests name the lane that wrote them.
 */
export function createWordDialect(options: WordDialectOptions = {}): Dialect {
  const name = options.name ?? 'words'
  return {
    name,
    family: name,
    endpoints: options.endpoints ?? [CHAT],
    forwardHeaders: ['x-words', 'x-word-*'],
    auth: options.auth ?? { header: 'authorization', prefix: 'Bearer ' },
    decodeRequest: unused,
    encodeResponse: unused,
    encodeFailure: unused,
    encodeRequest: (_request, { model, headers, notice }) => {
      notice('param.dropped', 'seed')
      return { body: JSON.stringify({ model, lane: 'translated' }), headers }
    },
    passRequest: (body, { headers }) => ({ body, headers }),
    decodeResponse: createDecoder,
    tapResponse() {
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
    },
    decodeFailure: ({ status, body }: ErrorResponse) => {
      const message = readString(parseJsonObject(new TextDecoder().decode(body)) ?? {}, 'error')
      const code = status === 429 ? 'provider-rate-limited' : 'provider-error'
      return new Failure(code, message === undefined ? {} : { message })
    },
  }
}

function createDecoder(): ResponseDecoder {
  let done = false
  let complete = false
  const end = (sink: EventSink, event: ResponseEvent): void => {
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
