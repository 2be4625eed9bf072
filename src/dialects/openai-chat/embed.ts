import type { EventSink } from '../../exchange/event.ts'
import type { StartEvent } from '../../exchange/event-spine.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ContentOf } from '../../exchange/operations/all.ts'
import type { Embeddings, EmbedRequest, VectorEncoding } from '../../exchange/operations/embed.ts'
import { totalInput, type Usage } from '../../exchange/usage.ts'
import type { JsonBody } from '../../exchange/wire-body.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { isObject, readNumber, readObject, readString, type JsonObject } from '../../kit/json.ts'
import type {
  Codec,
  DecodeContext,
  EncodeContext,
  NativeContext,
  RequestContext,
  ResponseTap,
  TextRequest,
  WireRequest,
} from '../dialect.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignFields } from '../foreign-extra.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { addressEdits, endPassing } from '../passing.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { decodeUsage } from '../reported-usage.ts'
import { VectorTap } from '../vector-tap.ts'
import { missingVectors, refuseTokens, settleForNumbers, valuesAs, vectorValues } from '../vectors.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { decodeEmbedRequest, TASK_FIELDS } from './decode-embed-request.ts'
import { FAILURES } from './failure.ts'
import { FAMILY, FORWARD_HEADERS } from './vocabulary.ts'
import { defined } from '../../kit/defined.ts'

/** Embeddings of OpenAI, and of all who have taken over its path. */
export const embed: Codec<'embed'> = {
  endpoints: ['POST /v1/embeddings'],
  providerEndpoint: () => ({ method: 'POST', path: '/embeddings' }),
  decodeRequest: (body) => decodeEmbedRequest(jsonIn(body)),
  encodeRequest,
  passRequest: (raw, context) => passRequest(jsonPassed(raw), context),
  decodeResponse: (context) => createWholeDecoder((body, sink) => readVectors(body, context, sink)),
  tapResponse,
  encodeResponse: (context) => createWholeEncoder(writeVectors, context),
}

/** Fields that are only written where the request says them: some servers stumble over a null. */
function encodeRequest(request: EmbedRequest, context: RequestContext): TextRequest {
  if (context.quirks.tokenInputs === false) refuseTokens(request)
  noteForeignFields(request.extra, FAMILY, context.notice)
  if (request.titles !== undefined) context.notice('param.dropped', 'title')
  const [only] = request.inputs
  const body = {
    ...request.extra?.[FAMILY],
    ...taskField(request, context),
    model: context.model,
    input: request.inputs.length === 1 && typeof only === 'string' ? only : request.inputs,
    dimensions: request.dimensions,
    user: request.user,
    ...encodingField(request, context),
  }
  return {
    body: JSON.stringify(obeyFieldNames(body, context)),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}

/** What the provider has a word for is told in it, what it has a field for but no word left out; others get what the client wrote. */
function taskField(
  { task, extra }: EmbedRequest,
  { quirks, notice }: RequestContext,
): Readonly<Record<string, string | undefined>> {
  const told = quirks.vectors?.task
  const isWritten = TASK_FIELDS.some((name) => extra?.[FAMILY]?.[name] !== undefined)
  if (task === undefined || (told === undefined && isWritten)) return {}
  const word = told?.words[task]
  if (told === undefined || word === undefined) notice('param.dropped', 'input_type')
  const others = Object.fromEntries(TASK_FIELDS.map((name) => [name, undefined]))
  return told === undefined ? others : { ...others, [told.field]: word }
}

const USUAL_ENCODINGS: Readonly<Partial<Record<VectorEncoding, string>>> = { base64: 'encoding_format' }
const NO_ENCODINGS: typeof USUAL_ENCODINGS = {}

/** Numbers are what all give who are not asked for anything else. */
function encodingField(
  { encodings: [encoding = 'float'] }: EmbedRequest,
  { quirks, notice }: RequestContext,
): Readonly<Record<string, string>> {
  if (encoding === 'float') return {}
  const given = quirks.base64Vectors === false ? NO_ENCODINGS : quirks.vectors?.encodings
  const field = (given ?? USUAL_ENCODINGS)[encoding]
  if (field !== undefined) return { [field]: encoding }
  settleForNumbers(encoding, notice)
  return {}
}

/** The client's bytes, where nothing is known of the provider that they would have to be different for. */
function passRequest(raw: JsonBody, context: NativeContext<'embed'>): WireRequest {
  const { vectors, base64Vectors, tokenInputs } = context.quirks
  if (vectors !== undefined || base64Vectors === false || tokenInputs === false)
    return encodeRequest(context.request, context)
  return {
    body: endPassing({ raw, edits: addressEdits(raw, context) }),
    headers: pickHeaders(context.headers, FORWARD_HEADERS),
  }
}

const ANSWERS = ['data'] as const

function readVectors(
  body: JsonObject,
  { request, quirks }: DecodeContext<'embed'>,
  sink: EventSink<ContentOf<'embed'>>,
): Failure | undefined {
  if (isErrorBody(body, ANSWERS)) return FAILURES.decodeInside(body)
  const { data } = body
  if (!Array.isArray(data)) return new Failure('malformed-response')
  const [wanted = 'float'] = request.encodings
  sink(startOf(body))
  let given = 0
  for (const entry of data) {
    const values = isObject(entry) ? vectorValues(entry['embedding']) : undefined
    if (values === undefined) return new Failure('malformed-response')
    const encoding = typeof values === 'string' ? 'base64' : wanted === 'base64' ? 'float' : wanted
    sink({ type: 'vector', input: readNumber(entry, 'index') ?? given, encoding, values })
    given += 1
  }
  const usage = usageIn(body, quirks)
  if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
  return missingVectors(request, given)
}

function startOf(body: JsonObject): StartEvent {
  const model = readString(body, 'model')
  const responseId = readString(body, 'id')
  return {
    type: 'start',
    ...defined({ model, responseId }),
  }
}

/** Some count the total alone; zeros are no report, since something was read. */
function usageIn(body: JsonObject, quirks: DecodeContext['quirks']): Usage | undefined {
  const reported = readObject(body, 'usage')
  if (reported === undefined) return undefined
  const tokens = readNumber(reported, 'prompt_tokens') ?? readNumber(reported, 'total_tokens')
  const usage = decodeUsage({ ...reported, prompt_tokens: tokens }, quirks)
  return totalInput(usage) === 0 ? undefined : usage
}

/** Where the list of vectors begins, in everything that looks like this API. */
const LIST = /"data"\s*:\s*\[/

function tapResponse(context: DecodeContext<'embed'>): ResponseTap<'embed'> {
  return new VectorTap((body, sink) => readVectors(body, context, sink), {
    list: LIST,
    around(rest) {
      const usage = isErrorBody(rest, ANSWERS) ? undefined : usageIn(rest, context.quirks)
      return usage === undefined ? undefined : { start: startOf(rest), usage }
    },
  })
}

function writeVectors(
  { head, vectors, usage }: Embeddings,
  { request, model }: EncodeContext<'embed'>,
): JsonObject {
  const wanted = request.operation === 'embed' ? (request.encodings[0] ?? 'float') : 'float'
  const tokens = totalInput(usage)
  return {
    object: 'list',
    data: vectors.map((vector) => ({
      object: 'embedding',
      index: vector.input,
      embedding: valuesAs(vector, wanted),
    })),
    model: head.model ?? model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}
