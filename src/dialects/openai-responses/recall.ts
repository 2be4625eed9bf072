import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ContentOf } from '../../exchange/operations/all.ts'
import type { RecallRequest } from '../../exchange/operations/recall.ts'
import type { StoredTexts } from '../../exchange/stored-texts.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { parseJsonObjectExactly, readString, type JsonObject } from '../../kit/json.ts'
import type { Codec, ProviderEndpoint, RequestHead } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { createWholeDecoder, createWholeEncoder } from '../whole-answer.ts'
import { FAILURES } from './failure.ts'
import { listItems, readPage } from './input-items.ts'
import { FIELDS, FORWARD_HEADERS } from './vocabulary.ts'

type Wants = RecallRequest['wants']

/** What is wanted where. */
const ENDPOINTS = {
  'GET /v1/responses/{response_id}': 'answer',
  'DELETE /v1/responses/{response_id}': 'removal',
  'POST /v1/responses/{response_id}/cancel': 'stop',
  'GET /v1/responses/{response_id}/input_items': 'conversation',
} as const satisfies Readonly<Record<string, Wants>>

const WANTED: ReadonlyMap<string, Wants> = new Map(Object.entries(ENDPOINTS))
type RecallEndpoint = keyof typeof ENDPOINTS

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table are exactly what its type says
const ENDPOINT_NAMES = Object.keys(ENDPOINTS) as RecallEndpoint[]

/** Answers that were stored (https://platform.openai.com/docs/api-reference/responses/get). */
export const recall: Codec<'recall'> = {
  endpoints: ENDPOINT_NAMES,
  takesNoBody: true,
  providerEndpoint: () => ({ method: 'GET', path: '/responses' }),
  decodeRequest: (_body, head) => ({ request: decodeRecall(head) }),
  encodeRequest: (request, { headers }) => ({
    body: { form: 'none' },
    headers: pickHeaders(headers, FORWARD_HEADERS),
    endpoint: endpointFor(request),
  }),
  decodeResponse: () => createWholeDecoder(readRecalled),
  encodeResponse: (context) => createWholeEncoder((found) => writeFound(found, context.request), context),
}

function decodeRecall({ endpoint, params, query }: RequestHead): RecallRequest {
  const wants = WANTED.get(endpoint) ?? 'answer'
  if (query?.get('stream') === 'true')
    FIELDS.refuse('stream', 'is not served for answers that are over: read the answer itself')
  const id = params['response_id'] ?? ''
  const request: RecallRequest = { operation: 'recall', model: '', id, wants, stream: false }
  return wants === 'conversation' ? { ...request, page: readPage(query) } : request
}

function endpointFor({ id, wants }: RecallRequest): ProviderEndpoint {
  const path = `/responses/${encodeURIComponent(id)}`
  switch (wants) {
    case 'answer':
      return { method: 'GET', path }
    case 'removal':
      return { method: 'DELETE', path }
    case 'stop':
      return { method: 'POST', path: `${path}/cancel` }
    case 'conversation':
      return { method: 'GET', path: `${path}/input_items` }
  }
}

/** A provider is only asked to remove: what it says of the answer otherwise is not needed. */
function readRecalled(body: JsonObject, sink: EventSink<ContentOf<'recall'>>): Failure | undefined {
  if (isErrorBody(body, ['id', 'object'])) return FAILURES.decodeInside(body)
  const id = readString(body, 'id')
  if (id === undefined) return new Failure('malformed-response')
  sink({ type: 'start' })
  sink({ type: 'recalled', found: [{ id, input: '[]', answer: JSON.stringify(body) }] })
  return undefined
}

function writeFound(found: readonly StoredTexts[], { id, wants, page }: RecallRequest): JsonObject {
  switch (wants) {
    case 'answer':
    case 'stop':
      return parseJsonObjectExactly(found.at(-1)?.answer ?? '') ?? {}
    case 'removal':
      return { id, object: 'response', deleted: true }
    case 'conversation':
      return listItems(found, page)
  }
}
