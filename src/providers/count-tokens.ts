import { prependChunks } from '../exchange/ending.ts'
import { requestFeatures, type Attempt } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import { refusesCredential, type FailureCode } from '../exchange/failure-table.ts'
import { singleChunk, type ModelResponse } from '../exchange/response.ts'

/** Counts tokens without the provider, which is noted; there is nothing else that can be answered without one. */
export function answerHere({ exchange, notices, target }: Attempt): ModelResponse {
  if (exchange.request.operation !== 'count-tokens') {
    throw new Failure('unsupported-feature', { message: `The target ${target.id} cannot do this operation.` })
  }
  notices.add('usage.estimated')
  const { inputTokens } = requestFeatures(exchange)
  const source = singleChunk([{ type: 'token-count', inputTokens, estimated: true }, { type: 'end' }])
  return { from: { kind: 'gateway', model: target.model }, headers: {}, source }
}

/**
 * The count of a provider, or an estimate where it turns out that it cannot count: clients ask in order to plan, and no count is
 * worth less to them than a rough one. What is wrong with the request or with our credential is handed on.
 *
 * @param asked the provider's answer as it arrives; rejects with `Failure` only
 */
export async function countOrEstimate(
  attempt: Attempt,
  asked: Promise<ModelResponse>,
): Promise<ModelResponse> {
  try {
    const response = await asked
    const first = await response.source.next()
    const last = first?.events.at(-1)
    if (last?.type === 'failure') throw last.failure
    return first === undefined ? response : { ...response, source: prependChunks([first], response.source) }
  } catch (thrown) {
    const failure = toFailure(thrown)
    if (!cannotCount(failure)) throw failure
    return answerHere(attempt)
  }
}

/** What a provider says of the request, and would say of it however able it were. */
const ABOUT_REQUEST: ReadonlySet<FailureCode> = new Set([
  'provider-rejected',
  'provider-too-large',
  'provider-rate-limited',
  'context-overflow',
  'content-refused',
  'stale-seal',
])

/** There is nothing at this address, or nothing that takes the method. */
const ABSENT: ReadonlySet<number> = new Set([404, 405, 410, 501])
const UNABLE =
  /\bnot? (?:\w+ )?(?:support|implement|allow|enabl|available|found)|unsupported|unknown (?:url|path|endpoint|route)/i

function cannotCount({ code, details, message, row }: Failure): boolean {
  if (row.source !== 'provider' || row.sameTarget === 'fresh' || refusesCredential(row.health)) return false
  if (!ABOUT_REQUEST.has(code)) return true
  if (code !== 'provider-rejected') return false
  return ABSENT.has(details.upstream?.status ?? 0) || UNABLE.test(message)
}
