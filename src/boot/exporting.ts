import type { SampleTerms } from '../config/schema/sample.ts'
import { defined } from '../kit/defined.ts'
import type { EndedRequest } from '../telemetry/ended-request.ts'
import { deliver } from '../telemetry/otlp/deliver.ts'
import { GenAiMetrics } from '../telemetry/otlp/genai-metrics.ts'
import { MetricsExport } from '../telemetry/otlp/metrics-export.ts'
import type { Origin } from '../telemetry/otlp/otlp-json.ts'
import type { Sampling } from '../telemetry/otlp/sampling.ts'
import { createTracing, writeTraces, type Tracing } from '../telemetry/otlp/tracing.ts'
import { createRequestLines, type RequestLines } from '../telemetry/request-line.ts'
import type { Delivery } from '../telemetry/sinks/delivery.ts'
import { Sink, type SinkState } from '../telemetry/sinks/sink.ts'
import type { Configuration } from './configuration.ts'
import type { Foundation } from './foundation.ts'
import { planSink, type SinkPlan } from './record-sinks.ts'

/** What is sent elsewhere. */
export interface Exporting {
  readonly engine: {
    /** Absent where nothing is told of requests. */
    readonly tracing?: Tracing
    /** Absent where no request has a line in the log. */
    readonly lines?: RequestLines
    /** Providers that are told of traces. */
    readonly propagate: ReadonlySet<string>
  }
  readonly sinks: readonly SinkState[]
  /** Sends what is there, once. */
  close(): Promise<void>
}

type Ground = Pick<Foundation, 'clock' | 'telemetry' | 'registry' | 'http' | 'ids'>
type Said = Pick<Configuration, 'config' | 'exportHeaders' | 'secrets'>

/** A sink, and who puts requests into it. */
interface Opened {
  readonly sink: SinkState & { close(): Promise<void> }
  readonly takes?: Tracing
}

/** Begins to export what the file says. */
export function openExporting(foundation: Ground, said: Said, version: string): Exporting {
  const { telemetry: terms } = said.config
  const origin = { service: terms.service, version, instance: foundation.ids.mint('inst') }
  const opened = [...openOtlp(foundation, said, origin), ...openSinks(foundation, said, origin)]
  const takers = opened.flatMap(({ takes }) => takes ?? [])
  const propagate = new Set(terms.propagate)
  return {
    engine: {
      propagate,
      ...defined({
        tracing: takers.length === 0 ? undefined : tellAll(takers),
        lines: createRequestLines(terms.log.requests, foundation.telemetry),
      }),
    },
    sinks: opened.map(({ sink }) => sink),
    async close() {
      await Promise.all(opened.map(({ sink }) => sink.close()))
    },
  }
}

/** The first trace that a request was exported in is the one that examples on charts lead to. */
function tellAll(takers: readonly Tracing[]): Tracing {
  const [only] = takers
  if (only !== undefined && takers.length === 1) return only
  return {
    end(request) {
      let traceId: string | undefined
      for (const taker of takers) {
        const taken = taker.end(request)
        traceId ??= taken
      }
      return traceId
    },
  }
}

function openOtlp(foundation: Ground, { config, exportHeaders }: Said, origin: Origin): Opened[] {
  const { otlp } = config.telemetry
  if (otlp === undefined) return []
  const { clock, telemetry, registry, http } = foundation
  const send = (path: string, body: string): Promise<Delivery> =>
    deliver({ http, clock }, { url: otlp.url + path, headers: exportHeaders }, body)
  const opened: Opened[] = []
  if (otlp.traces) {
    const sink = new Sink<EndedRequest>({
      name: 'otlp-traces',
      deliver: (batch) => send('/v1/traces', writeTraces(batch, origin, { version: otlp.semconv })),
      everyMs: otlp.every,
      clock,
      telemetry,
    })
    opened.push({ sink, takes: sampled(otlp.sample, sink) })
  }
  if (otlp.metrics) {
    const post = (body: string): Promise<Delivery> => send('/v1/metrics', body)
    const everyMs = otlp.metrics_every
    const genAi = new GenAiMetrics(otlp.semconv)
    const sink = new MetricsExport({
      registry,
      genAi,
      origin,
      deliver: post,
      everyMs,
      clock,
      telemetry,
    })
    opened.push({ sink, takes: counted(genAi) })
  }
  return opened
}

function openSinks(foundation: Ground, { config, secrets }: Said, origin: Origin): Opened[] {
  const needs = { carrier: foundation, secrets, origin }
  return Object.entries(config.telemetry.sinks).map(([name, terms]) => {
    const sink = openSink(name, planSink(terms, needs), foundation)
    return { sink, takes: terms.langfuse === undefined ? all(sink) : sampled(terms.langfuse.sample, sink) }
  })
}

function openSink(name: string, plan: SinkPlan, { clock, telemetry }: Ground): Sink<EndedRequest> {
  return new Sink({ ...plan, name, clock, telemetry })
}

function counted(genAi: GenAiMetrics): Tracing {
  return {
    end(request) {
      genAi.count(request)
      return undefined
    },
  }
}

/** Every request has a record, whoever has decided what about its trace. */
function all(sink: Sink<EndedRequest>): Tracing {
  return {
    end(request) {
      sink.add(request)
      return undefined
    },
  }
}

function sampled({ ratio, errors, slow, expensive }: SampleTerms, sink: Sink<EndedRequest>): Tracing {
  const sampling: Sampling = { ratio, errors, ...defined({ slowMs: slow, expensiveNanoUsd: expensive }) }
  return createTracing({ sampling, add: (request) => sink.add(request) })
}
