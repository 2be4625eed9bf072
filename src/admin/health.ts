import { z } from 'zod'
import type { AdminRoute } from './admin-route.ts'
import { SAFE_HEADERS, jsonResponse } from './problem.ts'
import { toStatusJson, type StatusReport } from './status-report.ts'

export interface HealthNeeds {
  readonly report: () => StatusReport
  /** All metrics in the Prometheus text format 0.0.4. */
  readonly renderMetrics: () => string
  readonly nowMs: () => number
}

const statusAnswer = z.object({
  version: z.string(),
  uptime_s: z.int(),
  url: z.string(),
  config: z.object({ plan: z.string(), file: z.string().nullable(), last_reload_ok: z.boolean() }),
  store: z.enum(['ok', 'failing']),
  draining: z.boolean(),
  requests_in_flight: z.int(),
  providers: z.array(z.object({ name: z.string(), from: z.string(), state: z.string() })),
  routes: z.array(z.object({ name: z.string(), targets: z.array(z.string()) })),
})

/**
 * For orchestrators and monitoring. None of these calls a provider: a health check must not cost money.
 * A failing store is reported and does not take the gateway out of service by itself.
 */
export function healthRoutes({ report, renderMetrics, nowMs }: HealthNeeds): AdminRoute[] {
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
      summary: 'New requests are welcome: a plan is in force and the gateway is not draining.',
      open: true,
      handle: () => (report().draining ? textResponse('draining\n', 503) : textResponse('ready\n')),
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
      summary: 'Metrics in the Prometheus text format.',
      handle: () => textResponse(renderMetrics(), 200, 'text/plain; version=0.0.4; charset=utf-8'),
    },
  ]
}

function textResponse(text: string, status = 200, type = 'text/plain; charset=utf-8'): Response {
  return new Response(text, { status, headers: { 'content-type': type, ...SAFE_HEADERS } })
}
