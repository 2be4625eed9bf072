import type { ChatRequest } from '../exchange/chat.ts'
import { Failure } from '../exchange/failure.ts'
import type { CountTokensRequest } from '../exchange/operations/count-tokens.ts'
import { readNumber, type JsonObject } from '../kit/json.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { Codec } from './dialect.ts'
import type { Failures } from './failures.ts'
import { isErrorBody } from './read-provider-error.ts'
import { createWholeDecoder, createWholeEncoder } from './whole-answer.ts'

/** The request that a chat becomes whose tokens are only counted. */
export function countRequest(chat: ChatRequest): CountTokensRequest {
  const request: Mutable<CountTokensRequest> = {
    operation: 'count-tokens',
    model: chat.model,
    chat: { ...chat, stream: false },
    stream: false,
  }
  setDefined(request, 'bearing', chat.bearing)
  setDefined(request, 'extra', chat.extra)
  return request
}

/** How a dialect tells how many tokens there are. */
interface CountWords {
  /** The member that holds the number. */
  readonly member: string
  /** What stands beside it. */
  readonly beside?: JsonObject
  readonly failures: Failures
}

/** The answers of a dialect that tells the count in one member of an object. */
export function countAnswers(
  words: CountWords,
): Pick<Codec<'count-tokens'>, 'decodeResponse' | 'encodeResponse'> {
  const { member, beside, failures } = words
  return {
    decodeResponse: () =>
      createWholeDecoder((body, sink) => {
        if (isErrorBody(body, [member])) return failures.decodeInside(body)
        const inputTokens = readNumber(body, member)
        if (inputTokens === undefined) return new Failure('malformed-response')
        sink({ type: 'start' })
        sink({ type: 'token-count', inputTokens, estimated: false })
        return undefined
      }),
    encodeResponse: (context) =>
      createWholeEncoder(({ inputTokens }) => ({ ...beside, [member]: inputTokens }), context),
  }
}
