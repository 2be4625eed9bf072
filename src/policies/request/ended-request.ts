import type { Exchange } from '../../exchange/exchange.ts'
import { traceOf } from '../../exchange/trace-context.ts'
import { clientName } from '../../exchange/facts.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { RequestRow } from '../../store/store.ts'
import type { EndedRequest } from '../../telemetry/ended-request.ts'

const NO_TAGS: readonly string[] = []

/** What is told of an exchange that is over to whoever exports traces, out of its line and its trail. Holds nothing of what was said. */
export function endedRequest(exchange: Exchange, row: RequestRow): EndedRequest {
  const { trail, envelope, requestOptions } = exchange
  const ended: Mutable<EndedRequest> = {
    id: row.id,
    trace: traceOf(exchange),
    dialect: row.dialect,
    operation: row.operation,
    path: envelope.path,
    stream: row.stream,
    requestedModel: row.requestedModel,
    tags: requestOptions.tags ?? NO_TAGS,
    client: clientName(envelope.header('user-agent') ?? ''),
    outcome: row.outcome,
    status: row.status,
    atMs: row.atMs,
    durationMs: row.durationMs,
    upstreamMs: row.upstreamMs,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    simulated: row.simulated,
    estimated: row.estimated,
    owners: row.owners,
    planVersion: row.planVersion,
    notices: row.notices,
    attempts: trail.attempts,
    steps: trail.steps,
  }
  setDefined(ended, 'route', row.route)
  setDefined(ended, 'target', row.target)
  setDefined(ended, 'firstEventMs', row.firstEventMs)
  setDefined(ended, 'costNanoUsd', row.costNanoUsd)
  setDefined(ended, 'savedNanoUsd', row.savedNanoUsd)
  setDefined(ended, 'cache', row.cache)
  setDefined(ended, 'keyName', row.keyName)
  setDefined(ended, 'session', requestOptions.session)
  setDefined(ended, 'purpose', row.purpose)
  setDefined(ended, 'parentId', row.parentId)
  return ended
}
