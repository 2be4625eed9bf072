import { readDecision } from '../exchange/decision-record.ts'
import { readObject, readString } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Condition, LookedAt } from '../store/request-query.ts'
import type { RequestLogStore, RequestRow } from '../store/store.ts'

/** What is known of the requests that named one session. */
export interface SessionRun {
  readonly id: string
  /** Newest first. */
  readonly rows: readonly RequestRow[]
  readonly firstMs: number
  readonly lastMs: number
  /** Targets that answered, in the order in which they first did. */
  readonly targets: readonly string[]
  /** Requests that were not answered well, without those that the client left. */
  readonly failed: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Real money; what has no price is counted in `unpriced`. */
  readonly costNanoUsd: NanoUsd
  readonly simulatedNanoUsd: NanoUsd
  /** Some of it is an estimate. */
  readonly isEstimated: boolean
  readonly unpriced: number
}

export interface SessionQuestion {
  readonly fromMs?: number
  readonly toMs?: number
  /** Only this session; absent: all. */
  readonly id?: string
}

/** What was found, and how far was looked where that is not all. */
export interface SessionRuns {
  /** The one that asked last first. */
  readonly runs: readonly SessionRun[]
  readonly lookedAt?: LookedAt
}

/** The store gives no more in one page. */
const PAGE_ROWS = 500

/**
 * Reads the newest requests that named a session, `LIMITS.sessionRows` at most, and sums them up by it. Whoever wants what is older
 * asks for an earlier time.
 */
export async function readSessions(
  requests: Pick<RequestLogStore, 'list'>,
  { id, ...time }: SessionQuestion,
): Promise<SessionRuns> {
  const named: Condition =
    id === undefined
      ? { field: 'session', not: true, tests: [{ is: '' }] }
      : { field: 'session', tests: [{ is: id }] }
  const rows: RequestRow[] = []
  let next: { readonly after?: string } = {}
  while (rows.length < LIMITS.sessionRows) {
    const page = await requests.list({ ...time, ...next, conditions: [named], limit: PAGE_ROWS })
    rows.push(...page.rows)
    if (page.lookedAt !== undefined) return { runs: sumUp(rows, id), lookedAt: page.lookedAt }
    if (page.next === undefined) return { runs: sumUp(rows, id) }
    next = { after: page.next }
  }
  const last = rows.at(-1)
  return { runs: sumUp(rows, id), lookedAt: { rows: rows.length, atMs: last?.atMs ?? 0 } }
}

function sumUp(rows: readonly RequestRow[], id: string | undefined): readonly SessionRun[] {
  const bySession = Map.groupBy(rows, (row) => id ?? sessionOf(row))
  return [...bySession].filter(([name]) => name !== '').map(([name, own]) => toRun(name, own))
}

/** The session stands among the facts by which the request was decided. */
function sessionOf({ decision }: RequestRow): string {
  const record = decision === undefined ? undefined : readDecision(decision)
  const facts = record === undefined ? undefined : readObject(record, 'facts')
  return (facts && readString(facts, 'request.session')) ?? ''
}

function toRun(id: string, rows: readonly RequestRow[]): SessionRun {
  const targets = new Set<string>()
  const sum = { failed: 0, inputTokens: 0, outputTokens: 0, unpriced: 0 }
  const money = { real: 0n, simulated: 0n }
  for (const { target, outcome, inputTokens, outputTokens, costNanoUsd, simulated } of rows.toReversed()) {
    if (target !== undefined) targets.add(target)
    if (outcome !== 'ok' && outcome !== 'client-gone') sum.failed += 1
    sum.inputTokens += inputTokens
    sum.outputTokens += outputTokens
    if (costNanoUsd === undefined && inputTokens + outputTokens > 0) sum.unpriced += 1
    money[simulated ? 'simulated' : 'real'] += costNanoUsd ?? 0n
  }
  return {
    id,
    rows,
    firstMs: rows.at(-1)?.atMs ?? 0,
    lastMs: rows[0]?.atMs ?? 0,
    targets: [...targets],
    ...sum,
    costNanoUsd: money.real,
    simulatedNanoUsd: money.simulated,
    isEstimated: rows.some(({ estimated }) => estimated),
  }
}
