import type { ChatRequest } from '../../exchange/chat.ts'
import { estimateInputTokens } from '../../exchange/estimate.ts'
import { refuseBrokenSignature } from '../read-request.ts'
import { sendAnswer } from '../simulated-answer.ts'
import { endVisit, headersOf, hexOf, playedBy } from '../visit.ts'
import type { Vendor } from '../vendors/vendor.ts'
import { chooseModel, writeScripts, type ChosenModel } from '../write-scripts.ts'
import type { Serve } from './serve.ts'

/** A conversation, answered by the script of the model that it names. */
export const chat: Serve<'chat'> = {
  answer(visit, request) {
    const { api, ordinal, requestId } = visit
    const { dialect, codec, vendor, models, seed, signer, clock } = api
    const chosen = chooseModel(playedBy(visit, request.model), models, vendor)
    checkContext(request, chosen, vendor)
    refuseBrokenSignature(api, request)
    const count = api.counts.count(request.model)
    return sendAnswer({
      dialect,
      codec,
      vendor,
      chat: request,
      signer,
      clock,
      requestId,
      options: chosen.options,
      scripts: writeScripts({ chat: request, chosen, models, vendor, seed, count }),
      responseId: hexOf(api, 'response', ordinal),
      headers: headersOf(visit),
      signal: visit.request.signal,
      onEnd: (outcome, usage) => endVisit(visit, outcome, usage),
    })
  },
}

function checkContext(request: ChatRequest, { options }: ChosenModel, vendor: Vendor): void {
  const limitTokens = options.number('context')
  if (limitTokens === undefined) return
  const sizes = {
    inputTokens: estimateInputTokens(request),
    outputTokens: request.maxOutputTokens ?? 0,
    limitTokens,
  }
  if (sizes.inputTokens + sizes.outputTokens > limitTokens) throw vendor.contextOverflow(sizes)
}
