import type { Clock } from '../kit/clock.ts'
import type { Mutable } from '../kit/mutable.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import { clipText } from '../kit/plain-text.ts'
import { toRequestText } from '../store/request-text.ts'
import type { RequestLogStore, RequestRow } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { LossyRows } from './lossy-rows.ts'

/** Takes the lines of the request log and hands them to the store in batches. */
export interface RequestLog {
  /** Neither waits nor throws. Beyond `LIMITS.logQueueRows` a line is dropped and counted: the log is not the ledger. */
  record(row: RequestRow): void
  /** Calls back with every line, at once; there is one listener. */
  onRecord(listener: (row: RequestRow) => void): void
  /** Waits until what was recorded so far is written, at most as long as the ledger is waited for. */
  flush(): Promise<void>
  summary(): RequestSummary
  /** How long lines have been waiting while the store took none, milliseconds. */
  readonly stalledMs: number
  /** Why the store refused the last lines. */
  readonly refusal: string | undefined
  /** True while lines are dropped because the disk is kept for the ledger. */
  readonly isPaused: boolean
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
  /** Asked for each line: true while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
}

const WORDS = {
  refused: 'the store refuses lines of the request log; they are tried again',
  taken: 'the store takes lines of the request log again',
  failures: 'gatehouse_log_store_failures_total',
} as const

/** Creates the queue in front of the store's request log. */
export function createRequestLog(needs: RequestLogNeeds): RequestLog {
  const { telemetry, isPaused } = needs
  const rows = new LossyRows({
    ...needs,
    words: WORDS,
    dropped: 'gatehouse_log_dropped_total',
    most: LIMITS.logQueueRows,
  })
  let listener: ((row: RequestRow) => void) | undefined
  const sum = { requests: 0, failed: 0, costNanoUsd: 0n, simulatedNanoUsd: 0n }
  telemetry.gauge('gatehouse_log_queue_rows', () => rows.size)

  const tell = (row: RequestRow): void => {
    try {
      listener?.(row)
    } catch (error) {
      telemetry.log('error', 'a line of the request log could not be shown', { error })
    }
  }

  return {
    flush: () => rows.flush(),
    onRecord(added) {
      listener = added
    },
    summary: () => ({ ...sum }),
    get stalledMs() {
      return rows.stalledMs
    },
    get refusal() {
      return rows.refusal
    },
    get isPaused() {
      return isPaused()
    },
    record(given) {
      const row = clipNames(given)
      sum.requests += 1
      if (row.outcome !== 'ok') sum.failed += 1
      sum[row.simulated ? 'simulatedNanoUsd' : 'costNanoUsd'] += row.costNanoUsd ?? 0n
      tell(row)
      rows.add(row, toRequestText)
    },
  }
}

/** What a client may have named as it liked; models of a wildcard stand in routes and targets too. */
const NAMES = ['requestedModel', 'route', 'target', 'keyName'] as const

/** The line with names that can be shown and stored: a client may ask for a model of any length. */
function clipNames(row: RequestRow): RequestRow {
  let clipped: Mutable<RequestRow> | undefined
  for (const name of NAMES) {
    const text = row[name]
    if (text === undefined || text.length <= LIMITS.loggedCharacters) continue
    clipped ??= { ...row }
    clipped[name] = clipText(text, LIMITS.loggedCharacters)
  }
  return clipped ?? row
}
