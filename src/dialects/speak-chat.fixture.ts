import type { ChatRequest } from '../exchange/chat.ts'
import { scanJson } from '../kit/json-scan.ts'
import type { JsonObject } from '../kit/json.ts'
import type {
  Codec,
  DecodedRequest,
  Dialect,
  NativeContext,
  RequestContext,
  ResponseTap,
  DecodeContext,
} from './dialect.ts'

/** The chat of a dialect, as tests speak it: requests are objects and texts. */
export interface SpokenChat
  extends Omit<Dialect, 'codecs'>, Pick<Codec<'chat'>, 'decodeResponse' | 'encodeResponse'> {
  decodeRequest(body: JsonObject): DecodedRequest<'chat'>
  encodeRequest(request: ChatRequest, context: RequestContext): WrittenText
  passRequest(bytes: Uint8Array, context: NativeContext<'chat'>): WrittenBytes
  tapResponse(context: DecodeContext<'chat'>): ResponseTap<'chat'>
}

interface WrittenText {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

interface WrittenBytes {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** Speaks the chat of a dialect. Throws RangeError for one that has none, and for the tap of one whose decoder reads along. */
export function speakChat(dialect: Dialect): SpokenChat {
  const codec: Codec<'chat'> | undefined = dialect.codecs.chat
  if (codec?.passRequest === undefined) throw new RangeError(dialect.name)
  const [endpoint = 'POST /'] = codec.endpoints
  const head = { endpoint, params: { model: 'sample' }, query: undefined, headers: new Headers() }
  const { passRequest, tapResponse = noTap } = codec
  return {
    ...dialect,
    decodeResponse: codec.decodeResponse,
    encodeResponse: codec.encodeResponse,
    tapResponse,
    decodeRequest: (json) => codec.decodeRequest(bodyOf(json), head),
    encodeRequest(request, context) {
      const { body, headers } = codec.encodeRequest(request, context)
      return { body: textOf(body), headers }
    },
    passRequest(bytes, context) {
      const raw = { form: 'json', bytes, scan: scanJson(bytes) } as const
      const { body, headers } = passRequest(raw, context)
      return { body: body instanceof Uint8Array ? body : new TextEncoder().encode(textOf(body)), headers }
    },
  }
}

function noTap(): never {
  throw new RangeError('the decoder reads along')
}

function bodyOf(json: JsonObject) {
  // What tests write may hold what JSON cannot, undefined members for example, so it is not scanned.
  const bytes = new TextEncoder().encode('{}')
  return { form: 'json', bytes, json, scan: scanJson(bytes) } as const
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  throw new TypeError('a chat request is text')
}
