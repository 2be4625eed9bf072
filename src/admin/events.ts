import { z } from 'zod'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { SSE_COMMENT, sseEvent } from '../kit/sse.ts'
import type { RequestFilter } from '../store/request-query.ts'
import type { RequestLogStore, RequestRow } from '../store/store.ts'
import type { AlertRow } from '../store/alerts.ts'
import { alertAnswer, toAlertJson } from './alerts-json.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import type { EventStreams, Listening } from './event-stream.ts'
import { statusAnswer } from './health.ts'
import { QUERY, readFilter } from './request-filter.ts'
import { requestAnswer } from './requests.ts'
import { toStatusJson, type StatusReport } from './status-report.ts'
import { toRequestJson, toTimeJson } from './to-json.ts'

const PAGE_LINES = 500
/** Alerts of one event. */
const MOST_ALERTS = 100

const eventsQuery = z.strictObject({ q: QUERY })

const { config, store, troubles, draining, providers } = statusAnswer.shape

/** The data of each event, by its name. */
const EVENTS = {
  request: requestAnswer.describe('A request that is over; its id is that of the event.'),
  health: z
    .object({ store, troubles, draining, providers })
    .describe('How the gateway does: at first, and whenever that changes.'),
  config: config.describe('The configuration in force: at first, and whenever that changes.'),
  alerts: z
    .object({ firing: z.array(alertAnswer) })
    .describe('What rings: at first, and whenever that changes or a rule is muted.'),
  gap: z
    .object({
      from: z.iso
        .datetime()
        .optional()
        .describe('When the last request began that was told; absent: not known.'),
      to: z.iso.datetime().optional().describe('When the first one began of those that follow.'),
    })
    .describe('Requests between were left out: the list has them.'),
}

/** What rings. */
interface EventAlerts {
  /** Changes with all that is told of it. */
  readonly version: number
  firing(): readonly AlertRow[]
}

export interface EventRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'find' | 'list' | 'since'>
  readonly report: () => StatusReport
  readonly alerting: EventAlerts
  readonly clock: Clock
  readonly streams: EventStreams
}

/** What happens, while it happens. */
export function eventRoutes(needs: EventRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/events',
      summary:
        'Server-sent events: requests that are over, health and configuration; `Last-Event-ID` goes on behind a request.',
      query: eventsQuery,
      events: EVENTS,
      async handle({ query, headers }) {
        const { q } = parseQuery(eventsQuery, query)
        const filter = readFilter(defined({ q }), needs.clock.nowMs())
        const listener = await Listener.at(headers.get('last-event-id') ?? '', filter, needs)
        return needs.streams.open(listener)
      },
    },
  ]
}

/** Follows the request log for one client. Its place there is all that it keeps: the log is what waits for whoever is slow. */
class Listener implements Listening {
  readonly #filter: RequestFilter
  readonly #needs: EventRoutesNeeds
  /** Id of the last line that was looked at. */
  #after: string | undefined
  #isMissing: boolean
  /** Lines that were looked at since it last had seen all. */
  #behind = 0
  #toldHealth = ''
  #toldConfig = ''
  #toldAlerts = -1

  private constructor(filter: RequestFilter, needs: EventRoutesNeeds) {
    this.#filter = filter
    this.#needs = needs
    this.#isMissing = false
  }

  /** Begins behind a request, or where there is none, now. */
  static async at(lastId: string, filter: RequestFilter, needs: EventRoutesNeeds): Promise<Listener> {
    const listener = new Listener(filter, needs)
    const last = lastId === '' ? undefined : await needs.requests.find(lastId)
    listener.#after = last?.id ?? (await newestOf(needs))?.id
    listener.#isMissing = lastId !== '' && last === undefined
    return listener
  }

  async look(): Promise<string> {
    const status = this.#status()
    if (!this.#isMissing) return status + (await this.#requests())
    this.#isMissing = false
    return status + sseEvent('gap', '{}')
  }

  /** An id without data moves the place to which a client comes back, and tells nothing. */
  heartbeat(): string {
    return `${this.#after === undefined ? '' : `id: ${this.#after}\n`}${SSE_COMMENT}`
  }

  #status(): string {
    const { report, alerting, clock } = this.#needs
    const status = toStatusJson(report(), clock.nowMs())
    const health = pick(status, ['store', 'troubles', 'draining', 'providers'])
    const configured = JSON.stringify(status['config'])
    const text =
      (health === this.#toldHealth ? '' : sseEvent('health', health)) +
      (configured === this.#toldConfig ? '' : sseEvent('config', configured)) +
      (alerting.version === this.#toldAlerts ? '' : sseEvent('alerts', alertsText(alerting)))
    this.#toldHealth = health
    this.#toldConfig = configured
    this.#toldAlerts = alerting.version
    return text
  }

  /** What the log has new. Who has fallen too far behind goes on with the newest, and is told so. */
  async #requests(): Promise<string> {
    for (;;) {
      const {
        rows,
        last,
        isFull = false,
      } = await this.#needs.requests.since(this.#after, PAGE_LINES, this.#filter)
      this.#after = last ?? this.#after
      this.#behind = isFull ? this.#behind + PAGE_LINES : 0
      if (this.#behind >= LIMITS.eventLinesBehind) return rows.map(told).join('') + (await this.#skip())
      if (rows.length > 0 || !isFull) return rows.map(told).join('')
    }
  }

  async #skip(): Promise<string> {
    const { requests } = this.#needs
    const [left, newest] = await Promise.all([requests.find(this.#after ?? ''), newestOf(this.#needs)])
    this.#after = newest?.id
    this.#behind = 0
    const between = { from: left && toTimeJson(left.atMs), to: newest && toTimeJson(newest.atMs) }
    return sseEvent('gap', JSON.stringify(defined(between)))
  }
}

function alertsText(alerting: EventAlerts): string {
  return JSON.stringify({ firing: alerting.firing().slice(0, MOST_ALERTS).map(toAlertJson) })
}

function told(row: RequestRow): string {
  return `id: ${row.id}\n${sseEvent('request', JSON.stringify(toRequestJson(row)))}`
}

async function newestOf({ requests }: EventRoutesNeeds) {
  const [newest] = (await requests.list({ limit: 1 })).rows
  return newest
}

function pick(object: JsonObject, names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, object[name]])))
}
