import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import { toRequestText } from '../store/request-text.ts'
import type { RequestLogStore, RequestRow, RequestText } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Short, because the store's writer gathers as well. */
const FLUSH_MS = 10
const BATCH_ROWS = 500

/** Takes the lines of the request log and hands them to the store in batches. */
export interface RequestLog {
  /** Never waits. Beyond `LIMITS.logQueueRows` a line is dropped and counted: the log is not the ledger. */
  record(row: RequestRow): void
  /** Calls back with every line, at once; there is one listener. */
  onRecord(listener: (row: RequestRow) => void): void
  /** Writes what is waiting. */
  flush(): Promise<void>
  summary(): RequestSummary
}

/** What the requests of a process add up to. Invented money is kept apart from real money. */
export interface RequestSummary {
  readonly requests: number
  readonly failed: number
  readonly costNanoUsd: NanoUsd
  readonly simulatedNanoUsd: NanoUsd
}

export interface RequestLogNeeds {
  readonly store: Pick<RequestLogStore, 'append'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Creates the queue in front of the store's request log. */
export function createRequestLog({ store, clock, telemetry }: RequestLogNeeds): RequestLog {
  let waiting: RequestText[] = []
  let rowsUnderWay = 0
  let timer: Timer | undefined
  let written = Promise.resolve()
  let listener: ((row: RequestRow) => void) | undefined
  const sum = { requests: 0, failed: 0, costNanoUsd: 0n, simulatedNanoUsd: 0n }
  telemetry.gauge('gatehouse_log_queue_rows', () => waiting.length + rowsUnderWay)

  const write = async (rows: readonly RequestText[]): Promise<void> => {
    rowsUnderWay += rows.length
    try {
      await store.append(rows)
    } catch (error) {
      telemetry.count('gatehouse_log_dropped_total', undefined, rows.length)
      telemetry.log('error', 'lines of the request log could not be written', { rows: rows.length, error })
    }
    rowsUnderWay -= rows.length
  }
  const flush = (): Promise<void> => {
    timer?.cancel()
    timer = undefined
    const rows = waiting
    waiting = []
    if (rows.length > 0) {
      const before = written
      const writing = write(rows)
      written = before.then(() => writing)
    }
    return written
  }

  return {
    flush,
    onRecord(added) {
      listener = added
    },
    summary: () => ({ ...sum }),
    record(row) {
      sum.requests += 1
      if (row.outcome !== 'ok') sum.failed += 1
      sum[row.simulated ? 'simulatedNanoUsd' : 'costNanoUsd'] += row.costNanoUsd ?? 0n
      listener?.(row)
      if (waiting.length + rowsUnderWay >= LIMITS.logQueueRows) {
        telemetry.count('gatehouse_log_dropped_total')
        return
      }
      waiting.push(toRequestText(row))
      if (waiting.length >= BATCH_ROWS) void flush()
      else timer ??= clock.after(FLUSH_MS, () => void flush())
    },
  }
}
