import type { EventSink } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import {
  documentTokens,
  isImage,
  type Rank,
  type RankedDocument,
  type RerankRequest,
} from '../exchange/operations/rerank.ts'
import { isArray, isObject, readNumber, readString, type Json, type JsonObject } from '../kit/json.ts'
import type { RequestContext } from './dialect.ts'
import { FieldFates } from './field-fates.ts'
import { isAbsent, type Fields } from './fields.ts'
import type { Asking, MemberFates } from './member-fates.ts'

/*
 * What the APIs for rankings have in common. Cohere's first one (https://docs.cohere.com/v1/reference/rerank) was taken over by
 * Jina, Together, vLLM and most others; its second one knows less.
 */

/** How a provider is asked for a ranking, where it is otherwise than at Jina. */
export interface RankingWords {
  /** The field of the documents. */
  readonly documents?: string
  /** The field that says how many of the best are wanted; false where there is none. */
  readonly topN?: string | false
  /** True where documents may be objects. */
  readonly objects?: boolean
  /** True where they may be images. */
  readonly images?: boolean
}

/** How clients say what is ranked, and how: the same everywhere. */
export function readRanking(fields: Fields) {
  return {
    documents: ({ documents }: JsonObject): readonly RankedDocument[] => readDocuments(documents, fields),
    topN: (body: JsonObject): number | undefined => fields.positive(body, 'top_n'),
    rankFields: (body: JsonObject): readonly string[] | undefined => readNames(body, fields),
  }
}

/** What becomes of those members of a ranking of which all providers are told alike. */
export function rankingFates(fields: Fields) {
  const fate = new FieldFates<Asking<RerankRequest>>(fields)
  return {
    query: fate.field('query', (body) => fields.requiredText(body, 'query')),
    // Documents are not asked back: they are at hand.
    returnDocuments: {
      names: ['return_documents'],
      becomes: 'kept',
      note: 'by the gateway, which has them',
      read: (body: JsonObject): boolean => fields.flag(body, 'return_documents') ?? false,
    },
    maxTokensPerDocument: fate.count('max_tokens_per_doc'),
  } as const satisfies Partial<MemberFates<RerankRequest>>
}

function readDocuments(documents: Json | undefined, fields: Fields): readonly RankedDocument[] {
  if (isAbsent(documents)) return fields.refuseAbsent('documents')
  if (!isArray(documents)) return fields.refuseKind('documents', 'an array of texts or objects')
  if (documents.length === 0) return fields.refuse('documents', 'must hold at least one document')
  return documents.map((document, index) =>
    typeof document === 'string' || isObject(document)
      ? document
      : fields.refuseKind(`documents[${index}]`, 'a text or an object'),
  )
}

function readNames(body: JsonObject, fields: Fields): readonly string[] | undefined {
  return fields
    .array(body, 'rank_fields')
    ?.map((name, index) =>
      typeof name === 'string' ? name : fields.refuseKind(`rank_fields[${index}]`, 'a string'),
    )
}

/**
 * The documents for a provider that takes texts only: one with a single text as that, others field by field, as Cohere advises for
 * structured data. Images are refused by name.
 */
export function documentTexts({ documents, rankFields }: RerankRequest): readonly string[] {
  return documents.map((document, index) => {
    if (typeof document === 'string') return document
    if (isImage(document)) return refuseImage(index)
    const names = rankFields ?? Object.keys(document)
    const [only, ...others] = names
    if (only !== undefined && others.length === 0) return textOf(document[only])
    return names.map((name) => `${name}: ${textOf(document[name])}`).join('\n')
  })
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

/** Refuses a picture among the documents. */
export function refuseImage(index: number): never {
  throw new Failure('unsupported-feature', {
    message: 'The model ranks texts only, and one of the documents is an image.',
    param: `documents[${index}]`,
  })
}

/** Says which documents are longer than what a provider looks at; where the client said how much that is, it knows. */
export function noteCutDocuments(
  { documents, maxTokensPerDocument }: RerankRequest,
  mostTokens: number,
  { notice }: Pick<RequestContext, 'notice'>,
): void {
  if (maxTokensPerDocument !== undefined) return
  for (const [index, document] of documents.entries())
    if (documentTokens(document) > mostTokens) notice('text.cut', `documents[${index}]`)
}

/** Reads the scores of a list. Some servers give all documents although fewer were wanted. */
export function readRanks(
  list: Json | undefined,
  { documents, topN = documents.length }: RerankRequest,
  sink: EventSink<Rank>,
): Failure | undefined {
  if (!isArray(list)) return new Failure('malformed-response')
  const seen = new Set<number>()
  for (const entry of list) {
    if (!isObject(entry)) return new Failure('malformed-response')
    const input = readNumber(entry, 'index')
    const score = readNumber(entry, 'relevance_score') ?? readNumber(entry, 'score')
    if (input === undefined || score === undefined || documents[input] === undefined || seen.has(input))
      return new Failure('malformed-response')
    seen.add(input)
    sink({ type: 'rank', input, score })
  }
  const wanted = Math.min(topN, documents.length)
  if (seen.size >= wanted) return undefined
  return new Failure('malformed-response', {
    message: `The provider ranked ${seen.size} documents where ${wanted} were asked for.`,
  })
}

/** The best first, and of those that are as good as each other the one that stands first; as many as are wanted. */
export function bestOf(ranks: readonly Rank[], { topN }: RerankRequest): readonly Rank[] {
  return ranks
    .toSorted((left, right) => right.score - left.score || left.input - right.input)
    .slice(0, topN ?? ranks.length)
}

/** A document as an answer repeats it. */
export function repeated(document: RankedDocument | undefined): JsonObject {
  return typeof document === 'object' ? document : { text: document ?? '' }
}

/** The text of a document, where an answer repeats nothing else. */
export function repeatedText(document: RankedDocument | undefined): string {
  return typeof document === 'object'
    ? (readString(document, 'text') ?? JSON.stringify(document))
    : (document ?? '')
}
