import { LIMITS } from '../../kit/limits.ts'
import { aroundExport, type Origin } from './otlp-json.ts'
import type { EndedRequest } from '../ended-request.ts'
import { requestSpans, type SpanWriting } from './request-spans.ts'
import { isTraceRecorded, isWorthRecording, type Sampling } from './sampling.ts'

/** Takes requests that are over, and has those exported that are to be. */
export interface Tracing {
  /** Neither waits nor throws. Gives the id of the trace where the request is exported. */
  end(request: EndedRequest): string | undefined
}

/** What tracing works with. */
export interface TracingParts {
  readonly sampling: Sampling
  /** Takes a request whose spans are to be written. */
  readonly add: (request: EndedRequest) => void
}

/**
 * Creates what decides which requests are exported. A trace is exported whole: what the house asked on behalf of a request waits until
 * it is known whether that one is worth recording.
 */
export function createTracing({ sampling, add }: TracingParts): Tracing {
  /** By the span of the request on whose behalf it was asked. */
  const waiting = new Map<string, EndedRequest[]>()
  const release = (spanId: string): readonly EndedRequest[] => {
    const asked = waiting.get(spanId) ?? []
    waiting.delete(spanId)
    return asked
  }
  const hold = (request: EndedRequest, under: string): void => {
    const asked = waiting.get(under) ?? []
    if (asked.length === 0 && waiting.size >= LIMITS.tracesWaiting) release([...waiting.keys()][0] ?? '')
    if (asked.length < LIMITS.traceAsks) asked.push(request)
    waiting.set(under, asked)
  }
  return {
    end(request) {
      const isRecorded = isTraceRecorded(request, sampling)
      if (request.purpose !== undefined && request.trace.parentSpanId !== undefined) {
        if (isRecorded) add(request)
        else hold(request, request.trace.parentSpanId)
        return isRecorded ? request.trace.traceId : undefined
      }
      const asked = waiting.size === 0 ? [] : release(request.trace.spanId)
      if (!isRecorded && !isWorthRecording(request, sampling)) return undefined
      add(request)
      for (const one of asked) add(one)
      return request.trace.traceId
    },
  }
}

/** The body of an export: `ExportTraceServiceRequest` of opentelemetry/proto/collector/trace/v1 in its JSON form. */
export function writeTraces(requests: readonly EndedRequest[], origin: Origin, writing: SpanWriting): string {
  const { resource, scope } = aroundExport(origin)
  const spans = requests.flatMap((request) => requestSpans(request, writing))
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] })
}
