import { isImage, type Rank, type Ranking, type RerankRequest } from '../../exchange/operations/rerank.ts'
import type { Quirks } from '../../exchange/target.ts'
import type { JsonObject } from '../../kit/json.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec } from '../dialect.ts'
import { isAbsent } from '../fields.ts'
import type { MemberFates } from '../member-fates.ts'
import {
  bestOf,
  documentTexts,
  rankingFates,
  readRanking,
  readRanks,
  refuseImage,
  repeated,
  repeatedText,
} from '../rankings.ts'
import { WholeCodec } from '../whole-codec.ts'
import { tokensOf, usageIn } from './list-answer.ts'
import { FIELDS } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

/** What the client asked, in whose words. */
interface Asked extends RerankRequest {
  /** True where it wants the answer that Voyage gives. */
  readonly asVoyage?: boolean
}

const read = readRanking(FIELDS)
const usual = rankingFates(FIELDS)
/** How Voyage says how many of the best are wanted; the answer to it has other names as well. */
const VOYAGE_TOP = 'top_k'

const MEMBERS: MemberFates<Asked> = {
  query: usual.query,
  documents: {
    names: ['documents'],
    becomes: 'kept',
    note: 'as texts where the provider takes no objects; images are refused where it takes none',
    read: read.documents,
    write(_documents, { request, quirks }, body) {
      const { documents = 'documents', objects = false } = quirks.ranking ?? {}
      body[documents] = objects ? writeDocuments(request, quirks) : documentTexts(request)
    },
  },
  topN: {
    names: ['top_n', VOYAGE_TOP],
    becomes: 'kept',
    note: 'by the gateway where the provider has no field for it',
    read: (body) => FIELDS.positive(body, VOYAGE_TOP) ?? read.topN(body),
    write(topN, { quirks }, body) {
      const name = quirks.ranking?.topN ?? 'top_n'
      if (name !== false) body[name] = topN
    },
  },
  returnDocuments: usual.returnDocuments,
  rankFields: {
    names: ['rank_fields'],
    becomes: 'kept',
    note: 'where the provider takes no objects, documents are told as the texts of these fields',
    read: read.rankFields,
    write(names, { quirks }, body) {
      if (quirks.ranking?.objects === true) body['rank_fields'] = names
    },
  },
  maxTokensPerDocument: usual.maxTokensPerDocument,
  asVoyage: {
    names: [VOYAGE_TOP],
    becomes: 'kept',
    note: 'in how the answer is told',
    read: (body) => (isAbsent(body[VOYAGE_TOP]) && body['truncation'] === undefined ? undefined : true),
  },
}

/**
 * Rankings, which OpenAI itself has not: those of Jina (https://api.jina.ai/redoc), Voyage
 * (https://docs.voyageai.com/reference/reranker-api), Together, vLLM and most engines, at a path beside its own, and of Cohere before its
 * second version.
 */
export const rerank: Codec<'rerank'> = new WholeCodec<Asked, Rank, Ranking>(WHOLE, {
  operation: 'rerank',
  endpoints: ['POST /v1/rerank'],
  path: '/rerank',
  fates: MEMBERS,
  edits: (_raw, { request, quirks: { ranking } }) =>
    ranking === undefined && request.asVoyage !== true ? [] : undefined,
  // Documents are repeated here, and names differ.
  rewords: true,
  answers: ['results', 'data'],
  usageIn: (body, { quirks }) => billedUsage(body) ?? usageIn(body, quirks),
  readAnswer: ({ results, data }, { request }, sink) => readRanks(results ?? data, request, sink),
  writeAnswer: (ranking, { request, requestId, model }) => {
    const told = { ...ranking, head: { responseId: requestId, model, ...ranking.head } }
    return request.asVoyage === true ? writeAsVoyage(told, request) : writeUsual(told, request)
  },
})

function writeDocuments({ documents }: RerankRequest, { ranking }: Quirks): RerankRequest['documents'] {
  const image = ranking?.images === true ? -1 : documents.findIndex(isImage)
  return image < 0 ? documents : refuseImage(image)
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
