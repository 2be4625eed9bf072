import type { EndListener } from '../../exchange/watcher.ts'
import { attemptSummary } from '../../exchange/attempt-result.ts'
import { writeDecision } from '../../exchange/decision-record.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Trail } from '../../exchange/trail.ts'
import type { Failure } from '../../exchange/failure.ts'
import { formatNotices } from '../../exchange/notice.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import { totalInput, totalOutput } from '../../exchange/usage.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { RequestRow } from '../../store/store.ts'
import type { Tracing } from '../../telemetry/otlp/tracing.ts'
import type { RequestLines } from '../../telemetry/request-line.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'
import { endedRequest } from './ended-request.ts'
import { RequestMetrics } from './request-metrics.ts'

/** What tracing works with. */
export interface TraceParts {
  /** Takes the one line of each request; must neither throw nor wait. */
  readonly record: (row: RequestRow) => void
  /** The HTTP status by which the client's dialect tells a failure. */
  readonly clientStatus: (exchange: Exchange, failure: Failure) => number
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Takes requests that are over, for export; absent: none is exported. */
  readonly tracing?: Tracing | undefined
  /** Takes those that have a line in the log of the process; absent: none has one. */
  readonly lines?: RequestLines | undefined
}

interface Following extends TraceParts {
  readonly metrics: RequestMetrics
}

/** How an exchange ended, for its line. */
interface Outcome {
  readonly failure: Failure | undefined
  readonly status: number
  readonly durationMs: number
}

/**
 * Creates the admission before all that may refuse: when an exchange is over, for whatever reason, it writes exactly one
 * line to the request log and counts it in the metrics. What others found out it reads from the trail.
 */
export function createTrace(parts: TraceParts): Admission {
  const following = { ...parts, metrics: new RequestMetrics(parts.telemetry) }
  return (exchange) => {
    exchange.trail.onEnd(new Line(following, exchange))
    return exchange
  }
}

/** The line of one exchange, yet to be written. */
class Line implements EndListener {
  readonly #parts: Following
  readonly #exchange: Exchange

  constructor(parts: Following, exchange: Exchange) {
    this.#parts = parts
    this.#exchange = exchange
  }

  onEnd(failure?: Failure): void {
    const { record, clientStatus, clock, metrics, telemetry } = this.#parts
    const exchange = this.#exchange
    const status = failure === undefined ? 200 : clientStatus(exchange, failure)
    const durationMs = clock.elapsedMs() - exchange.startedElapsedMs
    const row = toRow(exchange, { failure, status, durationMs })
    const traceId = this.#tell(row, failure)
    metrics.count(row, exchange.trail.attempts, traceId)
    if (failure?.code === 'internal') logDefect(telemetry, exchange, failure)
    record(row)
  }

  /** Tells those who want to know more than the line holds. Gives the id of the trace where the request is exported. */
  #tell(row: RequestRow, failure: Failure | undefined): string | undefined {
    const { tracing, lines } = this.#parts
    const hasLine = lines !== undefined && (lines.all || isOurs(failure))
    if (tracing === undefined && !hasLine) return undefined
    const ended = endedRequest(this.#exchange, row)
    if (hasLine) lines.write(ended)
    return tracing?.end(ended)
  }
}

/** Is somebody else to blame than the client? */
function isOurs(failure: Failure | undefined): boolean {
  return failure !== undefined && failure.row.source !== 'client'
}

/** Renders the line of an exchange that is over. Token counts are the sums over its attempts, as its cost is. */
function toRow(exchange: Exchange, { failure, status, durationMs }: Outcome): RequestRow {
  const { trail, request, caller } = exchange
  const { attempts, firstEventMs } = trail
  const { inputTokens, outputTokens } = tokensOf(trail)
  const row: Mutable<RequestRow> = {
    id: exchange.id,
    atMs: exchange.startedAtMs,
    dialect: exchange.dialect,
    operation: request.operation,
    stream: request.stream,
    requestedModel: request.model,
    owners: caller.owners,
    keyName: caller.keyName,
    outcome: failure?.code ?? 'ok',
    status,
    durationMs,
    upstreamMs: trail.upstreamMs(exchange.startedElapsedMs + durationMs),
    inputTokens,
    outputTokens,
    simulated: trail.isSimulated(),
    estimated: trail.isEstimated(),
    attempts: attempts.map(attemptSummary).join(', '),
    attemptCount: attempts.length,
    notices: trail.notices.length === 0 ? '' : formatNotices(trail.notices),
    planVersion: exchange.planVersion,
  }
  const costNanoUsd = trail.costNanoUsd()
  if (costNanoUsd !== undefined) row.costNanoUsd = costNanoUsd
  if (trail.savedNanoUsd !== undefined) row.savedNanoUsd = trail.savedNanoUsd
  if (trail.cache !== undefined) row.cache = trail.cache.outcome
  if (firstEventMs !== undefined) row.firstEventMs = firstEventMs
  if (exchange.asked !== undefined) {
    row.purpose = exchange.asked.purpose
    row.parentId = exchange.asked.parentId
  }
  if (trail.route !== undefined) row.route = trail.route
  if (trail.served !== undefined) row.target = trail.served.id
  const decision = writeDecision(exchange)
  if (decision !== undefined) row.decision = decision
  return row
}

function tokensOf({ attempts }: Trail): { inputTokens: number; outputTokens: number } {
  let inputTokens = 0
  let outputTokens = 0
  for (const { usage } of attempts) {
    if (usage === undefined) continue
    inputTokens += totalInput(usage)
    outputTokens += totalOutput(usage)
  }
  return { inputTokens, outputTokens }
}

/** The client learns only the request id; whoever runs the gateway needs the rest. */
function logDefect(telemetry: Telemetry, exchange: Exchange, { details }: Failure): void {
  const { cause } = details
  telemetry.log('error', 'the gateway failed', {
    ...requestFields(exchange),
    reason: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  })
}
