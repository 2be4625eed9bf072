import {
  estimateExtraTokens,
  estimateTextTokens,
  MOST_TOKENS_PER_IMAGE,
  TOKENS_PER_IMAGE,
} from '../estimate.ts'
import { NO_FEATURES, type RequestFeatures } from '../features.ts'
import { isObject, type JsonObject } from '../../kit/json.ts'
import { createListFold, type ListAnswer } from './inputs.ts'
import type { Inputs, OperationRow, RequestSpine } from './operation-row.ts'

/** A document: its text, or fields of which some hold text (`text`, `title`) or the address of an image (`image`). */
export type RankedDocument = string | JsonObject

/** Asks in which order documents answer a question. */
export interface RerankRequest extends RequestSpine {
  readonly operation: 'rerank'
  readonly query: string
  /** At least one. */
  readonly documents: readonly RankedDocument[]
  /** How many of the best are wanted; absent: all. */
  readonly topN?: number
  /** True where the answer repeats the documents. */
  readonly returnDocuments: boolean
  /** The fields of documents that are looked at, in their order; absent: all. */
  readonly rankFields?: readonly string[]
  /** How much of each document is looked at, tokens; absent: what the provider is used to. */
  readonly maxTokensPerDocument?: number
  readonly stream: false
}

/** How well a document answers. */
export interface Rank {
  readonly type: 'rank'
  /** Which document, from 0. */
  readonly input: number
  /** The more the better. The scale is the model's: of two models only the order can be compared. */
  readonly score: number
}

/** The scores of all documents that are wanted, in the order of the request. */
export type Ranking = ListAnswer<Rank>

/** A search is a question about so many documents, each of so many tokens with the question; a longer one counts as several (https://cohere.com/pricing). */
const [DOCUMENTS_PER_SEARCH, TOKENS_PER_DOCUMENT] = [100, 500] as const

/** The question is read anew with every document. */
function sizesOf({ query, documents }: RerankRequest): readonly number[] {
  const queryTokens = estimateTextTokens(query)
  return documents.map((document) => queryTokens + documentTokens(document))
}

/** The tokens of a document, estimated. */
export function documentTokens(document: RankedDocument): number {
  if (typeof document === 'string') return estimateTextTokens(document)
  return isImage(document) ? TOKENS_PER_IMAGE : estimateTextTokens(JSON.stringify(document))
}

function rerankFeatures(request: RerankRequest): RequestFeatures {
  const sizes = sizesOf(request)
  const images = request.documents.filter(isImage).length
  const pieces = sizes.reduce((sum, size) => sum + Math.ceil(size / TOKENS_PER_DOCUMENT), 0)
  return {
    ...NO_FEATURES,
    inputTokens: sizes.reduce((sum, size) => sum + size, 0),
    furtherInputTokens:
      estimateExtraTokens(request.extra) + images * (MOST_TOKENS_PER_IMAGE - TOKENS_PER_IMAGE),
    atOnceTokens: Math.max(...sizes),
    searches: Math.ceil(pieces / DOCUMENTS_PER_SEARCH),
    vision: images > 0,
    images,
  }
}

/** True for a document that is a picture. */
export function isImage(document: RankedDocument): boolean {
  return isObject(document) && typeof document['image'] === 'string' && document['text'] === undefined
}

const INPUTS: Inputs<RerankRequest, Rank> = {
  most: 'batchDocuments',
  apart: 'comparableScores',
  field: 'documents',
  tokens: sizesOf,
  slice: (request, from, to) => ({ ...request, documents: request.documents.slice(from, to) }),
  shift: (rank, by) => ({ ...rank, input: rank.input + by }),
}

/** Documents in the order in which they answer a question. */
export const rerank: OperationRow<RerankRequest, Rank, Ranking> = {
  name: 'rerank',
  features: rerankFeatures,
  isSteady: () => true,
  charge: 'usage',
  writes: 'nothing',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'few',
  // A ranking is whole in itself, whoever made it.
  interchangeable: true,
  inputs: INPUTS,
  meaning: { rank: true },
  lastWord: 'rank',
  createFold: () => createListFold('rank'),
}
