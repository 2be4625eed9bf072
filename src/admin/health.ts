import { z } from 'zod'
import { askedFormat, METRICS_TYPES, writeMetrics } from '../telemetry/prometheus.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { AdminRoute } from './admin-route.ts'
import { SAFE_HEADERS, jsonResponse } from './problem.ts'
import { toStatusJson, type StatusReport } from './status-report.ts'

export interface HealthNeeds {
  readonly report: () => StatusReport
  readonly metrics: Registry['read']
  readonly nowMs: () => number
}

/** What `/statusz` answers. */
export const statusAnswer = z.object({
  version: z.string(),
  uptime_s: z.int(),
  url: z.string(),
  config: z.object({
    plan: z.string(),
    file: z.string().nullable(),
    last_reload_ok: z.boolean(),
    version: z.int().nullable().describe('The version in force.'),
    tried: z.int().nullable().describe('The version that is tried on a share of the requests.'),
    drifted: z.boolean().describe('True while the file is not what is in force.'),
    managed_left_out: z.boolean().describe('True while the managed document does not fit the file.'),
  }),
  store: z.enum(['ok', 'failing']),
  troubles: z.array(z.object({ part: z.string(), text: z.string(), unready: z.boolean() })),
  draining: z.boolean(),
  requests_in_flight: z.int(),
  providers: z.array(z.object({ name: z.string(), from: z.string(), state: z.string() })),
  routes: z.array(z.object({ name: z.string(), targets: z.array(z.string()) })),
})

/**
 * For orchestrators and monitoring. None of these calls a provider: a health check must not cost money.
 * Requests do not need the store, so a short trouble with it is told and changes nothing; one that lasts makes the gateway unready, because
 * money waits to be written and revoked keys are not seen.
 */
export function healthRoutes({ report, metrics, nowMs }: HealthNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/livez',
      summary: 'The process runs.',
      open: true,
      handle: () => textResponse('ok\n'),
    },
    {
      method: 'GET',
      path: '/readyz',
      summary: 'New requests are welcome: the gateway is not draining, and what they cost can be kept.',
      open: true,
      handle: () => readiness(report()),
    },
    {
      method: 'GET',
      path: '/statusz',
      summary: 'How the gateway and what it depends on are doing.',
      answer: { status: 200, schema: statusAnswer },
      handle: () => jsonResponse(toStatusJson(report(), nowMs())),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics in the Prometheus text format, or as OpenMetrics where `Accept` asks for it.',
      handle: ({ headers }) => {
        const format = askedFormat(headers.get('accept') ?? undefined)
        return textResponse(writeMetrics(metrics(), format), 200, METRICS_TYPES[format])
      },
    },
  ]
}

/** The first line says it; troubles follow, one on each line, also those that change nothing yet. */
function readiness({ draining, troubles }: StatusReport): Response {
  const isReady = !draining && !troubles.some(({ unready }) => unready)
  const word = draining ? 'draining' : isReady ? 'ready' : 'not ready'
  const lines = [word, ...troubles.map(({ part, text }) => `${part}: ${text}`)]
  return textResponse(`${lines.join('\n')}\n`, isReady ? 200 : 503)
}

function textResponse(text: string, status = 200, type = 'text/plain; charset=utf-8'): Response {
  return new Response(text, { status, headers: { 'content-type': type, ...SAFE_HEADERS } })
}
