import type { RequestRow } from '../../store/store.ts'
import type { Counter, Histogram, Telemetry } from '../../telemetry/telemetry.ts'

/** What requests of one kind that ended alike are counted in. */
interface KindMetrics {
  readonly dialect: string
  readonly operation: string
  readonly outcome: string
  readonly requests: Counter
  readonly durations: Histogram
}

/** Counts requests that are over. What all requests of a kind count in is found once. */
export class RequestMetrics {
  readonly #telemetry: Telemetry
  /** One for each dialect, operation and outcome that came up; so few that looking through them beats a key made of all the words. */
  readonly #kinds: KindMetrics[] = []
  readonly #overheads: Histogram

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
    this.#overheads = telemetry.histogram('gatehouse_overhead_seconds')
  }

  /** Counts the request of a line. */
  count(row: RequestRow): void {
    const { dialect, operation, durationMs, firstEventMs } = row
    const { requests, durations } = this.#of(row)
    requests.add(1)
    durations.observe(durationMs / 1000)
    this.#overheads.observe(Math.max(0, durationMs - row.upstreamMs) / 1000)
    if (firstEventMs !== undefined && row.stream) {
      const labels = { dialect, operation }
      this.#telemetry.observe('gatehouse_time_to_first_token_seconds', firstEventMs / 1000, labels)
    }
  }

  #of({ dialect, operation, outcome }: RequestRow): KindMetrics {
    for (const kind of this.#kinds)
      if (kind.outcome === outcome && kind.dialect === dialect && kind.operation === operation) return kind
    const labels = { dialect, operation, outcome }
    const kind = {
      ...labels,
      requests: this.#telemetry.counter('gatehouse_requests_total', labels),
      durations: this.#telemetry.histogram('gatehouse_request_duration_seconds', labels),
    }
    this.#kinds.push(kind)
    return kind
  }
}
