import { z } from 'zod'
import { defined } from '../kit/defined.ts'
import type { SinkState } from '../telemetry/sinks/sink.ts'
import type { AdminRoute } from './admin-route.ts'
import { jsonResponse } from './problem.ts'

const sinkAnswer = z.object({
  name: z.string().describe('As the file names it; `otlp-traces` and `otlp-metrics` are those of OTLP.'),
  state: z.enum(['delivering', 'failing']),
  waiting: z.int().describe('Requests that wait to be sent.'),
  delivered: z.int().describe('Requests that were taken since the gateway began; of metrics, deliveries.'),
  lost: z
    .int()
    .describe('Requests that were lost since then: there was no room for them, or they were refused.'),
  failing_ms: z.int().optional().describe('For how long nothing could be delivered.'),
  reason: z.string().optional().describe('Why the last delivery failed.'),
})

/** How the places are doing where telemetry is sent. */
export function sinkRoutes({ sinks }: { readonly sinks: readonly SinkState[] }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/sinks',
      summary: 'Where records, traces and metrics are sent, and what becomes of them: those that fail first.',
      answer: { status: 200, schema: z.object({ data: z.array(sinkAnswer) }) },
      handle: () =>
        jsonResponse({
          data: sinks
            .toSorted((left, right) => Number(isFailing(right)) - Number(isFailing(left)))
            .map((sink) => ({
              name: sink.name,
              state: isFailing(sink) ? 'failing' : 'delivering',
              waiting: sink.waiting,
              delivered: sink.delivered,
              lost: sink.lost,
              ...defined({
                failing_ms: isFailing(sink) ? Math.round(sink.stalledMs) : undefined,
                reason: sink.refusal,
              }),
            })),
        }),
    },
  ]
}

function isFailing({ refusal }: SinkState): boolean {
  return refusal !== undefined
}
