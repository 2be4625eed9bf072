import type { Rank, Ranking, RerankRequest } from '../../exchange/operations/rerank.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec } from '../dialect.ts'
import { FieldFates } from '../field-fates.ts'
import type { Asking, MemberFates } from '../member-fates.ts'
import { bestOf, documentTexts, noteCutDocuments, rankingFates, readRanking, readRanks } from '../rankings.ts'
import { WholeCodec } from '../whole-codec.ts'
import { metaOf } from './meta.ts'
import { FIELDS } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

/** Longer documents are cut to this unless the request says otherwise, tokens. */
const MOST_TOKENS_PER_DOCUMENT = 4_096

const fate = new FieldFates<Asking<RerankRequest>>(FIELDS)
const read = readRanking(FIELDS)
const usual = rankingFates(FIELDS)

const MEMBERS: MemberFates<RerankRequest> = {
  query: usual.query,
  documents: {
    names: ['documents'],
    becomes: 'kept',
    note: 'as texts; images are refused',
    read: read.documents,
    write(_documents, to, body) {
      noteCutDocuments(to.request, MOST_TOKENS_PER_DOCUMENT, to)
      body['documents'] = documentTexts(to.request)
    },
  },
  topN: fate.field('top_n', read.topN),
  returnDocuments: usual.returnDocuments,
  rankFields: {
    names: ['rank_fields'],
    becomes: 'kept',
    note: 'documents are told as the texts of these fields',
    read: read.rankFields,
  },
  maxTokensPerDocument: usual.maxTokensPerDocument,
}

/** Rankings (https://docs.cohere.com/reference/rerank). Documents are texts, and answers do not repeat them. */
export const rerank: Codec<'rerank'> = new WholeCodec<RerankRequest, Rank, Ranking>(WHOLE, {
  operation: 'rerank',
  endpoints: ['POST /v2/rerank'],
  path: '/rerank',
  fates: MEMBERS,
  edits: (_raw, context) => {
    const { documents, rankFields } = context.request
    if (rankFields !== undefined || documents.some((document) => typeof document !== 'string'))
      return undefined
    noteCutDocuments(context.request, MOST_TOKENS_PER_DOCUMENT, context)
    return []
  },
  answers: ['results'],
  usageIn: billedUsage,
  readAnswer: ({ results }, { request }, sink) => readRanks(results, request, sink),
  writeAnswer: ({ head, items, usage }, { request, requestId }) => ({
    id: head.responseId ?? requestId,
    results: bestOf(items, request).map(({ input, score }) => ({ index: input, relevance_score: score })),
    meta: metaOf(usage),
  }),
})
