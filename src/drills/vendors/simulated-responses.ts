import { sseEvent } from '../../kit/sse.ts'
import { checkResponsesRequest } from './responses-rules.ts'
import { simulatedOpenai } from './simulated-openai.ts'
import type { Vendor } from './vendor.ts'

/** The same company, asked in its newer language. */
export const simulatedResponses: Vendor = {
  ...simulatedOpenai,
  dialect: 'openai-responses',
  signatureScheme: 'encrypted_content',
  answerFields: (chat) => ({ service_tier: simulatedOpenai.answerFields?.(chat)['service_tier'] }),
  ping: sseEvent('keepalive', '{"type":"keepalive","sequence_number":0}'),
  checks: { chat: ({ body }) => checkResponsesRequest(body) },
  errorEvent(error, requestId) {
    const { error: told } = simulatedOpenai.errorBody(error, requestId)
    const failed = { id: `resp_${requestId}`, object: 'response', status: 'failed', error: told, output: [] }
    return (
      sseEvent('error', JSON.stringify({ type: 'error', sequence_number: 0, error: told })) +
      sseEvent(
        'response.failed',
        JSON.stringify({ type: 'response.failed', sequence_number: 1, response: failed }),
      )
    )
  },
}
