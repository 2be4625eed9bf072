import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { formatUsd } from '../kit/money.ts'
import type { RequestFilter } from '../store/request-query.ts'
import type { RequestLogStore, RequestRow } from '../store/store.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { csvLine } from './csv-text.ts'
import { OPEN_PERIOD_QUERY } from './period.ts'
import { SAFE_HEADERS } from './problem.ts'
import { QUERY, readFilter } from './request-filter.ts'
import { toRequestJson, toTimeJson } from './to-json.ts'

const FORMATS = ['csv', 'jsonl'] as const

type Format = (typeof FORMATS)[number]

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
}

const exportQuery = z.strictObject({
  q: QUERY,
  ...OPEN_PERIOD_QUERY,
  format: z
    .enum(FORMATS)
    .default('csv')
    .describe('`csv`: a table; `jsonl`: a line of JSON for each, as the list has it.'),
})

const PAGE_ROWS = 500

export interface ExportRoutesNeeds {
  readonly requests: Pick<RequestLogStore, 'list'>
  readonly nowMs: () => number
}

/** The request log as a file, page by page as it is taken. */
export function exportRoutes({ requests, nowMs }: ExportRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/exports/requests',
      summary: `Requests as a file, newest first, at most ${LIMITS.exportRequests}.`,
      query: exportQuery,
      handle({ query }) {
        const { format, q, from, to } = parseQuery(exportQuery, query)
        const source = new ExportSource(requests, readFilter({ q, from, to }, nowMs()), format)
        return new Response(new ReadableStream(source, { highWaterMark: 1 }), {
          headers: {
            ...SAFE_HEADERS,
            'content-type': TYPES[format],
            'content-disposition': `attachment; filename="requests.${format}"`,
          },
        })
      },
    },
  ]
}

/** Reads the next page when the one before was taken: nothing waits in memory for whoever is slow. */
class ExportSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #requests: Pick<RequestLogStore, 'list'>
  readonly #filter: RequestFilter
  readonly #format: Format
  readonly #encoder = new TextEncoder()
  #after: string | undefined
  #rows = 0

  constructor(requests: Pick<RequestLogStore, 'list'>, filter: RequestFilter, format: Format) {
    this.#requests = requests
    this.#filter = filter
    this.#format = format
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#format === 'csv')
      controller.enqueue(this.#encoder.encode(csvLine(COLUMNS.map(([name]) => name))))
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { rows, next } = await this.#requests.list({
      limit: Math.min(PAGE_ROWS, LIMITS.exportRequests - this.#rows),
      ...defined({ after: this.#after }),
      ...this.#filter,
    })
    this.#rows += rows.length
    this.#after = next
    const text = rows.map((row) => this.#line(row)).join('')
    if (text !== '') controller.enqueue(this.#encoder.encode(text))
    if (next === undefined || this.#rows >= LIMITS.exportRequests) controller.close()
    else if (text === '') await this.pull(controller)
  }

  #line(row: RequestRow): string {
    if (this.#format === 'jsonl') return `${JSON.stringify(toRequestJson(row))}\n`
    return csvLine(COLUMNS.map(([, read]) => read(row)))
  }
}

const COLUMNS: readonly (readonly [string, (row: RequestRow) => string | number | boolean | undefined])[] = [
  ['id', ({ id }) => id],
  ['at', ({ atMs }) => toTimeJson(atMs)],
  ['status', ({ status }) => status],
  ['outcome', ({ outcome }) => outcome],
  ['requested_model', ({ requestedModel }) => requestedModel],
  ['route', ({ route }) => route],
  ['target', ({ target }) => target],
  ['attempts', ({ attempts }) => attempts],
  ['key_name', ({ keyName }) => keyName],
  ['duration_ms', ({ durationMs }) => durationMs],
  ['first_event_ms', ({ firstEventMs }) => firstEventMs],
  ['input_tokens', ({ inputTokens }) => inputTokens],
  ['output_tokens', ({ outputTokens }) => outputTokens],
  ['cost_usd', ({ costNanoUsd }) => (costNanoUsd === undefined ? 'unpriced' : formatUsd(costNanoUsd))],
  ['estimated', ({ estimated }) => estimated],
  ['simulated', ({ simulated }) => simulated],
]
