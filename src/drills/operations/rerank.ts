import { estimateTextTokens } from '../../exchange/estimate.ts'
import { featuresOf } from '../../exchange/operations/all.ts'
import {
  documentTokens,
  isImage,
  type RankedDocument,
  type Ranking,
} from '../../exchange/operations/rerank.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import { answerWhole } from '../answer-whole.ts'
import { rerank as card } from '../models/rerank.ts'
import { textVector } from '../text-vector.ts'
import { endVisit, hexOf } from '../visit.ts'
import { checkCount, chooseCard } from './chosen-card.ts'
import type { Serve } from './serve.ts'

const DEFAULTS = { documents: 1_000, context: 8_192 } as const
const DIMENSIONS = 1_024

/** Scores from 0 to 1, by the words that question and document share; of images nothing is seen. */
export const rerank: Serve<'rerank'> = {
  answer(visit, request) {
    const { vendor } = visit.api
    const { options } = chooseCard(visit, request.model, card)
    const { query, documents } = request
    checkCount(documents.length, options.number('documents') ?? DEFAULTS.documents, 'documents')
    const limitTokens = options.number('context') ?? DEFAULTS.context
    const inputTokens = estimateTextTokens(query) + Math.max(...documents.map(documentTokens))
    if (inputTokens > limitTokens) throw vendor.contextOverflow({ inputTokens, outputTokens: 0, limitTokens })
    const { inputTokens: read, searches = 0 } = featuresOf(request)
    const usage: Usage =
      vendor.charges === 'searches' ? { ...NO_USAGE, searches } : { ...NO_USAGE, inputTokens: read }
    const asked = textVector(query, DIMENSIONS)
    const answer: Ranking = {
      head: { model: request.model, responseId: hexOf(visit.api, 'response', visit.ordinal) },
      items: documents.map((document, input) => ({
        type: 'rank',
        input,
        score: likeness(asked, textVector(textOf(document), DIMENSIONS)),
      })),
      usage,
    }
    endVisit(visit, 'completed', usage)
    return answerWhole(visit, request, answer)
  },
}

function textOf(document: RankedDocument): string {
  if (typeof document === 'string') return document
  return isImage(document)
    ? ''
    : Object.values(document)
        .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
        .join(' ')
}

/** The cosine of two vectors of unit length, as far as they point in one direction; six digits, as they are printed. */
function likeness(left: readonly number[], right: readonly number[]): number {
  const cosine = left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
  return Math.round(Math.max(0, Math.min(1, cosine)) * 1e6) / 1e6
}
