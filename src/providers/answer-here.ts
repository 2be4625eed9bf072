import { prependChunks } from '../exchange/watcher.ts'
import { requestFeatures, type Attempt } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import { refusesCredential, type FailureCode } from '../exchange/failure-table.ts'
import { operationOf } from '../exchange/operations/all.ts'
import { singleChunk, type ModelResponse } from '../exchange/response.ts'

/** Answers without the provider, which is noted. Throws `Failure('unsupported-feature')` where the operation has no such answer. */
export function answerHere({ exchange, notices, target }: Attempt): ModelResponse {
  const said = operationOf(exchange.request).answerHere?.(requestFeatures(exchange))
  if (said === undefined) {
    throw new Failure('unsupported-feature', { message: `The target ${target.id} cannot do this operation.` })
  }
  notices.add('usage.estimated')
  const source = singleChunk({ events: [...said, { type: 'end' }] })
  return { from: { kind: 'gateway', model: target.model }, headers: {}, source }
}

/**
 * The answer of a provider, or that of the house where it turns out that the provider has none: clients who count ask in order to
 * plan, and no count is worth less to them than a rough one. What is wrong with the request or with our credential is handed on.
 *
 * @param asked the provider's answer as it arrives; rejects with `Failure` only
 */
export async function askedOrHere(attempt: Attempt, asked: Promise<ModelResponse>): Promise<ModelResponse> {
  try {
    const response = await asked
    const first = await response.source.next()
    const last = first?.events.at(-1)
    if (last?.type === 'failure') throw last.failure
    return first === undefined ? response : { ...response, source: prependChunks([first], response.source) }
  } catch (thrown) {
    const failure = toFailure(thrown)
    if (!isUnable(failure)) throw failure
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

function isUnable({ code, details, message, row }: Failure): boolean {
  if (row.source !== 'provider' || row.sameTarget === 'fresh' || refusesCredential(row.health)) return false
  if (!ABOUT_REQUEST.has(code)) return true
  if (code !== 'provider-rejected') return false
  return ABSENT.has(details.upstream?.status ?? 0) || UNABLE.test(message)
}
