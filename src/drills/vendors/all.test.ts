import { describe, expect, test } from 'bun:test'
import { anthropicMessages } from '../../dialects/anthropic-messages/anthropic-messages.ts'
import { cohere } from '../../dialects/cohere/cohere.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import { gemini } from '../../dialects/gemini/gemini.ts'
import { openaiChat } from '../../dialects/openai-chat/openai-chat.ts'
import { openaiResponses } from '../../dialects/openai-responses/openai-responses.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { VendorError } from '../vendor-error.ts'
import { vendors } from './all.ts'
import { simulatedAnthropic } from './simulated-anthropic.ts'
import { simulatedGoogle } from './simulated-google.ts'
import { simulatedOpenai } from './simulated-openai.ts'
import { simulatedResponses } from './simulated-responses.ts'
import type { Vendor } from './vendor.ts'

const PAIRS: readonly (readonly [string, Vendor, Dialect])[] = [
  ['OpenAI', simulatedOpenai, openaiChat],
  ['Anthropic', simulatedAnthropic, anthropicMessages],
  ['OpenAI in its newer language', simulatedResponses, openaiResponses],
  ['Google', simulatedGoogle, gemini],
]

/** What a dialect makes of a vendor's error. */
function readBack(error: VendorError, vendor: Vendor, dialect: Dialect): Failure {
  return dialect.decodeFailure({
    status: error.status,
    headers: new Headers(error.details.headers),
    body: new TextEncoder().encode(JSON.stringify(vendor.errorBody(error, 'req_1'))),
    nowMs: 0,
  })
}

describe('the list of vendors', () => {
  test('has one for each dialect that is simulated', () => {
    expect(vendors.map(({ dialect }) => dialect)).toEqual([
      openaiChat.name,
      anthropicMessages.name,
      openaiResponses.name,
      gemini.name,
      cohere.name,
    ])
  })
})

describe.each([...PAIRS])('the errors of %s, read by its dialect', (_name, vendor, dialect) => {
  test('are the failures that they mean', () => {
    const sizes = { inputTokens: 900, outputTokens: 0, limitTokens: 800 }
    const codes = {
      400: readBack(vendor.statusError(400), vendor, dialect).code,
      404: readBack(vendor.modelMissing('x'), vendor, dialect).code,
      401: readBack(vendor.unauthorised(true), vendor, dialect).code,
      403: readBack(vendor.statusError(403), vendor, dialect).code,
      413: readBack(vendor.statusError(413), vendor, dialect).code,
      429: readBack(vendor.statusError(429), vendor, dialect).code,
      500: readBack(vendor.statusError(500), vendor, dialect).code,
      503: readBack(vendor.statusError(503), vendor, dialect).code,
      504: readBack(vendor.statusError(504), vendor, dialect).code,
      529: readBack(vendor.statusError(529), vendor, dialect).code,
      quota: readBack(vendor.quotaSpent(), vendor, dialect).code,
      overflow: readBack(vendor.contextOverflow(sizes), vendor, dialect).code,
      signature: readBack(vendor.brokenSignature({ fault: 'changed', message: 1, block: 0 }), vendor, dialect)
        .code,
      moved: readBack(vendor.brokenSignature({ fault: 'moved', message: 1, block: 0 }), vendor, dialect).code,
    }
    expect(codes).toEqual({
      400: 'provider-rejected',
      404: 'provider-model-missing',
      401: 'provider-auth',
      403: 'provider-forbidden',
      413: 'provider-too-large',
      429: 'provider-rate-limited',
      500: 'provider-error',
      503: 'provider-overloaded',
      504: 'provider-timeout',
      529: 'provider-overloaded',
      quota: 'provider-quota',
      overflow: 'context-overflow',
      signature: 'stale-seal',
      moved: 'stale-seal',
    })
  })

  test('tell the wait and the sizes of an overflow', () => {
    expect(readBack(vendor.statusError(429, 7), vendor, dialect).details.retryAfterMs).toBe(7_000)
    const sizes = { inputTokens: 900, outputTokens: 0, limitTokens: 800 }
    expect(readBack(vendor.contextOverflow(sizes), vendor, dialect).details.overflow).toMatchObject({
      inputTokens: 900,
      limitTokens: 800,
    })
  })
})
