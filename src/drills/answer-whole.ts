import type { ModelRequest, Operation, ResultOf } from '../exchange/operations/all.ts'
import { CREATED_MS } from './simulated-answer.ts'
import { headersOf, type Visit } from './visit.ts'

/** An answer that is never streamed, written by the dialect that was asked. */
export function answerWhole(visit: Visit, request: ModelRequest, result: ResultOf<Operation>): Response {
  const encoder = visit.api.codec.encodeResponse({
    request,
    requestId: visit.requestId,
    model: request.model,
    createdMs: CREATED_MS,
    estimatedInputTokens: 0,
    notice() {},
  })
  return Response.json(encoder.unary(result), { headers: headersOf(visit) })
}
