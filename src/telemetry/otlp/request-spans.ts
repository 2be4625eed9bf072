import type { AttemptResult } from '../../exchange/attempt-result.ts'
import type { DecisionStep } from '../../exchange/decision.ts'
import { spanIdOf } from '../../exchange/trace-context.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { defined } from '../../kit/defined.ts'
import { formatUsd } from '../../kit/money.ts'
import { underscored } from '../../kit/underscored.ts'
import { costState, type EndedRequest } from '../ended-request.ts'
import { CACHE_WRITES, CONVENTION_NAMES, operationName, type ConventionsVersion } from './conventions.ts'
import { toKeyValues, toNanoText, type Attributes, type KeyValue } from './otlp-json.ts'

/** `Span` of opentelemetry/proto/trace/v1 in its JSON form. */
export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly flags: number
  readonly name: string
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly KeyValue[]
  readonly events: readonly SpanEvent[]
  /** Code 0: nobody says; 2: an error. */
  readonly status: { readonly code: number; readonly message?: string }
}

interface SpanEvent {
  readonly timeUnixNano: string
  readonly name: string
  readonly attributes: readonly KeyValue[]
}

const INTERNAL = 1
const SERVER = 2
const CLIENT = 3
const ERROR = 2
const SAMPLED = 1

/** What a destination reads beside the conventions: further attributes of the span of a request, and of those of its attempts. */
export interface SpanExtras {
  readonly request: (request: EndedRequest) => Attributes
  readonly attempt: (request: EndedRequest, attempt: AttemptResult) => Attributes
}

/** How spans are written. */
export interface SpanWriting {
  readonly version: ConventionsVersion
  readonly extras?: SpanExtras | undefined
}

/** The spans of a request: its own, and one for each attempt. What the house asked on its behalf comes with spans of its own. */
export function requestSpans(request: EndedRequest, writing: SpanWriting): Span[] {
  return [
    requestSpan(request, writing),
    ...request.attempts.map((attempt, index) => attemptSpan(request, attempt, { ...writing, index })),
  ]
}

function requestSpan(request: EndedRequest, { extras }: SpanWriting): Span {
  const { trace, atMs, durationMs, purpose, outcome, path } = request
  const { traceId, spanId, parentSpanId } = trace
  return {
    traceId,
    spanId,
    ...defined({ parentSpanId }),
    flags: SAMPLED,
    name: purpose === undefined ? `POST ${path}` : `gatehouse.ask ${purpose}`,
    kind: purpose === undefined ? SERVER : INTERNAL,
    startTimeUnixNano: toNanoText(atMs),
    endTimeUnixNano: toNanoText(atMs + Math.max(0, durationMs)),
    attributes: toKeyValues({ ...requestAttributes(request), ...extras?.request(request) }),
    events: request.steps.filter(({ step }) => step !== 'attempt').map((step) => stepEvent(step, atMs)),
    status: outcome === 'ok' ? { code: 0 } : { code: ERROR, message: outcome },
  }
}

function requestAttributes(request: EndedRequest): Attributes {
  const { owners, costNanoUsd, outcome, purpose, path } = request
  return {
    ...(purpose === undefined
      ? {
          'http.request.method': 'POST',
          'url.path': path,
          'http.response.status_code': request.status,
        }
      : { 'gatehouse.purpose': purpose }),
    'error.type': outcome === 'ok' ? undefined : outcome,
    'gatehouse.request.id': request.id,
    'gatehouse.route': request.route,
    'gatehouse.target': request.target,
    'gatehouse.dialect': request.dialect,
    'gatehouse.operation': request.operation,
    'gatehouse.stream': request.stream,
    'gatehouse.config.version': request.planVersion,
    'gatehouse.outcome': outcome,
    'gatehouse.requested_model': request.requestedModel,
    'gatehouse.key.id': owners['key'],
    'gatehouse.project.id': owners['project'],
    'gatehouse.team.id': owners['team'],
    'gatehouse.customer.id': owners['customer'],
    'user.id': owners['user'],
    'session.id': request.session,
    'gatehouse.tags': request.tags.length === 0 ? undefined : request.tags,
    'gatehouse.client': request.client === '' ? undefined : request.client,
    'gatehouse.attempts': request.attempts.length,
    'gatehouse.usage.input_tokens': request.inputTokens,
    'gatehouse.usage.output_tokens': request.outputTokens,
    'gatehouse.cost.usd': costNanoUsd === undefined ? undefined : Number(formatUsd(costNanoUsd)),
    'gatehouse.cost.state': costState(request),
    'gatehouse.cache.outcome': request.cache,
    'gatehouse.overhead_ms': Math.max(0, request.durationMs - request.upstreamMs),
    'gatehouse.time_to_first_token_ms': request.firstEventMs,
  }
}

function attemptSpan(
  request: EndedRequest,
  attempt: AttemptResult,
  { index, version, extras }: SpanWriting & { readonly index: number },
): Span {
  const { trace, atMs } = request
  const { outcome, target } = attempt
  const model = target.slice(target.indexOf('/') + 1)
  const startMs = atMs + attempt.startedMs
  const { firstEventMs } = attempt
  return {
    traceId: trace.traceId,
    spanId: spanIdOf(attempt.id),
    parentSpanId: trace.spanId,
    flags: SAMPLED,
    name: `${operationName(request.operation)} ${model}`,
    kind: CLIENT,
    startTimeUnixNano: toNanoText(startMs),
    endTimeUnixNano: toNanoText(startMs + Math.max(0, attempt.durationMs)),
    attributes: toKeyValues({
      ...attemptAttributes(request, attempt, version),
      'gatehouse.attempt.index': index + 1,
      ...extras?.attempt(request, attempt),
    }),
    events:
      firstEventMs === undefined
        ? []
        : [
            {
              timeUnixNano: toNanoText(startMs + firstEventMs),
              name: 'gatehouse.first_token',
              attributes: [],
            },
          ],
    status: outcome === 'ok' ? { code: 0 } : { code: ERROR, message: outcome },
  }
}

function attemptAttributes(
  request: EndedRequest,
  attempt: AttemptResult,
  version: ConventionsVersion,
): Attributes {
  const { target, outcome, usage, costNanoUsd, firstEventMs } = attempt
  const slash = target.indexOf('/')
  const names = CONVENTION_NAMES[version]
  const written: Record<string, Attributes[string]> = {
    'gen_ai.operation.name': operationName(request.operation),
    'gen_ai.provider.name': target.slice(0, slash),
    'gen_ai.request.model': target.slice(slash + 1),
    'gen_ai.conversation.id': request.session,
    'http.response.status_code': attempt.status,
    'error.type': outcome === 'ok' ? undefined : outcome,
    'gatehouse.attempt.id': attempt.id,
    'gatehouse.attempt.outcome': outcome,
    'gatehouse.attempt.lane': attempt.lane,
    'gatehouse.usage.basis': attempt.basis,
    'gatehouse.cost.usd': costNanoUsd === undefined ? undefined : Number(formatUsd(costNanoUsd)),
    'gatehouse.cost.state':
      usage === undefined
        ? undefined
        : costState({ ...attempt, estimated: attempt.basis !== 'reported' && attempt.basis !== 'none' }),
  }
  if (names.stream !== undefined) written[names.stream] = request.stream
  if (names.firstChunk !== undefined && firstEventMs !== undefined)
    written[names.firstChunk] = firstEventMs / 1_000
  if (usage !== undefined) Object.assign(written, usageAttributes(usage, version))
  return written
}

function usageAttributes(usage: Usage, version: ConventionsVersion): Attributes {
  const names = CONVENTION_NAMES[version]
  const cacheWrites = CACHE_WRITES.reduce((sum, unit) => sum + usage[unit], 0)
  return {
    'gen_ai.usage.input_tokens': totalInput(usage),
    'gen_ai.usage.output_tokens': totalOutput(usage),
    ...(usage.cacheReadTokens > 0 ? { [names.cacheRead]: usage.cacheReadTokens } : {}),
    ...(cacheWrites > 0 ? { [names.cacheWrite]: cacheWrites } : {}),
    ...(names.reasoning !== undefined && usage.reasoningTokens > 0
      ? { [names.reasoning]: usage.reasoningTokens }
      : {}),
  }
}

/** A step of the decision. Steps have no times: they stand at the start of the request, in their order. */
function stepEvent(step: DecisionStep, atMs: number): SpanEvent {
  const attributes: Record<string, Attributes[string]> = {}
  for (const [name, value] of Object.entries(step)) {
    if (name === 'step') continue
    const key = `gatehouse.decision.${underscored(name)}`
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      attributes[key] = value
    else if (value !== undefined) attributes[key] = JSON.stringify(value)
  }
  return {
    timeUnixNano: toNanoText(atMs),
    name: `gatehouse.decision.${step.step}`,
    attributes: toKeyValues(attributes),
  }
}
