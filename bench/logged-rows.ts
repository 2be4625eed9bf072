import { NO_COUNTS } from '../src/exchange/units.ts'
import { createSeededRandom } from '../src/kit/random.ts'
import type { LedgerRow, RequestRow } from '../src/store/store.ts'

export const DAY_MS = 86_400_000
/** Most of a log is of the last month, a tenth of the year before it: of one hour of each day, since sums of hours go after a hundred days and those of days tell of the year. */
const HOUR_MS = 3_600_000
const MONTH_MS = 31 * DAY_MS
const YEAR_MS = 365 * DAY_MS
const OLD_SHARE = 0.1

const KEYS = 1_500
const PROJECTS = 60
const ROUTES = 100
/** Routes that one application uses, targets that one route has. */
const ROUTES_OF_KEY = 4
const TARGETS_OF_ROUTE = 3
const FAILED = ['overloaded', 'rate-limited', 'timeout-first-byte', 'provider-error', 'client-gone'] as const

/** A request of the log with its attempt. */
export interface Logged {
  readonly request: RequestRow
  readonly attempt: LedgerRow
}

/**
 * Makes the rows that a house writes: 1,500 keys of 60 projects, each with four of a hundred routes, sessions of twelve requests, three hundred customers in tags, one request in
 * fifty fails. The same for the same number of rows.
 */
export function createLog(rows: number, nowMs: number): (index: number) => Logged {
  const random = createSeededRandom(1)
  const upTo = (most: number): number => Math.floor(random.next() * most)
  /** Few of many: most requests are of the first ones. */
  const skewed = (most: number): number => Math.floor(most * random.next() ** 3)
  return (index) => {
    const key = skewed(KEYS)
    const route = index % 500_000 === 7 ? 'rare' : `route-${(key * 7 + skewed(ROUTES_OF_KEY)) % ROUTES}`
    const target = targetOf(route, skewed(TARGETS_OF_ROUTE))
    const id = `req_${String(index).padStart(26, '0')}`
    const durationMs = 200 + 8_000 * random.next() ** 4
    const usage = {
      ...NO_COUNTS,
      inputTokens: upTo(4_000),
      outputTokens: upTo(900),
      cacheReadTokens: upTo(2) * upTo(8_000),
    }
    const told = {
      atMs: timeOf(index, rows, nowMs),
      owners: {
        key: `key${String(key).padStart(9, '0')}`,
        project: `project-${key % PROJECTS}`,
        customer: `customer-${upTo(5_000)}`,
      },
      route,
      target,
      durationMs,
      costNanoUsd: BigInt(usage.inputTokens * 1_250 + usage.outputTokens * 10_000),
      outcome: upTo(50) === 0 ? (FAILED[upTo(FAILED.length)] ?? 'ok') : 'ok',
      simulated: false,
    }
    const session = `session-${Math.floor(index / 1_200) * 100 + (index % 100)}`
    return {
      request: {
        ...told,
        id,
        dialect: 'openai-chat',
        operation: 'chat',
        stream: index % 2 === 0,
        requestedModel: route,
        keyName: `application ${key}`,
        status: told.outcome === 'ok' ? 200 : 503,
        firstEventMs: durationMs / 4,
        upstreamMs: durationMs - 2,
        inputTokens: usage.inputTokens,
        outputTokens: usage.outputTokens,
        estimated: false,
        attempts: `${target}=200/${Math.round(durationMs)}ms`,
        attemptCount: 1 + upTo(1.1),
        notices: index % 40 === 0 ? 'seed-dropped' : '',
        decision: decisionOf({ id, route, target, session, tag: `customer:c${skewed(300)}`, durationMs }),
        planVersion: '7-0123456789ab',
      },
      attempt: {
        ...told,
        id: `att_${id.slice(4)}`,
        requestId: id,
        ordinal: 1,
        provider: target.slice(0, target.indexOf('/')),
        model: target.slice(target.indexOf('/') + 1),
        usage,
        basis: 'reported',
        priceId: 'list:p#1',
      },
    }
  }
}

function timeOf(index: number, rows: number, nowMs: number): number {
  const old = Math.floor(rows * OLD_SHARE)
  const monthMs = nowMs - MONTH_MS
  if (index >= old) return monthMs + Math.floor(((index - old) / (rows - old)) * MONTH_MS)
  const days = ((YEAR_MS - MONTH_MS) / DAY_MS) * (index / old)
  return nowMs - YEAR_MS + Math.floor(days) * DAY_MS + Math.floor((days % 1) * HOUR_MS)
}

function targetOf(route: string, place: number): string {
  const number = (route.length * 31 + Number(route.slice(6) || 0)) * TARGETS_OF_ROUTE + place
  return `provider-${number % 8}/model-${number % 20}`
}

interface Decided {
  readonly id: string
  readonly route: string
  readonly target: string
  readonly session: string
  readonly tag: string
  readonly durationMs: number
}

function decisionOf({ id, route, target, session, tag, durationMs }: Decided): string {
  return JSON.stringify({
    v: 4,
    id: `dec_${id.slice(4)}`,
    route,
    planVersion: '7-0123456789ab',
    facts: { 'request.tags': [tag], 'request.session': session, 'client.name': 'some-agent' },
    inputs: { operation: 'chat', features: { inputTokens: 1_000 } },
    steps: [
      {
        step: 'rank',
        strategy: 'ordered',
        reason: 'ordered',
        targets: [{ target }, { target: 'provider-9/model-1' }],
      },
      { step: 'attempt', target, outcome: 'ok', status: 200, ms: Math.round(durationMs) },
    ],
  })
}
