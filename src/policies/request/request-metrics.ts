import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { RequestRow } from '../../store/store.ts'
import type { Counter, Histogram, Telemetry } from '../../telemetry/telemetry.ts'
import { OwnerMetrics } from './owner-metrics.ts'

/** What requests of one kind that ended alike are counted in. */
interface KindMetrics {
  readonly dialect: string
  readonly operation: string
  readonly stream: boolean
  readonly status: number
  readonly outcome: string
  readonly requests: Counter
  readonly durations: Histogram
}

/** The route of requests that came to none. */
const NO_ROUTE = 'none'
const FALLBACK_OK = 'fallback_ok'

/** Counts requests that are over. What all requests of a kind count in is found once. */
export class RequestMetrics {
  readonly #telemetry: Telemetry
  /** By route; one for each way to end that came up there, so few that looking through them beats a key made of all the words. */
  readonly #kinds = new Map<string, KindMetrics[]>()
  readonly #overheads: Histogram
  readonly #owners: OwnerMetrics

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
    this.#overheads = telemetry.histogram('gatehouse_overhead_seconds')
    this.#owners = new OwnerMetrics(telemetry)
  }

  /**
   * Counts the request of a line.
   *
   * @param attempts those that are over
   * @param traceId the trace that the request was exported in, if it was
   */
  count(row: RequestRow, attempts: readonly AttemptResult[], traceId?: string): void {
    const { durationMs } = row
    const { requests, durations } = this.#of(row, attempts)
    requests.add(1)
    durations.observe(durationMs / 1000, traceId)
    this.#overheads.observe(Math.max(0, durationMs - row.upstreamMs) / 1000, traceId)
    this.#owners.count(row)
    if (attempts.length > 1) this.#countFallbacks(row.route ?? NO_ROUTE, attempts)
  }

  #of(row: RequestRow, attempts: readonly AttemptResult[]): KindMetrics {
    const { dialect, operation, stream, status } = row
    const outcome = row.outcome === 'ok' && hasFailed(attempts) ? FALLBACK_OK : row.outcome
    const kinds = this.#kindsAt(row.route ?? NO_ROUTE)
    for (const kind of kinds)
      if (
        kind.outcome === outcome &&
        kind.dialect === dialect &&
        kind.operation === operation &&
        kind.stream === stream &&
        kind.status === status
      )
        return kind
    const route = row.route ?? NO_ROUTE
    const kind = {
      dialect,
      operation,
      stream,
      status,
      outcome,
      requests: this.#telemetry.counter('gatehouse_requests_total', {
        route,
        dialect,
        operation,
        outcome,
        status_class: `${Math.floor(status / 100)}xx`,
        stream: String(stream),
      }),
      durations: this.#telemetry.histogram('gatehouse_request_duration_seconds', { route, outcome }),
    }
    if (kinds.length < LIMITS.metricSeries) kinds.push(kind)
    return kind
  }

  /** Names of routes with wildcards are the clients': what comes beyond the bound is looked up in the registry each time. */
  #kindsAt(route: string): KindMetrics[] {
    let kinds = this.#kinds.get(route)
    if (kinds === undefined) {
      kinds = []
      if (this.#kinds.size < LIMITS.metricSeries) this.#kinds.set(route, kinds)
    }
    return kinds
  }

  #countFallbacks(route: string, attempts: readonly AttemptResult[]): void {
    let failed: AttemptResult | undefined
    for (const attempt of attempts) {
      if (failed !== undefined && failed.target !== attempt.target)
        this.#telemetry.count('gatehouse_fallbacks_total', {
          route,
          from: failed.target,
          to: attempt.target,
          reason: failed.outcome,
        })
      failed = isFailed(attempt) ? attempt : undefined
    }
  }
}

function hasFailed(attempts: readonly AttemptResult[]): boolean {
  return attempts.length > 1 && attempts.some(isFailed)
}

/** Neither did it answer, nor was it only stopped because another one did or the client left. */
function isFailed({ outcome }: AttemptResult): boolean {
  return outcome !== 'ok' && outcome !== 'cancelled' && outcome !== 'outrun'
}
