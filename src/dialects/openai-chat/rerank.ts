import type { EventSink } from '../../exchange/event.ts'
import type { Failure } from '../../exchange/failure.ts'
import { isImage, type Rank, type Ranking, type RerankRequest } from '../../exchange/operations/rerank.ts'
import { defined } from '../../kit/defined.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec, RequestContext } from '../dialect.ts'
import {
  bestOf,
  documentTexts,
  RANKING_FIELDS,
  readRanking,
  readRanks,
  readTopN,
  refuseImage,
  repeated,
  repeatedText,
} from '../rankings.ts'
import { startOf } from '../whole-answer.ts'
import { WholeCodec, type Common, type Reading, type WireFields } from '../whole-codec.ts'
import { tokensOf, usageIn } from './list-answer.ts'
import { FIELDS } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

/** What the client asked, in whose words. */
interface Asked extends RerankRequest {
  /** True where it wants the answer that Voyage gives. */
  readonly asVoyage?: boolean
}

/** How Voyage says how many of the best are wanted; the answer to it has other names as well. */
const VOYAGE_TOP = 'top_k'

/**
 * Rankings, which OpenAI itself has not: those of Jina (https://api.jina.ai/redoc), Voyage
 * (https://docs.voyageai.com/reference/reranker-api), Together, vLLM and most engines, at a path beside its own, and of Cohere before its
 * second version.
 */
export const rerank: Codec<'rerank'> = new WholeCodec<Asked, Rank, Ranking>(WHOLE, {
  endpoints: ['POST /v1/rerank'],
  path: '/rerank',
  known: [...RANKING_FIELDS, VOYAGE_TOP],
  read: readQuestion,
  write: writeQuestion,
  edits: (_raw, { request, quirks: { ranking } }) =>
    ranking === undefined && request.asVoyage !== true ? [] : undefined,
  // Documents are repeated here, and names differ.
  rewords: true,
  answers: ['results', 'data'],
  readAnswer,
  writeAnswer: (ranking, { request, requestId, model }) => {
    const told = { ...ranking, head: { responseId: requestId, model, ...ranking.head } }
    return request.asVoyage === true ? writeAsVoyage(told, request) : writeUsual(told, request)
  },
})

function readQuestion(body: JsonObject, common: Common): Asked {
  const request = readRanking(body, common, FIELDS)
  const topK = readTopN(body, VOYAGE_TOP, FIELDS)
  if (topK === undefined && body['truncation'] === undefined) return request
  return { ...request, asVoyage: true, ...defined({ topN: topK }) }
}

/** Documents are not asked back: they are at hand. */
function writeQuestion(request: Asked, context: RequestContext): WireFields {
  const { documents = 'documents', topN = 'top_n', objects = false } = context.quirks.ranking ?? {}
  const fields: Record<string, Json | undefined> = {
    query: request.query,
    [documents]: objects ? writeDocuments(request, context) : documentTexts(request),
    max_tokens_per_doc: request.maxTokensPerDocument,
  }
  if (topN !== false) fields[topN] = request.topN
  if (objects && request.rankFields !== undefined) fields['rank_fields'] = request.rankFields
  return fields
}

function writeDocuments(
  { documents }: RerankRequest,
  { quirks }: RequestContext,
): RerankRequest['documents'] {
  const image = quirks.ranking?.images === true ? -1 : documents.findIndex(isImage)
  return image < 0 ? documents : refuseImage(image)
}

function readAnswer(
  body: JsonObject,
  { request, quirks }: Reading<Asked>,
  sink: EventSink<Rank>,
): Failure | undefined {
  sink(startOf(body))
  const failure = readRanks(body['results'] ?? body['data'], request, sink)
  const usage = billedUsage(body) ?? usageIn(body, quirks)
  if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
  return failure
}

/** The answer of Jina, with what clients of Cohere's first version, of Together and of vLLM look for beside it. */
function writeUsual({ head, items, usage }: Ranking, request: Asked): JsonObject {
  return {
    id: head.responseId,
    object: 'list',
    model: head.model,
    results: bestOf(items, request).map(({ input, score }) => ({
      index: input,
      relevance_score: score,
      ...(request.returnDocuments ? { document: repeated(request.documents[input]) } : {}),
    })),
    usage: tokensOf(usage),
    meta: { api_version: { version: '1' }, billed_units: { search_units: usage.searches } },
  }
}

function writeAsVoyage({ head, items, usage }: Ranking, request: Asked): JsonObject {
  return {
    object: 'list',
    data: bestOf(items, request).map(({ input, score }) => ({
      index: input,
      relevance_score: score,
      ...(request.returnDocuments ? { document: repeatedText(request.documents[input]) } : {}),
    })),
    model: head.model,
    usage: tokensOf(usage),
  }
}
