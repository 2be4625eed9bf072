import { defined } from '../kit/defined.ts'
import { deliver, type Delivery } from '../telemetry/otlp/deliver.ts'
import { MetricsExport } from '../telemetry/otlp/metrics-export.ts'
import { Sink, type SinkState } from '../telemetry/otlp/sink.ts'
import type { EndedRequest } from '../telemetry/otlp/request-spans.ts'
import { createTracing, writeTraces, type Tracing } from '../telemetry/otlp/tracing.ts'
import type { Configuration } from './configuration.ts'
import type { Foundation } from './foundation.ts'

/** What is sent elsewhere. */
export interface Exporting {
  readonly engine: {
    /** Absent where no traces are exported. */
    readonly tracing?: Tracing
    /** Providers that are told of traces. */
    readonly propagate: ReadonlySet<string>
  }
  readonly sinks: readonly SinkState[]
  /** Sends what is there, once. */
  close(): Promise<void>
}

/** Begins to export what the file says. */
export function openExporting(
  foundation: Pick<Foundation, 'clock' | 'telemetry' | 'registry' | 'http' | 'ids'>,
  { config: { telemetry: terms }, exportHeaders }: Pick<Configuration, 'config' | 'exportHeaders'>,
  version: string,
): Exporting {
  const propagate = new Set(terms.propagate)
  const { otlp, service } = terms
  if (otlp === undefined) return { engine: { propagate }, sinks: [], close: () => Promise.resolve() }
  const { clock, telemetry, registry, http, ids } = foundation
  const origin = { service, version, instance: ids.mint('inst') }
  const send = (path: string, body: string): Promise<Delivery> =>
    deliver({ http, clock }, { url: otlp.url + path, headers: exportHeaders }, body)
  const traces = new Sink<EndedRequest>({
    name: 'otlp-traces',
    deliver: (batch) => send('/v1/traces', writeTraces(batch, origin, otlp.semconv)),
    everyMs: otlp.every,
    clock,
    telemetry,
  })
  const { ratio, errors, slow } = otlp.sample
  const sampling = { ratio, errors, ...defined({ slowMs: slow }) }
  const tracing = createTracing({ sampling, add: (request) => traces.add(request) })
  const sinks: (Sink<EndedRequest> | MetricsExport)[] = otlp.traces ? [traces] : []
  if (otlp.metrics) {
    const post = (body: string): Promise<Delivery> => send('/v1/metrics', body)
    const everyMs = otlp.metrics_every
    sinks.push(new MetricsExport({ registry, origin, deliver: post, everyMs, clock, telemetry }))
  }
  return {
    engine: otlp.traces ? { tracing, propagate } : { propagate },
    sinks,
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}
