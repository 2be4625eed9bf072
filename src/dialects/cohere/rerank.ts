import type { Rank, Ranking, RerankRequest } from '../../exchange/operations/rerank.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec, RequestContext } from '../dialect.ts'
import {
  bestOf,
  documentTexts,
  noteCutDocuments,
  RANKING_FIELDS,
  readRanking,
  readRanks,
} from '../rankings.ts'
import { startOf } from '../whole-answer.ts'
import { WholeCodec, type WireFields } from '../whole-codec.ts'
import { metaOf } from './meta.ts'
import { FIELDS } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

/** Longer documents are cut to this unless the request says otherwise, tokens. */
const MOST_TOKENS_PER_DOCUMENT = 4_096

/** Rankings (https://docs.cohere.com/reference/rerank). Documents are texts, and answers do not repeat them. */
export const rerank: Codec<'rerank'> = new WholeCodec<RerankRequest, Rank, Ranking>(WHOLE, {
  endpoints: ['POST /v2/rerank'],
  path: '/rerank',
  known: RANKING_FIELDS,
  read: (body, common) => readRanking(body, common, FIELDS),
  write: writeQuestion,
  edits: (_raw, context) => {
    const { documents, rankFields } = context.request
    if (rankFields !== undefined || documents.some((document) => typeof document !== 'string'))
      return undefined
    noteCutDocuments(context.request, MOST_TOKENS_PER_DOCUMENT, context)
    return []
  },
  answers: ['results'],
  readAnswer: (body, { request }, sink) => {
    sink(startOf(body))
    const failure = readRanks(body['results'], request, sink)
    const usage = billedUsage(body)
    if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
    return failure
  },
  writeAnswer: ({ head, items, usage }, { request, requestId }) => ({
    id: head.responseId ?? requestId,
    results: bestOf(items, request).map(({ input, score }) => ({ index: input, relevance_score: score })),
    meta: metaOf(usage),
  }),
})

function writeQuestion(request: RerankRequest, context: RequestContext): WireFields {
  noteCutDocuments(request, MOST_TOKENS_PER_DOCUMENT, context)
  return {
    query: request.query,
    documents: documentTexts(request),
    top_n: request.topN,
    max_tokens_per_doc: request.maxTokensPerDocument,
  }
}
