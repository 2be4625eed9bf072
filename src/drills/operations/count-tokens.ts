import { estimateInputTokens } from '../../exchange/estimate.ts'
import { refuseBrokenSignature } from '../read-request.ts'
import { answerWhole } from '../answer-whole.ts'
import { endVisit, playedBy } from '../visit.ts'
import { chooseModel } from '../write-scripts.ts'
import type { Serve } from './serve.ts'

/** Tokens, counted as everything here counts them. */
export const countTokens: Serve<'count-tokens'> = {
  answer(visit, request) {
    const { api } = visit
    chooseModel(playedBy(visit, request.model), api.models, api.vendor)
    refuseBrokenSignature(api, request.chat)
    const inputTokens = estimateInputTokens(request.chat)
    endVisit(visit, 'completed', undefined)
    return answerWhole(visit, request, { type: 'token-count', inputTokens, estimated: false })
  },
}
