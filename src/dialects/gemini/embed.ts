import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Input } from '../../exchange/operations/inputs.ts'
import type { Embeddings, EmbedRequest, Vector } from '../../exchange/operations/embed.ts'
import { totalInput, type Usage } from '../../exchange/usage.ts'
import type { JsonBody } from '../../exchange/wire-body.ts'
import { defined } from '../../kit/defined.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import {
  isArray,
  omitKeys,
  parseJsonObject,
  readObject,
  readObjects,
  type JsonObject,
} from '../../kit/json.ts'
import type {
  Codec,
  DecodeContext,
  EncodeContext,
  NativeContext,
  RequestContext,
  ResponseDecoder,
  WireRequest,
} from '../dialect.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignFields } from '../foreign-extra.ts'
import { jsonIn, jsonPassed } from '../json-body.ts'
import { textOfInput } from '../mixed-input.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { VectorTap, type VectorTapRules } from '../vector-tap.ts'
import {
  missingVectors,
  refuseInput,
  refuseTokens,
  settleForNumbers,
  vectorsAs,
  vectorValues,
} from '../vectors.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { decodeEmbedRequest, TASK_WORDS } from './decode-embed-request.ts'
import { FAILURES } from './failure.ts'
import { inCamel } from './in-camel.ts'
import { pathOfModel } from './path-of-model.ts'
import { FAMILY, FORWARD_HEADERS, SINGLE } from './vocabulary.ts'
import { decodeUsage } from './usage.ts'

/** Embeddings (https://ai.google.dev/api/embeddings): of one text or of many. Providers are always asked for many. */
export const embed: Codec<'embed'> = {
  endpoints: ['POST /v1beta/models/{+model}:embedContent', 'POST /v1beta/models/{+model}:batchEmbedContents'],
  providerEndpoint: ({ model }) => ({ method: 'POST', path: `${pathOfModel(model)}:batchEmbedContents` }),
  decodeRequest: (body, head) => decodeEmbedRequest(jsonIn(body), head),
  encodeRequest,
  passRequest: (raw, context) => passRequest(jsonPassed(raw), context),
  decodeResponse,
  tapResponse: (context) => new VectorTap(decodeResponse(context), TAP_RULES),
  encodeResponse: (context) => createWholeEncoder(writeVectors, context),
}

function decodeResponse(context: DecodeContext<'embed'>): ResponseDecoder<'embed'> {
  return createWholeDecoder<Vector>((body, sink) => readVectors(body, context, sink))
}

function encodeRequest(request: EmbedRequest, context: RequestContext): WireRequest {
  const { inputs, titles, encodings, dimensions, task, user, extra } = request
  const { notice, model } = context
  refuseTokens(request)
  noteForeignFields(extra, FAMILY, notice)
  settleForNumbers(encodings[0] ?? 'float', notice)
  if (user !== undefined) notice('param.dropped', 'user')
  const settings = obeyFieldNames(
    {
      ...extra?.[FAMILY],
      taskType: task === undefined ? extra?.[FAMILY]?.['taskType'] : TASK_WORDS[task],
      outputDimensionality: dimensions,
    },
    context,
  )
  const requests = inputs.map((input, index) => ({
    model: `models/${model}`,
    content: { parts: [{ text: textOf(input, index) }] },
    title: titles?.[index],
    ...settings,
  }))
  return wireOf(requests, context)
}

/** Texts alone are told here, in one part each. */
function textOf(input: Input, index: number): string {
  return textOfInput(input) ?? refuseInput(`input[${index}]`)
}

const OPTIONS: ReadonlySet<string> = new Set([OPTIONS_FIELD])

/** What the client wrote, under the provider's name of the model. */
function passRequest({ bytes }: JsonBody, context: NativeContext<'embed'>): WireRequest {
  const body = inCamel(parseJsonObject(new TextDecoder().decode(bytes)) ?? {})
  const entries = isArray(body['requests']) ? readObjects(body, 'requests') : [omitKeys(body, OPTIONS)]
  const model = `models/${context.model}`
  return wireOf(
    entries.map((entry) => ({ ...entry, model })),
    context,
  )
}

function wireOf(requests: readonly JsonObject[], { headers }: RequestContext): WireRequest {
  return { body: JSON.stringify({ requests }), headers: pickHeaders(headers, FORWARD_HEADERS) }
}

const ANSWERS = ['embeddings'] as const

function readVectors(
  body: JsonObject,
  { request }: DecodeContext<'embed'>,
  sink: EventSink<Vector>,
): Failure | undefined {
  if (isErrorBody(body, ANSWERS)) return FAILURES.decodeInside(body)
  sink({ type: 'start' })
  let input = 0
  for (const { values: written } of readObjects(body, 'embeddings')) {
    const values = vectorValues(written)
    if (values === undefined) return new Failure('malformed-response')
    sink({ type: 'vector', input, encoding: 'float', values })
    input += 1
  }
  const usage = usageIn(body)
  if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
  return missingVectors(request, input)
}

/** Not all servers say what was read. */
function usageIn(body: JsonObject): Usage | undefined {
  const reported = readObject(body, 'usageMetadata')
  if (reported?.['promptTokenCount'] === undefined) return undefined
  return decodeUsage(reported, { webSearches: 0, service: { asked: undefined, told: undefined } })
}

const TAP_RULES: VectorTapRules = {
  list: /"embeddings"\s*:\s*\[/,
  around(rest) {
    if (isErrorBody(rest, ANSWERS)) return undefined
    return { start: { type: 'start' }, ...defined({ usage: usageIn(rest) }) }
  },
}

function writeVectors(
  { items, usage }: Embeddings,
  { request: { answerShape } }: EncodeContext<'embed'>,
): JsonObject {
  const told = vectorsAs(items, 'float').map((values) => ({ values }))
  const tokens = totalInput(usage)
  const usageMetadata = { promptTokenCount: tokens, totalTokenCount: tokens }
  return answerShape === SINGLE ? { embedding: told[0], usageMetadata } : { embeddings: told, usageMetadata }
}
